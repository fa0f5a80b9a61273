/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-server-private.h"

#include "bma-broker-upstream.h"

#define DRAIN_POLL_MS 50
/* What is left of the time to stop when answers are cut short in an orderly way. */
#define WIND_UP_US (500 * 1000)

/* Waits for requests in progress, at most until a deadline. */
typedef struct
{
  int64_t deadline_us;
} Drain;

static void
wind_up (BmaHttpServer *self, gboolean all)
{
  BmaUpstream *upstream = bma_broker_get_upstream (self->broker);

  bma_http_streams_wind_up (bma_http_proxy_get_streams (self->proxy), all);
  if (all && upstream != NULL)
    bma_upstream_stop_starting (upstream, "the service stops");
}

static gboolean
on_drain_tick (gpointer data)
{
  GTask *task = data;
  BmaHttpServer *self = g_task_get_source_object (task);
  const Drain *drain = g_task_get_task_data (task);

  int64_t left_us = drain->deadline_us - g_get_monotonic_time ();

  if (self->proxy != NULL)
    wind_up (self, left_us < WIND_UP_US);
  if (bma_http_server_get_n_connections (self) > 0 && left_us > 0)
    return G_SOURCE_CONTINUE;
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/**
 * bma_http_server_stop_async:
 * @self: a server
 * @timeout_ms: how long requests in progress may take
 * @callback: called when all are done or the time is over
 * @user_data: for @callback
 *
 * Stops accepting and lets requests in progress finish. Streams that clients only listen
 * to end at once, and shortly before the time is over all others.
 */
void
bma_http_server_stop_async (BmaHttpServer *self,
                            unsigned int timeout_ms,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Drain *drain = g_new0 (Drain, 1);

  g_task_set_source_tag (task, bma_http_server_stop_async);
  drain->deadline_us = g_get_monotonic_time () + (int64_t) timeout_ms * 1000;
  g_task_set_task_data (task, drain, g_free);
  if (self->front != NULL)
    bma_http_front_stop_accepting (self->front);
  g_timeout_add_full (G_PRIORITY_DEFAULT, DRAIN_POLL_MS, on_drain_tick, task,
                      g_object_unref);
}

/**
 * bma_http_server_stop_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
bma_http_server_stop_finish (BmaHttpServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * bma_http_server_set_accepting:
 * @self: a server that was started
 * @is_accepting: whether to accept
 *
 * Leaves those who connect waiting in the backlog, or takes them in again.
 */
void
bma_http_server_set_accepting (BmaHttpServer *self, gboolean is_accepting)
{
  if (self->front != NULL)
    bma_http_front_set_accepting (self->front, is_accepting);
}

/**
 * bma_http_server_is_busy:
 * @self: a server
 *
 * Returns: whether somebody would notice its end: a connection, or whoever has a session
 *   at the MCP server, which nobody else may use
 */
gboolean
bma_http_server_is_busy (BmaHttpServer *self)
{
  return bma_http_server_get_n_connections (self) > 0 ||
         (self->proxy != NULL &&
          bma_http_streams_has_sessions (bma_http_proxy_get_streams (self->proxy)));
}

/**
 * bma_http_server_get_n_requests:
 * @self: a server
 *
 * Returns: how many requests there have been; may wrap
 */
unsigned int
bma_http_server_get_n_requests (BmaHttpServer *self)
{
  return self->n_requests;
}
