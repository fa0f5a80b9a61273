/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-passage-private.h"

#include "bma-log.h"

/**
 * bma_http_passage_break_off:
 * @self: a passage
 * @reason: for the log
 *
 * Ends both sides now. The client's connection is closed in the middle, so that it cannot
 * take that for the end of the answer.
 */
void
bma_http_passage_break_off (BmaHttpPassage *self, const char *reason)
{
  g_autoptr (SoupServerMessage) client = NULL;

  if (self->client == NULL || self->is_broken)
    return;
  client = g_object_ref (self->client);
  self->is_broken = TRUE;
  g_cancellable_cancel (self->cancellable);
  bma_log (G_LOG_LEVEL_INFO, "proxy",
           bma_http_exchange_get_correlation_id (self->exchange), "%s", reason);
  bma_http_front_disconnect (self->front, client);
}

/**
 * bma_http_passage_is_waiting:
 * @self: a passage
 *
 * Returns: whether the MCP server has not begun its answer
 */
gboolean
bma_http_passage_is_waiting (BmaHttpPassage *self)
{
  return self->client != NULL && self->body == NULL && !self->is_complete &&
         !self->is_broken;
}

/**
 * bma_http_passage_is_event_stream:
 * @self: a passage
 *
 * Returns: whether its answer is a stream of events and has begun, so that a client goes
 *   on with another one wherever it ends
 */
gboolean
bma_http_passage_is_event_stream (BmaHttpPassage *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->upstream);

  return self->client != NULL && self->body != NULL && !self->is_complete &&
         !self->is_broken &&
         soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CONTENT_LENGTH &&
         g_strcmp0 (soup_message_headers_get_content_type (headers, NULL),
                    "text/event-stream") == 0;
}

/* Else asking again does nothing twice. */
static gboolean
may_have_done (BmaHttpPassage *self)
{
  return !g_str_equal (soup_message_get_method (self->upstream), "GET") &&
         bma_http_passage_was_sent (self);
}

/**
 * bma_http_passage_wind_up:
 * @self: a passage
 *
 * Ends both sides now because the service stops, in a way that the client understands: a
 * stream of events ends as if the MCP server had ended it; who waits for the head of an
 * answer is told that there is none, and to come back if the MCP server cannot have begun
 * it. Other answers are left as they are.
 */
void
bma_http_passage_wind_up (BmaHttpPassage *self)
{
  if (bma_http_passage_is_event_stream (self))
    {
      self->is_complete = TRUE;
      soup_message_body_complete (soup_server_message_get_response_body (self->client));
      soup_server_message_unpause (self->client);
    }
  else if (bma_http_passage_is_waiting (self))
    {
      self->is_complete = TRUE;
      if (!may_have_done (self))
        bma_http_exchange_set_header (self->exchange, "Retry-After", "1");
      bma_http_exchange_reply_error_with_status (self->exchange, 503,
                                                 "temporarily_unavailable",
                                                 "the service is stopping");
    }
  else
    return;
  g_cancellable_cancel (self->cancellable);
}

/**
 * bma_http_passage_give_up:
 * @self: a passage that waits
 *
 * Ends both sides now because the MCP server takes too long.
 */
void
bma_http_passage_give_up (BmaHttpPassage *self)
{
  g_return_if_fail (bma_http_passage_is_waiting (self));

  self->is_complete = TRUE;
  bma_http_exchange_reply_error_with_status (
      self->exchange, 504, "gateway_timeout",
      "the MCP server behind this service does not answer; see biomcp-auth doctor");
  g_cancellable_cancel (self->cancellable);
}
