/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Answers that a sound server does not give. */

#include "http-fixture.h"

#include "bma-http-failure.h"

/* What the client makes of an answer, or of a part of one that stays open. */
static void
assert_answer_fails (const char *answer, int code)
{
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_auto (Outcome) outcome = { 0 };
  RawServer server;

  g_test_message ("%s", answer);
  raw_server_start (&server, answer);
  outcome_get (&outcome, client, server.uri);
  g_assert_error (outcome.error, G_IO_ERROR, code);
  g_assert_null (strstr (outcome.error->message, "hidden"));
  g_assert_nonnull (strstr (outcome.error->message, "127.0.0.1"));
  g_assert_cmpuint (server.n_connections, ==, 1);
  raw_server_stop (&server);
}

static void
test_truncated (void)
{
  assert_answer_fails ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"user_id\"",
                       G_IO_ERROR_PARTIAL_INPUT);
  assert_answer_fails ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                       G_IO_ERROR_PARTIAL_INPUT);
  assert_answer_fails ("HTTP/1.1 200 OK\r\nContent-", G_IO_ERROR_INVALID_DATA);
  assert_answer_fails ("", G_IO_ERROR_PARTIAL_INPUT);
}

static void
test_not_http (void)
{
  assert_answer_fails ("SSH-2.0-OpenSSH_9.2\r\n\r\n", G_IO_ERROR_INVALID_DATA);
}

static void
test_too_large (void)
{
  assert_answer_fails ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nab",
                       G_IO_ERROR_MESSAGE_TOO_LARGE);
}

/* A lost answer is not asked for again: the token in the request may be used up. */
static void
test_not_sent_twice (void)
{
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  RawServer server;

  raw_server_start (&server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  for (unsigned int i = 1; i <= 3; i++)
    {
      g_auto (Outcome) outcome = { 0 };

      if (i == 2)
        server.answer = "";
      bma_http_client_send_async (client, "POST", server.uri, "application/json", body,
                                  NULL, NULL, on_outcome, &outcome);
      outcome_await (&outcome);
      if (i == 1)
        g_assert_no_error (outcome.error);
      else
        g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
      g_assert_cmpuint (server.n_connections, ==, i);
    }
  raw_server_stop (&server);
}

/* The limit covers the body, not only the wait for its beginning. */
static void
test_stalled_body (void)
{
  g_autoptr (BmaHttpClient)
      client = g_object_new (BMA_TYPE_HTTP_CLIENT, "timeout-ms", 50, NULL);
  g_auto (Outcome) outcome = { 0 };
  RawServer server;

  raw_server_start (&server, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  server.keeps_open = TRUE;
  outcome_get (&outcome, client, server.uri);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  raw_server_stop (&server);
}

static void
test_stalled_head (void)
{
  g_autoptr (BmaHttpClient)
      client = g_object_new (BMA_TYPE_HTTP_CLIENT, "timeout-ms", 50, NULL);
  g_auto (Outcome) outcome = { 0 };
  RawServer server;

  raw_server_start (&server, "HTTP/1.1 200 OK\r\nContent-Le");
  server.keeps_open = TRUE;
  outcome_get (&outcome, client, server.uri);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  raw_server_stop (&server);
}

static void
test_nobody_there (void)
{
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_auto (Outcome) outcome = { 0 };
  RawServer server;
  g_autofree char *uri = NULL;

  raw_server_start (&server, "");
  uri = g_strdup (server.uri);
  raw_server_stop (&server);
  outcome_get (&outcome, client, uri);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_null (strstr (outcome.error->message, "hidden"));
}

/* Causes that a test without a network cannot bring about. */
static void
test_descriptions (void)
{
  const struct
  {
    GQuark domain;
    int code;
    int expected;
  } cases[] = {
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, G_IO_ERROR_HOST_NOT_FOUND },
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, G_IO_ERROR_HOST_NOT_FOUND },
    { G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, G_IO_ERROR_HOST_UNREACHABLE },
    { G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, G_IO_ERROR_NETWORK_UNREACHABLE },
    { G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, G_IO_ERROR_PROXY_FAILED },
    { G_IO_ERROR, G_IO_ERROR_NO_SPACE, G_IO_ERROR_FAILED },
    { G_FILE_ERROR, G_FILE_ERROR_IO, G_IO_ERROR_FAILED },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const GError raw = { cases[i].domain, cases[i].code, "https://h/?secret=hidden" };
      g_autoptr (GError) error = bma_http_failure_describe (&raw, "example.org");

      g_assert_error (error, G_IO_ERROR, cases[i].expected);
      g_assert_true (g_str_has_prefix (error->message, "example.org "));
      g_assert_null (strstr (error->message, "hidden"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/http-failure/truncated-answer", test_truncated);
  g_test_add_func ("/net/http-failure/not-http", test_not_http);
  g_test_add_func ("/net/http-failure/announced-too-large", test_too_large);
  g_test_add_func ("/net/http-failure/lost-answer-is-not-asked-again",
                   test_not_sent_twice);
  g_test_add_func ("/net/http-failure/stalled-body-times-out", test_stalled_body);
  g_test_add_func ("/net/http-failure/stalled-head-times-out", test_stalled_head);
  g_test_add_func ("/net/http-failure/nobody-listens", test_nobody_there);
  g_test_add_func ("/net/http-failure/texts-name-only-the-host", test_descriptions);

  return g_test_run ();
}
