/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* Who just put a question off, or has the page in front of them, is left alone so long.
 */
#define BMA_PROMPT_REST_S 60
#define BMA_PROMPT_PAGE_S 30

/**
 * BmaPromptWay:
 * @BMA_PROMPT_WAIT: show nothing; the question waits until the person looks
 * @BMA_PROMPT_NOTIFICATION: show a notification with buttons
 * @BMA_PROMPT_PAGE: open the page
 *
 * How a question reaches the person.
 */
typedef enum
{
  BMA_PROMPT_WAIT,
  BMA_PROMPT_NOTIFICATION,
  BMA_PROMPT_PAGE,
} BmaPromptWay;

/**
 * BmaPromptFacts:
 * @ask: the setting [desktop] ask
 * @now_s: time
 * @put_off_at_s: when the person last said no or not now to who asks, 0 for never
 * @page_at_s: when the page with all open questions was opened, 0 if it was not
 * @has_act: whether the caller says that the person has just done something for it
 * @is_sandboxed: whether the caller runs in a sandbox
 * @is_new: whether nobody has asked this question yet
 * @can_notify: whether there is somebody who shows notifications
 *
 * What was looked up before a question is shown.
 */
typedef struct
{
  const char *ask;
  int64_t now_s;
  int64_t put_off_at_s;
  int64_t page_at_s;
  gboolean has_act;
  gboolean is_sandboxed;
  gboolean is_new;
  gboolean can_notify;
} BmaPromptFacts;

BmaPromptWay bma_prompt_way_decide (const BmaPromptFacts *facts);

G_END_DECLS
