/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What peers say: honest and hostile requests through a real SoupServer. */

#include "front-fixture.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  const char *name;   /* (unowned): becomes the test path */
  unsigned status;    /* of the only response, 0 if closed without one */
  unsigned n_handled; /* requests that may reach a handler */
  const char *bytes;  /* (unowned): all that is ever sent */
} Hostile;

/* The peer keeps its side open: it is the front that has to end the matter. */
static const Hostile hostile[] = {
  { "two-lengths", 400, 0,
    REQUEST ("POST", "/echo", "Content-Length: 5\r\nContent-Length: 6\r\n") "hello!" },
  { "length-and-chunked", 400, 0,
    REQUEST (
        "POST",
        "/echo",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n" GET ("/smuggle"
                                                                                "d") },
  { "length-plus", 400, 0, REQUEST ("POST", "/echo", "Content-Length: +5\r\n") "hello" },
  { "length-too-large", 413, 0,
    REQUEST ("POST", "/echo", "Content-Length: 9999999\r\n") },
  { "coding-gzip", 501, 0, REQUEST ("POST", "/echo", "Transfer-Encoding: gzip\r\n") "x" },
  { "coding-space", 400, 0,
    REQUEST ("POST", "/echo", "Transfer-Encoding : chunked\r\n") "0\r\n\r\n" },
  { "coding-twice", 400, 0,
    REQUEST ("POST", "/echo", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n") },
  { "two-hosts", 400, 0, REQUEST ("GET", "/method", "Host: evil.example\r\n") },
  { "no-host", 400, 0, "GET /method HTTP/1.1\r\n\r\n" },
  { "host-with-user", 400, 0, "GET /method HTTP/1.1\r\nHost: good@evil\r\n\r\n" },
  { "absolute-target", 400, 0, GET ("http://evil.example/method") },
  { "folded", 400, 0, REQUEST ("GET", "/method", "X: a\r\n b\r\n") },
  { "bare-line-feeds", 400, 0, "GET /method HTTP/1.1\nHost: localhost\n\n" },
  { "nul", 400, 0, "GET /\xff" },
  { "two-authorizations", 400, 0,
    REQUEST ("GET",
             "/method",
             "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n") },
  { "not-http", 501, 0, "EHLO example.org\r\n\r\n" },
  { "tls", 400, 0, "\x16\x03\x01\x02\r\n\r\n" },
  { "http-2", 501, 0, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
  { "http-3", 505, 0, "GET / HTTP/3.0\r\nHost: a\r\n\r\n" },
  { "connect", 501, 0, "CONNECT evil:25 HTTP/1.1\r\nHost: evil:25\r\n\r\n" },
  { "expectation", 417, 0,
    REQUEST ("POST", "/echo", "Expect: x\r\nContent-Length: 1\r\n") },
  { "chunk-extension", 400, 0,
    REQUEST ("POST",
             "/echo",
             "Transfer-Encoding: chunked\r\n") "5;x\r\nhello\r\n0\r\n\r\n" },
  { "chunk-5x", 400, 0,
    REQUEST ("POST",
             "/echo",
             "Transfer-Encoding: chunked\r\n") "5x\r\nhello\r\n0\r\n\r\n" },
  { "chunk-bare-lf", 400, 0,
    REQUEST ("POST", "/echo", "Transfer-Encoding: chunked\r\n") "5\nhello\n0\n\n" },
  { "chunk-broken-later", 400, 0,
    REQUEST ("POST", "/echo", "Transfer-Encoding: chunked\r\n") "5\r\nhello\r\n!\r\n" },
  { "chunk-trailer", 400, 0,
    REQUEST ("POST",
             "/echo",
             "Transfer-Encoding: chunked\r\n") "0\r\nHost: evil\r\n\r\n" },
  { "chunk-too-large", 413, 0,
    REQUEST ("POST", "/echo", "Transfer-Encoding: chunked\r\n") "fffffff\r\nhello" },
  { "honest-then-hostile", 200, 1,
    REQUEST ("GET", "/method", "Connection: close\r\n") GET ("/smuggled") },
};

static unsigned
count_responses (const char *text)
{
  unsigned n = 0;

  for (; (text = strstr (text, "HTTP/1.1 ")) != NULL; text++)
    n++;
  return n;
}

static void
test_hostile (gconstpointer data)
{
  const Hostile *row = data;
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *response = NULL,
                  *status = g_strdup_printf ("HTTP/1.1 %u ", row->status);
  int fd = peer_connect (fixture);

  peer_send_text (fd, row->bytes);
  /* A byte that text cannot hold. */
  if (g_str_has_suffix (row->bytes, "\xff"))
    peer_send (fd, "\0 HTTP/1.1\r\n\r\n", 14);
  response = peer_read_all (fd);
  g_assert_true (g_str_has_prefix (response, status));
  g_assert_cmpuint (count_responses (response), ==, 1);
  g_assert_nonnull (strstr (response, "\r\nConnection: close\r\n"));
  g_assert_cmpuint (fixture->n_handled, ==, row->n_handled);
  if (row->status != 200)
    {
      g_assert_nonnull (strstr (response, "\r\nCache-Control: no-store\r\n"));
      g_assert_true (g_str_has_suffix (response, "\r\nContent-Length: 0\r\n\r\n"));
      g_assert_cmpuint (fixture->n_refused, ==, 1);
    }

  close (fd);
  assert_honest_request_is_answered (fixture);
  fixture_await_connections (fixture, 0);
}

/* The same, one byte at a time, each seen by the front alone. */
static void
test_hostile_slowly (gconstpointer data)
{
  const Hostile *row = data;
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *response = NULL,
                  *status = g_strdup_printf ("HTTP/1.1 %u ", row->status);
  int fd = peer_connect (fixture);

  for (const char *c = row->bytes; *c != '\0'; c++)
    {
      peer_send (fd, c, 1);
      run_loop_until_quiet ();
    }
  if (g_str_has_suffix (row->bytes, "\xff"))
    peer_send (fd, "", 1);
  response = peer_read_all (fd);
  g_assert_true (g_str_has_prefix (response, status));
  g_assert_cmpuint (count_responses (response), ==, 1);
  g_assert_cmpuint (fixture->n_handled, ==, row->n_handled);
  close (fd);
}

static void
assert_exchange (int fd, const char *request, const char *body)
{
  g_autofree char *response = NULL, *end = g_strconcat ("\r\n\r\n", body, NULL);

  peer_send_text (fd, request);
  response = peer_read_response (fd);
  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 200 OK\r\n"));
  g_assert_true (g_str_has_suffix (response, end));
}

static void
test_keeps_alive (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  int fd = peer_connect (fixture);

  for (unsigned i = 0; i < 50; i++)
    {
      assert_exchange (fd, GET ("/method"), "GET /method");
      assert_exchange (fd, REQUEST ("POST", "/echo", "Content-Length: 5\r\n") "hello",
                       "hello");
      assert_exchange (
          fd,
          REQUEST ("POST", "/echo",
                   "Transfer-Encoding: chunked\r\n") "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
          "hello");
      assert_exchange (fd, "\r\n" REQUEST ("DELETE", "/x?y", ""), "DELETE /x");
    }
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 1);
  g_assert_cmpuint (fixture->n_handled, ==, 200);
  close (fd);
  fixture_await_connections (fixture, 0);
}

static void
test_one_byte_at_a_time (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  const char *request =
      REQUEST ("POST", "/echo",
               "Transfer-Encoding: chunked\r\n") "3\r\nhel"
                                                 "\r\n2\r\nlo\r\n0\r\n\r\n";
  g_autofree char *response = NULL;
  int fd = peer_connect (fixture);

  for (const char *c = request; *c != '\0'; c++)
    {
      g_assert_cmpuint (fixture->n_handled, ==, 0);
      peer_send (fd, c, 1);
      run_loop_until_quiet ();
    }
  response = peer_read_response (fd);
  g_assert_true (g_str_has_suffix (response, "\r\n\r\nhello"));
  close (fd);
}

static void
test_large_both_ways (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *body = g_malloc (LARGE_BYTES + 1), *head = NULL, *response = NULL;
  int fd = peer_connect (fixture);

  memset (body, 'y', LARGE_BYTES);
  body[LARGE_BYTES] = '\0';
  head = g_strdup_printf ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n",
                          LARGE_BYTES);
  peer_send_text (fd, head);
  peer_send_text (fd, body);
  response = peer_read_response (fd);
  g_assert_true (g_str_has_suffix (response, body));

  g_clear_pointer (&response, g_free);
  peer_send_text (fd, GET ("/large"));
  response = peer_read_response (fd);
  g_assert_cmpuint (strlen (strstr (response, "\r\n\r\n")), ==, LARGE_BYTES + 4);
  close (fd);
}

static void
test_range_gets_everything (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  int fd = peer_connect (fixture);

  assert_exchange (fd, REQUEST ("GET", "/method", "Range: bytes=0-1,0-1,-1\r\n"),
                   "GET /method");
  assert_exchange (fd, REQUEST ("GET", "/method", "Range: bytes=99999-\r\n"),
                   "GET /method");
  close (fd);
}

static void
test_head_and_chunked_responses (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *head = NULL, *chunks = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd, REQUEST ("HEAD", "/method", ""));
  head = peer_read_until (fd, "\r\n\r\n");
  g_assert_nonnull (strstr (head, "\r\nContent-Length: 12\r\n"));
  for (unsigned i = 0; i < 20; i++)
    {
      g_clear_pointer (&chunks, g_free);
      peer_send_text (fd, GET ("/chunks"));
      chunks = peer_read_until (fd, "\r\n0\r\n\r\n");
      g_assert_true (
          g_str_has_suffix (chunks, "\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"));
    }
  assert_exchange (fd, GET ("/method"), "GET /method");
  close (fd);
}

static void
test_says_continue (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *interim = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd, REQUEST ("POST", "/echo",
                               "Expect: 100-continue\r\nContent-Length: 5\r\n"));
  interim = peer_read_until (fd, "\r\n\r\n");
  g_assert_cmpstr (interim, ==, "HTTP/1.1 100 Continue\r\n\r\n");
  assert_exchange (fd, "hello", "hello");
  /* Not when the body is there already. */
  assert_exchange (fd,
                   REQUEST ("POST", "/echo",
                            "Expect: 100-continue\r\nContent-Length: 5\r\n") "hello",
                   "hello");
  close (fd);
}

static void
test_pipelining_in_order (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd,
                  GET ("/wait") REQUEST ("POST", "/echo",
                                         "Content-Length: 1\r\n") "b" GET ("/method"));
  fixture_await_waiting (fixture, 1);
  run_loop_until_quiet ();
  g_assert_cmpuint (fixture->n_handled, ==, 1);
  fixture_answer (fixture, "a");
  first = peer_read_response (fd);
  second = peer_read_response (fd);
  third = peer_read_response (fd);
  g_assert_true (g_str_has_suffix (first, "\r\n\r\na"));
  g_assert_true (g_str_has_suffix (second, "\r\n\r\nb"));
  g_assert_true (g_str_has_suffix (third, "\r\n\r\nGET /method"));
  close (fd);
}

static void
test_deep_pipeline (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autoptr (GString) requests = g_string_new (NULL);
  g_autofree char *responses = NULL;
  int fd = peer_connect (fixture);

  for (unsigned i = 0; i < 300; i++)
    g_string_append (requests, GET ("/method"));
  peer_send_text (fd, requests->str);
  peer_finish_sending (fd);
  responses = peer_read_all (fd);
  g_assert_cmpuint (count_responses (responses), ==, 300);
  g_assert_cmpuint (fixture->n_handled, ==, 300);
  close (fd);
}

static void
test_half_close_is_served (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *response = NULL, *late = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd, GET ("/method"));
  peer_finish_sending (fd);
  response = peer_read_all (fd);
  g_assert_true (g_str_has_suffix (response, "\r\n\r\nGET /method"));
  close (fd);

  fd = peer_connect (fixture);
  peer_send_text (fd, GET ("/wait"));
  peer_finish_sending (fd);
  fixture_await_waiting (fixture, 2);
  run_loop_until_quiet ();
  fixture_answer (fixture, "late");
  late = peer_read_all (fd);
  g_assert_true (g_str_has_suffix (late, "\r\n\r\nlate"));
  close (fd);
  fixture_await_connections (fixture, 0);
}

static void
test_half_close_too_early (void)
{
  static const char *const requests[] = {
    "GET /method HTT",
    REQUEST ("POST", "/echo", "Content-Length: 5\r\n") "hell",
    REQUEST ("POST", "/echo", "Transfer-Encoding: chunked\r\n") "5\r\nhello\r\n0\r\n",
  };
  g_autoptr (Fixture) fixture = fixture_new (NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      int fd = peer_connect (fixture);
      g_autofree char *response = NULL;

      peer_send_text (fd, requests[i]);
      peer_finish_sending (fd);
      response = peer_read_all (fd);
      g_assert_true (g_str_has_prefix (response, "HTTP/1.1 400 "));
      close (fd);
    }
  g_assert_cmpuint (fixture->n_handled, ==, 0);
}

static void
test_announces_the_close (void)
{
  BmaHttpFrontLimits limits;
  g_autoptr (Fixture) fixture = NULL;
  g_autofree char *asked = NULL, *old = NULL, *last = NULL;
  int fd;

  bma_http_front_limits_init_default (&limits);
  limits.max_requests_per_connection = 2;
  fixture = fixture_new (&limits);

  fd = peer_connect (fixture);
  peer_send_text (fd, REQUEST ("GET", "/method", "Connection: close\r\n"));
  asked = peer_read_all (fd);
  g_assert_nonnull (strstr (asked, "\r\nConnection: close\r\n"));
  close (fd);

  fd = peer_connect (fixture);
  peer_send_text (fd, "GET /method HTTP/1.0\r\nHost: a\r\n\r\n");
  old = peer_read_all (fd);
  g_assert_true (g_str_has_prefix (old, "HTTP/1.0 200 OK\r\n"));
  close (fd);

  fd = peer_connect (fixture);
  assert_exchange (fd, GET ("/method"), "GET /method");
  peer_send_text (fd, GET ("/method") GET ("/method"));
  last = peer_read_all (fd);
  g_assert_nonnull (strstr (last, "\r\nConnection: close\r\n"));
  g_assert_cmpuint (count_responses (last), ==, 1);
  close (fd);
}

/* A client that is refused while it still uploads sees the status, not a reset. */
static void
test_refusal_reaches_an_uploader (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *body = g_malloc0 (LARGE_BYTES), *response = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd, REQUEST ("POST", "/echo", "Content-Length: 99999999\r\n"));
  peer_send (fd, body, LARGE_BYTES);
  response = peer_read_all (fd);
  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 413 "));
  close (fd);
  fixture_await_connections (fixture, 0);
}

static void
test_long_heads (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *filler = g_strnfill (20000, 'a'), *target = NULL, *field = NULL;
  g_autofree char *long_target = NULL, *long_field = NULL;
  int fd = peer_connect (fixture);

  target = g_strdup_printf ("GET /%s", filler);
  peer_send_text (fd, target);
  long_target = peer_read_all (fd);
  g_assert_true (g_str_has_prefix (long_target, "HTTP/1.1 414 "));
  close (fd);

  fd = peer_connect (fixture);
  field = g_strdup_printf ("GET / HTTP/1.1\r\nHost: a\r\nX: %s", filler);
  peer_send_text (fd, field);
  long_field = peer_read_all (fd);
  g_assert_true (g_str_has_prefix (long_field, "HTTP/1.1 431 "));
  close (fd);
  assert_honest_request_is_answered (fixture);
}

static void
test_cut_response_is_not_whole (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *chunked = NULL, *begin = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd, GET ("/stream"));
  chunked = peer_read_until (fd, "two\r\n");
  bma_http_front_disconnect (fixture->front, fixture->waiting);
  g_assert_cmpuint (fixture->n_disconnected, ==, 0);
  g_assert_false (peer_is_reset (fd));
  g_assert_cmpuint (fixture->n_disconnected, ==, 1);
  close (fd);

  /* Here the connection's end would be the response's. */
  fd = peer_connect (fixture);
  peer_send_text (fd, GET ("/eof"));
  begin = peer_read_until (fd, "begin");
  bma_http_front_disconnect (fixture->front, fixture->waiting);
  g_assert_true (peer_is_reset (fd));
  g_assert_cmpuint (fixture->n_disconnected, ==, 2);
  close (fd);
  assert_honest_request_is_answered (fixture);
}

static void
test_listens_on_ipv6 (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("::1",
                                             bma_http_front_get_port (fixture->front));
  g_autoptr (GError) error = NULL;
  int fd;

  if (!bma_http_front_listen (fixture->front, address, &error))
    {
      g_test_skip ("no IPv6 here");
      return;
    }
  fd = peer_connect_to (address);
  assert_exchange (fd, GET ("/method"), "GET /method");
  close (fd);
}

static void
test_port_in_use (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1",
                                             bma_http_front_get_port (fixture->front));
  g_autoptr (GError) error = NULL;

  g_assert_false (bma_http_front_listen (fixture->front, address, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

static void
test_serves_a_socket_pair (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autoptr (GSocketAddress)
      remote = g_inet_socket_address_new_from_string ("192.0.2.1", 1);
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                               fds),
                   ==, 0);
  g_assert_true (bma_http_front_accept_fd (fixture->front, fds[0], remote, &error));
  g_assert_no_error (error);
  assert_exchange (fds[1], GET ("/method"), "GET /method");
  peer_send_text (fds[1], GET ("/wait"));
  fixture_await_waiting (fixture, 2);
  g_assert_true (soup_server_message_get_remote_address (fixture->waiting) == remote);
  fixture_answer (fixture, "x");
  g_free (peer_read_response (fds[1]));
  close (fds[1]);
  fixture_await_connections (fixture, 0);
}

/* A socket pair whose front end is kept. Returns the other end. */
static int
connect_kept (Fixture *fixture, GSocketAddress *remote)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                               fds),
                   ==, 0);
  g_assert_true (bma_http_front_accept_fd (fixture->front, fds[0], remote, NULL));
  bma_http_front_keep (remote);
  return fds[1];
}

static void
test_keeps_what_it_is_told_to (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autoptr (GSocketAddress) remote = g_unix_socket_address_new ("");
  int fd = connect_kept (fixture, remote);

  fixture_pass_time (fixture, 7 * 24 * 3600 * 1000);
  assert_exchange (fd, GET ("/method"), "GET /method");
  fixture_pass_time (fixture, 7 * 24 * 3600 * 1000);
  assert_exchange (fd, GET ("/method"), "GET /method");
  /* Not in the middle of a request, though. */
  peer_send_text (fd, "GET /method HTTP/1.1\r\nHo");
  fixture_pass_time (fixture, 3600 * 1000);
  g_free (peer_read_until (fd, "HTTP/1.1 408"));
  close (fd);
}

static void
test_hangs_up (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autoptr (GSocketAddress) idle_remote = g_unix_socket_address_new ("");
  g_autoptr (GSocketAddress) busy_remote = g_unix_socket_address_new ("");
  int idle = connect_kept (fixture, idle_remote);
  int busy = connect_kept (fixture, busy_remote);

  peer_send_text (busy, GET ("/wait"));
  fixture_await_waiting (fixture, 1);
  bma_http_front_hang_up (idle_remote);
  bma_http_front_hang_up (busy_remote);
  fixture_await_connections (fixture, 0);
  g_assert_cmpuint (fixture->n_disconnected, ==, 1);
  /* It is gone, which is no mistake. */
  bma_http_front_hang_up (idle_remote);
  close (idle);
  close (busy);
}

static void
test_adopts_only_listeners (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  g_assert_false (bma_http_front_adopt_fd (fixture->front, fds[0], &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  close (fds[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *once = g_strdup_printf ("/http/front/hostile/%s", hostile[i].name);
      g_autofree char *slowly = g_strdup_printf ("%s/byte-by-byte", once);

      g_test_add_data_func (once, &hostile[i], test_hostile);
      g_test_add_data_func (slowly, &hostile[i], test_hostile_slowly);
    }
  g_test_add_func ("/http/front/keeps-alive", test_keeps_alive);
  g_test_add_func ("/http/front/one-byte-at-a-time", test_one_byte_at_a_time);
  g_test_add_func ("/http/front/large-both-ways", test_large_both_ways);
  g_test_add_func ("/http/front/range-gets-everything", test_range_gets_everything);
  g_test_add_func ("/http/front/head-and-chunked-responses",
                   test_head_and_chunked_responses);
  g_test_add_func ("/http/front/says-continue", test_says_continue);
  g_test_add_func ("/http/front/pipelining-in-order", test_pipelining_in_order);
  g_test_add_func ("/http/front/deep-pipeline", test_deep_pipeline);
  g_test_add_func ("/http/front/half-close-is-served", test_half_close_is_served);
  g_test_add_func ("/http/front/half-close-too-early", test_half_close_too_early);
  g_test_add_func ("/http/front/announces-the-close", test_announces_the_close);
  g_test_add_func ("/http/front/refusal-reaches-an-uploader",
                   test_refusal_reaches_an_uploader);
  g_test_add_func ("/http/front/long-heads", test_long_heads);
  g_test_add_func ("/http/front/cut-response-is-not-whole",
                   test_cut_response_is_not_whole);
  g_test_add_func ("/http/front/listens-on-ipv6", test_listens_on_ipv6);
  g_test_add_func ("/http/front/port-in-use", test_port_in_use);
  g_test_add_func ("/http/front/serves-a-socket-pair", test_serves_a_socket_pair);
  g_test_add_func ("/http/front/keeps-what-it-is-told-to", test_keeps_what_it_is_told_to);
  g_test_add_func ("/http/front/hangs-up", test_hangs_up);
  g_test_add_func ("/http/front/adopts-only-listeners", test_adopts_only_listeners);

  return g_test_run ();
}
