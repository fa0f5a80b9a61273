/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-daemon-private.h"

#include <glib-unix.h>
#include <signal.h>

#include "bma-bus.h"
#include "bma-daemon-config.h"
#include "bma-daemon-parts.h"
#include "bma-log.h"
#include "bma-names.h"
#include "bma-notify.h"

#define STOP_LIMIT_MS (5 * 1000)
#define BUS_POLL_MS   20

void
bma_daemon_notify_manager (const char *state)
{
  bma_notify (g_getenv ("NOTIFY_SOCKET"), state);
}

/* Calls on the bus that arrived before the name was given back get their answer. */
static gboolean
on_bus_tick (gpointer data)
{
  BmaDaemon *self = data;
  gboolean is_done = self->bus == NULL || g_dbus_connection_is_closed (self->bus) ||
                     (self->has_left && bma_bus_traffic_is_answered (self->traffic));

  if (!is_done && g_get_monotonic_time () < self->stop_by_us)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
on_http_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDaemon) self = user_data;

  bma_http_server_stop_finish (BMA_HTTP_SERVER (source), result, NULL);
  if (on_bus_tick (self) == G_SOURCE_CONTINUE)
    g_timeout_add_full (G_PRIORITY_DEFAULT, BUS_POLL_MS, on_bus_tick, g_object_ref (self),
                        g_object_unref);
}

static void
on_left (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDaemon) self = user_data;

  self->has_left = TRUE;
}

void
bma_daemon_stop (BmaDaemon *self, const char *reason)
{
  if (self->stopping)
    return;
  self->stopping = TRUE;
  bma_log_notice ("daemon", "Stopping: %s", reason);
  bma_daemon_notify_manager ("STOPPING=1");
  self->stop_by_us = g_get_monotonic_time () + (int64_t) STOP_LIMIT_MS * 1000;
  /* Who calls from now on makes the bus start the next of us. */
  if (self->bus != NULL && self->service != NULL)
    bma_bus_release_name_async (self->bus, BMA_BUS_NAME, on_left, g_object_ref (self));
  else
    self->has_left = TRUE;
  bma_http_server_stop_async (self->http, STOP_LIMIT_MS, on_http_stopped,
                              g_object_ref (self));
}

static gboolean
on_stop_signal (gpointer data)
{
  BmaDaemon *self = data;

  if (self->stopping)
    g_main_loop_quit (self->loop);
  bma_daemon_stop (self, "asked to");
  return G_SOURCE_CONTINUE;
}

/* A bad file keeps the settings in use. */
gboolean
bma_daemon_reload (gpointer user_data, GError **error)
{
  BmaDaemon *self = user_data;
  g_autoptr (BmaConfig)
      config = bma_daemon_config_reload (self->options, self->config, error);
  BmaIdentityProvider *provider = NULL;
  g_autoptr (GError) fault = NULL;

  if (self->tls != NULL && !bma_daemon_tls_reload (self->tls, &fault))
    bma_log_warning ("tls", "Keeping the certificate in use: %s", fault->message);
  if (config != NULL)
    provider = bma_daemon_make_provider (config, self->keyring, error);
  if (provider == NULL)
    return FALSE;
  bma_config_unref (self->config);
  self->config = g_steal_pointer (&config);
  g_clear_object (&self->provider);
  self->provider = provider;
  bma_broker_set_config (self->broker, self->config);
  bma_broker_set_provider (self->broker, provider);
  bma_daemon_set_client_sources (self->broker, self->config, self->keyring, self->clock);
  bma_log_notice ("settings", "Reloaded");
  return TRUE;
}

static gboolean
on_reload_signal (gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!bma_daemon_reload (data, &error))
    bma_log_warning ("settings", "Keeping the settings in use: %s", error->message);
  return G_SOURCE_CONTINUE;
}

static void
on_name_lost (GDBusConnection *bus,
              const char *sender,
              const char *path,
              const char *interface,
              const char *signal,
              GVariant *arguments,
              gpointer user_data)
{
  BmaDaemon *self = user_data;

  if (!self->is_leaving)
    bma_daemon_stop (self, "another process took the bus name");
}

static void
on_bus_closed (GDBusConnection *bus,
               gboolean remote_peer_vanished,
               GError *error,
               gpointer user_data)
{
  bma_daemon_stop (user_data, "the session bus is gone");
}

void
bma_daemon_watch_signals (BmaDaemon *self)
{
  self->signal_ids[0] = g_unix_signal_add (SIGTERM, on_stop_signal, self);
  self->signal_ids[1] = g_unix_signal_add (SIGINT, on_stop_signal, self);
  self->signal_ids[2] = g_unix_signal_add (SIGHUP, on_reload_signal, self);
}

void
bma_daemon_watch_bus (BmaDaemon *self)
{
  self->loss_id = bma_bus_watch_loss (self->bus, BMA_BUS_NAME, on_name_lost, self);
  g_signal_connect (self->bus, "closed", G_CALLBACK (on_bus_closed), self);
}
