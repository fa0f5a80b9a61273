/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stdio-session-private.h"

#include "bma-log.h"

enum
{
  SIGNAL_ENDED,
  N_SIGNALS,
};

static unsigned int signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmaStdioSession, bma_stdio_session, G_TYPE_OBJECT)

/**
 * bma_open_request_free:
 * @self: (transfer full): a request
 */
void
bma_open_request_free (BmaOpenRequest *self)
{
  g_free (self->id);
  g_free (self->progress);
  g_free (self);
}

static void
bma_stdio_session_dispose (GObject *object)
{
  BmaStdioSession *self = BMA_STDIO_SESSION (object);

  g_clear_pointer (&self->child, bma_child_abandon);
  G_OBJECT_CLASS (bma_stdio_session_parent_class)->dispose (object);
}

static void
bma_stdio_session_finalize (GObject *object)
{
  BmaStdioSession *self = BMA_STDIO_SESSION (object);

  g_hash_table_unref (self->open);
  g_queue_clear_full (&self->backlog, g_free);
  g_free (self->id);
  g_free (self->owner);
  g_free (self->version);
  g_free (self->trouble);
  G_OBJECT_CLASS (bma_stdio_session_parent_class)->finalize (object);
}

static void
bma_stdio_session_class_init (BmaStdioSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_stdio_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_stdio_session_finalize;
  signals[SIGNAL_ENDED] = g_signal_new ("ended", BMA_TYPE_STDIO_SESSION,
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
}

static void
bma_stdio_session_init (BmaStdioSession *self)
{
  self->open = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                      (GDestroyNotify) bma_open_request_free);
}

/**
 * bma_stdio_session_new:
 * @id: (nullable): the session's id; %NULL for requests that stand alone
 * @owner: whose it is
 * @now_us: monotonic time
 *
 * Returns: (transfer full): a session whose server is not started yet
 */
BmaStdioSession *
bma_stdio_session_new (const char *id, const char *owner, int64_t now_us)
{
  BmaStdioSession *self = g_object_new (BMA_TYPE_STDIO_SESSION, NULL);

  self->id = g_strdup (id);
  self->owner = g_strdup (owner);
  self->started_us = now_us;
  self->used_us = now_us;
  return self;
}

static void
on_line (const char *text, size_t length, gpointer data)
{
  g_autoptr (BmaStdioSession) self = g_object_ref (data);

  bma_stdio_session_route (self, text, length);
}

static void
on_exited (gpointer data)
{
  BmaStdioSession *self = data;

  self->trouble = bma_child_describe_end (self->child);
  bma_log_warning ("upstream", "The MCP server is gone: %s", self->trouble);
  bma_stdio_session_end (self, self->trouble);
}

/**
 * bma_stdio_session_start:
 * @self: a session
 * @keeper: (type filename): the program that sees to the end of what we start
 * @words: the command
 * @error: return location
 *
 * Returns: whether its server was started
 */
gboolean
bma_stdio_session_start (BmaStdioSession *self,
                         const char *keeper,
                         const char *const *words,
                         GError **error)
{
  static const BmaChildFuncs funcs = { on_line, on_exited };

  self->child = bma_child_new (keeper, words, &funcs, self, error);
  self->has_ended = self->child == NULL;
  return self->child != NULL;
}

/* Each may leave, and with it other requests. */
static void
answer_open_requests (BmaStdioSession *self)
{
  GHashTableIter iter;
  gpointer key = NULL;
  gpointer value = NULL;

  for (;;)
    {
      BmaOpenRequest *request = NULL;
      BmaStdioSink *sink = NULL;
      BmaRpc answer = { .kind = BMA_RPC_RESPONSE, .error_code = BMA_STDIO_SERVER_GONE };
      g_autofree char *text = NULL;

      g_hash_table_iter_init (&iter, self->open);
      if (!g_hash_table_iter_next (&iter, &key, &value))
        return;
      request = value;
      sink = request->sink;
      text = g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":-32000,"
                              "\"message\":\"the MCP server ended; initialize a new "
                              "session\"}}",
                              request->id);
      g_hash_table_iter_remove (&iter);
      if (sink == NULL)
        continue;
      sink->n_open--;
      sink->funcs->message (text, &answer, sink->data);
    }
}

/**
 * bma_stdio_session_end:
 * @self: a session
 * @reason: for people
 *
 * Ends its server and its streams.
 */
void
bma_stdio_session_end (BmaStdioSession *self, const char *reason)
{
  g_autoptr (BmaStdioSession) kept = g_object_ref (self);

  if (self->has_ended)
    return;
  self->has_ended = TRUE;
  g_clear_pointer (&self->child, bma_child_abandon);
  answer_open_requests (self);
  while (!g_queue_is_empty (&self->sinks))
    {
      BmaStdioSink *sink = g_queue_pop_head_link (&self->sinks)->data;

      sink->funcs->ended (reason, sink->data);
    }
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

/**
 * bma_stdio_session_get_id:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): its id
 */
const char *
bma_stdio_session_get_id (BmaStdioSession *self)
{
  return self->id;
}

/**
 * bma_stdio_session_get_owner:
 * @self: a session
 *
 * Returns: (transfer none): whose it is
 */
const char *
bma_stdio_session_get_owner (BmaStdioSession *self)
{
  return self->owner;
}

/**
 * bma_stdio_session_get_version:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the revision of MCP that `initialize` settled
 */
const char *
bma_stdio_session_get_version (BmaStdioSession *self)
{
  return self->version;
}

/**
 * bma_stdio_session_has_answered:
 * @self: a session
 *
 * Returns: whether its server has said anything yet
 */
gboolean
bma_stdio_session_has_answered (BmaStdioSession *self)
{
  return self->has_answered;
}

/**
 * bma_stdio_session_has_ended:
 * @self: a session
 *
 * Returns: whether it is over
 */
gboolean
bma_stdio_session_has_ended (BmaStdioSession *self)
{
  return self->has_ended;
}

/**
 * bma_stdio_session_get_trouble:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): how its server ended, if not because it was asked
 *   to
 */
const char *
bma_stdio_session_get_trouble (BmaStdioSession *self)
{
  return self->trouble;
}

/**
 * bma_stdio_session_get_started_us:
 * @self: a session
 *
 * Returns: monotonic time of its start
 */
int64_t
bma_stdio_session_get_started_us (BmaStdioSession *self)
{
  return self->started_us;
}

/**
 * bma_stdio_session_is_busy:
 * @self: a session
 *
 * Returns: whether somebody waits for an answer, or listens
 */
gboolean
bma_stdio_session_is_busy (BmaStdioSession *self)
{
  return !g_queue_is_empty (&self->sinks);
}

/**
 * bma_stdio_session_get_used_us:
 * @self: a session
 *
 * Returns: monotonic time of its last use
 */
int64_t
bma_stdio_session_get_used_us (BmaStdioSession *self)
{
  return self->used_us;
}

/**
 * bma_stdio_session_touch:
 * @self: a session
 * @now_us: monotonic time
 *
 * Notes that it is in use.
 */
void
bma_stdio_session_touch (BmaStdioSession *self, int64_t now_us)
{
  self->used_us = now_us;
}
