/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* How a notification looks on the bus, for bma-notifier.c only. */

#include "bma-notifier.h"

G_BEGIN_DECLS

#define BMA_NOTIFICATIONS_NAME      "org.freedesktop.Notifications"
#define BMA_NOTIFICATIONS_PATH      "/org/freedesktop/Notifications"
#define BMA_NOTIFICATIONS_INTERFACE "org.freedesktop.Notifications"
#define BMA_PORTAL_NAME             "org.freedesktop.portal.Desktop"
#define BMA_PORTAL_PATH             "/org/freedesktop/portal/desktop"
#define BMA_PORTAL_INTERFACE        "org.freedesktop.portal.Notification"

/* The names of the default action and of the buttons on the bus, in that order. */
typedef struct
{
  const char *default_key;
  const char *keys[BMA_NOTIFIER_MAX_BUTTONS];
} BmaNoticeKeys;

GVariant *bma_notifier_bus_make_notify (const BmaNotice *notice,
                                        const BmaNoticeKeys *keys,
                                        uint32_t replaces_id,
                                        gboolean has_markup);
GVariant *bma_notifier_bus_make_portal (const BmaNotice *notice,
                                        const BmaNoticeKeys *keys,
                                        const char *id);

G_END_DECLS
