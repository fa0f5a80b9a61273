/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* When a connection's patience with its peer ends. */

#include "bma-http-connection-private.h"

#define US_PER_MS 1000

/**
 * bma_http_now_plus_ms:
 * @ms: milliseconds from now
 *
 * Makes a deadline.
 *
 * Returns: monotonic time, microseconds
 */
int64_t
bma_http_now_plus_ms (unsigned ms)
{
  return g_get_monotonic_time () + (int64_t) ms * US_PER_MS;
}

/**
 * bma_http_connection_wake_by:
 * @self: a connection
 * @at_us: monotonic time, microseconds
 *
 * Has the deadlines checked at @at_us or soon after.
 */
void
bma_http_connection_wake_by (BmaHttpConnection *self, int64_t at_us)
{
  bma_http_reactor_wake_by (self->context->reactor, at_us);
}

/**
 * bma_http_connection_set_deadline:
 * @self: a connection
 * @ms: milliseconds from now
 *
 * Begins the time that the peer has for what the connection's state waits for.
 */
void
bma_http_connection_set_deadline (BmaHttpConnection *self, unsigned ms)
{
  self->deadline_us = bma_http_now_plus_ms (ms);
  bma_http_connection_wake_by (self, self->deadline_us);
}

/**
 * bma_http_connection_get_deadline:
 * @self: a connection
 *
 * Tells when bma_http_connection_check_deadline() has something to do.
 *
 * Returns: monotonic time, microseconds; %G_MAXINT64 if never
 */
int64_t
bma_http_connection_get_deadline (BmaHttpConnection *self)
{
  int64_t at_us = G_MAXINT64;

  if (self->deadline_us != 0)
    at_us = MIN (at_us, self->deadline_us);
  if (self->stall_us != 0)
    at_us = MIN (at_us, self->stall_us);
  if (self->half_close_us != 0)
    at_us = MIN (at_us, self->half_close_us);
  return at_us;
}

static void
check_exchange_deadline (BmaHttpConnection *self, int64_t now_us)
{
  gboolean is_late = self->deadline_us != 0 && now_us >= self->deadline_us;

  if (self->stall_us != 0 && now_us >= self->stall_us)
    bma_http_connection_abort (self);
  else if (self->half_close_us != 0 && now_us >= self->half_close_us)
    {
      /* Gone, unless it has been taking what we sent without a reset. */
      if (!self->sent_lately)
        {
          bma_http_connection_abort (self);
          return;
        }
      self->sent_lately = FALSE;
      self->half_close_us = now_us +
                            (int64_t) self->context->limits->half_close_ms * US_PER_MS;
      bma_http_connection_wake_by (self, self->half_close_us);
    }
  else if (is_late && !self->has_waited)
    {
      /* It is us who do not read: a handler takes its time before the body. */
      self->deadline_us = now_us + (int64_t) self->context->limits->body_ms * US_PER_MS;
      bma_http_connection_wake_by (self, self->deadline_us);
    }
  else if (is_late)
    {
      bma_http_connection_refuse (self, 408);
      bma_http_reactor_defer (self->context->reactor, &self->watch);
    }
}

/**
 * bma_http_connection_check_deadline:
 * @self: a connection
 * @now_us: monotonic time, microseconds
 *
 * Gives up a peer that is too slow. May close the connection.
 */
void
bma_http_connection_check_deadline (BmaHttpConnection *self, int64_t now_us)
{
  if (self->is_running || now_us < bma_http_connection_get_deadline (self))
    return;

  switch (self->state)
    {
    case BMA_HTTP_STATE_HEAD:
      bma_http_connection_refuse (self, 408);
      bma_http_reactor_defer (self->context->reactor, &self->watch);
      break;
    case BMA_HTTP_STATE_EXCHANGE:
      check_exchange_deadline (self, now_us);
      break;
    case BMA_HTTP_STATE_HANDSHAKE:
    case BMA_HTTP_STATE_IDLE:
    case BMA_HTTP_STATE_FLUSH:
    case BMA_HTTP_STATE_LINGER:
      bma_http_connection_close (self);
      break;
    case BMA_HTTP_STATE_CLOSED:
    default:
      break;
    }
}
