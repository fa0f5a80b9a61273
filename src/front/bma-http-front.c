/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A front from its creation to its end, and what it does with open connections. */

#include "bma-http-front-private.h"

enum
{
  SIGNAL_REFUSED,
  N_SIGNALS,
};

static unsigned signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmaHttpFront, bma_http_front, G_TYPE_OBJECT)

static void
on_server_request_started (SoupServer *server,
                           SoupServerMessage *message,
                           BmaHttpFront *self)
{
  BmaHttpConnection *connection = bma_http_connection_of_message (message);

  if (connection != NULL)
    bma_http_connection_attach (connection, message);
}

static void
on_connection_refused (gpointer user_data, unsigned status)
{
  g_signal_emit (user_data, signals[SIGNAL_REFUSED], 0, status);
}

static void
on_reactor_tick (gpointer user_data, int64_t now_us)
{
  bma_http_front_check_deadlines (user_data, now_us);
}

static void
close_connection (gpointer data, gpointer user_data)
{
  bma_http_connection_close (data);
}

static void
bma_http_front_dispose (GObject *object)
{
  BmaHttpFront *self = BMA_HTTP_FRONT (object);

  if (self->server != NULL)
    g_signal_handlers_disconnect_by_data (self->server, self);
  g_ptr_array_set_size (self->listeners, 0);
  if (self->pool != NULL)
    bma_http_pool_foreach (self->pool, close_connection, NULL);

  G_OBJECT_CLASS (bma_http_front_parent_class)->dispose (object);
}

static void
bma_http_front_finalize (GObject *object)
{
  BmaHttpFront *self = BMA_HTTP_FRONT (object);

  g_clear_pointer (&self->listeners, g_ptr_array_unref);
  g_clear_pointer (&self->pool, bma_http_pool_free);
  g_clear_pointer (&self->reactor, bma_http_reactor_free);
  g_clear_pointer (&self->tls, bma_http_tls_unref);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (bma_http_front_parent_class)->finalize (object);
}

static void
bma_http_front_class_init (BmaHttpFrontClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bma_http_front_dispose;
  object_class->finalize = bma_http_front_finalize;

  /**
   * BmaHttpFront::refused:
   * @self: the front
   * @status: the HTTP status that the peer was given, 0 if a TLS handshake failed
   *
   * Emitted when the front itself refuses a request or a connection, for the log and the
   * metrics. Handlers must not touch the front.
   */
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", BMA_TYPE_HTTP_FRONT,
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
bma_http_front_init (BmaHttpFront *self)
{
  self->listeners =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bma_http_listener_free);
}

/**
 * bma_http_front_new:
 * @server: (transfer none): answers the requests; never told to listen
 * @limits: (transfer none) (nullable): the caps and deadlines, copied; %NULL for the
 *   defaults
 * @error: return location
 *
 * Creates a front in the thread's default main context, listening nowhere yet.
 *
 * Errors: G_IO_ERROR, if there is no descriptor left.
 *
 * Returns: (transfer full) (nullable): the front
 */
BmaHttpFront *
bma_http_front_new (SoupServer *server, const BmaHttpFrontLimits *limits, GError **error)
{
  g_autoptr (BmaHttpFront) self = NULL;

  g_return_val_if_fail (SOUP_IS_SERVER (server), NULL);

  self = g_object_new (BMA_TYPE_HTTP_FRONT, NULL);
  if (limits != NULL)
    self->limits = *limits;
  else
    bma_http_front_limits_init_default (&self->limits);
  self->reactor = bma_http_reactor_new (on_reactor_tick, self, error);
  if (self->reactor == NULL)
    return NULL;

  self->server = g_object_ref (server);
  self->pool = bma_http_pool_new (&self->limits);
  self->context = (BmaHttpConnectionContext){
    .server = server,
    .reactor = self->reactor,
    .pool = self->pool,
    .limits = &self->limits,
    .handshakes = &self->handshakes,
    .refused = on_connection_refused,
    .user_data = self,
  };
  g_signal_connect (server, "request-started", G_CALLBACK (on_server_request_started),
                    self);
  return g_steal_pointer (&self);
}

/**
 * bma_http_front_set_tls:
 * @self: the front
 * @tls: (nullable): the certificate to show; %NULL to speak plain HTTP
 *
 * Has new connections of TCP listeners speak TLS, or show another certificate. Those that
 * are open go on as they are.
 */
void
bma_http_front_set_tls (BmaHttpFront *self, BmaHttpTls *tls)
{
  g_return_if_fail (BMA_IS_HTTP_FRONT (self));

  if (tls != NULL)
    bma_http_tls_ref (tls);
  g_clear_pointer (&self->tls, bma_http_tls_unref);
  self->tls = tls;
}

/**
 * bma_http_front_get_port:
 * @self: the front
 *
 * Tells the TCP port of the first listener that has one.
 *
 * Returns: the port, 0 if there is none
 */
unsigned
bma_http_front_get_port (BmaHttpFront *self)
{
  g_return_val_if_fail (BMA_IS_HTTP_FRONT (self), 0);

  for (unsigned i = 0; i < self->listeners->len; i++)
    {
      GSocketAddress *address = bma_http_listener_get_address (self->listeners->pdata[i]);

      if (G_IS_INET_SOCKET_ADDRESS (address))
        return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
    }
  return 0;
}

/**
 * bma_http_front_n_connections:
 * @self: the front
 *
 * Counts the open connections, those included that only wait for their peer to close.
 *
 * Returns: the number
 */
unsigned
bma_http_front_n_connections (BmaHttpFront *self)
{
  g_return_val_if_fail (BMA_IS_HTTP_FRONT (self), 0);

  return bma_http_pool_size (self->pool);
}

static void
hurry_connection (gpointer data, gpointer user_data)
{
  bma_http_connection_hurry (data);
}

/**
 * bma_http_front_set_accepting:
 * @self: the front
 * @is_accepting: whether to accept
 *
 * Leaves those who connect waiting for the time being, or takes them in again. Open
 * connections go on.
 */
void
bma_http_front_set_accepting (BmaHttpFront *self, gboolean is_accepting)
{
  g_return_if_fail (BMA_IS_HTTP_FRONT (self));

  for (unsigned i = 0; i < self->listeners->len; i++)
    bma_http_listener_set_accepting (self->listeners->pdata[i], is_accepting);
}

/**
 * bma_http_front_stop_accepting:
 * @self: the front
 *
 * Takes in who connected already and closes the listeners. Requests in progress, and
 * those that come right now, are finished; then their connections are closed, as are the
 * idle ones a moment later.
 */
void
bma_http_front_stop_accepting (BmaHttpFront *self)
{
  g_return_if_fail (BMA_IS_HTTP_FRONT (self));

  self->context.is_draining = TRUE;
  for (unsigned i = 0; i < self->listeners->len; i++)
    bma_http_listener_accept_pending (self->listeners->pdata[i]);
  g_ptr_array_set_size (self->listeners, 0);
  bma_http_pool_foreach (self->pool, hurry_connection, NULL);
}

/**
 * bma_http_front_disconnect:
 * @self: the front
 * @message: (transfer none): a message of the server
 *
 * Cuts a message's connection off, so that the peer cannot take what it got for a whole
 * response: what a proxy does when its upstream dies midway.
 *
 * It happens from the main loop, soon; the message then gets ::disconnected.
 */
void
bma_http_front_disconnect (BmaHttpFront *self, SoupServerMessage *message)
{
  BmaHttpConnection *connection;

  g_return_if_fail (BMA_IS_HTTP_FRONT (self));
  g_return_if_fail (SOUP_IS_SERVER_MESSAGE (message));

  connection = bma_http_connection_of_message (message);
  if (connection != NULL)
    bma_http_connection_abort_later (connection, message);
}

typedef struct
{
  int64_t now_us;
  int64_t next_us; /* the earliest deadline that remains */
} DeadlineCheck;

static void
check_deadline (gpointer data, gpointer user_data)
{
  DeadlineCheck *check = user_data;

  if (bma_http_connection_get_deadline (data) <= check->now_us)
    bma_http_connection_check_deadline (data, check->now_us);
  else
    check->next_us = MIN (check->next_us, bma_http_connection_get_deadline (data));
}

/**
 * bma_http_front_check_deadlines:
 * @self: the front
 * @now_us: monotonic time, microseconds
 *
 * Gives up every peer whose deadline is at or before @now_us. The front does this by
 * itself; tests call it with a time of their own.
 */
void
bma_http_front_check_deadlines (BmaHttpFront *self, int64_t now_us)
{
  DeadlineCheck check = { .now_us = now_us, .next_us = G_MAXINT64 };

  g_return_if_fail (BMA_IS_HTTP_FRONT (self));

  bma_http_pool_foreach (self->pool, check_deadline, &check);
  for (unsigned i = 0; i < self->listeners->len; i++)
    check.next_us =
        MIN (check.next_us,
             bma_http_listener_check_pause (self->listeners->pdata[i], now_us));
  if (check.next_us != G_MAXINT64)
    bma_http_reactor_wake_by (self->reactor, check.next_us);
}
