/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-served.h"

#include "bma-child-log.h"
#include "bma-log.h"
#include "bma-served-run.h"
#include "bma-upstream-private.h"

#define PROBE_MS   50
#define PATIENCE_S 30
/* Whoever ends sooner did not start. */
#define SETTLED_US ((int64_t) 10 * G_USEC_PER_SEC)

/* A server that speaks HTTP: one for everybody. */
struct _BmaServed
{
  BmaUpstream *upstream;     /* not owned: it has us */
  BmaServedRun *run;         /* owned, nullable: where it is, while it lives */
  BmaChild *child;           /* owned, nullable */
  GSocketClient *prober;     /* owned */
  GCancellable *cancellable; /* owned, nullable: of the probing */
  GQueue waiting;            /* of GTask, owned */
  BmaChildLog log;
  unsigned int probe_id; /* source */
  unsigned int n_users;
  int64_t started_us;
  int64_t used_us;
  int64_t give_up_us; /* monotonic time of the machine */
  gboolean is_ready;
};

static int64_t
now_us (const BmaServed *self)
{
  return bma_clock_now_us (self->upstream->clock);
}

static BmaServedPlace *
make_place (BmaServed *self)
{
  BmaServedPlace *place = g_new0 (BmaServedPlace, 1);

  place->upstream = g_object_ref (self->upstream);
  place->address = g_strdup (self->run->address);
  if (self->run->socket != NULL)
    place->socket = g_object_ref (self->run->socket);
  if (self->run->secret != NULL)
    place->secret = bma_secret_ref (self->run->secret);
  self->n_users++;
  return place;
}

/**
 * bma_served_place_free:
 * @self: (transfer full): a place
 *
 * Nobody uses it any more.
 */
void
bma_served_place_free (BmaServedPlace *self)
{
  BmaServed *served = self->upstream->served;

  served->n_users--;
  served->used_us = now_us (served);
  g_object_unref (self->upstream);
  g_free (self->address);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->secret, bma_secret_unref);
  g_free (self);
}

/* The queue is taken first: whoever is answered may come again. */
static void
answer_waiting (BmaServed *self, const char *trouble)
{
  GQueue waiting = self->waiting;

  g_queue_init (&self->waiting);
  while (!g_queue_is_empty (&waiting))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&waiting);

      if (trouble == NULL && self->is_ready)
        g_task_return_pointer (task, make_place (self),
                               (GDestroyNotify) bma_served_place_free);
      else
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                                 trouble != NULL ? trouble : "it ended");
    }
}

static void
forget (BmaServed *self)
{
  g_clear_handle_id (&self->probe_id, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->child, bma_child_abandon);
  g_clear_pointer (&self->run, bma_served_run_free);
  self->is_ready = FALSE;
}

static void
fail (BmaServed *self, const char *trouble)
{
  forget (self);
  bma_upstream_fail (self->upstream, trouble);
  answer_waiting (self, trouble);
}

/**
 * bma_served_stop:
 * @self: a server
 * @reason: for people
 *
 * Ends it, if it lives.
 */
void
bma_served_stop (BmaServed *self, const char *reason)
{
  if (self->child == NULL)
    return;
  bma_log_info ("upstream", "The MCP server is stopped: %s", reason);
  if (self->is_ready)
    bma_backoff_succeed (&self->upstream->backoff);
  forget (self);
  answer_waiting (self, reason);
}

static void
on_line (const char *text, size_t length, gpointer data)
{
  BmaServed *self = data;

  bma_child_log_take (&self->log, text, length, g_get_monotonic_time ());
}

static void
on_exited (gpointer data)
{
  BmaServed *self = data;
  g_autofree char *trouble = bma_child_describe_end (self->child);

  if (!self->is_ready || now_us (self) - self->started_us < SETTLED_US)
    {
      fail (self, trouble);
      return;
    }
  bma_log_warning ("upstream", "The MCP server is gone: %s", trouble);
  forget (self);
}

static void probe_soon (BmaServed *self);

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaUpstream) upstream = user_data;
  BmaServed *self = upstream->served;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self == NULL ||
      self->child == NULL || self->is_ready)
    return;
  if (connection != NULL)
    {
      self->is_ready = TRUE;
      self->used_us = now_us (self);
      bma_log_notice ("upstream", "The MCP server is there");
      answer_waiting (self, NULL);
    }
  else if (g_get_monotonic_time () > self->give_up_us)
    fail (self, "it does not accept connections where it should");
  else
    probe_soon (self);
}

static gboolean
on_probe (gpointer data)
{
  BmaServed *self = data;

  self->probe_id = 0;
  g_socket_client_connect_async (self->prober, self->run->connectable, self->cancellable,
                                 on_probed, g_object_ref (self->upstream));
  return G_SOURCE_REMOVE;
}

static void
probe_soon (BmaServed *self)
{
  self->probe_id = g_timeout_add (PROBE_MS, on_probe, self);
}

static gboolean
start (BmaServed *self, GError **error)
{
  static const BmaChildFuncs funcs = { on_line, on_exited };
  BmaUpstream *upstream = self->upstream;
  const BmaServedRunParts parts = {
    .entropy = upstream->entropy,
    .runtime_folder = upstream->runtime_folder,
    .words = (const char *const *) upstream->words,
    .address = upstream->config->upstream,
  };

  self->run = bma_served_run_new (&parts, error);
  if (self->run == NULL)
    return FALSE;
  self->child = bma_child_new (upstream->keeper, (const char *const *) self->run->words,
                               &funcs, self, error);
  if (self->child == NULL)
    return FALSE;
  self->cancellable = g_cancellable_new ();
  self->started_us = now_us (self);
  self->used_us = self->started_us;
  self->give_up_us = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  bma_upstream_keep_checking (upstream);
  probe_soon (self);
  return TRUE;
}

/**
 * bma_upstream_reach_async:
 * @self: a supervisor of a server that speaks HTTP
 * @cancellable: (nullable): cancels it
 * @callback: called when the server accepts connections, or does not start
 * @user_data: for @callback
 *
 * Starts the server if it is not there.
 */
void
bma_upstream_reach_async (BmaUpstream *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  BmaServed *served = self->served;
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, bma_upstream_reach_async);
  if (served->child == NULL && bma_upstream_get_wait_s (self) > 0)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "%s", self->trouble);
      return;
    }
  g_queue_push_tail (&served->waiting, g_steal_pointer (&task));
  if (served->child == NULL && !start (served, &error))
    fail (served, error->message);
  else if (served->is_ready)
    answer_waiting (served, NULL);
}

/**
 * bma_upstream_reach_finish:
 * @self: a supervisor
 * @result: what the callback got
 * @error: return location for a #GIOErrorEnum
 *
 * Returns: (transfer full) (nullable): where the server is
 */
BmaServedPlace *
bma_upstream_reach_finish (BmaUpstream *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * bma_served_check:
 * @self: a server
 * @idle_us: how long it may be idle
 *
 * Stops it when nobody has used it for that long.
 */
void
bma_served_check (BmaServed *self, int64_t idle_us)
{
  if (!self->is_ready)
    return;
  if (now_us (self) - self->started_us >= SETTLED_US)
    bma_backoff_succeed (&self->upstream->backoff);
  if (self->n_users > 0)
    self->used_us = now_us (self);
  else if (now_us (self) - self->used_us >= idle_us)
    bma_served_stop (self, "nobody uses it");
}

/**
 * bma_served_is_alive:
 * @self: a server
 *
 * Returns: whether it was started
 */
gboolean
bma_served_is_alive (const BmaServed *self)
{
  return self->child != NULL;
}

/**
 * bma_served_is_ready:
 * @self: a server
 *
 * Returns: whether it accepts connections
 */
gboolean
bma_served_is_ready (const BmaServed *self)
{
  return self->is_ready;
}

/**
 * bma_served_new:
 * @upstream: (transfer none): who has it
 *
 * Returns: (transfer full): a server that is not started
 */
BmaServed *
bma_served_new (BmaUpstream *upstream)
{
  BmaServed *self = g_new0 (BmaServed, 1);

  self->upstream = upstream;
  self->prober = g_socket_client_new ();
  g_socket_client_set_enable_proxy (self->prober, FALSE);
  return self;
}

/**
 * bma_served_free:
 * @self: (transfer full): a server that was stopped
 */
void
bma_served_free (BmaServed *self)
{
  bma_child_log_clear (&self->log);
  g_object_unref (self->prober);
  g_free (self);
}
