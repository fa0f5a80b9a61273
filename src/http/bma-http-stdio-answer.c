/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-stdio-answer.h"

#include <inttypes.h>
#include <string.h>

#include "bma-http-operation.h"
#include "bma-log.h"
#include "bma-mcp-message.h"

/* What waits for a slow client before the server has to wait too. */
#define MAX_WAITING_BYTES (256 * 1024)

/* The answer to one request of a client: a single JSON text where that is all there is,
 * else a stream of events. It lives until the client has it, or is gone. */
typedef struct
{
  BmaHttpExchange *exchange; /* owned */
  BmaHttpFront *front;       /* owned */
  SoupServerMessage *client; /* owned, NULL once the client is done or gone */
  BmaStdioSession *session;  /* owned */
  BmaStdioSink *sink;        /* owned, NULL once all has come */
  BmaHttpStream *stream;     /* owned */
  GString *waiting;          /* owned: not handed to libsoup yet */
  GString *batch;            /* owned, nullable: answers for who takes no stream */
  gboolean is_listener;
  gboolean can_stream;
  gboolean is_standalone;
  gboolean opens_session;
  gboolean is_opened;    /* and the session is */
  gboolean is_batch;     /* of several requests */
  gboolean is_streaming; /* the head is out */
  gboolean is_writing;   /* libsoup has a chunk */
  gboolean is_replied;   /* the end is with libsoup */
} Answer;

static void
leave_sink (Answer *self, gboolean cancel)
{
  if (self->sink != NULL)
    bma_stdio_sink_leave (g_steal_pointer (&self->sink), cancel);
}

/* The client has everything, or left. In MCP 2026-07-28 that cancels. */
static void
on_client_done (SoupServerMessage *message, Answer *self)
{
  g_autoptr (BmaStdioSession) session = g_steal_pointer (&self->session);

  g_signal_handlers_disconnect_by_data (message, self);
  leave_sink (self, self->is_standalone);
  bma_http_stream_leave (self->stream);
  /* Nobody knows its id. */
  if (self->opens_session && !self->is_opened)
    bma_stdio_session_end (session, "nobody waited for it");
  g_object_unref (self->client);
  g_object_unref (self->front);
  bma_http_exchange_unref (self->exchange);
  g_string_free (self->waiting, TRUE);
  if (self->batch != NULL)
    g_string_free (self->batch, TRUE);
  g_free (self);
}

static void
pump (Answer *self)
{
  SoupMessageBody *body = soup_server_message_get_response_body (self->client);

  if (!self->is_streaming || self->is_writing || self->is_replied)
    return;
  if (self->waiting->len > 0)
    {
      g_autoptr (GBytes) chunk = g_string_free_to_bytes (self->waiting);

      self->waiting = g_string_new (NULL);
      self->is_writing = TRUE;
      soup_message_body_append_bytes (body, chunk);
    }
  else if (self->sink == NULL)
    {
      self->is_replied = TRUE;
      soup_message_body_complete (body);
    }
  else
    return;
  soup_server_message_unpause (self->client);
}

static void
on_chunk_written (SoupServerMessage *message, Answer *self)
{
  self->is_writing = FALSE;
  pump (self);
  if (self->sink != NULL && self->waiting->len == 0)
    bma_stdio_sink_set_full (self->sink, FALSE);
}

static void
name_session (Answer *self)
{
  if (!self->opens_session)
    return;
  self->is_opened = TRUE;
  bma_http_exchange_set_header (self->exchange, "Mcp-Session-Id",
                                bma_stdio_session_get_id (self->session));
}

static void
start_stream (Answer *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->client);

  if (self->is_streaming)
    return;
  self->is_streaming = TRUE;
  name_session (self);
  bma_http_exchange_set_header (self->exchange, "Content-Type", "text/event-stream");
  bma_http_exchange_set_header (self->exchange, "Cache-Control", "no-store");
  bma_http_exchange_set_header (self->exchange, "X-Accel-Buffering", "no");
  bma_http_exchange_set_header (self->exchange, "X-Content-Type-Options", "nosniff");
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (self->client),
                                    FALSE);
  soup_server_message_set_status (self->client, 200, NULL);
  g_signal_connect (self->client, "wrote-chunk", G_CALLBACK (on_chunk_written), self);
  soup_server_message_unpause (self->client);
}

/* What MCP 2026-07-28 says of errors, so that clients notice which revisions the server
 * speaks. */
static unsigned int
choose_status (const Answer *self, const BmaRpc *answer)
{
  if (answer->error_code == BMA_STDIO_SERVER_GONE)
    return 502;
  if (!self->is_standalone)
    return 200;
  switch (answer->error_code)
    {
    case -32601:
      return 404;
    case BMA_MCP_HEADER_MISMATCH:
    case -32021:
    case -32022:
      return 400;
    default:
      return 200;
    }
}

static void
reply (Answer *self, unsigned int status, char *text)
{
  self->is_replied = TRUE;
  bma_http_exchange_reply (self->exchange, status, "application/json", text);
}

/* Whoever takes no stream gets the answers alone, and together. */
static void
collect (Answer *self, const char *text, gboolean is_last)
{
  if (self->batch == NULL)
    self->batch = g_string_new ("[");
  if (self->batch->len > 1)
    g_string_append_c (self->batch, ',');
  g_string_append (self->batch, text);
  if (!is_last)
    return;
  g_string_append_c (self->batch, ']');
  leave_sink (self, FALSE);
  reply (self, 200, g_string_free (g_steal_pointer (&self->batch), FALSE));
}

static void
push_event (Answer *self, const char *text)
{
  g_string_append_printf (self->waiting, "event: message\ndata: %s\n\n", text);
  if (self->sink != NULL && self->waiting->len > MAX_WAITING_BYTES)
    bma_stdio_sink_set_full (self->sink, TRUE);
}

static void
reply_single (Answer *self, const char *text, const BmaRpc *answer)
{
  gboolean is_refused = self->opens_session && answer->error_code != 0;
  g_autoptr (BmaStdioSession) session = g_object_ref (self->session);

  leave_sink (self, FALSE);
  if (!is_refused)
    name_session (self);
  self->opens_session = FALSE;
  reply (self, choose_status (self, answer), g_strdup (text));
  if (is_refused)
    bma_stdio_session_end (session, "it was refused");
}

static void
on_message (const char *text, const BmaRpc *answer, gpointer data)
{
  Answer *self = data;
  gboolean is_last = answer != NULL && bma_stdio_sink_get_n_open (self->sink) == 0;

  if (self->is_replied)
    return;
  if (!self->is_streaming && !self->is_batch && answer != NULL)
    {
      reply_single (self, text, answer);
      return;
    }
  if (!self->can_stream)
    {
      if (answer != NULL)
        collect (self, text, is_last);
      return;
    }
  start_stream (self);
  if (is_last)
    leave_sink (self, FALSE);
  push_event (self, text);
  pump (self);
}

/* Requests without an answer have got one that says so. */
static void
on_ended (const char *reason, gpointer data)
{
  Answer *self = data;

  leave_sink (self, FALSE);
  pump (self);
}

static const BmaStdioSinkFuncs sink_funcs = { on_message, on_ended };

static void
break_off (gpointer data, const char *reason)
{
  Answer *self = data;
  g_autoptr (SoupServerMessage) client = g_object_ref (self->client);

  bma_log (G_LOG_LEVEL_INFO, "proxy",
           bma_http_exchange_get_correlation_id (self->exchange), "%s", reason);
  bma_http_front_disconnect (self->front, client);
}

static void
wind_up (gpointer data, gboolean all)
{
  Answer *self = data;

  if (self->is_replied || (!all && !self->is_listener))
    return;
  leave_sink (self, FALSE);
  if (self->is_streaming)
    {
      pump (self);
      return;
    }
  /* Without Retry-After: the server may have begun it. */
  self->is_replied = TRUE;
  bma_http_exchange_reply_error_with_status (self->exchange, 503,
                                             "temporarily_unavailable",
                                             "the service is stopping");
}

static void
give_up (gpointer data)
{
  Answer *self = data;

  if (self->is_streaming || self->is_replied)
    return;
  leave_sink (self, TRUE);
  self->is_replied = TRUE;
  bma_http_exchange_reply_error_with_status (
      self->exchange, 504, "gateway_timeout",
      "the MCP server behind this service does not answer; see biomcp-auth doctor");
}

static Answer *
answer_new (const BmaHttpStdioParts *parts)
{
  static const BmaHttpStreamFuncs funcs = { break_off, wind_up, give_up };
  Answer *self = g_new0 (Answer, 1);

  self->exchange = bma_http_exchange_ref (parts->exchange);
  self->front = g_object_ref (parts->front);
  self->client = g_object_ref (bma_http_exchange_get_message (parts->exchange));
  self->session = g_object_ref (parts->session);
  self->waiting = g_string_new (NULL);
  self->can_stream = parts->can_stream;
  self->is_standalone = parts->is_standalone;
  self->opens_session = parts->opens_session;
  self->stream = bma_http_streams_enter (parts->streams, parts->exchange, parts->bearer,
                                         &funcs, self);
  g_signal_connect (self->client, "finished", G_CALLBACK (on_client_done), self);
  g_signal_connect (self->client, "disconnected", G_CALLBACK (on_client_done), self);
  bma_http_exchange_pause (parts->exchange);
  return self;
}

/**
 * bma_http_stdio_answer_start:
 * @parts: what the answer is made of
 * @messages: (element-type BmaRpc): what the client sent, among it a request
 *
 * Asks the server; its answer goes to the client.
 *
 * Returns: whether the server is asked; else the client is still to be answered
 */
gboolean
bma_http_stdio_answer_start (const BmaHttpStdioParts *parts, const GPtrArray *messages)
{
  Answer *self = answer_new (parts);

  self->is_batch = messages->len > 1;
  self->sink = bma_stdio_session_call (parts->session, messages, parts->can_stream,
                                       &sink_funcs, self);
  if (self->sink != NULL)
    return TRUE;
  /* Replied to by the caller. */
  self->is_replied = TRUE;
  return FALSE;
}

/**
 * bma_http_stdio_answer_listen:
 * @parts: what the answer is made of
 *
 * Sends the client what the server says by itself.
 *
 * Returns: whether it does; else the client is still to be answered
 */
gboolean
bma_http_stdio_answer_listen (const BmaHttpStdioParts *parts)
{
  Answer *self = answer_new (parts);

  self->is_listener = TRUE;
  self->sink = bma_stdio_session_listen (parts->session, &sink_funcs, self);
  if (self->sink == NULL)
    {
      self->is_replied = TRUE;
      return FALSE;
    }
  start_stream (self);
  bma_stdio_session_take_backlog (parts->session, self->sink);
  return TRUE;
}

/**
 * bma_http_stdio_refuse_for_now:
 * @exchange: a request
 * @upstream: who started no server for it
 *
 * Answers that it should come again.
 */
void
bma_http_stdio_refuse_for_now (BmaHttpExchange *exchange, BmaUpstream *upstream)
{
  int64_t wait_s = bma_upstream_get_wait_s (upstream);
  g_autofree char *retry_after = g_strdup_printf ("%" PRId64, MAX (wait_s, 1));

  bma_http_exchange_set_header (exchange, "Retry-After", retry_after);
  bma_http_exchange_reply_error_with_status (
      exchange, 503, "temporarily_unavailable",
      wait_s > 0 ? "the MCP server behind this service does not start; see biomcp-auth "
                   "doctor"
                 : "the MCP server behind this service is busy; try again");
}
