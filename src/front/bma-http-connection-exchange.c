/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One request and its response. Each is a connection of its own to SoupServer, which has
 * no listener and therefore ends it after the response: keeping the socket alive, idling
 * and pipelining are ours. */

#include "bma-http-connection-private.h"

#include <string.h>

/* Small writes are gathered up to this size and leave in one packet. */
#define MAX_GATHERED_BYTES (16 * 1024)

static const char continue_line[] = "HTTP/1.1 100 Continue\r\n\r\n";

static gboolean
is_body_read (BmaHttpConnection *self)
{
  if (self->head.chunked)
    return self->chunked.status == BMA_HTTP_CHUNKED_DONE && self->n_chunked_checked == 0;
  return self->n_body_left == 0;
}

/**
 * bma_http_connection_has_read_request:
 * @self: a connection in an exchange
 *
 * Tells whether the peer has any part left in the exchange but to listen.
 *
 * Returns: whether libsoup has the whole request
 */
gboolean
bma_http_connection_has_read_request (BmaHttpConnection *self)
{
  return self->n_head_left == 0 && is_body_read (self);
}

static gssize
would_block (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Would block");
  return -1;
}

/* Never from within libsoup's own calls: the connection is taken from it afterwards. */
static gssize
refuse_later (BmaHttpConnection *self, unsigned status, GError **error)
{
  self->refuse_with = status;
  bma_http_reactor_defer (self->context->reactor, &self->watch);
  return would_block (error);
}

static gssize
hand_out (BmaHttpConnection *self, void *buffer, size_t n_bytes)
{
  memcpy (buffer, bma_http_buffer_peek (&self->in), n_bytes);
  bma_http_buffer_take (&self->in, n_bytes);
  return (gssize) n_bytes;
}

/* The deadlines of a peer that owes us the body end with it. */
static void
note_body_progress (BmaHttpConnection *self)
{
  if (!bma_http_connection_has_read_request (self))
    return;
  self->deadline_us = 0;
  if (self->is_half_open)
    bma_http_reactor_defer (self->context->reactor, &self->watch);
}

static unsigned
check_chunks (BmaHttpConnection *self)
{
  if (self->n_chunked_checked > 0)
    return 0;
  switch (bma_http_chunked_feed (&self->chunked, bma_http_buffer_peek (&self->in),
                                 bma_http_buffer_length (&self->in),
                                 &self->n_chunked_checked))
    {
    case BMA_HTTP_CHUNKED_MALFORMED:
      return 400;
    case BMA_HTTP_CHUNKED_TOO_LARGE:
      return 413;
    default:
      return 0;
    }
}

static gssize
read_body (BmaHttpConnection *self, void *buffer, size_t n_bytes, GError **error)
{
  size_t n = bma_http_buffer_length (&self->in);
  unsigned status;

  if (n == 0)
    {
      ssize_t n_received = bma_http_connection_receive (self);

      if (n_received < 0)
        {
          self->has_waited = TRUE;
          return would_block (error);
        }
      if (n_received == 0)
        return refuse_later (self, 400, error);
      n = (size_t) n_received;
    }
  if (!self->head.chunked)
    {
      n = (size_t) MIN (MIN (n, n_bytes), self->n_body_left);
      self->n_body_left -= n;
      return hand_out (self, buffer, n);
    }

  if ((status = check_chunks (self)) != 0)
    return refuse_later (self, status, error);
  n = MIN (self->n_chunked_checked, n_bytes);
  self->n_chunked_checked -= n;
  return hand_out (self, buffer, n);
}

static gssize
on_stream_read (gpointer owner, void *buffer, size_t n_bytes, GError **error)
{
  BmaHttpConnection *self = owner;
  gssize n;

  if (self->refuse_with != 0 || self->wants_abort)
    return would_block (error);
  if (self->n_head_left > 0)
    {
      n = (gssize) MIN (n_bytes, self->n_head_left);
      self->n_head_left -= (size_t) n;
      hand_out (self, buffer, (size_t) n);
    }
  else if (is_body_read (self))
    return would_block (error);
  else if ((n = read_body (self, buffer, n_bytes, error)) < 0)
    return -1;

  note_body_progress (self);
  return n;
}

static gboolean
on_stream_can_read (gpointer owner)
{
  BmaHttpConnection *self = owner;

  if (self->refuse_with != 0 || self->wants_abort)
    return FALSE;
  return self->n_head_left > 0 ||
         (!is_body_read (self) &&
          (bma_http_buffer_length (&self->in) > 0 || self->can_receive));
}

static gssize
on_stream_write (gpointer owner, const void *buffer, size_t n_bytes, GError **error)
{
  BmaHttpConnection *self = owner;
  size_t n_sent = 0;

  if (self->wants_abort)
    return would_block (error);
  self->has_answered = TRUE;
  if (bma_http_buffer_length (&self->out) + n_bytes <= MAX_GATHERED_BYTES)
    {
      bma_http_buffer_append (&self->out, buffer, n_bytes);
      bma_http_reactor_defer (self->context->reactor, &self->watch);
      return (gssize) n_bytes;
    }
  if (!self->can_send || !bma_http_connection_send (self, buffer, n_bytes, &n_sent))
    return would_block (error);
  return n_sent > 0 ? (gssize) n_sent : would_block (error);
}

static gboolean
on_stream_can_write (gpointer owner)
{
  BmaHttpConnection *self = owner;

  return self->can_send && !self->wants_abort;
}

static void
on_stream_closed (gpointer owner, const void *tail, size_t n_tail_bytes)
{
  BmaHttpConnection *self = owner;

  if (!bma_http_connection_has_read_request (self))
    self->close_after = TRUE;
  if (self->is_complete)
    bma_http_buffer_append (&self->out, tail, n_tail_bytes);
  else
    self->wants_abort = TRUE;

  g_clear_object (&self->message);
  g_clear_object (&self->stream);
  self->half_close_us = 0;
  self->state = BMA_HTTP_STATE_FLUSH;
  self->deadline_us = bma_http_now_plus_ms (self->context->limits->write_stall_ms);
  bma_http_connection_wake_by (self, self->deadline_us);
  bma_http_reactor_defer (self->context->reactor, &self->watch);
}

static const BmaHttpStreamFuncs stream_funcs = {
  .read = on_stream_read,
  .write = on_stream_write,
  .can_read = on_stream_can_read,
  .can_write = on_stream_can_write,
  .closed = on_stream_closed,
};

/**
 * bma_http_connection_begin_exchange:
 * @self: a connection whose input starts with a head that passed into its member head
 * @n_head_bytes: the length of that head
 *
 * Hands the request to libsoup, which may well have answered it on return.
 */
void
bma_http_connection_begin_exchange (BmaHttpConnection *self, size_t n_head_bytes)
{
  const BmaHttpFrontLimits *limits = self->context->limits;

  self->state = BMA_HTTP_STATE_EXCHANGE;
  self->n_requests++;
  self->n_head_left = n_head_bytes;
  self->n_body_left = self->head.chunked ? 0 : (uint64_t) self->head.content_length;
  bma_http_chunked_init (&self->chunked, limits->max_body_bytes);
  self->n_chunked_checked = 0;
  self->has_answered = self->is_complete = FALSE;
  self->has_waited = FALSE;
  self->deadline_us = 0;
  self->close_after = self->head.close || self->context->is_draining ||
                      self->n_requests >= limits->max_requests_per_connection;
  if (!is_body_read (self))
    {
      self->deadline_us = bma_http_now_plus_ms (limits->body_ms);
      bma_http_connection_wake_by (self, self->deadline_us);
      if (self->head.expects_continue &&
          bma_http_buffer_length (&self->in) == n_head_bytes)
        bma_http_buffer_append (&self->out, continue_line, strlen (continue_line));
    }

  self->stream = bma_http_stream_new (&stream_funcs, self);
  soup_server_accept_iostream (self->context->server, G_IO_STREAM (self->stream),
                               self->local, self->remote, NULL);
}

/**
 * bma_http_connection_drop_exchange:
 * @self: a connection, maybe in an exchange
 *
 * Takes the exchange away from libsoup; its message gets ::disconnected.
 */
void
bma_http_connection_drop_exchange (BmaHttpConnection *self)
{
  g_autoptr (SoupServerMessage) message = g_steal_pointer (&self->message);
  g_autoptr (GIOStream) stolen = NULL;

  if (self->stream != NULL)
    bma_http_stream_detach (self->stream);
  g_clear_object (&self->stream);
  if (message == NULL)
    return;

  stolen = soup_server_message_steal_connection (message);
}

/* RFC 9112 section 6.3; libsoup takes the end of those for that of the connection. */
static gboolean
has_no_body (SoupServerMessage *message)
{
  unsigned int status = soup_server_message_get_status (message);

  return status == SOUP_STATUS_NO_CONTENT || status == SOUP_STATUS_NOT_MODIFIED ||
         soup_server_message_get_method (message) == SOUP_METHOD_HEAD;
}

/**
 * bma_http_connection_ends_by_closing:
 * @self: a connection
 *
 * Tells responses that carry their end, or have none, from those that do not.
 *
 * Returns: whether the response under way has no other end than the connection's
 */
gboolean
bma_http_connection_ends_by_closing (BmaHttpConnection *self)
{
  return self->message != NULL && self->has_answered && !has_no_body (self->message) &&
         soup_message_headers_get_encoding (soup_server_message_get_response_headers (
             self->message)) == SOUP_ENCODING_EOF;
}

static void
on_message_wrote_body (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  BmaHttpConnection *self = bma_http_connection_of_message (message);
  size_t n_more_sent;

  if (self == NULL || self->message != message)
    return;
  self->is_complete = TRUE;
  if (bma_http_connection_ends_by_closing (self) ||
      soup_message_headers_header_contains (headers, "Connection", "close"))
    self->close_after = TRUE;
  /* Now, not when libsoup has tidied up: the peer works meanwhile. */
  if (self->can_send && bma_http_buffer_length (&self->out) > 0)
    (void) !bma_http_connection_send (self, NULL, 0, &n_more_sent);
}

/**
 * bma_http_connection_attach:
 * @self: the connection that begins an exchange
 * @message: (transfer none): the message that libsoup created for it
 *
 * Follows the message.
 */
void
bma_http_connection_attach (BmaHttpConnection *self, SoupServerMessage *message)
{
  g_assert (self->message == NULL);
  self->message = g_object_ref (message);
  /* Finds us anew each time: nothing to disconnect, whichever of the two goes first. */
  g_signal_connect (message, "wrote-body", G_CALLBACK (on_message_wrote_body), NULL);
  /* libsoup honours the peer's wish to close but does not say so. */
  if (self->close_after)
    soup_message_headers_append (soup_server_message_get_response_headers (message),
                                 "Connection", "close");
}
