/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A socket's life: handshake if any, idle, head, exchange, flush, and again or linger and
 * close. */

#include "bma-http-connection-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* Pipelined requests answered, and bytes thrown away, before others get a turn. */
#define MAX_STEPS           32
#define MAX_DISCARDED_BYTES (256 * 1024)

/**
 * bma_http_connection_enter_idle:
 * @self: a connection, new or done with a response
 *
 * Waits for the next request.
 */
void
bma_http_connection_enter_idle (BmaHttpConnection *self)
{
  self->state = BMA_HTTP_STATE_IDLE;
  self->has_answered = FALSE;
  self->n_scanned = 0;
  self->skipped_blank_line = FALSE;
  bma_http_pool_set_idle (self->context->pool, &self->member, !self->is_kept);
  /* Whoever connects has something to say. */
  if (self->context->is_draining)
    bma_http_connection_set_deadline (self, self->context->limits->drain_ms);
  else if (self->is_kept)
    self->deadline_us = 0;
  else
    bma_http_connection_set_deadline (self, self->n_requests == 0
                                                ? self->context->limits->header_ms
                                                : self->context->limits->idle_ms);
}

static void
enter_head (BmaHttpConnection *self)
{
  self->state = BMA_HTTP_STATE_HEAD;
  bma_http_pool_set_idle (self->context->pool, &self->member, FALSE);
  bma_http_connection_set_deadline (self, self->context->limits->header_ms);
}

static void
enter_linger (BmaHttpConnection *self)
{
  bma_http_buffer_clear (&self->in);
  self->state = BMA_HTTP_STATE_LINGER;
  self->can_receive = TRUE;
  bma_http_pool_set_idle (self->context->pool, &self->member, TRUE);
  if (self->tls != NULL)
    bma_http_tls_session_say_goodbye (self->tls);
  shutdown (self->fd, SHUT_WR);
  bma_http_connection_set_deadline (self, self->context->limits->linger_ms);
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
      bma_http_connection_set_deadline (self, self->context->limits->write_stall_ms);
    }

  if (self->close_after)
    enter_linger (self);
  else
    bma_http_connection_enter_idle (self);
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
    case BMA_HTTP_STATE_HANDSHAKE:
      return bma_http_connection_step_handshake (self);
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

/**
 * bma_http_connection_ready:
 * @watch: a connection's
 * @events: what epoll tells, 0 if deferred
 *
 * Goes as far as the socket allows, or until it is others' turn. May close the
 * connection.
 */
void
bma_http_connection_ready (BmaHttpWatch *watch, unsigned events)
{
  BmaHttpConnection *self = (BmaHttpConnection *) watch;
  unsigned n_steps = 0;

  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))
    self->can_receive = TRUE;
  if (events & EPOLLOUT)
    self->can_send = TRUE;
  /* TLS may have to send in order to receive, and the other way round. */
  if (self->tls != NULL && (events & (EPOLLIN | EPOLLOUT)))
    self->can_receive = self->can_send = TRUE;
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
