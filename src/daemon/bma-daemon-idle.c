/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-daemon-private.h"

#include "bma-broker-upstream.h"
#include "bma-bus.h"
#include "bma-log.h"
#include "bma-names.h"

/* The service ends while nobody needs it, and systemd or the bus start it again. Nothing
 * may be lost on the way: first nobody is let in any more, then the bus is given its name
 * back, and whatever has arrived until the bus answers calls it off. What comes later
 * waits, in the backlog of the socket or in the queue of the bus, for the next of us. */

static unsigned int
count_events (BmaDaemon *self)
{
  unsigned int n_calls =
      self->traffic != NULL ? bma_bus_traffic_get_n_calls (self->traffic) : 0;

  return n_calls + bma_http_server_get_n_requests (self->http);
}

static gboolean
is_busy (BmaDaemon *self)
{
  return bma_http_server_is_busy (self->http) || bma_broker_is_needed (self->broker) ||
         bma_upstream_is_busy (bma_broker_get_upstream (self->broker)) ||
         (self->traffic != NULL && !bma_bus_traffic_is_answered (self->traffic));
}

/* What the last look was at; nothing waits between the two. */
typedef struct
{
  BmaDaemon *daemon; /* owned */
  unsigned int n_events;
} Leaving;

static void
on_name_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDaemon) self = user_data;
  g_autoptr (GError) error = NULL;

  if (bma_bus_take_name_finish (G_DBUS_CONNECTION (source), BMA_BUS_NAME, result,
                                &error) != BMA_BUS_OWNED)
    bma_daemon_stop (self, error->message);
  self->is_leaving = FALSE;
}

static void
stay (BmaDaemon *self)
{
  bma_http_server_set_accepting (self->http, TRUE);
  if (self->bus != NULL)
    bma_bus_take_name_async (self->bus, BMA_BUS_NAME, on_name_taken, g_object_ref (self));
  else
    self->is_leaving = FALSE;
}

static void
on_name_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Leaving *leaving = user_data;
  g_autoptr (BmaDaemon) self = leaving->daemon;

  if (self->stopping)
    return;
  if (is_busy (self) || count_events (self) != leaving->n_events)
    stay (self);
  else
    bma_daemon_stop (self, "nobody needs it at the moment");
}

static void
leave (BmaDaemon *self)
{
  Leaving *leaving = g_new0 (Leaving, 1);

  self->is_leaving = TRUE;
  leaving->daemon = g_object_ref (self);
  leaving->n_events = count_events (self);
  bma_http_server_set_accepting (self->http, FALSE);
  if (self->bus != NULL)
    bma_bus_release_name_async (self->bus, BMA_BUS_NAME, on_name_released, leaving);
  else
    on_name_released (NULL, NULL, leaving);
}

static void look_later (BmaDaemon *self);

static gboolean
on_look (gpointer data)
{
  BmaDaemon *self = data;
  unsigned int limit_s = self->config->idle_exit_s;

  self->idle_id = 0;
  if (self->stopping)
    return G_SOURCE_REMOVE;
  if (!self->is_leaving &&
      bma_idle_watch_check (self->idle_watch, is_busy (self), count_events (self),
                            limit_s) &&
      limit_s > 0)
    leave (self);
  look_later (self);
  return G_SOURCE_REMOVE;
}

/* The setting may change. */
static void
look_later (BmaDaemon *self)
{
  self->idle_id =
      g_timeout_add_seconds (bma_idle_watch_get_interval_s (self->config->idle_exit_s),
                             on_look, self);
}

static void
begin (BmaDaemon *self)
{
  self->idle_watch = bma_idle_watch_new (self->clock);
  look_later (self);
}

static void
on_activatable_names (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDaemon) self = user_data;
  g_autoptr (GVariant)
      reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autofree const char **names = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(^a&s)", &names);
  if (names != NULL && g_strv_contains (names, BMA_BUS_NAME) && !self->stopping)
    begin (self);
  else
    bma_log_info ("daemon", "The bus cannot start the service: it never ends by itself");
}

/* Only where both doors lead here again: a socket that others keep, and a bus that starts
 * us, if there is one. */
void
bma_daemon_watch_idleness (BmaDaemon *self)
{
  if (!self->is_handed)
    return;
  if (self->bus == NULL)
    begin (self);
  else
    g_dbus_connection_call (self->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "ListActivatableNames", NULL,
                            G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                            on_activatable_names, g_object_ref (self));
}
