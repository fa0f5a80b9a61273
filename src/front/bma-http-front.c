/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-front.h"
#include "bma-http-connection.h"
#include "bma-http-listener.h"

#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>
#include <unistd.h>

/**
 * BmaHttpFront:
 *
 * Stands between the network and a [class@Soup.Server] that has no listener of its own.
 *
 * It accepts connections, validates every byte of a request's framing before libsoup sees
 * it, holds caps and deadlines, and keeps connections alive. Each request is handed to
 * libsoup as a connection of its own: no idle, slow or vanished peer ever occupies it.
 *
 * The server must not be told to listen, or it would keep those connections to itself.
 */
struct _BmaHttpFront
{
  GObject parent_instance;

  SoupServer *server; /* (owned) */
  BmaHttpFrontLimits limits;
  BmaHttpReactor *reactor; /* (owned) (nullable): NULL only if creating it failed */
  BmaHttpPool *pool;       /* (owned) */
  GPtrArray *listeners;    /* (owned) (element-type BmaHttpListener) (owned) */
  BmaHttpConnectionContext context;
};

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

/* Gives up the connection that has been idle for longest. Returns whether there was one.
 */
static gboolean
evict_idle (BmaHttpFront *self, const BmaHttpPeerKey *peer)
{
  int64_t before_us = g_get_monotonic_time () -
                      (int64_t) self->limits.evict_after_ms * 1000;
  BmaHttpConnection *oldest = bma_http_pool_oldest_idle (self->pool, peer, before_us);

  if (oldest == NULL)
    return FALSE;
  bma_http_connection_close (oldest);
  return TRUE;
}

static void
turn_away (BmaHttpFront *self, int fd)
{
  char response[256];
  size_t n_bytes = bma_http_refusal_format (response, sizeof response, 503);

  (void) !send (fd, response, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
  shutdown (fd, SHUT_WR);
  close (fd);
  on_connection_refused (self, 503);
}

/* A newcomer takes the place of an idle connection; if there is none, it is turned away.
 */
static gboolean
make_room (BmaHttpFront *self, const BmaHttpPeerKey *peer)
{
  if (!bma_http_pool_has_room_for (self->pool, peer) && !evict_idle (self, peer))
    return FALSE;
  return bma_http_pool_has_room (self->pool) || evict_idle (self, NULL);
}

/* Kernel deadlines for peers that vanish without a word, and a bound for what the kernel
 * keeps for a peer that reads slowly, which else is megabytes. They fail on Unix sockets,
 * which need none of it. */
static void
set_socket_options (BmaHttpFront *self, int fd)
{
  static const int on = 1, first_probe_s = 60, next_probe_s = 15, n_probes = 4;
  static const int max_unsent_bytes = 256 * 1024;
  unsigned stall_ms = self->limits.write_stall_ms;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt (fd, IPPROTO_TCP, TCP_KEEPIDLE, &first_probe_s, sizeof first_probe_s);
  setsockopt (fd, IPPROTO_TCP, TCP_KEEPINTVL, &next_probe_s, sizeof next_probe_s);
  setsockopt (fd, IPPROTO_TCP, TCP_KEEPCNT, &n_probes, sizeof n_probes);
  setsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max_unsent_bytes,
              sizeof max_unsent_bytes);
  setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stall_ms, sizeof stall_ms);
}

static void
on_listener_accepted (gpointer owner,
                      BmaHttpListener *listener,
                      int fd,
                      const struct sockaddr *remote,
                      socklen_t n_remote_bytes)
{
  BmaHttpFront *self = owner;
  BmaHttpPeerKey peer = bma_http_peer_key_from_native (remote);
  g_autoptr (GSocketAddress) address = NULL;

  if (!make_room (self, &peer))
    {
      turn_away (self, fd);
      return;
    }
  if (remote->sa_family == AF_UNIX)
    address = g_unix_socket_address_new ("");
  else
    address = g_socket_address_new_from_native ((gpointer) remote, n_remote_bytes);
  set_socket_options (self, fd);
  bma_http_connection_start (&self->context, fd, bma_http_listener_get_address (listener),
                             address, &peer);
}

static gboolean
on_listener_exhausted (gpointer owner)
{
  return evict_idle (owner, NULL);
}

static const BmaHttpListenerFuncs listener_funcs = {
  .accepted = on_listener_accepted,
  .exhausted = on_listener_exhausted,
};

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
   * @status: the HTTP status that the peer was given
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
    .refused = on_connection_refused,
    .user_data = self,
  };
  g_signal_connect (server, "request-started", G_CALLBACK (on_server_request_started),
                    self);
  return g_steal_pointer (&self);
}

/**
 * bma_http_front_adopt_fd:
 * @self: the front
 * @fd: (transfer full): a listening stream socket, from socket activation for example;
 *   closed also on error
 * @error: return location
 *
 * Accepts connections from a socket that listens already. May be called several times.
 *
 * Errors: G_IO_ERROR_INVALID_ARGUMENT if @fd does not listen.
 *
 * Returns: whether the front listens there now
 */
gboolean
bma_http_front_adopt_fd (BmaHttpFront *self, int fd, GError **error)
{
  BmaHttpListener *listener;

  g_return_val_if_fail (BMA_IS_HTTP_FRONT (self), FALSE);

  listener = bma_http_listener_new (fd, self->reactor, &listener_funcs, self,
                                    self->limits.accept_pause_ms, error);
  if (listener == NULL)
    return FALSE;
  g_ptr_array_add (self->listeners, listener);
  return TRUE;
}

/**
 * bma_http_front_listen:
 * @self: the front
 * @address: (transfer none): where; port 0 takes a free one
 * @error: return location
 *
 * Listens on one more address, for example 127.0.0.1 and then [::1].
 *
 * Errors: G_IO_ERROR, with G_IO_ERROR_ADDRESS_IN_USE if the port is taken.
 *
 * Returns: whether the front listens there now
 */
gboolean
bma_http_front_listen (BmaHttpFront *self, GSocketAddress *address, GError **error)
{
  int fd;

  g_return_val_if_fail (BMA_IS_HTTP_FRONT (self), FALSE);
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (address), FALSE);

  fd = bma_http_listener_open (address, error);
  return fd >= 0 && bma_http_front_adopt_fd (self, fd, error);
}

/**
 * bma_http_front_accept_fd:
 * @self: the front
 * @fd: (transfer full): a connected, non-blocking stream socket, one end of a socket pair
 *   for example; closed also on error
 * @remote: (transfer none) (nullable): what soup_server_message_get_remote_address() of
 * its requests will be, the very object, used for no other connection
 * @error: return location
 *
 * Serves a connection that did not come from a listener.
 *
 * Errors: G_IO_ERROR_BUSY if there are too many connections.
 *
 * Returns: whether it is served
 */
gboolean
bma_http_front_accept_fd (BmaHttpFront *self,
                          int fd,
                          GSocketAddress *remote,
                          GError **error)
{
  static const struct sockaddr unix_peer = { .sa_family = AF_UNIX };
  BmaHttpPeerKey peer = bma_http_peer_key_from_native (&unix_peer);
  g_autoptr (GSocketAddress) nowhere = g_unix_socket_address_new ("");
  g_autoptr (GSocketAddress) stand_in = g_unix_socket_address_new ("");

  g_return_val_if_fail (BMA_IS_HTTP_FRONT (self), FALSE);
  g_return_val_if_fail (remote == NULL || G_IS_SOCKET_ADDRESS (remote), FALSE);

  if (self->context.is_draining || !make_room (self, &peer))
    {
      close (fd);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                           "There are too many connections; try again later");
      return FALSE;
    }
  bma_http_connection_start (&self->context, fd, nowhere,
                             remote != NULL ? remote : stand_in, &peer);
  return TRUE;
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
close_connection_if_idle (gpointer data, gpointer user_data)
{
  bma_http_connection_close_if_idle (data);
}

/**
 * bma_http_front_stop_accepting:
 * @self: the front
 *
 * Closes the listeners and all idle connections; requests in progress are finished and
 * their connections closed.
 */
void
bma_http_front_stop_accepting (BmaHttpFront *self)
{
  g_return_if_fail (BMA_IS_HTTP_FRONT (self));

  self->context.is_draining = TRUE;
  g_ptr_array_set_size (self->listeners, 0);
  bma_http_pool_foreach (self->pool, close_connection_if_idle, NULL);
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
