/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The client against a SoupServer in the same process. */

#include "http-fixture.h"

#include <gio/gnetworking.h>

#include "bma-loopback-server.h"

#define CHUNK_BYTES 4096

typedef struct
{
  BmaLoopbackServer server;
  SoupMessageHeaders *seen; /* owned, nullable: of the last request */
  GBytes *seen_body;        /* owned, nullable */
  char *seen_target;        /* owned, nullable: method, path, query */
  gboolean has_nodelay;
  SoupServerMessage *waiting; /* owned, nullable: never answered */
  unsigned int n_requests;
  unsigned int n_elsewhere;
} Fixture;

/* The client's end of this connection is a descriptor of ours as well. */
static gboolean
peer_has_nodelay (SoupServerMessage *message)
{
  GInetSocketAddress *remote =
      G_INET_SOCKET_ADDRESS (soup_server_message_get_remote_address (message));

  for (int fd = 3; fd < 256; fd++)
    {
      struct sockaddr_in name = { 0 };
      socklen_t length = sizeof name;
      int value = 0;

      if (getsockname (fd, (struct sockaddr *) &name, &length) != 0 ||
          name.sin_family != AF_INET ||
          ntohs (name.sin_port) != g_inet_socket_address_get_port (remote))
        continue;
      length = sizeof value;
      return getsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &value, &length) == 0 &&
             value != 0;
    }
  return FALSE;
}

static void
on_chunk_written (SoupServerMessage *message, gpointer user_data)
{
  static const char chunk[CHUNK_BYTES] = "endless";

  soup_message_body_append (soup_server_message_get_response_body (message),
                            SOUP_MEMORY_STATIC, chunk, sizeof chunk);
}

static void
answer_endlessly (SoupServerMessage *message)
{
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_chunk_written), NULL);
  on_chunk_written (message, NULL);
}

static void
answer (Fixture *self, SoupServerMessage *message, const char *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, 200, NULL);
  if (g_str_equal (path, "/never"))
    {
      g_set_object (&self->waiting, message);
      soup_server_message_pause (message);
      return;
    }
  if (g_str_equal (path, "/endless"))
    {
      answer_endlessly (message);
      return;
    }
  if (g_str_equal (path, "/redirect"))
    {
      soup_server_message_set_status (message, 302, NULL);
      soup_message_headers_replace (headers, "Location", "/elsewhere");
    }
  if (g_str_equal (path, "/password"))
    {
      soup_server_message_set_status (message, 401, NULL);
      soup_message_headers_replace (headers, "WWW-Authenticate", "Basic realm=\"x\"");
    }
  if (g_str_equal (path, "/empty"))
    return;
  soup_message_headers_replace (headers, "Set-Cookie", "a=b; Path=/");
  soup_message_headers_replace (headers, "Cache-Control", "max-age=300");
  soup_message_headers_replace (headers, "Age", "100");
  soup_server_message_set_response (message, "application/json; charset=utf-8",
                                    SOUP_MEMORY_STATIC, "{\"a\":1}", 7);
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  Fixture *self = user_data;
  SoupMessageHeadersIter iter;
  const char *name = NULL, *value = NULL;

  self->n_requests++;
  if (g_str_equal (path, "/elsewhere"))
    self->n_elsewhere++;
  self->has_nodelay = peer_has_nodelay (message);
  g_clear_pointer (&self->seen, soup_message_headers_unref);
  g_clear_pointer (&self->seen_body, g_bytes_unref);
  g_free (self->seen_target);
  self->seen = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  soup_message_headers_iter_init (&iter,
                                  soup_server_message_get_request_headers (message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    soup_message_headers_append (self->seen, name, value);
  self->seen_body =
      soup_message_body_flatten (soup_server_message_get_request_body (message));
  self->seen_target =
      g_strdup_printf ("%s %s?%s", soup_server_message_get_method (message), path,
                       g_uri_get_query (soup_server_message_get_uri (message)));
  answer (self, message, path);
}

static void
fixture_start (Fixture *self)
{
  *self = (Fixture){ 0 };
  bma_loopback_server_start (&self->server, NULL);
  soup_server_add_handler (self->server.server, NULL, on_request, self, NULL);
}

static void
fixture_stop (Fixture *self)
{
  g_clear_object (&self->waiting);
  bma_loopback_server_stop (&self->server);
  g_clear_pointer (&self->seen, soup_message_headers_unref);
  g_clear_pointer (&self->seen_body, g_bytes_unref);
  g_free (self->seen_target);
}

static void
get_from (Fixture *self, Outcome *outcome, BmaHttpClient *client, const char *path)
{
  g_autofree char *uri = g_strconcat (self->server.origin, path, NULL);

  outcome_get (outcome, client, uri);
}

static void
test_post (void)
{
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"token\":\"t\"}", 13);
  g_autoptr (BmaSecret) authorization = bma_secret_new ("Basic YTpi");
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *uri = NULL;
  Fixture fixture;

  fixture_start (&fixture);
  uri = g_strconcat (fixture.server.origin, "/v1/x?q=a%20b", NULL);
  bma_http_client_send_async (client, "POST", uri, "application/json", body,
                              authorization, NULL, on_outcome, &outcome);
  outcome_await (&outcome);
  assert_body (&outcome, "{\"a\":1}");
  g_assert_cmpuint (outcome.response->status, ==, 200);
  g_assert_cmpstr (outcome.response->content_type, ==, "application/json");
  g_assert_cmpint (outcome.response->max_age_s, ==, 200);
  g_assert_cmpstr (fixture.seen_target, ==, "POST /v1/x?q=a%20b");
  g_assert_true (g_bytes_equal (fixture.seen_body, body));
  g_assert_true (fixture.has_nodelay);
  fixture_stop (&fixture);
}

static void
test_headers (void)
{
  static const char *const expected[][2] = {
    { "Authorization", "Basic YTpi" },
    { "Content-Type", "application/json" },
    { "Accept", "application/json" },
    { "Connection", "close" },
    { "User-Agent", "biomcp-auth/" BMA_VERSION },
    { "Accept-Encoding", NULL },
    { "Cookie", NULL },
  };
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  g_autoptr (BmaSecret) authorization = bma_secret_new ("Basic YTpi");
  Fixture fixture;
  g_autofree char *uri = NULL;

  fixture_start (&fixture);
  uri = g_strconcat (fixture.server.origin, "/", NULL);
  /* The first answer sets a cookie, which the second request must not bring. */
  for (int i = 0; i < 2; i++)
    {
      g_auto (Outcome) outcome = { 0 };

      bma_http_client_send_async (client, "POST", uri, "application/json", body,
                                  authorization, NULL, on_outcome, &outcome);
      outcome_await (&outcome);
      g_assert_no_error (outcome.error);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (soup_message_headers_get_one (fixture.seen, expected[i][0]), ==,
                     expected[i][1]);
  fixture_stop (&fixture);
}

static void
test_statuses (void)
{
  static const struct
  {
    const char *path;
    unsigned int status;
  } cases[] = { { "/redirect", 302 }, { "/password", 401 }, { "/empty", 200 } };
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Outcome) outcome = { 0 };
      Fixture fixture;

      fixture_start (&fixture);
      get_from (&fixture, &outcome, client, cases[i].path);
      g_assert_no_error (outcome.error);
      g_assert_cmpuint (outcome.response->status, ==, cases[i].status);
      g_assert_cmpuint (fixture.n_requests, ==, 1);
      g_assert_cmpuint (fixture.n_elsewhere, ==, 0);
      fixture_stop (&fixture);
    }
}

static void
test_size_limit (void)
{
  static const struct
  {
    const char *path;
    unsigned int limit;
    gboolean fits;
  } cases[] = { { "/", 7, TRUE },
                { "/", 6, FALSE },
                { "/", 0, FALSE },
                { "/endless", CHUNK_BYTES, FALSE },
                { "/empty", 0, TRUE } };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaHttpClient) client =
          g_object_new (BMA_TYPE_HTTP_CLIENT, "max-response-bytes", cases[i].limit, NULL);
      g_auto (Outcome) outcome = { 0 };
      Fixture fixture;

      fixture_start (&fixture);
      get_from (&fixture, &outcome, client, cases[i].path);
      if (cases[i].fits)
        g_assert_no_error (outcome.error);
      else
        g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
      fixture_stop (&fixture);
    }
}

static void
test_time_out (void)
{
  g_autoptr (BmaHttpClient)
      client = g_object_new (BMA_TYPE_HTTP_CLIENT, "timeout-ms", 50, NULL);
  g_auto (Outcome) outcome = { 0 };
  Fixture fixture;

  fixture_start (&fixture);
  get_from (&fixture, &outcome, client, "/never?secret=hidden");
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpstr (outcome.error->message, ==, "127.0.0.1 did not answer in time");
  fixture_stop (&fixture);
}

static void
test_cancelled_before (void)
{
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome) outcome = { 0 };
  Fixture fixture;

  fixture_start (&fixture);
  g_cancellable_cancel (cancellable);
  bma_http_client_send_async (client, "GET", fixture.server.origin, NULL, NULL, NULL,
                              cancellable, on_outcome, &outcome);
  g_assert_false (outcome.is_done);
  outcome_await (&outcome);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (fixture.n_requests, ==, 0);
  fixture_stop (&fixture);
}

static void
test_cancelled_meanwhile (void)
{
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *uri = NULL;
  Fixture fixture;

  fixture_start (&fixture);
  uri = g_strconcat (fixture.server.origin, "/never", NULL);
  bma_http_client_send_async (client, "GET", uri, NULL, NULL, NULL, cancellable,
                              on_outcome, &outcome);
  while (fixture.waiting == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  outcome_await (&outcome);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture_stop (&fixture);
}

static void
test_refused_uris (void)
{
  static const char *const uris[] = {
    "http://example.org/",
    "http://127.0.0.1.example.org/",
    "http://127.0.0.2/",
    "ftp://127.0.0.1/",
    "https://user:hidden@127.0.0.1/",
    "file:///etc/passwd",
    "https://",
    "127.0.0.1",
    "",
  };
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_auto (Outcome) outcome = { 0 };

      outcome_get (&outcome, client, uris[i]);
      g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_null (strstr (outcome.error->message, "hidden"));
    }
}

int
main (int argc, char **argv)
{
  /* Nobody listens there: what goes through the proxy does not arrive. */
  g_setenv ("http_proxy", "http://127.0.0.1:1", TRUE);
  g_unsetenv ("no_proxy");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/http-client/post-arrives-and-is-answered", test_post);
  g_test_add_func ("/net/http-client/headers", test_headers);
  g_test_add_func ("/net/http-client/any-status-is-an-answer", test_statuses);
  g_test_add_func ("/net/http-client/size-limit", test_size_limit);
  g_test_add_func ("/net/http-client/silence-times-out", test_time_out);
  g_test_add_func ("/net/http-client/cancelled-before", test_cancelled_before);
  g_test_add_func ("/net/http-client/cancelled-meanwhile", test_cancelled_meanwhile);
  g_test_add_func ("/net/http-client/only-https-or-loopback", test_refused_uris);

  return g_test_run ();
}
