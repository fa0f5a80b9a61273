/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bma-endpoint.h"
#include "http-fixture.h"

#define SENDER "app"
#define MCP    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"

/* A program on the bus, and the other end of what it was given. */
typedef struct
{
  HttpFixture *fixture; /* not owned */
  BmaPeer *peer;        /* owned */
  GSocket *socket;      /* owned, nullable */
  GString *seen;        /* owned: what came */
} App;

static void
app_free (App *self)
{
  g_clear_object (&self->socket);
  g_string_free (self->seen, TRUE);
  bma_peer_unref (self->peer);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (App, app_free)

static char *
make_grant_id (App *self)
{
  const BmaSubject *subject = bma_broker_get_subject (self->fixture->broker);

  return bma_grant_make_id (BMA_GRANT_KIND_DBUS_APP, "unit:app.service",
                            subject->record.id, self->fixture->config->resources[0]);
}

/* The person allowed it. */
static void
allow (App *self, const char *decision, const char *caller, const char *scopes)
{
  g_autofree char *id = make_grant_id (self);
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaGrant *grant = bma_record_new (&bma_grant_type, id);

  grant->kind = g_strdup (BMA_GRANT_KIND_DBUS_APP);
  grant->app_id = g_strdup ("app.service");
  grant->trust = g_strdup (BMA_TRUST_UNIT);
  grant->subject_id =
      g_strdup (bma_broker_get_subject (self->fixture->broker)->record.id);
  grant->resource = g_strdup (self->fixture->config->resources[0]);
  grant->scopes = g_strsplit (scopes, " ", -1);
  grant->decision = g_strdup (decision);
  grant->caller = g_strdup (caller);
  bma_change_put_take (change, grant);
  bma_store_apply_lazily (BMA_STORE (self->fixture->store), change);
}

static App *
app_new (HttpFixture *fixture)
{
  App *self = g_new0 (App, 1);

  self->fixture = fixture;
  self->peer = bma_peer_new (SENDER, "app.service", BMA_TRUST_UNIT, "/usr/bin/app", 0, 1);
  self->seen = g_string_new (NULL);
  return self;
}

static void
await_keys (HttpFixture *fixture)
{
  while (!g_str_equal (bma_broker_get_state (fixture->broker), "ready"))
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
app_open (App *self, const char *const *scopes, GError **error)
{
  const BmaLocalRequest request = { .scopes = scopes };
  g_autoptr (BmaEndpoint) endpoint = NULL;
  int ends[2];

  endpoint =
      bma_broker_open_endpoint (self->fixture->broker, self->peer, &request, error);
  if (endpoint == NULL)
    return FALSE;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                               ends),
                   ==, 0);
  g_assert_true (
      bma_http_server_serve_endpoint (self->fixture->server, ends[0], endpoint, NULL));
  g_clear_object (&self->socket);
  self->socket = g_socket_new_from_fd (ends[1], NULL);
  return TRUE;
}

static App *
app_new_open (HttpFixture *fixture)
{
  App *self = app_new (fixture);

  await_keys (fixture);
  allow (self, BMA_DECISION_ALWAYS, NULL, "mcp");
  g_assert_true (app_open (self, NULL, NULL));
  return self;
}

static void
app_send (App *self, const char *request)
{
  g_assert_cmpint (g_socket_send (self->socket, request, strlen (request), NULL, NULL),
                   ==, strlen (request));
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* FALSE: the end. */
static gboolean
app_read (App *self)
{
  g_autoptr (GSource) source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  gboolean is_ready = FALSE;
  char bytes[4096];
  gssize n = 0;

  g_source_set_callback (source, G_SOURCE_FUNC (on_readable), &is_ready, NULL);
  g_source_attach (source, NULL);
  while (!is_ready)
    g_main_context_iteration (NULL, TRUE);
  n = g_socket_receive (self->socket, bytes, sizeof bytes, NULL, NULL);
  if (n > 0)
    g_string_append_len (self->seen, bytes, n);
  return n > 0;
}

static void
app_await (App *self, const char *text)
{
  while (strstr (self->seen->str, text) == NULL)
    g_assert_true (app_read (self));
}

static void
app_await_end (App *self)
{
  while (app_read (self))
    ;
}

/* One request and its whole answer; returns the status. */
static unsigned int
app_ask (App *self, const char *request)
{
  g_string_truncate (self->seen, 0);
  app_send (self, request);
  app_await (self, "\r\n\r\n");
  g_assert_true (g_str_has_prefix (self->seen->str, "HTTP/1.1 "));
  while (strstr (self->seen->str, "Transfer-Encoding: chunked") != NULL &&
         strstr (self->seen->str, "\r\n0\r\n\r\n") == NULL)
    g_assert_true (app_read (self));
  while (strstr (self->seen->str, "Content-Length: ") != NULL &&
         strlen (strstr (self->seen->str, "\r\n\r\n") + 4) <
             strtoul (strstr (self->seen->str, "Content-Length: ") + 16, NULL, 10))
    g_assert_true (app_read (self));
  return (unsigned int) strtoul (self->seen->str + strlen ("HTTP/1.1 "), NULL, 10);
}

static void
test_needs_no_token (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) app = app_new_open (fixture);

  g_assert_cmpuint (app_ask (app, MCP "\r\n{}"), ==, 202);
  g_assert_cmpuint (fixture->n_upstream, ==, 1);
  g_assert_null (strstr (fixture->upstream_seen, "Authorization"));
  /* Kept alive, and by our own name too. */
  g_assert_cmpuint (app_ask (app, MCP "\r\n{}"), ==, 202);
  g_assert_cmpuint (fixture->n_upstream, ==, 2);
}

static void
test_leads_nowhere_else (void)
{
  static const char *const paths[] = { "/",
                                       "/status",
                                       "/metrics",
                                       "/healthz",
                                       "/token",
                                       "/authorize",
                                       "/.well-known/oauth-authorization-server" };
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) app = app_new_open (fixture);

  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *request =
          g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", paths[i]);

      g_assert_cmpuint (app_ask (app, request), ==, 404);
    }
  g_assert_cmpuint (app_ask (app, "GET /mcp HTTP/1.1\r\nHost: evil.example\r\n\r\n"), ==,
                    421);
  g_assert_cmpuint (fixture->n_upstream, ==, 0);
}

static void
test_refuses_tokens (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) app = app_new_open (fixture);

  g_assert_cmpuint (app_ask (app, MCP "Authorization: Bearer abc\r\n\r\n{}"), ==, 400);
  g_assert_cmpuint (app_ask (app, MCP "Authorization: Basic abc\r\n\r\n{}"), ==, 400);
  g_assert_cmpuint (fixture->n_upstream, ==, 0);
  g_assert_cmpuint (app_ask (app, MCP "\r\n{}"), ==, 202);
}

/* localhost is a name for endpoints only. */
static void
test_name_is_for_endpoints (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (HttpAnswer)
      answer = http_call (fixture, "GET", "/mcp", NULL, NULL, "Host", "localhost", NULL);

  g_assert_cmpuint (answer->status, ==, 421);
}

static void
test_needs_consent (void)
{
  static const char *const other[] = { "other", NULL };
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) app = app_new (fixture);
  g_autoptr (GError) none = NULL;
  g_autoptr (GError) scope = NULL;
  g_autoptr (GError) never = NULL;

  await_keys (fixture);
  g_assert_false (app_open (app, NULL, &none));
  g_assert_error (none, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INTERACTION_REQUIRED);
  allow (app, BMA_DECISION_ALWAYS, NULL, "mcp");
  g_assert_false (app_open (app, other, &scope));
  g_assert_error (scope, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_SCOPE);
  allow (app, BMA_DECISION_NEVER, NULL, "mcp");
  g_assert_false (app_open (app, NULL, &never));
  g_assert_error (never, BMA_BROKER_ERROR, BMA_BROKER_ERROR_ACCESS_DENIED);
}

static void
test_is_bounded (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) app = app_new (fixture);
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  await_keys (fixture);
  allow (app, BMA_DECISION_ALWAYS, NULL, "mcp");
  while (app_open (app, NULL, &error))
    g_ptr_array_add (sockets, g_object_ref (app->socket));
  g_assert_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_RATE_LIMITED);
  g_assert_cmpuint (sockets->len, ==, 16);
  /* Closing one makes room. */
  g_ptr_array_set_size (sockets, 15);
  g_clear_object (&app->socket);
  g_clear_error (&error);
  while (!app_open (app, NULL, NULL))
    g_main_context_iteration (NULL, TRUE);
}

static void
begin_stream (App *app)
{
  app_send (app, "GET /mcp?stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  app_await (app, "data: a");
}

static void
test_ends_with_grant (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) idle = app_new_open (fixture);
  g_autoptr (App) streaming = app_new_open (fixture);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *id = make_grant_id (idle);

  g_assert_cmpuint (app_ask (idle, MCP "\r\n{}"), ==, 202);
  begin_stream (streaming);
  bma_broker_revoke_grant_async (fixture->broker, id, NULL, http_keep_result, &result);
  app_await_end (idle);
  app_await_end (streaming);
  g_assert_null (strstr (streaming->seen->str, "\r\n0\r\n\r\n"));
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_revoke_grant_finish (fixture->broker, result, NULL));
  g_assert_false (app_open (idle, NULL, NULL));
}

static void
test_ends_with_sign_in (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) idle = app_new_open (fixture);
  g_autoptr (App) streaming = app_new_open (fixture);
  g_autoptr (GAsyncResult) result = NULL;

  begin_stream (streaming);
  bma_broker_sign_out_async (fixture->broker, NULL, http_keep_result, &result);
  app_await_end (idle);
  app_await_end (streaming);
  g_assert_null (strstr (streaming->seen->str, "\r\n0\r\n\r\n"));
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_sign_out_finish (fixture->broker, result, NULL));
}

static void
test_ends_with_caller (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) idle = app_new_open (fixture);
  g_autoptr (App) streaming = app_new_open (fixture);

  begin_stream (streaming);
  bma_broker_forget_caller (fixture->broker, "somebody-else");
  g_assert_cmpuint (app_ask (idle, MCP "\r\n{}"), ==, 202);
  bma_broker_forget_caller (fixture->broker, SENDER);
  app_await_end (idle);
  app_await_end (streaming);
}

/* Requests that came before the connection was cut off get no answer from the MCP
 * server. */
static void
test_revocation_counts_at_once (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) app = app_new_open (fixture);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autofree char *id = make_grant_id (app);

  /* Nobody announces it. */
  bma_change_delete (change, &bma_grant_type, id);
  bma_store_apply_lazily (BMA_STORE (fixture->store), change);
  g_assert_cmpuint (app_ask (app, MCP "\r\n{}"), ==, 401);
  g_assert_nonnull (strstr (app->seen->str, "WWW-Authenticate: Bearer"));
  g_assert_nonnull (strstr (app->seen->str, "invalid_token"));
  g_assert_cmpuint (fixture->n_upstream, ==, 0);
}

#define CALL                                                                             \
  "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"          \
  "Content-Length: 68\r\n\r\n"                                                           \
  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"x\"}}"

/* The endpoint gains what its grant gains, unless it was opened for less. */
static void
test_steps_up (void)
{
  static const char *const base[] = { "base", NULL };
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) app = app_new (fixture);
  g_autoptr (App) narrow = app_new (fixture);

  g_strfreev (fixture->config->scopes);
  g_strfreev (fixture->config->scope_rules);
  fixture->config->scopes = g_strsplit ("base", " ", -1);
  fixture->config->scope_rules = g_strsplit ("tools/call=mcp:write", " ", -1);
  await_keys (fixture);
  allow (app, BMA_DECISION_ALWAYS, NULL, "base");
  g_assert_true (app_open (app, NULL, NULL));
  g_assert_true (app_open (narrow, base, NULL));
  g_assert_cmpuint (app_ask (app, CALL), ==, 403);
  g_assert_nonnull (strstr (app->seen->str, "insufficient_scope"));
  g_assert_nonnull (strstr (app->seen->str, "scope=\"base mcp:write\""));
  allow (app, BMA_DECISION_ALWAYS, NULL, "base mcp:write");
  g_assert_cmpuint (app_ask (app, CALL), ==, 202);
  g_assert_cmpuint (app_ask (narrow, CALL), ==, 403);
}

/* A session of the MCP server is no use to another program of the same person. */
static void
test_binds_sessions (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (App) app = app_new_open (fixture);
  g_autofree char *id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, id, code);
  g_autofree char *access = http_answer_member (tokens, "access_token");
  g_autofree char *bearer = g_strconcat ("Bearer ", access, NULL);
  g_autoptr (HttpAnswer) foreign = NULL;

  g_assert_cmpuint (app_ask (app, MCP "\r\n{}"), ==, 202);
  g_assert_nonnull (strstr (app->seen->str, "Mcp-Session-Id: session-1"));
  foreign = http_call (fixture, "POST", "/mcp", "application/json", "{}", "Authorization",
                       bearer, "Mcp-Session-Id", "session-1", NULL);
  g_assert_cmpuint (foreign->status, ==, 403);
  g_assert_cmpuint (app_ask (app, MCP "Mcp-Session-Id: session-1\r\n\r\n{}"), ==, 202);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/endpoint/needs-no-token", test_needs_no_token);
  g_test_add_func ("/http/endpoint/leads-nowhere-else", test_leads_nowhere_else);
  g_test_add_func ("/http/endpoint/refuses-tokens", test_refuses_tokens);
  g_test_add_func ("/http/endpoint/name-is-for-endpoints", test_name_is_for_endpoints);
  g_test_add_func ("/http/endpoint/needs-consent", test_needs_consent);
  g_test_add_func ("/http/endpoint/is-bounded", test_is_bounded);
  g_test_add_func ("/http/endpoint/ends-with-grant", test_ends_with_grant);
  g_test_add_func ("/http/endpoint/ends-with-sign-in", test_ends_with_sign_in);
  g_test_add_func ("/http/endpoint/ends-with-caller", test_ends_with_caller);
  g_test_add_func ("/http/endpoint/revocation-counts-at-once",
                   test_revocation_counts_at_once);
  g_test_add_func ("/http/endpoint/steps-up", test_steps_up);
  g_test_add_func ("/http/endpoint/binds-sessions", test_binds_sessions);
  return g_test_run ();
}
