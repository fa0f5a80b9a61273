/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-entropy.h"

G_BEGIN_DECLS

#define BMA_NOTIFIER_MAX_BUTTONS 3

/**
 * BmaNoticeButton:
 * @action: what it means to us; never leaves the process
 * @label: for the person
 *
 * A button of a notification.
 */
typedef struct
{
  const char *action;
  const char *label;
} BmaNoticeButton;

/**
 * BmaNotice:
 * @title: one line
 * @body: further lines; plain text
 * @default_action: what a click beside the buttons means
 * @buttons: what can be pressed
 * @n_buttons: how many
 *
 * What a notification says.
 */
typedef struct
{
  const char *title;
  const char *body;
  const char *default_action;
  BmaNoticeButton buttons[BMA_NOTIFIER_MAX_BUTTONS];
  size_t n_buttons;
} BmaNotice;

/**
 * BmaNotifier:
 *
 * One notification with buttons, through org.freedesktop.Notifications or, inside
 * Flatpak, the portal. What a button is called on the bus is random, good once and for
 * one notification, and believed only from the very connection that shows it.
 *
 * Signals: `acted` (const char *action, const char *activation_token) when a button was
 * pressed; `closed` (gboolean by_person) when it is gone without that.
 */
#define BMA_TYPE_NOTIFIER (bma_notifier_get_type ())
G_DECLARE_FINAL_TYPE (BmaNotifier, bma_notifier, BMA, NOTIFIER, GObject)

BmaNotifier *bma_notifier_new (GDBusConnection *bus,
                               BmaEntropy *entropy,
                               gboolean uses_portal) G_GNUC_WARN_UNUSED_RESULT;
void bma_notifier_show_async (BmaNotifier *self,
                              const BmaNotice *notice,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean
bma_notifier_show_finish (BmaNotifier *self, GAsyncResult *result, GError **error);
void bma_notifier_withdraw (BmaNotifier *self);

G_END_DECLS
