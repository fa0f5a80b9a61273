/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-handed-sockets.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <unistd.h>

#include "bma-daemon-error.h"

static int
listen_at (GSocketAddress *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, 0, &error);
  int fd = -1;

  g_assert_no_error (error);
  g_socket_bind (socket, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  fd = fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 3);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static int
listen_on (const char *host, uint16_t port, uint16_t *real_port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  int fd = listen_at (address);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (dup (fd), NULL);
  g_autoptr (GSocketAddress) real = g_socket_get_local_address (socket, NULL);

  *real_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (real));
  return fd;
}

static BmaConfig *
make_config (const char *host, uint16_t port)
{
  BmaConfig *config = bma_config_new ();

  g_free (config->listen_host);
  config->listen_host = g_strdup (host);
  config->listen_port = port;
  return config;
}

static void
assert_refused (const int *fds, unsigned int n_fds, const BmaConfig *config)
{
  g_autoptr (BmaHandedSockets) sockets = bma_handed_sockets_new (fds, n_fds);
  g_autoptr (GError) error = NULL;
  uint16_t port = 0;

  g_assert_false (bma_handed_sockets_check (sockets, config, &port, &error));
  g_assert_error (error, BMA_DAEMON_ERROR, BMA_DAEMON_ERROR_CONFIG);
  g_assert_cmpint (bma_daemon_error_get_exit_code (error), ==, 78);
}

static void
test_count (void)
{
  unsigned int n = 9;

  g_assert_true (bma_handed_sockets_count (NULL, NULL, 42, &n));
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (bma_handed_sockets_count ("42", "2", 42, &n));
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (bma_handed_sockets_count ("41", "2", 42, &n));
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (bma_handed_sockets_count (NULL, "2", 42, &n));
  g_assert_cmpuint (n, ==, 0);
}

static void
test_bad_count (void)
{
  static const char *const bad[] = { "", "-1", "17", "1x", " 1", "4294967297" };
  unsigned int n = 9;

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (bma_handed_sockets_count ("42", bad[i], 42, &n));
      g_assert_cmpuint (n, ==, 0);
    }
  g_assert_false (bma_handed_sockets_count ("me", "1", 42, &n));
}

static void
test_configured (void)
{
  uint16_t real = 0;
  uint16_t port = 0;
  int fds[] = { listen_on ("127.0.0.1", 0, &real) };
  g_autoptr (BmaHandedSockets) sockets = bma_handed_sockets_new (fds, 1);
  g_autoptr (BmaConfig) exact = make_config ("127.0.0.1", real);
  g_autoptr (BmaConfig) any_port = make_config ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (bma_handed_sockets_check (sockets, exact, &port, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (port, ==, real);
  g_assert_true (bma_handed_sockets_check (sockets, any_port, &port, &error));
  g_assert_cmpuint (port, ==, real);
  g_assert_cmpint (bma_handed_sockets_steal (sockets), ==, fds[0]);
  g_assert_cmpint (bma_handed_sockets_steal (sockets), ==, -1);
  close (fds[0]);
}

static void
test_other_address (void)
{
  uint16_t real = 0;
  int fds[] = { listen_on ("127.0.0.1", 0, &real) };
  g_autoptr (BmaConfig) other = make_config ("127.0.0.2", real);

  assert_refused (fds, 1, other);
}

static void
test_other_port (void)
{
  uint16_t real = 0;
  int fds[] = { listen_on ("127.0.0.1", 0, &real) };
  g_autoptr (BmaConfig) other = make_config ("127.0.0.1", real == 8417 ? 8418 : 8417);

  assert_refused (fds, 1, other);
}

static void
test_more_of_loopback (void)
{
  uint16_t real = 0;
  uint16_t port = 0;
  int first = listen_on ("127.0.0.1", 0, &real);
  int fds[] = { listen_on ("127.0.0.3", real, &real), first };
  g_autoptr (BmaHandedSockets) sockets = bma_handed_sockets_new (fds, 2);
  g_autoptr (BmaConfig) config = make_config ("127.0.0.1", real);
  g_autoptr (GError) error = NULL;

  g_assert_true (bma_handed_sockets_check (sockets, config, &port, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (port, ==, real);
}

static void
test_more_exposed (void)
{
  uint16_t first = 0;
  uint16_t second = 0;
  int fds[] = { listen_on ("127.0.0.1", 0, &first), listen_on ("0.0.0.0", 0, &second) };
  g_autoptr (BmaConfig) config = make_config ("127.0.0.1", first);

  assert_refused (fds, 2, config);
}

static void
test_not_tcp (void)
{
  g_autofree char *folder = g_dir_make_tmp ("bma-handed-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  int unix_fd[] = { listen_at (address) };
  int file_fd[] = { open ("/dev/null", O_RDONLY | O_CLOEXEC) };
  g_autoptr (BmaConfig) config = make_config ("127.0.0.1", 0);

  assert_refused (unix_fd, 1, config);
  assert_refused (file_fd, 1, config);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_cmpint (rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/handed-sockets/count", test_count);
  g_test_add_func ("/daemon/handed-sockets/bad-count", test_bad_count);
  g_test_add_func ("/daemon/handed-sockets/the-configured-address", test_configured);
  g_test_add_func ("/daemon/handed-sockets/another-address-is-refused",
                   test_other_address);
  g_test_add_func ("/daemon/handed-sockets/another-port-is-refused", test_other_port);
  g_test_add_func ("/daemon/handed-sockets/more-of-the-loopback-interface",
                   test_more_of_loopback);
  g_test_add_func ("/daemon/handed-sockets/never-more-exposed", test_more_exposed);
  g_test_add_func ("/daemon/handed-sockets/only-tcp", test_not_tcp);
  return g_test_run ();
}
