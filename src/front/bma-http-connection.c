/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A socket's life: idle, head, exchange, flush, and again or linger and close. */

#include "bma-http-connection-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Pipelined requests answered, and bytes thrown away, before others get a turn. */
#define MAX_STEPS           32
#define MAX_DISCARDED_BYTES (256 * 1024)

static GQuark
connection_quark (void)
{
  return g_quark_from_static_string ("bma-http-connection");
}

static void
set_deadline (BmaHttpConnection *self, unsigned ms)
{
  self->deadline_us = bma_http_now_plus_ms (ms);
  bma_http_connection_wake_by (self, self->deadline_us);
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
  self->state = BMA_HTTP_STATE_CLOSED;
  bma_http_reactor_remove (self->context->reactor, &self->watch);
  bma_http_pool_remove (self->context->pool, &self->member);
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
  set_deadline (self, self->context->limits->write_stall_ms);
}

static void
enter_idle (BmaHttpConnection *self)
{
  self->state = BMA_HTTP_STATE_IDLE;
  self->has_answered = FALSE;
  self->n_scanned = 0;
  self->skipped_blank_line = FALSE;
  bma_http_pool_set_idle (self->context->pool, &self->member, TRUE);
  /* Whoever connects has something to say. */
  set_deadline (self, self->n_requests == 0 ? self->context->limits->header_ms
                                            : self->context->limits->idle_ms);
}

static void
enter_head (BmaHttpConnection *self)
{
  self->state = BMA_HTTP_STATE_HEAD;
  bma_http_pool_set_idle (self->context->pool, &self->member, FALSE);
  set_deadline (self, self->context->limits->header_ms);
}

static void
enter_linger (BmaHttpConnection *self)
{
  bma_http_buffer_clear (&self->in);
  self->state = BMA_HTTP_STATE_LINGER;
  self->can_receive = TRUE;
  bma_http_pool_set_idle (self->context->pool, &self->member, TRUE);
  shutdown (self->fd, SHUT_WR);
  set_deadline (self, self->context->limits->linger_ms);
}

/* Looks for a head in what was received. Returns whether there was progress. */
static gboolean
take_head (BmaHttpConnection *self)
{
  const BmaHttpFrontLimits *limits = self->context->limits;
  char *bytes = bma_http_buffer_peek (&self->in);
  size_t n_bytes = bma_http_buffer_length (&self->in);
  ssize_t n_head;
  unsigned status;

  /* One empty line before a request is forgiven (RFC 9112, section 2.2). */
  if (!self->skipped_blank_line && n_bytes >= 2 && memcmp (bytes, "\r\n", 2) == 0)
    {
      self->skipped_blank_line = TRUE;
      bma_http_buffer_take (&self->in, 2);
      return TRUE;
    }
  if (n_bytes < 2 && (n_bytes == 0 || *bytes == '\r'))
    return FALSE;

  n_head = bma_http_head_scan (bytes, n_bytes, &self->n_scanned);
  if (n_head == 0 && n_bytes >= limits->max_head_bytes)
    bma_http_connection_refuse (self, memchr (bytes, '\n', n_bytes) == NULL ? 414 : 431);
  else if (n_head == 0)
    return FALSE;
  else if (n_head < 0)
    bma_http_connection_refuse (self, 400);
  else if ((status = bma_http_head_check (bytes, (size_t) n_head, limits, &self->head)) !=
           0)
    bma_http_connection_refuse (self, status);
  else
    bma_http_connection_begin_exchange (self, (size_t) n_head);
  return TRUE;
}

/* Idle or amid a head. Returns whether there was progress. */
static gboolean
step_head (BmaHttpConnection *self)
{
  ssize_t n;

  if (bma_http_buffer_length (&self->in) > 0)
    {
      if (self->state == BMA_HTTP_STATE_IDLE)
        enter_head (self);
      if (take_head (self))
        return TRUE;
    }

  n = bma_http_connection_receive (self);
  if (n > 0)
    return TRUE;
  if (n < 0)
    return FALSE;
  if (bma_http_buffer_length (&self->in) == 0)
    bma_http_connection_close (self);
  else
    bma_http_connection_refuse (self, 400);
  return TRUE;
}

static gboolean
step_exchange (BmaHttpConnection *self)
{
  size_t n_more_sent;

  if (self->refuse_with != 0)
    {
      bma_http_connection_refuse (self, self->refuse_with);
      return TRUE;
    }
  if (self->can_send && bma_http_buffer_length (&self->out) > 0)
    (void) !bma_http_connection_send (self, NULL, 0, &n_more_sent);
  if (self->is_half_open && self->half_close_us == 0 &&
      bma_http_connection_has_read_request (self))
    {
      self->sent_lately = FALSE;
      self->half_close_us = bma_http_now_plus_ms (self->context->limits->half_close_ms);
      bma_http_connection_wake_by (self, self->half_close_us);
    }
  return FALSE;
}

static gboolean
step_flush (BmaHttpConnection *self)
{
  size_t n_more_sent;

  while (bma_http_buffer_length (&self->out) > 0)
    {
      if (!self->can_send || !bma_http_connection_send (self, NULL, 0, &n_more_sent))
        return FALSE;
      set_deadline (self, self->context->limits->write_stall_ms);
    }

  if (self->close_after || self->context->is_draining)
    enter_linger (self);
  else
    enter_idle (self);
  return TRUE;
}

/* Closing with bytes unread would reset the connection and could destroy the response on
 * its way: throw them away until the peer closes too, or for as long as we linger. */
static gboolean
step_linger (BmaHttpConnection *self)
{
  char waste[16 * 1024];
  size_t total = 0;
  ssize_t n = -1;

  while (self->can_receive && total < MAX_DISCARDED_BYTES)
    {
      n = recv (self->fd, waste, sizeof waste, MSG_DONTWAIT);
      if (n > 0)
        total += (size_t) n;
      else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        {
          bma_http_connection_close (self);
          return TRUE;
        }
      else if (errno != EINTR)
        self->can_receive = FALSE;
    }
  if (self->can_receive)
    bma_http_reactor_defer (self->context->reactor, &self->watch);
  return FALSE;
}

static gboolean
step (BmaHttpConnection *self)
{
  if (self->wants_abort && self->state != BMA_HTTP_STATE_CLOSED)
    {
      bma_http_connection_abort (self);
      return FALSE;
    }
  switch (self->state)
    {
    case BMA_HTTP_STATE_IDLE:
    case BMA_HTTP_STATE_HEAD:
      return step_head (self);
    case BMA_HTTP_STATE_EXCHANGE:
      return step_exchange (self);
    case BMA_HTTP_STATE_FLUSH:
      return step_flush (self);
    case BMA_HTTP_STATE_LINGER:
      return step_linger (self);
    case BMA_HTTP_STATE_CLOSED:
    default:
      return FALSE;
    }
}

static void
connection_ready (BmaHttpWatch *watch, unsigned events)
{
  BmaHttpConnection *self = (BmaHttpConnection *) watch;
  unsigned n_steps = 0;

  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))
    self->can_receive = TRUE;
  if (events & EPOLLOUT)
    self->can_send = TRUE;
  if (events & EPOLLRDHUP)
    self->is_half_open = TRUE;
  /* Reset, or closed on both sides. While we linger that is what we wait for. */
  if ((events & (EPOLLERR | EPOLLHUP)) && self->state != BMA_HTTP_STATE_LINGER)
    self->wants_abort = TRUE;

  if (self->is_running)
    return;
  self->is_running = TRUE;
  while (n_steps < MAX_STEPS && step (self))
    n_steps++;
  self->is_running = FALSE;
  if (n_steps == MAX_STEPS)
    bma_http_reactor_defer (self->context->reactor, &self->watch);
}

static const BmaHttpWatchFuncs watch_funcs = {
  .ready = connection_ready,
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
 *
 * Begins to serve a connection, which from now on keeps itself.
 */
void
bma_http_connection_start (const BmaHttpConnectionContext *context,
                           int fd,
                           GSocketAddress *local,
                           GSocketAddress *remote,
                           const BmaHttpPeerKey *peer)
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
  enter_idle (self);
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

  return remote != NULL ? g_object_get_qdata (G_OBJECT (remote), connection_quark ())
                        : NULL;
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
 * bma_http_connection_close_if_idle:
 * @self: a connection
 *
 * Closes the connection unless a request is in it.
 */
void
bma_http_connection_close_if_idle (BmaHttpConnection *self)
{
  if (self->state == BMA_HTTP_STATE_IDLE)
    bma_http_connection_close (self);
}
