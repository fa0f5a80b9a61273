/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-broker-keys.h"
#include "http-fixture.h"

#define EVENT "id: 1\ndata: a\n\n"

/* One client with its tokens, and a stream that it has open. */
typedef struct
{
  HttpFixture *fixture;          /* not owned */
  char *client_id;               /* owned */
  char *refresh;                 /* owned */
  char *access;                  /* owned */
  char *bearer;                  /* owned */
  GSocketConnection *connection; /* owned, nullable: libsoup would not tell a broken
                                  * answer from a whole one */
  GString *seen;                 /* owned: the answer */
  GAsyncResult *result;          /* owned, nullable: of what is awaited */
} Client;

static Client *
client_new (HttpFixture *fixture)
{
  Client *self = g_new0 (Client, 1);
  g_autofree char *code = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;

  self->fixture = fixture;
  self->seen = g_string_new (NULL);
  self->client_id = http_register (fixture);
  code = http_get_code (fixture, self->client_id);
  tokens = http_redeem (fixture, self->client_id, code);
  self->access = http_answer_member (tokens, "access_token");
  self->refresh = http_answer_member (tokens, "refresh_token");
  self->bearer = g_strconcat ("Bearer ", self->access, NULL);
  return self;
}

static void
client_free (Client *self)
{
  if (self->connection != NULL)
    g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_clear_object (&self->connection);
  g_clear_object (&self->result);
  g_string_free (self->seen, TRUE);
  g_free (self->client_id);
  g_free (self->refresh);
  g_free (self->access);
  g_free (self->bearer);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

/* Asks for an answer that never ends. */
static void
client_send (Client *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autofree char *request =
      g_strdup_printf ("GET /mcp HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\n\r\n",
                       self->fixture->origin + strlen ("http://"), self->bearer);
  GOutputStream *out = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  self->connection =
      g_socket_client_connect_to_uri (client, self->fixture->origin, 0, NULL, NULL);
  g_assert_nonnull (self->connection);
  out = g_io_stream_get_output_stream (G_IO_STREAM (self->connection));
  g_assert_true (
      g_output_stream_write_all (out, request, strlen (request), NULL, NULL, NULL));
}

static void
client_read (Client *self)
{
  g_clear_object (&self->result);
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (
                                       G_IO_STREAM (self->connection)),
                                   4096, G_PRIORITY_DEFAULT, NULL, http_keep_result,
                                   &self->result);
}

/* FALSE: the connection is closed. */
static gboolean
client_wait (Client *self)
{
  g_autoptr (GBytes) bytes = NULL;

  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  bytes = g_input_stream_read_bytes_finish (g_io_stream_get_input_stream (
                                                G_IO_STREAM (self->connection)),
                                            self->result, NULL);
  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return FALSE;
  g_string_append_len (self->seen, g_bytes_get_data (bytes, NULL),
                       (gssize) g_bytes_get_size (bytes));
  return TRUE;
}

static void
client_open (Client *self)
{
  client_send (self);
  do
    {
      client_read (self);
      g_assert_true (client_wait (self));
    }
  while (strstr (self->seen->str, EVENT) == NULL);
  g_assert_true (g_str_has_prefix (self->seen->str, "HTTP/1.1 200 "));
  client_read (self);
}

/* It ends, and not as if it were complete. */
static void
assert_broken (Client *self)
{
  while (client_wait (self))
    client_read (self);
  g_assert_false (g_str_has_suffix (self->seen->str, "\r\n0\r\n\r\n"));
}

/* It ends as it should. */
static void
assert_complete (Client *self)
{
  while (client_wait (self))
    client_read (self);
  g_assert_true (g_str_has_suffix (self->seen->str, "\r\n0\r\n\r\n") ||
                 g_str_has_suffix (self->seen->str, "}"));
}

static unsigned int n_closed;

static void
on_upstream_closed (SoupServerMessage *message, gpointer user_data)
{
  n_closed++;
}

static void
answer_with_stream (HttpFixture *fixture, SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);

  g_signal_connect (message, "disconnected", G_CALLBACK (on_upstream_closed), NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/event-stream", SOUP_MEMORY_STATIC,
                                    EVENT, strlen (EVENT));
  soup_message_body_set_accumulate (body, FALSE);
}

static void
answer_never (HttpFixture *fixture, SoupServerMessage *message)
{
  g_signal_connect (message, "disconnected", G_CALLBACK (on_upstream_closed), NULL);
  soup_server_message_pause (message);
}

static void
revoke_token (Client *self, const char *token)
{
  g_autofree char *body =
      g_strdup_printf ("client_id=%s&token=%s", self->client_id, token);
  g_autoptr (HttpAnswer)
      answer = http_call (self->fixture, "POST", "/revoke", FORM, body, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
}

static void
revoke_refresh_token (Client *self)
{
  revoke_token (self, self->refresh);
}

static void
revoke_access_token (Client *self)
{
  revoke_token (self, self->access);
}

static void
revoke_grant (Client *self)
{
  BmaBroker *broker = self->fixture->broker;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *id = bma_grant_make_id (BMA_GRANT_KIND_HTTP_CLIENT, self->client_id,
                                           bma_broker_get_subject (broker)->record.id,
                                           self->fixture->config->resources[0]);

  bma_broker_revoke_grant_async (broker, id, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_revoke_grant_finish (broker, result, NULL));
}

static void
remove_client (Client *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  bma_broker_remove_client_async (self->fixture->broker, self->client_id, NULL,
                                  http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_remove_client_finish (self->fixture->broker, result, NULL));
}

static void
steal_refresh_token (Client *self)
{
  g_autoptr (HttpAnswer)
      first = http_refresh (self->fixture, self->client_id, self->refresh);
  g_autoptr (HttpAnswer) second = NULL;

  g_assert_cmpuint (first->status, ==, 200);
  bma_clock_dummy_advance_s (self->fixture->clock, 60);
  second = http_refresh (self->fixture, self->client_id, self->refresh);
  g_assert_cmpuint (second->status, ==, 400);
}

static void
test_revoked (gconstpointer data)
{
  void (*revoke_it) (Client * self) = *(void (*const *) (Client *)) data;
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) one = client_new (fixture);
  g_autoptr (Client) other = client_new (fixture);

  n_closed = 0;
  fixture->answer_upstream = answer_with_stream;
  client_open (one);
  client_open (other);
  revoke_it (one);
  assert_broken (one);
  while (n_closed == 0)
    g_main_context_iteration (NULL, TRUE);
  /* And nobody else's. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n_closed, ==, 1);
  g_assert_null (other->result);
  revoke_grant (other);
  assert_broken (other);
}

static void
test_signed_out (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) one = client_new (fixture);
  g_autoptr (Client) other = client_new (fixture);
  g_autoptr (GAsyncResult) result = NULL;

  fixture->answer_upstream = answer_with_stream;
  client_open (one);
  client_open (other);
  bma_broker_sign_out_async (fixture->broker, NULL, http_keep_result, &result);
  assert_broken (one);
  assert_broken (other);
  g_assert_nonnull (result);
}

static void
test_expired (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) one = client_new (fixture);
  g_autoptr (Client) younger = NULL;
  int64_t start_us = 0;

  fixture->answer_upstream = answer_with_stream;
  client_open (one);
  bma_clock_dummy_advance_s (fixture->clock, fixture->config->access_lifetime_s - 1);
  younger = client_new (fixture);
  client_open (younger);
  bma_clock_dummy_advance_s (fixture->clock, 1);
  start_us = g_get_monotonic_time ();
  assert_broken (one);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 3 * G_USEC_PER_SEC);
  g_assert_null (younger->result);
  bma_clock_dummy_advance_s (fixture->clock, fixture->config->access_lifetime_s);
  assert_broken (younger);
}

static void
rotate_keys (HttpFixture *fixture, gboolean revoke_now)
{
  g_autoptr (GAsyncResult) result = NULL;

  bma_broker_rotate_keys_async (fixture->broker, revoke_now, NULL, http_keep_result,
                                &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_rotate_keys_finish (fixture->broker, result, NULL));
}

static void
test_keys_rotated (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) one = client_new (fixture);

  fixture->answer_upstream = answer_with_stream;
  client_open (one);
  rotate_keys (fixture, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (one->result);
  rotate_keys (fixture, TRUE);
  assert_broken (one);
}

/* Also an answer that has not begun. */
static void
test_waiting (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) one = client_new (fixture);

  n_closed = 0;
  fixture->answer_upstream = answer_never;
  client_send (one);
  client_read (one);
  while (fixture->n_upstream == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (one->result);
  revoke_refresh_token (one);
  g_assert_false (client_wait (one));
  g_assert_cmpstr (one->seen->str, ==, "");
  while (n_closed == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* Another token of the same client goes on: that is what refreshing is for. */
static void
test_refreshed (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) one = client_new (fixture);
  g_autoptr (HttpAnswer) refreshed = NULL;

  fixture->answer_upstream = answer_with_stream;
  client_open (one);
  refreshed = http_refresh (fixture, one->client_id, one->refresh);
  g_assert_cmpuint (refreshed->status, ==, 200);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (one->result);
  revoke_access_token (one);
  assert_broken (one);
}

/* Also when the service stops it is a whole answer, after which a client asks for what
 * came since (Last-Event-ID). */
static void
test_stopped (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) one = client_new (fixture);
  g_autoptr (GAsyncResult) result = NULL;

  n_closed = 0;
  fixture->answer_upstream = answer_with_stream;
  client_open (one);
  bma_http_server_stop_async (fixture->server, 60 * 1000, http_keep_result, &result);
  assert_complete (one);
  g_io_stream_close (G_IO_STREAM (one->connection), NULL, NULL);
  while (n_closed == 0 || result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (bma_http_server_get_n_connections (fixture->server), ==, 0);
}

/* An MCP server that is stopped takes connections, and that is all. */
static void
test_unanswered (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) one = client_new (fixture);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (fixture->origin, "/mcp", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);

  n_closed = 0;
  fixture->answer_upstream = answer_never;
  soup_message_headers_append (soup_message_get_request_headers (message),
                               "Authorization", one->bearer);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  soup_session_send_and_read_async (session, message, 0, NULL, http_keep_result, &result);
  while (fixture->n_upstream == 0)
    g_main_context_iteration (NULL, TRUE);
  bma_clock_dummy_advance_us (fixture->clock,
                              (int64_t) fixture->config->answer_timeout_ms * 1000);
  while (result == NULL || n_closed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (soup_message_get_status (message), ==, 504);
}

/* Nothing of the answer is there when the time is over. */
static void
test_stopped_while_waiting (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) one = client_new (fixture);
  g_autoptr (GAsyncResult) result = NULL;

  n_closed = 0;
  fixture->answer_upstream = answer_never;
  client_send (one);
  while (fixture->n_upstream == 0)
    g_main_context_iteration (NULL, TRUE);
  bma_http_server_stop_async (fixture->server, 600, http_keep_result, &result);
  client_read (one);
  assert_complete (one);
  g_assert_true (g_str_has_prefix (one->seen->str, "HTTP/1.1 503 "));
  g_assert_nonnull (strstr (one->seen->str, "Retry-After: 1\r\n"));
  g_io_stream_close (G_IO_STREAM (one->connection), NULL, NULL);
  while (n_closed == 0 || result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Else a client runs a tool twice. */
static void
test_stopped_after_it_was_sent (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) one = client_new (fixture);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (fixture->origin, "/mcp", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);

  n_closed = 0;
  fixture->answer_upstream = answer_never;
  soup_message_headers_append (soup_message_get_request_headers (message),
                               "Authorization", one->bearer);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  soup_session_send_and_read_async (session, message, 0, NULL, http_keep_result, &result);
  while (fixture->n_upstream == 0)
    g_main_context_iteration (NULL, TRUE);
  bma_http_server_stop_async (fixture->server, 600, http_keep_result, &stopped);
  while (result == NULL || n_closed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (soup_message_get_status (message), ==, 503);
  g_assert_null (soup_message_headers_get_one (headers, "Retry-After"));
  soup_session_abort (session);
  while (stopped == NULL)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char *argv[])
{
  static void (*const ways[]) (Client *) = { revoke_refresh_token, revoke_access_token,
                                             revoke_grant, remove_client,
                                             steal_refresh_token };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/http/streams/end-with-the-family", &ways[0], test_revoked);
  g_test_add_data_func ("/http/streams/end-with-the-token", &ways[1], test_revoked);
  g_test_add_data_func ("/http/streams/end-with-the-grant", &ways[2], test_revoked);
  g_test_add_data_func ("/http/streams/end-with-the-client", &ways[3], test_revoked);
  g_test_add_data_func ("/http/streams/end-with-a-theft", &ways[4], test_revoked);
  g_test_add_func ("/http/streams/end-with-sign-out", test_signed_out);
  g_test_add_func ("/http/streams/end-with-the-hour", test_expired);
  g_test_add_func ("/http/streams/end-with-the-key", test_keys_rotated);
  g_test_add_func ("/http/streams/end-before-they-begin", test_waiting);
  g_test_add_func ("/http/streams/outlive-a-refresh", test_refreshed);
  g_test_add_func ("/http/streams/end-well-when-the-service-stops", test_stopped);
  g_test_add_func ("/http/streams/wait-for-an-answer-only-so-long", test_unanswered);
  g_test_add_func ("/http/streams/wait-for-an-answer-no-longer",
                   test_stopped_while_waiting);
  g_test_add_func ("/http/streams/do-not-ask-again-for-what-was-sent",
                   test_stopped_after_it_was_sent);
  return g_test_run ();
}
