/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer-uid.h"

#include <gio/gnetworking.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OTHER_UID 65534

/* A real connection over loopback. */
typedef struct
{
  int listener;
  int client;
  int server;             /* the accepted end */
  GSocketAddress *remote; /* owned: of the accepted end */
  GSocketAddress *local;  /* owned: of the accepted end */
} Pair;

static struct sockaddr_in6
make_v6 (const char *text, uint16_t port)
{
  struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = port };

  g_assert_cmpint (inet_pton (AF_INET6, text, &address.sin6_addr), ==, 1);
  return address;
}

static struct sockaddr_in
make_v4 (uint16_t port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = port };

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return address;
}

/* As the kernel names it: GLib's own conversion would already make an IPv4 address of
 * ::ffff:127.0.0.1. */
static GSocketAddress *
name_of (int fd, int (*get) (int, struct sockaddr *, socklen_t *))
{
  struct sockaddr_storage native;
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) &native;
  socklen_t length = sizeof native;
  g_autoptr (GInetAddress) address = NULL;

  g_assert_cmpint (get (fd, (struct sockaddr *) &native, &length), ==, 0);
  if (native.ss_family != AF_INET6)
    return g_socket_address_new_from_native (&native, length);
  address = g_inet_address_new_from_bytes (v6->sin6_addr.s6_addr, G_SOCKET_FAMILY_IPV6);
  return g_inet_socket_address_new (address, ntohs (v6->sin6_port));
}

static int
local_name (int fd, struct sockaddr *address, socklen_t *length)
{
  return getsockname (fd, address, length);
}

static int
remote_name (int fd, struct sockaddr *address, socklen_t *length)
{
  return getpeername (fd, address, length);
}

static uint16_t
port_of (int fd)
{
  g_autoptr (GSocketAddress) address = name_of (fd, local_name);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static int
listen_at (const void *address, socklen_t length)
{
  int fd = socket (((const struct sockaddr *) address)->sa_family,
                   SOCK_STREAM | SOCK_CLOEXEC, 0);
  int no = 0;

  g_assert_cmpint (fd, >=, 0);
  if (((const struct sockaddr *) address)->sa_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  g_assert_cmpint (bind (fd, address, length), ==, 0);
  g_assert_cmpint (listen (fd, 4), ==, 0);
  return fd;
}

static void
pair_accept (Pair *self)
{
  self->server = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC);
  g_assert_cmpint (self->server, >=, 0);
  self->remote = name_of (self->server, remote_name);
  self->local = name_of (self->server, local_name);
}

static void
pair_connect (Pair *self, const void *address, socklen_t length)
{
  self->client = socket (((const struct sockaddr *) address)->sa_family,
                         SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->client, >=, 0);
  g_assert_cmpint (connect (self->client, address, length), ==, 0);
  pair_accept (self);
}

static void
pair_open (Pair *self)
{
  struct sockaddr_in any = make_v4 (0), there;

  self->listener = listen_at (&any, sizeof any);
  there = make_v4 (htons (port_of (self->listener)));
  pair_connect (self, &there, sizeof there);
}

static void
pair_close (Pair *self)
{
  if (self->client >= 0)
    close (self->client);
  if (self->server >= 0)
    close (self->server);
  close (self->listener);
  g_clear_object (&self->remote);
  g_clear_object (&self->local);
}

static void
assert_own (const Pair *pair)
{
  g_autoptr (GError) error = NULL;
  uid_t uid = (uid_t) -1;

  g_assert_true (bma_peer_uid_lookup (pair->remote, pair->local, &uid, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (uid, ==, getuid ());
}

static void
assert_unknown (GSocketAddress *remote, GSocketAddress *local)
{
  g_autoptr (GError) error = NULL;
  uid_t uid = 4711;

  g_assert_false (bma_peer_uid_lookup (remote, local, &uid, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpuint (uid, ==, 4711);
}

static void
test_own_v4 (void)
{
  Pair pair;

  pair_open (&pair);
  assert_own (&pair);
  pair_close (&pair);
}

static void
test_own_v6 (void)
{
  struct sockaddr_in6 any = make_v6 ("::1", 0), there;
  Pair pair;

  pair.listener = listen_at (&any, sizeof any);
  there = make_v6 ("::1", htons (port_of (pair.listener)));
  pair_connect (&pair, &there, sizeof there);
  assert_own (&pair);
  pair_close (&pair);
}

/* A dual stack listener sees the IPv4 client as ::ffff:127.0.0.1. */
static void
test_mapped_listener (void)
{
  struct sockaddr_in6 any = make_v6 ("::", 0);
  struct sockaddr_in there;
  Pair pair;

  pair.listener = listen_at (&any, sizeof any);
  there = make_v4 (htons (port_of (pair.listener)));
  pair_connect (&pair, &there, sizeof there);
  g_assert_cmpint (g_socket_address_get_family (pair.remote), ==, G_SOCKET_FAMILY_IPV6);
  assert_own (&pair);
  /* Both spellings of an address are the same address. */
  g_object_unref (pair.local);
  pair.local = g_inet_socket_address_new_from_string ("127.0.0.1", port_of (pair.server));
  assert_own (&pair);
  pair_close (&pair);
}

/* An IPv6 socket of the client talks to the IPv4 listener. */
static void
test_mapped_client (void)
{
  struct sockaddr_in any = make_v4 (0);
  struct sockaddr_in6 there;
  Pair pair;

  pair.listener = listen_at (&any, sizeof any);
  there = make_v6 ("::ffff:127.0.0.1", htons (port_of (pair.listener)));
  pair_connect (&pair, &there, sizeof there);
  g_assert_cmpint (g_socket_address_get_family (pair.remote), ==, G_SOCKET_FAMILY_IPV4);
  assert_own (&pair);
  pair_close (&pair);
}

/* Connects as somebody else, tells its port, and keeps the socket until it is told to go.
 */
static void
run_stranger (uint16_t port, int go_fd)
{
  struct sockaddr_in there = make_v4 (htons (port));
  char byte = 0;
  int fd = -1;

  if (setgid (OTHER_UID) != 0 || setuid (OTHER_UID) != 0)
    _exit (2);
  fd = socket (AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect (fd, (struct sockaddr *) &there, sizeof there) != 0)
    _exit (3);
  _exit (read (go_fd, &byte, 1) == 0 ? 0 : 4);
}

/* Only root can become somebody else; for others the connection is their own, and the
 * test says so instead of passing silently. */
static void
test_another_user (void)
{
  struct sockaddr_in any = make_v4 (0);
  g_autoptr (GError) error = NULL;
  Pair pair = { .client = -1 };
  uid_t uid = (uid_t) -1;
  int go[2], status = 0;
  pid_t child = 0;

  if (getuid () != 0)
    {
      g_test_message ("not root: only the own uid can be looked up");
      test_own_v4 ();
      return;
    }
  pair.listener = listen_at (&any, sizeof any);
  g_assert_cmpint (pipe (go), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      close (go[1]);
      run_stranger (port_of (pair.listener), go[0]);
    }
  pair_accept (&pair);
  g_assert_true (bma_peer_uid_lookup (pair.remote, pair.local, &uid, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (uid, ==, OTHER_UID);
  close (go[0]);
  close (go[1]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  pair_close (&pair);
}

/* A client that has sent everything and waits for the answer still holds its socket. */
static void
test_half_closed (void)
{
  char byte = 0;
  Pair pair;

  pair_open (&pair);
  g_assert_cmpint (shutdown (pair.client, SHUT_WR), ==, 0);
  g_assert_cmpint (read (pair.server, &byte, 1), ==, 0);
  assert_own (&pair);
  pair_close (&pair);
}

/* The client's program closed its socket: the kernel finishes without an owner. */
static void
test_orphan (void)
{
  char byte = 0;
  Pair pair;

  pair_open (&pair);
  close (pair.client);
  pair.client = -1;
  g_assert_cmpint (read (pair.server, &byte, 1), ==, 0);
  assert_unknown (pair.remote, pair.local);
  pair_close (&pair);
}

static void
test_time_wait (void)
{
  char byte = 0;
  Pair pair;

  pair_open (&pair);
  g_assert_cmpint (shutdown (pair.client, SHUT_WR), ==, 0);
  g_assert_cmpint (read (pair.server, &byte, 1), ==, 0);
  close (pair.server);
  pair.server = -1;
  g_assert_cmpint (read (pair.client, &byte, 1), ==, 0);
  assert_unknown (pair.remote, pair.local);
  pair_close (&pair);
}

/* The kernel falls back to a listener when no connection matches; its owner says nothing
 * about a peer. */
static void
test_listener (void)
{
  g_autoptr (GSocketAddress) listener = NULL;
  g_autoptr (GSocketAddress)
      nowhere = g_inet_socket_address_new_from_string ("127.0.0.1", 1);
  Pair pair;

  pair_open (&pair);
  listener = name_of (pair.listener, local_name);
  assert_unknown (listener, nowhere);
  assert_unknown (nowhere, listener);
  pair_close (&pair);
}

static void
test_unsupported (void)
{
  g_autoptr (GSocketAddress) v4 = g_inet_socket_address_new_from_string ("127.0.0.1", 1);
  g_autoptr (GSocketAddress) v6 = g_inet_socket_address_new_from_string ("::1", 1);
  struct sockaddr_un native = { .sun_family = AF_UNIX, .sun_path = "/x" };
  g_autoptr (GSocketAddress)
      local = g_socket_address_new_from_native (&native, sizeof native);
  GSocketAddress *const cases[][2] = { { v4, v6 }, { v6, v4 }, { local, local } };
  uid_t uid = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (bma_peer_uid_lookup (cases[i][0], cases[i][1], &uid, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/peer-uid/own-over-ipv4", test_own_v4);
  g_test_add_func ("/net/peer-uid/own-over-ipv6", test_own_v6);
  g_test_add_func ("/net/peer-uid/ipv4-client-of-a-dual-stack-listener",
                   test_mapped_listener);
  g_test_add_func ("/net/peer-uid/ipv6-socket-of-an-ipv4-client", test_mapped_client);
  g_test_add_func ("/net/peer-uid/another-user", test_another_user);
  g_test_add_func ("/net/peer-uid/half-closed-is-held", test_half_closed);
  g_test_add_func ("/net/peer-uid/orphan-has-no-owner", test_orphan);
  g_test_add_func ("/net/peer-uid/time-wait-has-no-owner", test_time_wait);
  g_test_add_func ("/net/peer-uid/listener-is-no-peer", test_listener);
  g_test_add_func ("/net/peer-uid/other-families-are-refused", test_unsupported);

  return g_test_run ();
}
