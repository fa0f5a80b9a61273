/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stdio-session-private.h"

#include <inttypes.h>
#include <string.h>

#define MAX_OPEN 256

static char *
dup_value (const BmaJsonPeek *value)
{
  return value->length > 0 ? g_strndup (value->at, value->length) : NULL;
}

/* Two clients that share a server may have chosen the same progress token. In a session
 * a token may outlive its request (tasks), and stays as it is. */
static char *
rewrite_request (BmaStdioSession *self, const BmaRpc *message, const char *number)
{
  const BmaRpcEdit edits[] = {
    { message->id, number },
    { self->id == NULL ? message->progress : (BmaJsonPeek){ NULL, 0 }, number },
  };

  return bma_rpc_rewrite (message, edits, G_N_ELEMENTS (edits));
}

static gboolean
send_request (BmaStdioSession *self, const BmaRpc *message, BmaStdioSink *sink)
{
  BmaOpenRequest *request = g_new0 (BmaOpenRequest, 1);
  g_autofree char *number = NULL;
  g_autofree char *line = NULL;

  request->number = ++self->last_id;
  request->id = dup_value (&message->id);
  request->progress = dup_value (&message->progress);
  request->is_initialize = strcmp (message->method, "initialize") == 0;
  request->sink = sink;
  sink->n_open++;
  g_hash_table_insert (self->open, &request->number, request);
  number = g_strdup_printf ("%" PRId64, request->number);
  line = rewrite_request (self, message, number);
  return bma_child_write_line (self->child, line);
}

/* The open request that has this id at the client. */
static BmaOpenRequest *
find_open (BmaStdioSession *self, const BmaJsonPeek *id)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (bma_rpc_is_same (id, ((const BmaOpenRequest *) value)->id))
      return value;
  return NULL;
}

static gboolean
send_cancelled (BmaStdioSession *self, const BmaRpc *message)
{
  /* Requests that stand alone are cancelled by leaving; whose id it is nobody knows. */
  BmaOpenRequest *request = self->id != NULL ? find_open (self, &message->cancelled)
                                             : NULL;
  g_autofree char *number = NULL;
  g_autofree char *line = NULL;
  BmaRpcEdit edit = { message->cancelled, NULL };

  /* Cancelled too late, which happens (MCP, cancellation). */
  if (request == NULL)
    return TRUE;
  number = g_strdup_printf ("%" PRId64, request->number);
  edit.with = number;
  line = bma_rpc_rewrite (message, &edit, 1);
  request->is_cancelled = TRUE;
  if (request->sink == NULL)
    g_hash_table_remove (self->open, &request->number);
  return bma_child_write_line (self->child, line);
}

/**
 * bma_stdio_session_tell:
 * @self: a session
 * @messages: (element-type BmaRpc): notifications and answers, and requests that are left
 *   out
 *
 * Tells the server what needs no answer.
 *
 * Returns: whether it will be told; %FALSE when the session is over, or the server does
 *   not read
 */
gboolean
bma_stdio_session_tell (BmaStdioSession *self, const GPtrArray *messages)
{
  for (unsigned int i = 0; i < messages->len; i++)
    {
      const BmaRpc *message = g_ptr_array_index (messages, i);
      gboolean is_told = TRUE;

      if (self->child == NULL)
        return FALSE;
      if (message->cancelled.length > 0)
        is_told = send_cancelled (self, message);
      else if (message->kind != BMA_RPC_REQUEST)
        is_told = bma_child_write_line (self->child, message->text);
      if (!is_told)
        return FALSE;
    }
  return TRUE;
}

static BmaStdioSink *
add_sink (BmaStdioSession *self, const BmaStdioSinkFuncs *funcs, gpointer data)
{
  BmaStdioSink *sink = g_new0 (BmaStdioSink, 1);

  sink->session = g_object_ref (self);
  sink->funcs = funcs;
  sink->data = data;
  sink->link.data = sink;
  g_queue_push_tail_link (&self->sinks, &sink->link);
  return sink;
}

/**
 * bma_stdio_session_call:
 * @self: a session
 * @messages: (element-type BmaRpc): among them at least one request
 * @can_stream: whether the sink takes more than an answer
 * @funcs: (transfer none): who waits; static
 * @data: for @funcs
 *
 * Sends requests to the server. What the server says is never heard before this returns.
 *
 * Returns: (transfer full) (nullable): where the answers come, to be left; %NULL when the
 *   session is over, has too many open requests, or the server does not read
 */
BmaStdioSink *
bma_stdio_session_call (BmaStdioSession *self,
                        const GPtrArray *messages,
                        gboolean can_stream,
                        const BmaStdioSinkFuncs *funcs,
                        gpointer data)
{
  BmaStdioSink *sink = NULL;

  if (self->child == NULL || !bma_child_is_alive (self->child) ||
      g_hash_table_size (self->open) + messages->len > MAX_OPEN ||
      !bma_stdio_session_tell (self, messages))
    return NULL;
  sink = add_sink (self, funcs, data);
  sink->can_stream = can_stream;
  for (unsigned int i = 0; i < messages->len; i++)
    {
      const BmaRpc *message = g_ptr_array_index (messages, i);

      if (message->kind != BMA_RPC_REQUEST || send_request (self, message, sink))
        continue;
      bma_stdio_sink_leave (sink, TRUE);
      return NULL;
    }
  return sink;
}

/**
 * bma_stdio_session_listen:
 * @self: a session
 * @funcs: (transfer none): who listens; static
 * @data: for @funcs
 *
 * Hears what the server says by itself. Whoever listened before does not any more; what
 * was said meanwhile comes first, from the main loop.
 *
 * Returns: (transfer full) (nullable): the stream, to be left; %NULL when the session is
 *   over
 */
BmaStdioSink *
bma_stdio_session_listen (BmaStdioSession *self,
                          const BmaStdioSinkFuncs *funcs,
                          gpointer data)
{
  BmaStdioSink *sink = NULL;

  if (self->child == NULL)
    return NULL;
  for (GList *link = self->sinks.head; link != NULL; link = link->next)
    {
      BmaStdioSink *other = link->data;

      if (!other->is_listener)
        continue;
      g_queue_unlink (&self->sinks, link);
      other->funcs->ended (NULL, other->data);
      break;
    }
  /* With who listened before, the last that kept it may have gone. */
  if (self->child == NULL)
    return NULL;
  sink = add_sink (self, funcs, data);
  sink->is_listener = TRUE;
  sink->can_stream = TRUE;
  return sink;
}

/**
 * bma_stdio_sink_get_session:
 * @self: a sink
 *
 * Returns: (transfer none): its session
 */
BmaStdioSession *
bma_stdio_sink_get_session (BmaStdioSink *self)
{
  return self->session;
}

/**
 * bma_stdio_sink_get_n_open:
 * @self: a sink
 *
 * Returns: how many answers are still to come
 */
unsigned int
bma_stdio_sink_get_n_open (BmaStdioSink *self)
{
  return self->n_open;
}

/**
 * bma_stdio_sink_set_full:
 * @self: a sink
 * @is_full: whether it cannot take more
 *
 * While a sink is full, nothing is read from the server.
 */
void
bma_stdio_sink_set_full (BmaStdioSink *self, gboolean is_full)
{
  BmaStdioSession *session = self->session;

  if (self->is_full == is_full)
    return;
  self->is_full = is_full;
  session->n_full = is_full ? session->n_full + 1 : session->n_full - 1;
  if (session->child != NULL)
    bma_child_hold (session->child, session->n_full > 0);
}

static void
cancel_request (BmaStdioSession *self, const BmaOpenRequest *request)
{
  g_autofree char *line = g_strdup_printf (
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":"
      "{\"requestId\":%" PRId64 ",\"reason\":\"the client left\"}}",
      request->number);

  if (self->child != NULL)
    bma_child_write_line (self->child, line);
}

/**
 * bma_stdio_sink_leave:
 * @self: (transfer full): a sink
 * @cancel: whether nobody will ever want the answers
 *
 * Waits no more.
 */
void
bma_stdio_sink_leave (BmaStdioSink *self, gboolean cancel)
{
  g_autoptr (BmaStdioSession) session = self->session;
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, session->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BmaOpenRequest *request = value;

      if (request->sink != self)
        continue;
      request->sink = NULL;
      if (!cancel && !request->is_cancelled)
        continue;
      if (cancel)
        cancel_request (session, request);
      /* No answer is to be expected (MCP, cancellation). */
      g_hash_table_iter_remove (&iter);
    }
  if (g_queue_link_index (&session->sinks, &self->link) >= 0)
    g_queue_unlink (&session->sinks, &self->link);
  bma_stdio_sink_set_full (self, FALSE);
  g_free (self);
}
