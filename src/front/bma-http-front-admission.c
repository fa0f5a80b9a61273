/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where connections come from, and which of them are let in. */

#include "bma-http-front-private.h"

#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>
#include <unistd.h>

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

  if (self->tls == NULL)
    (void) !send (fd, response, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
  shutdown (fd, SHUT_WR);
  close (fd);
  self->context.refused (self->context.user_data, 503);
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
                             address, &peer,
                             remote->sa_family != AF_UNIX ? self->tls : NULL);
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
                             remote != NULL ? remote : stand_in, &peer, NULL);
  return TRUE;
}

/**
 * bma_http_front_keep:
 * @remote: (transfer none): what bma_http_front_accept_fd() was given
 *
 * Lets a connection be idle for as long as it likes; it does not give way to others
 * either. Whoever hands such connections out has to bound their number.
 */
void
bma_http_front_keep (GSocketAddress *remote)
{
  BmaHttpConnection *connection;

  g_return_if_fail (G_IS_SOCKET_ADDRESS (remote));

  connection = bma_http_connection_of_address (remote);
  if (connection != NULL)
    bma_http_connection_keep (connection);
}

/**
 * bma_http_front_hang_up:
 * @remote: (transfer none): what bma_http_front_accept_fd() was given
 *
 * Cuts a connection off, idle or not, such that the peer cannot take what it got for a
 * whole response. It happens from the main loop, soon.
 */
void
bma_http_front_hang_up (GSocketAddress *remote)
{
  BmaHttpConnection *connection;

  g_return_if_fail (G_IS_SOCKET_ADDRESS (remote));

  connection = bma_http_connection_of_address (remote);
  if (connection != NULL)
    bma_http_connection_hang_up (connection);
}
