/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-listener.h"
#include "bma-http-connection.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BACKLOG 1024

/* Accepted in one turn of the main loop; refused in one turn when descriptors ran out. */
#define MAX_ACCEPTED    64
#define MAX_TURNED_AWAY 16

#define US_PER_MS 1000

struct _BmaHttpListener
{
  BmaHttpWatch watch; /* first: what the reactor knows us by */
  unsigned ref_count;
  BmaHttpReactor *reactor;           /* (unowned): outlives us */
  const BmaHttpListenerFuncs *funcs; /* (unowned): static */
  gpointer owner;                    /* (unowned) (nullable): NULL once freed */
  GSocketAddress *address;           /* (owned): what we are bound to */
  int fd;                            /* (owned) */
  int reserve_fd; /* (owned): given up to answer when none is left; or -1 */
  unsigned pause_ms;
  int64_t resume_us; /* monotonic, 0 while accepting */
};

static void
listener_ref (BmaHttpWatch *watch)
{
  ((BmaHttpListener *) watch)->ref_count++;
}

static void
listener_unref (BmaHttpWatch *watch)
{
  BmaHttpListener *self = (BmaHttpListener *) watch;

  if (--self->ref_count > 0)
    return;
  g_clear_object (&self->address);
  g_free (self);
}

static void
open_reserve (BmaHttpListener *self)
{
  if (self->reserve_fd < 0)
    self->reserve_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

static int
accept_one (BmaHttpListener *self,
            struct sockaddr_storage *remote,
            socklen_t *n_remote_bytes)
{
  *n_remote_bytes = sizeof *remote;
  return accept4 (self->fd, (struct sockaddr *) remote, n_remote_bytes,
                  SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* A failed accept() must never end the listening: the source stays, and if the kernel has
 * no more to give, waits. */
static void
pause_accepting (BmaHttpListener *self)
{
  self->resume_us = g_get_monotonic_time () + (int64_t) self->pause_ms * US_PER_MS;
  bma_http_reactor_modify (self->reactor, &self->watch, 0);
  bma_http_reactor_wake_by (self->reactor, self->resume_us);
}

/* With the last descriptor in hand, peers are told to come back instead of being left in
 * the backlog until they give up. */
static void
turn_away (BmaHttpListener *self)
{
  char response[256];
  size_t n_bytes = bma_http_refusal_format (response, sizeof response, 503);

  if (self->reserve_fd >= 0)
    {
      close (self->reserve_fd);
      self->reserve_fd = -1;
      for (unsigned i = 0; i < MAX_TURNED_AWAY; i++)
        {
          struct sockaddr_storage remote;
          socklen_t n_remote_bytes;
          int fd = accept_one (self, &remote, &n_remote_bytes);

          if (fd < 0)
            break;
          (void) !send (fd, response, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
          shutdown (fd, SHUT_WR);
          close (fd);
        }
    }
  open_reserve (self);
}

/* Without a descriptor to spare, accept() fails before it looks whether anyone is there.
 */
static gboolean
is_anyone_there (BmaHttpListener *self)
{
  struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };

  return poll (&poll_fd, 1, 0) > 0;
}

/* Returns whether to go on accepting in this turn. */
static gboolean
handle_accept_error (BmaHttpListener *self)
{
  switch (errno)
    {
    case EAGAIN:
      return FALSE;
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
      return TRUE;
    case EMFILE:
    case ENFILE:
      if (!is_anyone_there (self))
        return FALSE;
      if (self->funcs->exhausted (self->owner))
        return TRUE;
      turn_away (self);
      pause_accepting (self);
      return FALSE;
    default:
      pause_accepting (self);
      return FALSE;
    }
}

static void
listener_ready (BmaHttpWatch *watch, unsigned events)
{
  BmaHttpListener *self = (BmaHttpListener *) watch;

  for (unsigned i = 0; i < MAX_ACCEPTED && self->owner != NULL; i++)
    {
      struct sockaddr_storage remote;
      socklen_t n_remote_bytes;
      int fd = accept_one (self, &remote, &n_remote_bytes);

      if (fd >= 0)
        self->funcs->accepted (self->owner, self, fd, (struct sockaddr *) &remote,
                               n_remote_bytes);
      else if (!handle_accept_error (self))
        break;
    }
  if (self->owner != NULL)
    open_reserve (self);
}

static const BmaHttpWatchFuncs watch_funcs = {
  .ready = listener_ready,
  .ref = listener_ref,
  .unref = listener_unref,
};

static void
set_errno_error (GError **error, const char *what)
{
  int saved_errno = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s: %s", what,
               g_strerror (saved_errno));
}

/**
 * bma_http_listener_open:
 * @address: where to listen: IPv4, IPv6 (alone, not both) or a Unix path
 * @error: return location
 *
 * Opens a listening socket.
 *
 * Errors: G_IO_ERROR, with G_IO_ERROR_ADDRESS_IN_USE if the port is taken.
 *
 * Returns: the descriptor, -1 on error
 */
int
bma_http_listener_open (GSocketAddress *address, GError **error)
{
  struct sockaddr_storage native;
  static const int on = 1;
  int family = (int) g_socket_address_get_family (address), fd;

  if (!g_socket_address_to_native (address, &native, sizeof native, error))
    return -1;
  fd = socket (family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    {
      set_errno_error (error, "Cannot open a socket");
      return -1;
    }
  if (family != AF_UNIX)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind (fd, (struct sockaddr *) &native,
            (socklen_t) g_socket_address_get_native_size (address)) != 0 ||
      listen (fd, BACKLOG) != 0)
    {
      g_autofree char *name =
          g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
      g_autofree char *what = g_strdup_printf ("Cannot listen on %s", name);

      set_errno_error (error, what);
      close (fd);
      return -1;
    }
  return fd;
}

static GSocketAddress *
get_bound_address (int fd, GError **error)
{
  struct sockaddr_storage native;
  socklen_t n_bytes = sizeof native, n_value_bytes = sizeof (int);
  int is_listening = 0;

  if (getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &n_value_bytes) != 0 ||
      !is_listening || getsockname (fd, (struct sockaddr *) &native, &n_bytes) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "Descriptor %d is not a listening socket", fd);
      return NULL;
    }
  return g_socket_address_new_from_native (&native, n_bytes);
}

/**
 * bma_http_listener_new:
 * @fd: (transfer full): a listening stream socket; closed also on error
 * @reactor: (transfer none): outlives the listener
 * @funcs: (transfer none): what to do with connections; static
 * @owner: (transfer none): the first argument of @funcs
 * @pause_ms: how long not to accept after descriptors ran out
 * @error: return location
 *
 * Accepts connections from now on.
 *
 * Errors: G_IO_ERROR_INVALID_ARGUMENT if @fd does not listen.
 *
 * Returns: (transfer full) (nullable): the listener
 */
BmaHttpListener *
bma_http_listener_new (int fd,
                       BmaHttpReactor *reactor,
                       const BmaHttpListenerFuncs *funcs,
                       gpointer owner,
                       unsigned pause_ms,
                       GError **error)
{
  g_autoptr (GSocketAddress) address = get_bound_address (fd, error);
  BmaHttpListener *self;

  if (address == NULL)
    {
      close (fd);
      return NULL;
    }

  fcntl (fd, F_SETFD, FD_CLOEXEC);
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
  self = g_new0 (BmaHttpListener, 1);
  if (!bma_http_reactor_add (reactor, &self->watch, &watch_funcs, fd, EPOLLIN))
    {
      set_errno_error (error, "Cannot watch a listening socket");
      close (fd);
      g_free (self);
      return NULL;
    }
  self->ref_count = 1;
  self->reactor = reactor;
  self->funcs = funcs;
  self->owner = owner;
  self->address = g_steal_pointer (&address);
  self->fd = fd;
  self->reserve_fd = -1;
  self->pause_ms = pause_ms;
  open_reserve (self);
  return self;
}

/**
 * bma_http_listener_set_accepting:
 * @self: the listener
 * @is_accepting: whether to accept
 *
 * Leaves those who connect in the backlog, or takes them in again.
 */
void
bma_http_listener_set_accepting (BmaHttpListener *self, gboolean is_accepting)
{
  self->resume_us = 0;
  bma_http_reactor_modify (self->reactor, &self->watch, is_accepting ? EPOLLIN : 0);
}

/**
 * bma_http_listener_accept_pending:
 * @self: the listener
 *
 * Takes in those who have connected already, as far as one turn goes.
 */
void
bma_http_listener_accept_pending (BmaHttpListener *self)
{
  listener_ready (&self->watch, EPOLLIN);
}

/**
 * bma_http_listener_free:
 * @self: (transfer full): the listener
 *
 * Stops listening; what is in the backlog is reset by the kernel.
 */
void
bma_http_listener_free (BmaHttpListener *self)
{
  bma_http_reactor_remove (self->reactor, &self->watch);
  close (self->fd);
  if (self->reserve_fd >= 0)
    close (self->reserve_fd);
  self->fd = self->reserve_fd = -1;
  self->owner = NULL;
  listener_unref (&self->watch);
}

/**
 * bma_http_listener_get_address:
 * @self: the listener
 *
 * Tells where it listens.
 *
 * Returns: (transfer none): the address, with the port that was chosen
 */
GSocketAddress *
bma_http_listener_get_address (BmaHttpListener *self)
{
  return self->address;
}

/**
 * bma_http_listener_check_pause:
 * @self: the listener
 * @now_us: monotonic time, microseconds
 *
 * Accepts again if the pause is over.
 *
 * Returns: when to check again, monotonic; %G_MAXINT64 while accepting
 */
int64_t
bma_http_listener_check_pause (BmaHttpListener *self, int64_t now_us)
{
  if (self->resume_us == 0)
    return G_MAXINT64;
  if (now_us < self->resume_us)
    return self->resume_us;

  self->resume_us = 0;
  open_reserve (self);
  bma_http_reactor_modify (self->reactor, &self->watch, EPOLLIN);
  return G_MAXINT64;
}
