/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a connection begins, and the ways it ends. */

#include "bma-http-connection-private.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static GQuark
connection_quark (void)
{
  return g_quark_from_static_string ("bma-http-connection");
}

static void
connection_ref (BmaHttpWatch *watch)
{
  ((BmaHttpConnection *) watch)->ref_count++;
}

static void
connection_unref (BmaHttpWatch *watch)
{
  BmaHttpConnection *self = (BmaHttpConnection *) watch;

  if (--self->ref_count > 0)
    return;
  g_assert (self->state == BMA_HTTP_STATE_CLOSED);
  g_free (self);
}

/**
 * bma_http_connection_close:
 * @self: a connection
 *
 * Closes the socket at once, whatever goes on. Not from within a handler of its message.
 */
void
bma_http_connection_close (BmaHttpConnection *self)
{
  if (self->state == BMA_HTTP_STATE_CLOSED)
    return;
  bma_http_connection_leave_handshake (self);
  if (self->state == BMA_HTTP_STATE_IDLE && self->tls != NULL && !self->wants_abort)
    bma_http_tls_session_say_goodbye (self->tls);
  self->state = BMA_HTTP_STATE_CLOSED;
  bma_http_reactor_remove (self->context->reactor, &self->watch);
  bma_http_pool_remove (self->context->pool, &self->member);
  g_clear_pointer (&self->tls, bma_http_tls_session_free);
  g_clear_pointer (&self->certificate, bma_http_tls_unref);
  close (self->fd);
  self->fd = -1;
  self->deadline_us = self->stall_us = self->half_close_us = 0;
  bma_http_buffer_clear (&self->in);
  bma_http_buffer_clear (&self->out);

  bma_http_connection_drop_exchange (self);
  g_object_set_qdata (G_OBJECT (self->remote), connection_quark (), NULL);
  g_clear_object (&self->remote);
  g_clear_object (&self->local);
  connection_unref (&self->watch);
}

/**
 * bma_http_connection_abort:
 * @self: a connection
 *
 * Cuts the connection off such that the peer cannot take what it got for the whole. Not
 * from within a handler of its message.
 */
void
bma_http_connection_abort (BmaHttpConnection *self)
{
  static const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
  size_t n_more_sent;

  if (bma_http_connection_ends_by_closing (self))
    setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  else if (self->can_send && bma_http_buffer_length (&self->out) > 0)
    (void) !bma_http_connection_send (self, NULL, 0, &n_more_sent);
  bma_http_connection_close (self);
}

/**
 * bma_http_connection_refuse:
 * @self: a connection
 * @status: the HTTP status
 *
 * Answers instead of libsoup, then closes. Not from within a handler of its message.
 */
void
bma_http_connection_refuse (BmaHttpConnection *self, unsigned status)
{
  char response[256];
  gboolean has_answered = self->has_answered;

  bma_http_connection_drop_exchange (self);
  self->refuse_with = 0;
  self->context->refused (self->context->user_data, status);
  if (has_answered)
    {
      bma_http_connection_abort (self);
      return;
    }

  bma_http_pool_set_idle (self->context->pool, &self->member, FALSE);
  bma_http_buffer_append (&self->out, response,
                          bma_http_refusal_format (response, sizeof response, status));
  self->close_after = TRUE;
  self->state = BMA_HTTP_STATE_FLUSH;
  bma_http_connection_set_deadline (self, self->context->limits->write_stall_ms);
}

static const BmaHttpWatchFuncs watch_funcs = {
  .ready = bma_http_connection_ready,
  .ref = connection_ref,
  .unref = connection_unref,
};

/**
 * bma_http_connection_start:
 * @context: (transfer none): what connections share
 * @fd: (transfer full): the connected socket, non-blocking
 * @local: (transfer none): our address
 * @remote: (transfer none): the peer's address, used for this connection only
 * @peer: whom it counts for
 * @certificate: (nullable): to speak TLS with; %NULL for none
 *
 * Begins to serve a connection, which from now on keeps itself.
 */
void
bma_http_connection_start (const BmaHttpConnectionContext *context,
                           int fd,
                           GSocketAddress *local,
                           GSocketAddress *remote,
                           const BmaHttpPeerKey *peer,
                           BmaHttpTls *certificate)
{
  BmaHttpConnection *self = g_new0 (BmaHttpConnection, 1);

  self->ref_count = 1;
  self->context = context;
  self->fd = fd;
  if (!bma_http_reactor_add (context->reactor, &self->watch, &watch_funcs, fd,
                             EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET))
    {
      close (fd);
      g_free (self);
      return;
    }
  self->local = g_object_ref (local);
  self->remote = g_object_ref (remote);
  g_object_set_qdata (G_OBJECT (remote), connection_quark (), self);
  bma_http_pool_add (context->pool, &self->member, peer, self);
  self->can_send = TRUE;
  if (certificate != NULL)
    bma_http_connection_enter_handshake (self, certificate);
  else
    bma_http_connection_enter_idle (self);
}

/**
 * bma_http_connection_of_address:
 * @remote: the very address object that a connection was begun with
 *
 * Finds a connection.
 *
 * Returns: (transfer none) (nullable): the connection, %NULL if it is closed
 */
BmaHttpConnection *
bma_http_connection_of_address (GSocketAddress *remote)
{
  return g_object_get_qdata (G_OBJECT (remote), connection_quark ());
}

/**
 * bma_http_connection_of_message:
 * @message: a message of the front's server
 *
 * Finds the connection that a message came on.
 *
 * Returns: (transfer none) (nullable): the connection, %NULL if it is closed
 */
BmaHttpConnection *
bma_http_connection_of_message (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);

  return remote != NULL ? bma_http_connection_of_address (remote) : NULL;
}

/**
 * bma_http_connection_keep:
 * @self: a connection that has just begun
 *
 * From now on it may be idle for as long as it likes and gives way to nobody.
 */
void
bma_http_connection_keep (BmaHttpConnection *self)
{
  self->is_kept = TRUE;
  if (self->state == BMA_HTTP_STATE_IDLE)
    bma_http_connection_enter_idle (self);
}

/**
 * bma_http_connection_hang_up:
 * @self: a connection
 *
 * Cuts the connection off, whatever goes on, once the caller is back in the main loop.
 */
void
bma_http_connection_hang_up (BmaHttpConnection *self)
{
  self->wants_abort = TRUE;
  bma_http_reactor_defer (self->context->reactor, &self->watch);
}

/**
 * bma_http_connection_abort_later:
 * @self: a connection
 * @message: (transfer none): the message it is in
 *
 * Cuts the connection off once the caller is back in the main loop, unless @message is
 * over and another one's turn has come.
 */
void
bma_http_connection_abort_later (BmaHttpConnection *self, SoupServerMessage *message)
{
  if (self->message != message)
    return;
  self->wants_abort = TRUE;
  bma_http_reactor_defer (self->context->reactor, &self->watch);
}

/**
 * bma_http_connection_hurry:
 * @self: a connection
 *
 * Closes the connection soon, or after the answer to the request in it, as far as the
 * peer can still be told so. Not at once: a request may be on its way, and would be lost
 * without a word.
 */
void
bma_http_connection_hurry (BmaHttpConnection *self)
{
  int64_t soon_us = bma_http_now_plus_ms (self->context->limits->drain_ms);

  if (self->message != NULL && !self->has_answered && !self->close_after)
    {
      self->close_after = TRUE;
      soup_message_headers_append (soup_server_message_get_response_headers (
                                       self->message),
                                   "Connection", "close");
    }
  if (self->state != BMA_HTTP_STATE_IDLE && self->state != BMA_HTTP_STATE_HANDSHAKE)
    return;
  self->deadline_us = self->deadline_us != 0 ? MIN (self->deadline_us, soon_us) : soon_us;
  bma_http_connection_wake_by (self, self->deadline_us);
}
