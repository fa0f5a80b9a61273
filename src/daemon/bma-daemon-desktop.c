/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-daemon-private.h"

#include "bma-oidc.h"

static void
on_locked_changed (BmaDesktopWatch *watch, BmaDaemon *self)
{
  bma_broker_set_locked (self->broker, bma_desktop_watch_is_locked (watch));
}

static void
on_woken (BmaDesktopWatch *watch, BmaDaemon *self)
{
  gboolean is_online = bma_desktop_watch_is_online (watch);

  bma_broker_set_online (self->broker, is_online);
  if (!is_online)
    return;
  bma_broker_refresh_early (self->broker);
  if (BMA_IS_OIDC (self->provider))
    bma_oidc_refresh_early (BMA_OIDC (self->provider));
}

static void
on_system_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDaemon) self = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus == NULL || self->desktop == NULL)
    return;
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  bma_desktop_watch_follow_system (self->desktop, bus);
}

/* A machine without any of it is served as well. */
void
bma_daemon_watch_desktop (BmaDaemon *self)
{
  self->desktop = bma_desktop_watch_new (g_network_monitor_get_default ());
  bma_broker_set_online (self->broker, bma_desktop_watch_is_online (self->desktop));
  g_signal_connect_object (self->desktop, "locked-changed",
                           G_CALLBACK (on_locked_changed), self, 0);
  g_signal_connect_object (self->desktop, "woken", G_CALLBACK (on_woken), self, 0);
  if (self->bus != NULL)
    bma_desktop_watch_follow_session (self->desktop, self->bus);
  g_bus_get (G_BUS_TYPE_SYSTEM, NULL, on_system_bus, g_object_ref (self));
}
