/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Peers of a front that speaks TLS. What honest ones see is tested from outside, with the
 * real daemon; here are those who do not go on. */

#include "front-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* The front may read the key only where nobody else can. */
static BmaHttpTls *
load_certificate (void)
{
  g_autofree char *source =
      g_test_build_filename (G_TEST_DIST, "..", "net", "untrusted.pem", NULL);
  g_autofree char *folder = g_dir_make_tmp ("bma-tls-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "both.pem", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  BmaHttpTls *tls = NULL;

  g_file_get_contents (source, &text, NULL, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (file, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, &error);
  g_assert_no_error (error);
  g_assert_null (bma_http_tls_new (file, NULL, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_clear_error (&error);
  g_assert_cmpint (g_chmod (file, 0600), ==, 0);
  tls = bma_http_tls_new (file, NULL, &error);
  g_assert_no_error (error);
  g_unlink (file);
  g_rmdir (folder);
  return tls;
}

static void
test_faults (void)
{
  g_autoptr (BmaHttpTls) tls = load_certificate ();
  g_autofree char *name = bma_http_tls_find_fault (tls, "auth.example.org", 1800000000);
  g_autofree char *early = bma_http_tls_find_fault (tls, "localhost", 1000000);
  g_autofree char *late = bma_http_tls_find_fault (tls, "localhost", 99999999999);

  g_assert_cmpstr (name, ==, "the certificate is not for auth.example.org");
  g_assert_cmpstr (early, ==, "the certificate is not valid yet");
  g_assert_cmpstr (late, ==, "the certificate has expired");
}

static void
test_silent_peers (void)
{
  BmaHttpFrontLimits limits;
  g_autoptr (BmaHttpTls) tls = load_certificate ();
  g_autoptr (Fixture) fixture = NULL;
  int peers[5];

  bma_http_front_limits_init_default (&limits);
  limits.max_handshakes = 3;
  fixture = fixture_new (&limits);
  bma_http_front_set_tls (fixture->front, tls);
  for (size_t i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      peers[i] = peer_connect (fixture);
      /* The head of a record that never comes whole. */
      if (i % 2 == 0)
        peer_send (peers[i], "\x16\x03\x01\x02\x00\x01", 6);
      run_loop_until_quiet ();
    }
  /* The oldest two gave way. */
  fixture_await_connections (fixture, 3);
  for (size_t i = 0; i < 2; i++)
    {
      g_autofree char *rest = peer_read_all (peers[i]);

      g_assert_cmpstr (rest, ==, "");
    }
  fixture_pass_time (fixture, limits.handshake_ms - 1000);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 3);
  fixture_pass_time (fixture, limits.handshake_ms + 1000);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 0);
  g_assert_cmpuint (fixture->n_handled, ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (peers); i++)
    close (peers[i]);
}

static void
test_garbage (void)
{
  static const struct
  {
    const char *bytes;
    size_t n_bytes;
    const char *answer; /* what it begins with */
  } cases[] = {
    { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, "HTTP/1.1 400 " },
    { "\0\0\0\0\0\0\0\0\0\0\0\0", 12, "" },
    { "\x16\x03\x01\x00\x05hello", 10, "\x15\x03" },
    { "SSH-2.0-OpenSSH_9.2p1\r\n", 23, "" },
  };
  g_autoptr (BmaHttpTls) tls = load_certificate ();
  g_autoptr (Fixture) fixture = fixture_new (NULL);

  bma_http_front_set_tls (fixture->front, tls);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      int fd = peer_connect (fixture);
      char start[16] = { 0 };
      gboolean is_over = FALSE;

      peer_send (fd, cases[i].bytes, cases[i].n_bytes);
      while (!is_over && start[0] == '\0')
        {
          ssize_t n = 0;

          run_loop_until_quiet ();
          n = recv (fd, start, sizeof start - 1, MSG_DONTWAIT);
          is_over = n == 0 || (n < 0 && errno != EAGAIN);
        }
      g_test_message ("case %zu", i);
      g_assert_true (g_str_has_prefix (start, cases[i].answer));
      close (fd);
    }
  fixture_await_connections (fixture, 0);
  g_assert_cmpuint (fixture->n_handled, ==, 0);
}

/* Sockets that do not come from the network need no TLS. */
static void
test_socket_pair (void)
{
  g_autoptr (BmaHttpTls) tls = load_certificate ();
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *response = NULL;
  int ends[2];

  bma_http_front_set_tls (fixture->front, tls);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                               ends),
                   ==, 0);
  g_assert_true (bma_http_front_accept_fd (fixture->front, ends[0], NULL, NULL));
  peer_send_text (ends[1], GET ("/method"));
  response = peer_read_response (ends[1]);
  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 200 OK\r\n"));
  close (ends[1]);
  fixture_await_connections (fixture, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/front/tls/what-clients-will-refuse", test_faults);
  g_test_add_func ("/front/tls/silent-peers-give-way", test_silent_peers);
  g_test_add_func ("/front/tls/garbage-is-turned-away", test_garbage);
  g_test_add_func ("/front/tls/socket-pairs-stay-plain", test_socket_pair);
  return g_test_run ();
}
