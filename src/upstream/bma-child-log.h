/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaChildLog:
 *
 * What a server says to people: its lines go to the journal, but not faster than
 * anybody could read, and the last one is kept.
 */
typedef struct
{
  char *last_words; /* owned, nullable: fit to be shown */
  int64_t window_us;
  unsigned int n_in_window;
  unsigned int n_left_out;
} BmaChildLog;

gboolean
bma_child_log_take (BmaChildLog *self, const char *text, size_t length, int64_t now_us);
void bma_child_log_clear (BmaChildLog *self);

G_END_DECLS
