/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "http-fixture.h"

static void
test_host (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  const char *port = strrchr (fixture->origin, ':');
  g_autofree char *localhost = g_strconcat ("localhost", port, NULL);
  g_autofree char *evil = g_strconcat ("evil.example", port, NULL);
  const struct
  {
    const char *host;
    const char *path;
    unsigned int status;
  } cases[] = {
    { localhost, "/healthz", 200 }, { evil, "/healthz", 421 },
    { evil, "/mcp", 421 },          { evil, "/.well-known/jwks.json", 421 },
    { evil, "/authorize", 421 },    { "127.0.0.1:1", "/healthz", 421 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpAnswer) answer = http_call (fixture, "GET", cases[i].path, NULL,
                                                 NULL, "Host", cases[i].host, NULL);

      g_assert_cmpuint (answer->status, ==, cases[i].status);
    }
}

static void
test_resource_spelling (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  const char *port = strrchr (fixture->origin, ':');
  g_autofree char *localhost = g_strconcat ("localhost", port, NULL);
  g_autofree char *wanted = g_strconcat ("http://localhost", port, "/mcp", NULL);
  g_autofree char *own = g_strconcat (fixture->origin, "/mcp", NULL);
  static const char *const paths[] = { "/.well-known/oauth-protected-resource",
                                       "/.well-known/oauth-protected-resource/mcp" };

  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (HttpAnswer) named =
          http_call (fixture, "GET", paths[i], NULL, NULL, "Host", localhost, NULL);
      g_autoptr (HttpAnswer)
          plain = http_call (fixture, "GET", paths[i], NULL, NULL, NULL);
      g_autofree char *resource = http_answer_member (named, "resource");
      g_autofree char *canonical = http_answer_member (plain, "resource");

      g_assert_cmpstr (resource, ==, wanted);
      g_assert_cmpstr (canonical, ==, own);
      g_assert_nonnull (strstr (named->body, fixture->origin));
    }
  {
    g_autoptr (HttpAnswer)
        server = http_call (fixture, "GET", "/.well-known/oauth-authorization-server",
                            NULL, NULL, "Host", localhost, NULL);
    g_autofree char *issuer = http_answer_member (server, "issuer");

    g_assert_cmpstr (issuer, ==, fixture->origin);
  }
}

static void
test_origin (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  static const char *const paths[] = { "/token", "/register", "/revoke",
                                       "/mcp",   "/consent",  "/sign-in" };
  static const char *const foreign[] = { "https://evil.example", "null",
                                         "http://127.0.0.1:1" };

  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (foreign); j++)
      {
        g_autoptr (HttpAnswer) answer = http_call (fixture, "POST", paths[i], FORM, "a=1",
                                                   "Origin", foreign[j], NULL);

        g_assert_cmpuint (answer->status, ==, 403);
        g_assert_null (http_answer_header (answer, "Access-Control-Allow-Origin"));
      }
}

static void
test_cors (void)
{
  static const char *const origins[] = { "http://127.0.0.1:6274", NULL };
  g_autoptr (HttpFixture) fixture = http_fixture_new (origins);
  g_autoptr (HttpAnswer)
      preflight = http_call (fixture, "OPTIONS", "/token", NULL, NULL, "Origin",
                             origins[0], "Access-Control-Request-Method", "POST", NULL);
  g_autoptr (HttpAnswer) foreign =
      http_call (fixture, "OPTIONS", "/token", NULL, NULL, "Origin",
                 "https://evil.example", "Access-Control-Request-Method", "POST", NULL);
  g_autoptr (HttpAnswer) refused = http_call (fixture, "POST", "/mcp", "application/json",
                                              "{}", "Origin", origins[0], NULL);
  g_autoptr (HttpAnswer) page = http_call (fixture, "OPTIONS", "/authorize", NULL, NULL,
                                           "Origin", origins[0], NULL);

  g_assert_cmpuint (preflight->status, ==, 204);
  g_assert_cmpstr (http_answer_header (preflight, "Access-Control-Allow-Origin"), ==,
                   origins[0]);
  g_assert_null (http_answer_header (preflight, "Access-Control-Allow-Credentials"));
  g_assert_cmpuint (foreign->status, ==, 204);
  g_assert_null (http_answer_header (foreign, "Access-Control-Allow-Origin"));
  g_assert_cmpuint (refused->status, ==, 401);
  g_assert_nonnull (strstr (http_answer_header (refused, "Access-Control-Expose-Headers"),
                            "WWW-Authenticate"));
  g_assert_cmpuint (page->status, ==, 405);
  g_assert_null (http_answer_header (page, "Access-Control-Allow-Origin"));
}

static void
test_locked (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, id);
  g_autoptr (HttpAnswer) status = http_call (fixture, "GET", "/status", NULL, NULL, NULL);
  g_autoptr (HttpAnswer) home = http_call (fixture, "GET", "/", NULL, NULL, NULL);
  g_autoptr (HttpAnswer)
      style = http_call (fixture, "GET", "/style.css", NULL, NULL, NULL);
  g_autofree char *state = http_answer_member (status, "state");

  g_assert_cmpuint (style->status, ==, 200);
  g_assert_nonnull (strstr (style->body, "prefers-color-scheme"));
  g_assert_nonnull (code);
  g_assert_cmpstr (state, ==, "ready");
  g_assert_nonnull (strstr (home->body, "id=\"mcp-url\""));
  g_assert_null (strstr (status->body, fixture->config->upstream));
}

static void
test_stream (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, id, code);
  g_autofree char *access = http_answer_member (tokens, "access_token");
  g_autofree char *bearer = g_strconcat ("Bearer ", access, NULL);
  g_autofree char *uri = g_strconcat (fixture->origin, "/mcp?stream", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
  g_autoptr (GInputStream) stream = NULL;
  char seen[64] = { 0 };
  size_t n_seen = 0;
  GAsyncResult *result = NULL;

  soup_message_headers_append (soup_message_get_request_headers (message),
                               "Authorization", bearer);
  soup_message_headers_append (soup_message_get_request_headers (message),
                               "Last-Event-ID", "7");
  soup_session_send_async (fixture->client, message, G_PRIORITY_DEFAULT, NULL,
                           http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  stream = soup_session_send_finish (fixture->client, result, NULL);
  g_clear_object (&result);
  g_assert_nonnull (stream);
  g_assert_nonnull (strstr (fixture->upstream_seen, "Last-Event-ID: 7\n"));
  /* The first event arrives although the upstream has not finished. */
  while (n_seen < 19)
    {
      g_input_stream_read_async (stream, seen + n_seen, sizeof seen - 1 - n_seen,
                                 G_PRIORITY_DEFAULT, NULL, http_keep_result, &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      n_seen += (size_t) g_input_stream_read_finish (stream, result, NULL);
      g_clear_object (&result);
    }
  g_assert_cmpstr (seen, ==, "id: 1\r\ndata: a\r\n\r\n");
}

/* The status of a request as it is written here: SoupMessage would respell the path. */
static unsigned int
ask_raw (HttpFixture *fixture, const char *target)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n",
                                              target,
                                              fixture->origin + strlen ("http://"));
  g_autoptr (GAsyncResult) result = NULL;
  GInputStream *in = NULL;
  char start[] = "HTTP/1.1 xxx";
  gssize n_bytes = 0;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_uri (client, fixture->origin, 0, NULL, NULL);
  g_assert_nonnull (connection);
  in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_assert_true (
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                 request, strlen (request), NULL, NULL, NULL));
  g_input_stream_read_async (in, start, strlen (start), G_PRIORITY_DEFAULT, NULL,
                             http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  n_bytes = g_input_stream_read_finish (in, result, NULL);
  g_assert_cmpint (n_bytes, ==, strlen ("HTTP/1.1 xxx"));
  return (unsigned int) g_ascii_strtoull (start + strlen ("HTTP/1.1 "), NULL, 10);
}

static void
test_escaped_path (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  static const struct
  {
    const char *target;
    unsigned int status;
  } cases[] = {
    { "/.well-known/jwks.json", 200 },
    { "/.well-known%2Fjwks.json", 404 },
    { "/.well-known%2fjwks.json", 404 },
    { "/x%2f..%2fmcp", 404 },
    { "/mcp%2f", 404 },
    /* GUri undoes escapes of unreserved characters: guarded like the plain path. */
    { "/%74oken", 405 },
    { "/%6dcp", 401 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].target);
      g_assert_cmpuint (ask_raw (fixture, cases[i].target), ==, cases[i].status);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/guard/foreign-host-is-misdirected", test_host);
  g_test_add_func ("/http/guard/resource-is-spelled-as-asked", test_resource_spelling);
  g_test_add_func ("/http/guard/escaped-slash-is-no-slash", test_escaped_path);
  g_test_add_func ("/http/guard/foreign-origin-is-refused", test_origin);
  g_test_add_func ("/http/guard/cors-as-configured", test_cors);
  g_test_add_func ("/http/guard/status-tells-no-secrets", test_locked);
  g_test_add_func ("/http/proxy/streams-as-it-comes", test_stream);
  return g_test_run ();
}
