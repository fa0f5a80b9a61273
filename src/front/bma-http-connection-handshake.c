/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* From the accepted socket to the first request, where TLS is spoken. */

#include "bma-http-connection-private.h"

/**
 * bma_http_connection_enter_handshake:
 * @self: a new connection
 * @certificate: what to show to the peer
 *
 * Waits for the peer to begin with TLS. Until then nothing is spent on it but its place,
 * and that it may lose to somebody who comes later.
 */
void
bma_http_connection_enter_handshake (BmaHttpConnection *self, BmaHttpTls *certificate)
{
  GQueue *handshakes = self->context->handshakes;

  self->state = BMA_HTTP_STATE_HANDSHAKE;
  self->certificate = bma_http_tls_ref (certificate);
  self->handshake_link.data = self;
  bma_http_pool_set_idle (self->context->pool, &self->member, TRUE);
  bma_http_connection_set_deadline (self, self->context->limits->handshake_ms);
  if (handshakes->length >= self->context->limits->max_handshakes)
    bma_http_connection_close (g_queue_peek_head (handshakes));
  g_queue_push_tail_link (handshakes, &self->handshake_link);
}

/**
 * bma_http_connection_leave_handshake:
 * @self: a connection
 *
 * Is no longer counted among the handshakes, if it was.
 */
void
bma_http_connection_leave_handshake (BmaHttpConnection *self)
{
  if (self->state == BMA_HTTP_STATE_HANDSHAKE)
    g_queue_unlink (self->context->handshakes, &self->handshake_link);
}

static void
fail_handshake (BmaHttpConnection *self)
{
  self->context->refused (self->context->user_data, 0);
  bma_http_connection_close (self);
}

/* Whoever forgot the s of https reads why nothing works. */
static void
refuse_plain (BmaHttpConnection *self)
{
  bma_http_connection_leave_handshake (self);
  g_clear_pointer (&self->tls, bma_http_tls_session_free);
  bma_http_connection_refuse (self, 400);
}

/**
 * bma_http_connection_step_handshake:
 * @self: a connection in its handshake
 *
 * Goes on with the handshake. May close the connection.
 *
 * Returns: whether there was progress
 */
gboolean
bma_http_connection_step_handshake (BmaHttpConnection *self)
{
  if (self->tls == NULL && !self->can_receive)
    return FALSE;
  if (self->tls == NULL)
    self->tls = bma_http_tls_session_new (self->certificate, self->fd);

  switch (bma_http_tls_session_shake_hands (self->tls))
    {
    case BMA_HTTP_TLS_DONE:
      bma_http_connection_leave_handshake (self);
      self->can_receive = self->can_send = TRUE;
      bma_http_connection_enter_idle (self);
      return TRUE;
    case BMA_HTTP_TLS_PLAIN:
      refuse_plain (self);
      return TRUE;
    case BMA_HTTP_TLS_FAILED:
      fail_handshake (self);
      return FALSE;
    case BMA_HTTP_TLS_AGAIN:
    default:
      return FALSE;
    }
}
