/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-approval.h"
#include "bma-notifier.h"
#include "bma-uri-opener.h"

G_BEGIN_DECLS

/**
 * BmaDbusAct:
 * @parent_window: the window of the caller, or empty
 * @activation_token: (nullable): lets a browser take the focus
 * @has_acted: whether the caller says that the person has just done something for it
 *
 * What a caller knows of what the person did.
 */
typedef struct
{
  const char *parent_window;
  const char *activation_token;
  gboolean has_acted;
} BmaDbusAct;

/**
 * BmaDbusPrompter:
 *
 * Brings the open questions to the person: one notification or one page for all of them.
 */
#define BMA_TYPE_DBUS_PROMPTER (bma_dbus_prompter_get_type ())
G_DECLARE_FINAL_TYPE (BmaDbusPrompter, bma_dbus_prompter, BMA, DBUS_PROMPTER, GObject)

BmaDbusPrompter *bma_dbus_prompter_new (BmaBroker *broker,
                                        BmaUriOpener *opener,
                                        BmaNotifier *notifier) G_GNUC_WARN_UNUSED_RESULT;
void bma_dbus_prompter_ask (BmaDbusPrompter *self,
                            BmaApproval *approval,
                            const BmaPeer *peer,
                            const BmaDbusAct *act);
void bma_dbus_prompter_look (BmaDbusPrompter *self, const BmaDbusAct *act);

G_END_DECLS
