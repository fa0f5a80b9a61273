/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What peers do: silence, slowness, vanishing, crowds, and a process out of descriptors.
 */

#include "front-fixture.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static BmaHttpFrontLimits
default_limits (void)
{
  BmaHttpFrontLimits limits;

  bma_http_front_limits_init_default (&limits);
  return limits;
}

static void
close_with_reset (int fd)
{
  static const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), ==, 0);
  close (fd);
}

static void
assert_answered (int fd, const char *request, const char *status_line)
{
  g_autofree char *response = NULL;

  peer_send_text (fd, request);
  response = peer_read_response (fd);
  g_assert_true (g_str_has_prefix (response, status_line));
}

static void
test_silent_peer (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  g_autofree char *nothing = NULL;
  int fd = peer_connect (fixture);

  fixture_await_connections (fixture, 1);
  fixture_pass_time (fixture, limits.header_ms - 100);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 1);
  fixture_pass_time (fixture, limits.header_ms);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 0);
  nothing = peer_read_all (fd);
  g_assert_cmpstr (nothing, ==, "");
  close (fd);
}

static void
test_idle_peer (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  g_autofree char *nothing = NULL;
  int fd = peer_connect (fixture);

  assert_answered (fd, GET ("/method"), "HTTP/1.1 200 ");
  fixture_pass_time (fixture, limits.header_ms);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 1);
  fixture_pass_time (fixture, limits.idle_ms);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 0);
  nothing = peer_read_all (fd);
  g_assert_cmpstr (nothing, ==, "");
  close (fd);
}

static void
test_slow_head (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  g_autofree char *response = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd, "GET /method HTTP/1.1\r\nHost");
  fixture_pass_time (fixture, limits.header_ms - 100);
  /* A byte more buys no time. */
  peer_send_text (fd, ":");
  fixture_pass_time (fixture, limits.header_ms);
  response = peer_read_all (fd);
  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 408 "));
  g_assert_cmpuint (fixture->n_handled, ==, 0);
  close (fd);
  fixture_await_connections (fixture, 0);
}

static void
test_slow_body (gconstpointer data)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  g_autofree char *response = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd, data);
  fixture_pass_time (fixture, limits.body_ms - 100);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 1);
  fixture_pass_time (fixture, limits.body_ms);
  response = peer_read_all (fd);
  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 408 "));
  g_assert_cmpuint (fixture->n_handled, ==, 0);
  close (fd);
  assert_honest_request_is_answered (fixture);
}

/* The peer waits for us: no deadline of its own. */
static void
test_slow_handler (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  g_autofree char *response = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd, REQUEST ("POST", "/wait", "Content-Length: 2\r\n") "hi");
  fixture_await_waiting (fixture, 1);
  fixture_pass_time (fixture, 24 * 60 * 60 * 1000);
  fixture_answer (fixture, "at last");
  response = peer_read_response (fd);
  g_assert_true (g_str_has_suffix (response, "\r\n\r\nat last"));
  close (fd);
}

static void
on_early_request (SoupServer *server,
                  SoupServerMessage *message,
                  const char *path,
                  GHashTable *query,
                  gpointer user_data)
{
  Fixture *fixture = user_data;

  g_set_object (&fixture->waiting, message);
  soup_server_message_pause (message);
}

/* A handler that thinks before it lets the body come holds nobody else to a deadline. */
static void
test_slow_early_handler (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  g_autoptr (SoupServerMessage) message = NULL;
  g_autofree char *response = NULL;
  int fd = peer_connect (fixture);

  soup_server_add_early_handler (fixture->server, NULL, on_early_request, fixture, NULL);
  peer_send_text (fd, REQUEST ("POST", "/echo", "Content-Length: 5\r\n") "he");
  fixture_await_waiting (fixture, 0);
  fixture_pass_time (fixture, limits.body_ms);
  fixture_pass_time (fixture, limits.body_ms);
  g_assert_cmpuint (fixture->n_refused, ==, 0);

  message = g_steal_pointer (&fixture->waiting);
  soup_server_message_unpause (message);
  run_loop_until_quiet ();
  peer_send_text (fd, "llo");
  response = peer_read_response (fd);
  g_assert_true (g_str_has_suffix (response, "\r\n\r\nhello"));
  close (fd);
}

static void
test_stalled_reader (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  int fd = peer_connect (fixture), small = 4096;

  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  peer_send_text (fd, GET ("/large"));
  fixture_pass_time (fixture, limits.write_stall_ms - 100);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 1);
  fixture_pass_time (fixture, limits.write_stall_ms);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 0);
  close (fd);
  assert_honest_request_is_answered (fixture);
}

static void
test_peer_that_never_closes (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  g_autofree char *response = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd, REQUEST ("GET", "/method", "Connection: close\r\n"));
  response = peer_read_all (fd);
  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 200 "));
  peer_send_text (fd, "and on and on");
  fixture_pass_time (fixture, limits.linger_ms - 100);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 1);
  fixture_pass_time (fixture, limits.linger_ms);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 0);
  close (fd);
}

static void
test_vanishing_is_noticed (gconstpointer data)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  int fd = peer_connect (fixture);

  peer_send_text (fd, data);
  fixture_await_waiting (fixture, 1);
  run_loop_until_quiet ();
  close (fd);
  run_loop_until_quiet ();
  /* A closed peer resets when it gets something, and looks half-closed until then. */
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), <=, 1);
  fixture_pass_time (fixture, limits.half_close_ms);
  g_assert_cmpuint (fixture->n_disconnected, ==, 1);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 0);
  assert_honest_request_is_answered (fixture);
}

static void
test_reset_is_noticed_at_once (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  int fd = peer_connect (fixture);

  peer_send_text (fd, GET ("/wait"));
  fixture_await_waiting (fixture, 1);
  close_with_reset (fd);
  while (fixture->n_disconnected == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 0);
}

static void
test_half_closed_reader_of_a_stream_stays (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  g_autofree char *begin = NULL, *more = NULL;
  int fd = peer_connect (fixture);

  peer_send_text (fd, GET ("/stream"));
  peer_finish_sending (fd);
  begin = peer_read_until (fd, "two\r\n");
  run_loop_until_quiet ();
  soup_message_body_append (soup_server_message_get_response_body (fixture->waiting),
                            SOUP_MEMORY_STATIC, "three", 5);
  soup_server_message_unpause (fixture->waiting);
  more = peer_read_until (fd, "three\r\n");
  /* It took something: it stays. It takes nothing: it goes. */
  bma_http_front_check_deadlines (fixture->front,
                                  g_get_monotonic_time () +
                                      limits.half_close_ms * INT64_C (1000));
  run_loop_until_quiet ();
  g_assert_cmpuint (fixture->n_disconnected, ==, 0);
  fixture_pass_time (fixture, 2 * limits.half_close_ms);
  g_assert_cmpuint (fixture->n_disconnected, ==, 1);
  close (fd);
}

static void
test_newcomer_replaces_the_idle (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = NULL;
  g_autofree char *evicted = NULL;
  int fds[4];

  limits.max_connections = 3;
  limits.evict_after_ms = 0;
  fixture = fixture_new (&limits);
  for (unsigned i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = peer_connect (fixture);
      assert_answered (fds[i], GET ("/method"), "HTTP/1.1 200 ");
      /* The first is not the oldest any more. */
      if (i == 2)
        assert_answered (fds[0], GET ("/method"), "HTTP/1.1 200 ");
    }
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 3);
  evicted = peer_read_all (fds[1]);
  g_assert_cmpstr (evicted, ==, "");
  assert_answered (fds[0], GET ("/method"), "HTTP/1.1 200 ");
  for (unsigned i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
test_newcomer_waits_for_the_fresh (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = NULL;
  g_autofree char *refusal = NULL;
  int fresh, late;

  limits.max_connections = 1;
  limits.evict_after_ms = 24 * 60 * 60 * 1000;
  fixture = fixture_new (&limits);
  fresh = peer_connect (fixture);
  run_loop_until_quiet ();
  late = peer_connect (fixture);
  refusal = peer_read_all (late);
  g_assert_true (g_str_has_prefix (refusal, "HTTP/1.1 503 "));
  assert_answered (fresh, GET ("/method"), "HTTP/1.1 200 ");
  close (fresh);
  close (late);
}

static void
assert_crowd_is_turned_away (const BmaHttpFrontLimits *limits)
{
  g_autoptr (Fixture) fixture = fixture_new (limits);
  g_autofree char *refusal = NULL;
  int busy[2], late;

  for (unsigned i = 0; i < 2; i++)
    {
      busy[i] = peer_connect (fixture);
      peer_send_text (busy[i], GET ("/wait"));
      fixture_await_waiting (fixture, i + 1);
    }
  late = peer_connect (fixture);
  refusal = peer_read_all (late);
  g_assert_true (g_str_has_prefix (refusal, "HTTP/1.1 503 "));
  g_assert_nonnull (strstr (refusal, "\r\nRetry-After: 1\r\n"));
  g_assert_cmpuint (fixture->n_refused, ==, 1);
  close (late);
  close_with_reset (busy[0]);
  run_loop_until_quiet ();
  assert_honest_request_is_answered (fixture);
  close (busy[1]);
}

static void
test_crowd_is_turned_away (void)
{
  BmaHttpFrontLimits all = default_limits (), per_peer = default_limits ();

  all.max_connections = 2;
  assert_crowd_is_turned_away (&all);
  per_peer.max_connections_loopback = 2;
  assert_crowd_is_turned_away (&per_peer);
}

/* valgrind enforces RLIMIT_NOFILE itself, after the kernel's accept(): connections get
 * lost that way. */
static void
run_unless_emulated (gconstpointer data)
{
  const char *preload = g_getenv ("LD_PRELOAD");

  if (preload != NULL && strstr (preload, "vgpreload") != NULL)
    g_test_skip ("valgrind only emulates the descriptor limit");
  else
    ((void (*) (void)) data) ();
}

/* Takes every descriptor that is left below a low limit. */
static GArray *
exhaust_descriptors (struct rlimit *before)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  struct rlimit low;
  int fd;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, before), ==, 0);
  low = *before;
  low.rlim_cur = 256;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &low), ==, 0);
  while ((fd = dup (STDERR_FILENO)) >= 0)
    g_array_append_val (fds, fd);
  g_assert_cmpint (errno, ==, EMFILE);
  return g_steal_pointer (&fds);
}

static void
release_descriptors (GArray *fds, const struct rlimit *before)
{
  for (unsigned i = 0; i < fds->len; i++)
    close (g_array_index (fds, int, i));
  g_array_unref (fds);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, before), ==, 0);
}

static void
test_survives_descriptor_exhaustion (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  g_autofree char *refusal = NULL, *response = NULL;
  struct rlimit before;
  GArray *taken;
  int busy = peer_connect (fixture), late[3];

  peer_send_text (busy, GET ("/wait"));
  fixture_await_waiting (fixture, 1);
  for (unsigned i = 0; i < G_N_ELEMENTS (late); i++)
    late[i] = peer_connect (fixture);
  taken = exhaust_descriptors (&before);

  run_loop_until_quiet ();
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 1);
  release_descriptors (taken, &before);
  for (unsigned i = 0; i < G_N_ELEMENTS (late); i++)
    {
      g_autofree char *answer = peer_read_all (late[i]);

      g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 503 "));
      close (late[i]);
    }

  /* The pause ends by itself; here by the test's time. */
  fixture_pass_time (fixture, limits.accept_pause_ms);
  assert_honest_request_is_answered (fixture);
  fixture_answer (fixture, "still here");
  response = peer_read_response (busy);
  g_assert_true (g_str_has_suffix (response, "\r\n\r\nstill here"));
  close (busy);
}

/* Without the test's time: the front has set its own alarm. */
static void
test_accepts_again_by_itself (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = NULL;
  struct rlimit before;
  GArray *taken;
  int late;

  limits.accept_pause_ms = 1;
  fixture = fixture_new (&limits);
  late = peer_connect (fixture);
  taken = exhaust_descriptors (&before);
  run_loop_until_quiet ();
  release_descriptors (taken, &before);
  close (late);
  assert_honest_request_is_answered (fixture);
}

static void
test_exhaustion_costs_an_idle_peer (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = NULL;
  struct rlimit before;
  GArray *taken;
  int idle, late;

  limits.evict_after_ms = 0;
  fixture = fixture_new (&limits);
  idle = peer_connect (fixture);
  assert_answered (idle, GET ("/method"), "HTTP/1.1 200 ");
  late = peer_connect (fixture);
  peer_send_text (late, GET ("/wait"));
  taken = exhaust_descriptors (&before);
  run_loop_until_quiet ();
  g_assert_cmpuint (fixture->n_handled, ==, 2);
  release_descriptors (taken, &before);
  fixture_answer (fixture, "served");
  g_free (peer_read_response (late));
  close (idle);
  close (late);
}

static void
test_ten_thousand_connections (void)
{
  static const char *const beginnings[] = {
    "",
    "GET /method HTTP/1.1\r\n",
    GET ("/method"),
    GET ("/chunks") GET ("/large"),
    REQUEST ("POST", "/echo", "Content-Length: 5\r\n") "he",
    REQUEST ("POST", "/echo", "Transfer-Encoding: chunked\r\n") "5\r\nhe",
    GET ("/wait"),
    "hostile\n",
  };
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (&limits);
  unsigned n_fds;

  assert_honest_request_is_answered (fixture);
  fixture_await_connections (fixture, 0);
  n_fds = count_fds ();
  for (unsigned i = 0; i < 10000; i++)
    {
      int fd = peer_connect (fixture);

      peer_send_text (fd, beginnings[i % G_N_ELEMENTS (beginnings)]);
      if (i % 3 == 0)
        run_loop_until_quiet ();
      if (i % 2 == 0)
        close_with_reset (fd);
      else
        close (fd);
      if (i % 100 == 99)
        fixture_pass_time (fixture, limits.half_close_ms);
    }
  fixture_pass_time (fixture, limits.idle_ms);
  fixture_pass_time (fixture, limits.linger_ms);
  g_clear_object (&fixture->waiting);
  fixture_await_connections (fixture, 0);
  g_assert_cmpuint (count_fds (), ==, n_fds);
  assert_honest_request_is_answered (fixture);
}

static void
test_stops (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1",
                                             bma_http_front_get_port (fixture->front));
  g_autoptr (GError) error = NULL;
  g_autofree char *response = NULL, *nothing = NULL;
  int busy = peer_connect (fixture), idle = peer_connect (fixture);

  assert_answered (idle, GET ("/method"), "HTTP/1.1 200 ");
  peer_send_text (busy, GET ("/wait") GET ("/method"));
  fixture_await_waiting (fixture, 2);
  bma_http_front_stop_accepting (fixture->front);
  fixture_pass_time (fixture, limits.drain_ms);
  nothing = peer_read_all (idle);
  g_assert_cmpstr (nothing, ==, "");
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 1);
  /* The port is free again. */
  g_assert_true (bma_http_front_listen (fixture->front, address, &error));
  g_assert_no_error (error);

  fixture_answer (fixture, "the last");
  response = peer_read_all (busy);
  g_assert_true (g_str_has_suffix (response, "\r\n\r\nthe last"));
  g_assert_cmpuint (fixture->n_handled, ==, 2);
  close (busy);
  close (idle);
  fixture_await_connections (fixture, 0);
}

/* Whoever has connected, or sends on a connection that is open, is answered. */
static void
test_stops_for_nobody_on_the_way (void)
{
  BmaHttpFrontLimits limits = default_limits ();
  g_autoptr (Fixture) fixture = NULL;
  int kept = -1, fresh = -1, queued = -1;
  g_autofree char *first = NULL, *second = NULL, *third = NULL;

  limits.drain_ms = 8 * 1000;
  fixture = fixture_new (&limits);
  kept = peer_connect (fixture);
  fresh = peer_connect (fixture);

  assert_answered (kept, GET ("/method"), "HTTP/1.1 200 ");
  fixture_await_connections (fixture, 2);
  queued = peer_connect (fixture);
  bma_http_front_stop_accepting (fixture->front);
  fixture_pass_time (fixture, limits.drain_ms - 100);
  peer_send_text (kept, GET ("/method"));
  peer_send_text (fresh, GET ("/method"));
  peer_send_text (queued, GET ("/method"));
  first = peer_read_all (kept);
  second = peer_read_all (fresh);
  third = peer_read_all (queued);
  g_assert_true (g_str_has_prefix (first, "HTTP/1.1 200 "));
  g_assert_nonnull (strstr (first, "Connection: close\r\n"));
  g_assert_true (g_str_has_prefix (second, "HTTP/1.1 200 "));
  g_assert_true (g_str_has_prefix (third, "HTTP/1.1 200 "));
  close (kept);
  close (fresh);
  close (queued);
  fixture_await_connections (fixture, 0);
}

static void
test_front_goes_amid_a_request (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  int fd = peer_connect (fixture), other = peer_connect (fixture);

  peer_send_text (fd, GET ("/wait"));
  peer_send_text (other, "GET /");
  fixture_await_waiting (fixture, 1);
  fixture_await_connections (fixture, 2);
  g_object_run_dispose (G_OBJECT (fixture->front));
  g_assert_cmpuint (fixture->n_disconnected, ==, 1);
  g_assert_cmpuint (bma_http_front_n_connections (fixture->front), ==, 0);
  close (fd);
  close (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/front/silent-peer", test_silent_peer);
  g_test_add_func ("/http/front/idle-peer", test_idle_peer);
  g_test_add_func ("/http/front/slow-head", test_slow_head);
  g_test_add_data_func ("/http/front/slow-body",
                        REQUEST ("POST", "/echo", "Content-Length: 5\r\n") "hel",
                        test_slow_body);
  g_test_add_data_func ("/http/front/slow-body-chunked",
                        REQUEST ("POST", "/echo",
                                 "Transfer-Encoding: chunked\r\n") "5\r\nhe",
                        test_slow_body);
  g_test_add_func ("/http/front/slow-handler", test_slow_handler);
  g_test_add_func ("/http/front/slow-early-handler", test_slow_early_handler);
  g_test_add_func ("/http/front/stalled-reader", test_stalled_reader);
  g_test_add_func ("/http/front/peer-that-never-closes", test_peer_that_never_closes);
  g_test_add_data_func ("/http/front/vanishing-is-noticed/paused", GET ("/wait"),
                        test_vanishing_is_noticed);
  g_test_add_data_func ("/http/front/vanishing-is-noticed/quiet-stream", GET ("/stream"),
                        test_vanishing_is_noticed);
  g_test_add_data_func ("/http/front/vanishing-is-noticed/pipelining",
                        GET ("/wait") GET ("/method"), test_vanishing_is_noticed);
  g_test_add_func ("/http/front/reset-is-noticed-at-once", test_reset_is_noticed_at_once);
  g_test_add_func ("/http/front/half-closed-reader-of-a-stream-stays",
                   test_half_closed_reader_of_a_stream_stays);
  g_test_add_func ("/http/front/newcomer-replaces-the-idle",
                   test_newcomer_replaces_the_idle);
  g_test_add_func ("/http/front/newcomer-waits-for-the-fresh",
                   test_newcomer_waits_for_the_fresh);
  g_test_add_func ("/http/front/crowd-is-turned-away", test_crowd_is_turned_away);
  g_test_add_data_func ("/http/front/survives-descriptor-exhaustion",
                        test_survives_descriptor_exhaustion, run_unless_emulated);
  g_test_add_data_func ("/http/front/accepts-again-by-itself",
                        test_accepts_again_by_itself, run_unless_emulated);
  g_test_add_data_func ("/http/front/exhaustion-costs-an-idle-peer",
                        test_exhaustion_costs_an_idle_peer, run_unless_emulated);
  g_test_add_func ("/http/front/ten-thousand-connections", test_ten_thousand_connections);
  g_test_add_func ("/http/front/stops", test_stops);
  g_test_add_func ("/http/front/stops-for-nobody-on-the-way",
                   test_stops_for_nobody_on_the_way);
  g_test_add_func ("/http/front/goes-amid-a-request", test_front_goes_amid_a_request);

  return g_test_run ();
}
