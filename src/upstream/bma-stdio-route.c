/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stdio-session-private.h"

#include <string.h>

#include "bma-log.h"

#define MAX_BACKLOG       256
#define MAX_BACKLOG_BYTES (1024 * 1024)

static BmaOpenRequest *
find_by_number (BmaStdioSession *self, const BmaJsonPeek *value)
{
  int64_t number = 0;

  if (!bma_rpc_read_number (value, &number))
    return NULL;
  return g_hash_table_lookup (self->open, &number);
}

static BmaOpenRequest *
find_by_progress (BmaStdioSession *self, const BmaJsonPeek *token)
{
  GHashTableIter iter;
  gpointer value = NULL;

  if (self->id == NULL)
    return find_by_number (self, token);
  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BmaOpenRequest *request = value;

      if (request->progress != NULL && bma_rpc_is_same (token, request->progress))
        return request;
    }
  return NULL;
}

static void
hand_over (BmaStdioSink *sink, const char *text, const BmaRpc *answer)
{
  sink->funcs->message (text, answer, sink->data);
}

static void
route_response (BmaStdioSession *self, const BmaRpc *message)
{
  BmaOpenRequest *request = find_by_number (self, &message->id);
  g_autofree char *text = NULL;
  BmaRpcEdit edit = { message->id, NULL };
  BmaStdioSink *sink = NULL;

  if (request == NULL)
    return;
  if (request->is_initialize && message->error_code == 0 && message->version != NULL &&
      self->version == NULL)
    self->version = g_strdup (message->version);
  edit.with = request->id;
  text = bma_rpc_rewrite (message, &edit, 1);
  sink = request->sink;
  g_hash_table_remove (self->open, &request->number);
  if (sink == NULL)
    return;
  sink->n_open--;
  hand_over (sink, text, message);
}

/* A server that was not told which request it is about can only be guessed at: with one
 * open request, that one. */
static BmaStdioSink *
find_likely_sink (BmaStdioSession *self)
{
  BmaStdioSink *listener = NULL;
  BmaStdioSink *call = NULL;
  unsigned int n_calls = 0;

  for (GList *link = self->sinks.head; link != NULL; link = link->next)
    {
      BmaStdioSink *sink = link->data;

      if (sink->is_listener)
        listener = sink;
      else
        n_calls++;
      if (!sink->is_listener && call == NULL && sink->can_stream)
        call = sink;
    }
  if (self->id == NULL)
    return n_calls == 1 ? call : NULL;
  if (call != NULL && n_calls == 1)
    return call;
  return listener != NULL ? listener : call;
}

static void
keep_for_later (BmaStdioSession *self, const char *text)
{
  if (self->id == NULL)
    return;
  self->n_backlog_bytes += strlen (text);
  g_queue_push_tail (&self->backlog, g_strdup (text));
  while (self->backlog.length > MAX_BACKLOG || self->n_backlog_bytes > MAX_BACKLOG_BYTES)
    {
      g_autofree char *oldest = g_queue_pop_head (&self->backlog);

      self->n_backlog_bytes -= strlen (oldest);
    }
}

static void
route_rest (BmaStdioSession *self, const BmaRpc *message)
{
  BmaStdioSink *sink = find_likely_sink (self);

  if (sink != NULL)
    hand_over (sink, message->text, NULL);
  else
    keep_for_later (self, message->text);
}

/* Progress and what a request subscribed to. */
static void
route_related (BmaStdioSession *self, const BmaRpc *message)
{
  const BmaOpenRequest *request = message->progress.length > 0
                                      ? find_by_progress (self, &message->progress)
                                      : find_by_number (self, &message->subscription);
  g_autofree char *text = NULL;

  if (request == NULL && message->progress.length > 0 && self->id != NULL)
    route_rest (self, message);
  if (request == NULL || request->sink == NULL || !request->sink->can_stream)
    return;
  if (message->progress.length > 0)
    text = bma_rpc_rewrite (message,
                            &(BmaRpcEdit){ message->progress, request->progress }, 1);
  else
    text =
        bma_rpc_rewrite (message, &(BmaRpcEdit){ message->subscription, request->id }, 1);
  hand_over (request->sink, text, NULL);
}

static void
route_message (BmaStdioSession *self, const BmaRpc *message)
{
  if (message->kind == BMA_RPC_RESPONSE)
    route_response (self, message);
  else if (message->kind == BMA_RPC_NOTIFICATION &&
           (message->progress.length > 0 || message->subscription.length > 0))
    route_related (self, message);
  else
    route_rest (self, message);
}

/**
 * bma_stdio_session_route:
 * @self: a session
 * @text: a line of its server
 * @length: its length in bytes
 *
 * Finds whose it is. What is no message is left out, as servers are known to greet.
 */
void
bma_stdio_session_route (BmaStdioSession *self, const char *text, size_t length)
{
  const char *problem = NULL;
  g_autoptr (GPtrArray) messages = NULL;

  if (length == 0)
    return;
  messages = bma_rpc_parse (text, length, BMA_CHILD_MAX_LINE_BYTES, &problem);
  if (messages == NULL)
    {
      bma_log_info ("upstream", "A line of the MCP server is no message: %s", problem);
      return;
    }
  self->has_answered = TRUE;
  for (unsigned int i = 0; i < messages->len; i++)
    route_message (self, g_ptr_array_index (messages, i));
}

/**
 * bma_stdio_session_take_backlog:
 * @self: a session
 * @listener: who listens now
 *
 * Hands over what was said while nobody listened.
 */
void
bma_stdio_session_take_backlog (BmaStdioSession *self, BmaStdioSink *listener)
{
  while (!g_queue_is_empty (&self->backlog))
    {
      g_autofree char *text = g_queue_pop_head (&self->backlog);

      self->n_backlog_bytes -= strlen (text);
      hand_over (listener, text, NULL);
    }
}
