/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-passage-private.h"

#include "bma-http-account.h"
#include "bma-http-headers.h"
#include "bma-log.h"
#include "bma-metrics.h"

#define CHUNK_BYTES (32 * 1024)

static BmaHttpPassage *
passage_ref (BmaHttpPassage *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

static void
passage_unref (BmaHttpPassage *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  bma_http_exchange_unref (self->exchange);
  g_object_unref (self->front);
  g_clear_object (&self->client);
  g_clear_object (&self->upstream);
  g_clear_object (&self->body);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* The client got everything, or left: the upstream need not go on. */
static void
on_client_done (SoupServerMessage *message, BmaHttpPassage *self)
{
  if (self->client == NULL)
    return;
  g_signal_handlers_disconnect_by_data (message, self);
  g_clear_object (&self->client);
  if (!self->is_complete)
    g_cancellable_cancel (self->cancellable);
  self->watch->ended (self, self->data);
  passage_unref (self);
}

/* libsoup 3.2 takes a connection that is closed between two chunks for the end of the
 * answer. After the real end a read does not reach the connection any more; else, being
 * cancelled, it fails there. */
static gboolean
is_cut_short (BmaHttpPassage *self)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  GInputStream *decoder = NULL;
  char byte = 0;

  if (soup_message_headers_get_encoding (
          soup_message_get_response_headers (self->upstream)) != SOUP_ENCODING_CHUNKED ||
      !G_IS_FILTER_INPUT_STREAM (self->body))
    return FALSE;
  decoder = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self->body));
  g_cancellable_cancel (cancelled);
  return g_input_stream_read (decoder, &byte, 1, cancelled, NULL) != 0;
}

static void
on_chunk_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BmaHttpPassage *self = user_data;
  g_autoptr (GBytes)
      chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  SoupMessageBody *body = NULL;

  self->is_reading = FALSE;
  if (self->client != NULL && !self->is_complete &&
      (chunk == NULL || (g_bytes_get_size (chunk) == 0 && is_cut_short (self))))
    bma_http_passage_break_off (self, "the MCP server broke off its answer");
  else if (self->client != NULL && !self->is_complete && !self->is_broken)
    {
      body = soup_server_message_get_response_body (self->client);
      if (g_bytes_get_size (chunk) > 0)
        soup_message_body_append_bytes (body, chunk);
      else
        {
          self->is_complete = TRUE;
          soup_message_body_complete (body);
        }
      soup_server_message_unpause (self->client);
    }
  passage_unref (self);
}

static void
read_next (BmaHttpPassage *self)
{
  if (self->is_reading || self->is_complete || self->is_broken || self->body == NULL)
    return;
  self->is_reading = TRUE;
  g_input_stream_read_bytes_async (self->body, CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                   self->cancellable, on_chunk_read, passage_ref (self));
}

static void
on_chunk_written (SoupServerMessage *message, BmaHttpPassage *self)
{
  read_next (self);
}

/* A bodyless answer has no stream to wait for. */
static gboolean
has_no_body (BmaHttpPassage *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->upstream);
  unsigned int status = soup_message_get_status (self->upstream);

  return status == 204 || status == 304 ||
         g_str_equal (soup_message_get_method (self->upstream), "HEAD") ||
         (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
          soup_message_headers_get_content_length (headers) == 0);
}

static void
forward_head (BmaHttpPassage *self)
{
  SoupMessageHeaders *from = soup_message_get_response_headers (self->upstream);
  SoupMessageHeaders *to = soup_server_message_get_response_headers (self->client);
  const char *connection = soup_message_headers_get_list (from, "Connection");
  SoupMessageHeadersIter iter;
  const char *name = NULL;
  const char *value = NULL;

  soup_message_headers_iter_init (&iter, from);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    if (bma_http_headers_forward_response (name, connection))
      soup_message_headers_append (to, name, value);
  soup_server_message_set_status (self->client, soup_message_get_status (self->upstream),
                                  NULL);
  if (soup_message_headers_get_encoding (from) == SOUP_ENCODING_CONTENT_LENGTH)
    soup_message_headers_set_content_length (to, soup_message_headers_get_content_length (
                                                     from));
  else if (!has_no_body (self))
    soup_message_headers_set_encoding (to, SOUP_ENCODING_CHUNKED);
}

/* A client would follow it with its token, or to a place it cannot reach. */
static gboolean
is_redirect (unsigned int status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

static void
start_answer (BmaHttpPassage *self)
{
  SoupMessageBody *body = soup_server_message_get_response_body (self->client);

  forward_head (self);
  soup_message_body_set_accumulate (body, FALSE);
  self->is_complete = has_no_body (self);
  if (self->is_complete)
    soup_message_body_complete (body);
  else
    g_signal_connect (self->client, "wrote-chunk", G_CALLBACK (on_chunk_written), self);
  /* The head goes out now, however long the first event takes. */
  soup_server_message_unpause (self->client);
  read_next (self);
}

static void
answer_instead (BmaHttpPassage *self, const char *description)
{
  self->is_complete = TRUE;
  bma_http_exchange_reply_error_with_status (self->exchange, 502, "bad_gateway",
                                             description);
}

static void
judge_answer (BmaHttpPassage *self)
{
  if (is_redirect (soup_message_get_status (self->upstream)))
    answer_instead (self, "the MCP server behind this service redirects; its final "
                          "address belongs into [resource] upstream");
  else if (self->watch->answered (self, self->data))
    {
      start_answer (self);
      return;
    }
  self->is_complete = TRUE;
  g_clear_object (&self->body);
}

static void
measure (BmaHttpPassage *self, const GError *error)
{
  BmaMetrics *metrics =
      bma_broker_get_metrics (bma_http_exchange_get_broker (self->exchange));
  const char *outcome =
      bma_http_account_class_of_status (soup_message_get_status (self->upstream));

  if (error != NULL)
    outcome = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? "cancelled"
                                                                        : "unreachable";
  bma_metrics_add (metrics, BMA_METRIC_UPSTREAM, outcome, NULL);
  bma_metrics_observe (metrics, BMA_METRIC_UPSTREAM_LATENCY, NULL,
                       g_get_monotonic_time () - self->started_us);
}

/**
 * bma_http_passage_was_sent:
 * @self: a passage
 *
 * Returns: whether the MCP server may have begun what was asked; else asking again does
 *   nothing twice
 */
gboolean
bma_http_passage_was_sent (BmaHttpPassage *self)
{
  SoupMessageMetrics *metrics = soup_message_get_metrics (self->upstream);

  return metrics == NULL ||
         soup_message_metrics_get_request_header_bytes_sent (metrics) > 0;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BmaHttpPassage *self = user_data;
  g_autoptr (GError) error = NULL;

  self->body = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  measure (self, error);
  if (self->is_complete)
    g_clear_object (&self->body);
  else if (self->client != NULL && !self->is_broken && self->body == NULL)
    {
      bma_log (G_LOG_LEVEL_WARNING, "proxy",
               bma_http_exchange_get_correlation_id (self->exchange),
               "the MCP server cannot be reached: %s", error->message);
      if (!bma_http_passage_was_sent (self))
        bma_http_exchange_set_header (self->exchange, "Retry-After", "1");
      answer_instead (self, "the MCP server behind this service cannot be reached; start "
                            "it, or see biomcp-auth doctor");
    }
  else if (self->client != NULL && !self->is_broken)
    judge_answer (self);
  passage_unref (self);
}

/**
 * bma_http_passage_start:
 * @exchange: a request that may pass
 * @front: where the client's connection is
 * @session: what to send with
 * @upstream: the request to the MCP server
 * @watch: (transfer none): who wants to know about it; static
 * @data: for @watch; must be good until it has ended
 *
 * Sends the request on and streams the answer back as it comes.
 *
 * Returns: (transfer none): the passage
 */
BmaHttpPassage *
bma_http_passage_start (BmaHttpExchange *exchange,
                        BmaHttpFront *front,
                        SoupSession *session,
                        SoupMessage *upstream,
                        const BmaHttpPassageWatch *watch,
                        gpointer data)
{
  BmaHttpPassage *self = g_new0 (BmaHttpPassage, 1);

  self->started_us = g_get_monotonic_time ();
  g_ref_count_init (&self->refs);
  self->watch = watch;
  self->data = data;
  self->exchange = bma_http_exchange_ref (exchange);
  self->front = g_object_ref (front);
  self->client = g_object_ref (bma_http_exchange_get_message (exchange));
  self->upstream = g_object_ref (upstream);
  self->cancellable = g_cancellable_new ();
  g_signal_connect (self->client, "finished", G_CALLBACK (on_client_done), self);
  g_signal_connect (self->client, "disconnected", G_CALLBACK (on_client_done), self);
  soup_message_add_flags (upstream, SOUP_MESSAGE_COLLECT_METRICS);
  bma_http_exchange_pause (exchange);
  soup_session_send_async (session, upstream, G_PRIORITY_DEFAULT, self->cancellable,
                           on_answered, passage_ref (self));
  return self;
}

/**
 * bma_http_passage_get_exchange:
 * @self: a passage
 *
 * Returns: (transfer none): the client's request
 */
BmaHttpExchange *
bma_http_passage_get_exchange (BmaHttpPassage *self)
{
  return self->exchange;
}

/**
 * bma_http_passage_get_upstream:
 * @self: a passage
 *
 * Returns: (transfer none): the request to the MCP server, and its answer
 */
SoupMessage *
bma_http_passage_get_upstream (BmaHttpPassage *self)
{
  return self->upstream;
}
