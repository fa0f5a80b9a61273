/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaDesktopWatch:
 *
 * What happens to the desktop that the service runs on, as logind and the screen saver
 * tell. Both may be missing.
 *
 * Signals: `locked-changed` (); `woken` () when the machine resumes, or the network is
 * there again, and has settled.
 */
#define BMA_TYPE_DESKTOP_WATCH (bma_desktop_watch_get_type ())
G_DECLARE_FINAL_TYPE (BmaDesktopWatch, bma_desktop_watch, BMA, DESKTOP_WATCH, GObject)

BmaDesktopWatch *
bma_desktop_watch_new (GNetworkMonitor *network) G_GNUC_WARN_UNUSED_RESULT;
void bma_desktop_watch_follow_session (BmaDesktopWatch *self, GDBusConnection *bus);
void bma_desktop_watch_follow_system (BmaDesktopWatch *self, GDBusConnection *bus);
gboolean bma_desktop_watch_is_locked (BmaDesktopWatch *self);
gboolean bma_desktop_watch_is_online (BmaDesktopWatch *self);

G_END_DECLS
