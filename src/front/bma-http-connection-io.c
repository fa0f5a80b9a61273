/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a connection receives and sends. */

#include "bma-http-connection-private.h"

#include <errno.h>

/**
 * bma_http_refusal_format:
 * @buffer: (out caller-allocates) (array length=n_bytes): for the response
 * @n_bytes: its size; 256 is enough
 * @status: the HTTP status
 *
 * Writes a whole response that refuses and closes.
 *
 * Returns: its length
 */
size_t
bma_http_refusal_format (char *buffer, size_t n_bytes, unsigned status)
{
  int n = g_snprintf (buffer, n_bytes,
                      "HTTP/1.1 %u %s\r\nConnection: close\r\nCache-Control: no-store\r\n"
                      "%sContent-Length: 0\r\n\r\n",
                      status, soup_status_get_phrase (status),
                      status == 503 ? "Retry-After: 1\r\n" : "");

  g_assert (n > 0 && (size_t) n < n_bytes);
  return (size_t) n;
}

/**
 * bma_http_connection_receive:
 * @self: a connection
 *
 * Receives into the input buffer.
 *
 * Returns: bytes received; 0 at the end; -1 if there is nothing now or the peer is gone
 */
ssize_t
bma_http_connection_receive (BmaHttpConnection *self)
{
  gboolean is_short;
  ssize_t n;

  if (!self->can_receive)
    return -1;
  if (self->tls != NULL)
    n = bma_http_tls_session_receive (self->tls, &self->in,
                                      self->context->limits->max_head_bytes, &is_short);
  else
    n = bma_http_buffer_receive (&self->in, self->fd,
                                 self->context->limits->max_head_bytes, &is_short);
  /* Edge-triggered: the next event comes only after the socket was found empty. The end
   * of the stream gives no event of its own after EPOLLRDHUP. */
  if (is_short && !(n > 0 && self->is_half_open))
    self->can_receive = n == 0;
  if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
    {
      self->wants_abort = TRUE;
      bma_http_reactor_defer (self->context->reactor, &self->watch);
    }
  return n;
}

/**
 * bma_http_connection_send:
 * @self: a connection
 * @more: (array length=n_more_bytes) (nullable): bytes to send behind the output buffer
 * @n_more_bytes: how many
 * @n_more_sent: (out): how many of @more were sent
 *
 * Sends the output buffer and @more as far as the peer takes them.
 *
 * Returns: whether anything was sent
 */
gboolean
bma_http_connection_send (BmaHttpConnection *self,
                          const void *more,
                          size_t n_more_bytes,
                          size_t *n_more_sent)
{
  ssize_t n;

  if (self->tls != NULL)
    n = bma_http_tls_session_send (self->tls, &self->out, more, n_more_bytes,
                                   n_more_sent);
  else
    n = bma_http_buffer_send (&self->out, self->fd, more, n_more_bytes, n_more_sent);
  if (n > 0)
    {
      self->stall_us = 0;
      self->sent_lately = TRUE;
      return TRUE;
    }
  self->can_send = FALSE;
  if (errno != EAGAIN && errno != EWOULDBLOCK)
    {
      self->wants_abort = TRUE;
      bma_http_reactor_defer (self->context->reactor, &self->watch);
    }
  else if (self->stall_us == 0)
    {
      self->stall_us = bma_http_now_plus_ms (self->context->limits->write_stall_ms);
      bma_http_connection_wake_by (self, self->stall_us);
    }
  return FALSE;
}
