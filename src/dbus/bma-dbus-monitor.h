/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-dbus-parts.h"

G_BEGIN_DECLS

/**
 * BmaDbusMonitor:
 *
 * Tells those who asked for it what happens, as org.biomcp.Auth.Server1.Event: the lines
 * of the log, which hold no secrets. There is one in a process.
 */
#define BMA_TYPE_DBUS_MONITOR (bma_dbus_monitor_get_type ())
G_DECLARE_FINAL_TYPE (BmaDbusMonitor, bma_dbus_monitor, BMA, DBUS_MONITOR, GObject)

#define BMA_DBUS_MONITOR_MAX_PER_S 200

BmaDbusMonitor *
bma_dbus_monitor_new (const BmaDbusParts *parts) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_dbus_monitor_add (BmaDbusMonitor *self, const char *sender, GError **error);
void bma_dbus_monitor_remove (BmaDbusMonitor *self, const char *sender);

G_END_DECLS
