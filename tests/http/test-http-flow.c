/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-broker-token.h"
#include "bma-form.h"
#include "http-fixture.h"

static void
test_whole_flow (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *query = http_authorize_query (fixture, client_id, "");
  g_autoptr (HttpAnswer) page = http_call (fixture, "GET", query, NULL, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autofree char *form = http_read_consent (page, "allow", &cookie);
  g_autoptr (HttpAnswer) allowed = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;
  g_autoptr (HttpAnswer) refreshed = NULL;
  g_autoptr (HttpAnswer) passed = NULL;
  g_autofree char *code = NULL;
  g_autofree char *state = NULL;
  g_autofree char *issuer = NULL;
  g_autofree char *access = NULL;
  g_autofree char *refresh = NULL;
  g_autofree char *successor = NULL;
  g_autofree char *bearer = NULL;

  g_assert_nonnull (strstr (page->body, "id=\"redirect-host\">127.0.0.1<"));
  g_assert_nonnull (strstr (page->body, ">Test client<"));
  g_assert_nonnull (strstr (http_answer_header (page, "Content-Security-Policy"),
                            "frame-ancestors 'none'"));
  allowed = http_call (fixture, "POST", "/consent", FORM, form, "Origin", fixture->origin,
                       "Cookie", cookie, NULL);
  g_assert_cmpuint (allowed->status, ==, 303);
  g_assert_true (
      g_str_has_prefix (http_answer_header (allowed, "Location"), REDIRECT "?"));
  code = http_answer_location_parameter (allowed, "code");
  state = http_answer_location_parameter (allowed, "state");
  issuer = http_answer_location_parameter (allowed, "iss");
  g_assert_cmpstr (state, ==, "st ate");
  g_assert_cmpstr (issuer, ==, fixture->origin);

  tokens = http_redeem (fixture, client_id, code);
  g_assert_cmpuint (tokens->status, ==, 200);
  g_assert_cmpstr (http_answer_header (tokens, "Cache-Control"), ==, "no-store");
  access = http_answer_member (tokens, "access_token");
  refresh = http_answer_member (tokens, "refresh_token");
  refreshed = http_refresh (fixture, client_id, refresh);
  g_assert_cmpuint (refreshed->status, ==, 200);
  successor = http_answer_member (refreshed, "refresh_token");
  g_assert_cmpstr (refresh, !=, successor);

  bearer = g_strconcat ("bearer ", access, NULL);
  passed = http_call (fixture, "POST", "/mcp?q=1", "application/json", "{}",
                      "Authorization", bearer, "Mcp-Session-Id", "abc", "X-Custom",
                      "kept", "Cookie", "c=1", "Origin", fixture->origin, NULL);
  g_assert_cmpuint (passed->status, ==, 202);
  g_assert_cmpstr (passed->body, ==, "{\"ok\":1}");
  g_assert_cmpstr (http_answer_header (passed, "Mcp-Session-Id"), ==, "session-1");
  g_assert_null (http_answer_header (passed, "Set-Cookie"));
  g_assert_cmpstr (http_answer_header (passed, "Access-Control-Allow-Origin"), ==,
                   fixture->origin);
  g_assert_true (g_str_has_prefix (fixture->upstream_seen, "POST /mcp?q=1\n"));
  g_assert_nonnull (strstr (fixture->upstream_seen, "Mcp-Session-Id: abc\n"));
  g_assert_nonnull (strstr (fixture->upstream_seen, "X-Custom: kept\n"));
  g_assert_null (strstr (fixture->upstream_seen, "Authorization"));
  g_assert_null (strstr (fixture->upstream_seen, "Cookie"));
  g_assert_null (strstr (fixture->upstream_seen, "Origin:"));
}

static void
test_remembered (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *first = http_get_code (fixture, client_id);
  g_autofree char *query = http_authorize_query (fixture, client_id, "&prompt=consent");
  g_autofree char *wider =
      http_authorize_query (fixture, client_id, "&scope=mcp%20offline_access");
  g_autoptr (HttpAnswer) again = http_call (fixture, "GET", query, NULL, NULL, NULL);
  g_autoptr (HttpAnswer) asked = http_call (fixture, "GET", wider, NULL, NULL, NULL);
  g_autofree char *code = http_answer_location_parameter (again, "code");

  g_assert_nonnull (first);
  g_assert_cmpuint (again->status, ==, 303);
  g_assert_nonnull (code);
  g_assert_cmpuint (asked->status, ==, 200);
}

static void
test_denied (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *query = http_authorize_query (fixture, client_id, "");
  g_autoptr (HttpAnswer) page = http_call (fixture, "GET", query, NULL, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autofree char *form = http_read_consent (page, "deny", &cookie);
  g_autoptr (HttpAnswer)
      answer = http_call (fixture, "POST", "/consent", FORM, form, "Origin",
                          fixture->origin, "Cookie", cookie, NULL);
  g_autofree char *error = http_answer_location_parameter (answer, "error");
  g_autofree char *state = http_answer_location_parameter (answer, "state");
  g_autofree char *issuer = http_answer_location_parameter (answer, "iss");

  g_assert_cmpuint (answer->status, ==, 303);
  g_assert_cmpstr (error, ==, "access_denied");
  g_assert_cmpstr (state, ==, "st ate");
  g_assert_cmpstr (issuer, ==, fixture->origin);
}

static void
test_consent_form_is_bound (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *query = http_authorize_query (fixture, client_id, "");
  g_autoptr (HttpAnswer) page = http_call (fixture, "GET", query, NULL, NULL, NULL);
  g_autoptr (HttpAnswer) other = http_call (fixture, "GET", query, NULL, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autofree char *other_cookie = NULL;
  g_autofree char *form = http_read_consent (page, "allow", &cookie);
  g_autofree char *other_form = http_read_consent (other, "allow", &other_cookie);
  g_autofree char *changed = g_strconcat (form, "&tx=x", NULL);
  const struct
  {
    const char *form;
    const char *origin;
    const char *cookie;
    unsigned int status;
  } cases[] = {
    { form, fixture->origin, "none=1", 400 },
    { form, fixture->origin, other_cookie, 400 },
    { changed, fixture->origin, cookie, 400 },
    { form, "https://evil.example", cookie, 403 },
    { form, "null", cookie, 403 },
    { form, "http://127.0.0.1:1", cookie, 403 },
    { form, fixture->origin, cookie, 303 },
    { form, fixture->origin, cookie, 400 }, /* replayed */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpAnswer)
          answer = http_call (fixture, "POST", "/consent", FORM, cases[i].form, "Origin",
                              cases[i].origin, "Cookie", cases[i].cookie, NULL);

      g_test_message ("case %zu", i);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
    }
  bma_clock_dummy_advance_s (fixture->clock, 601);
  {
    g_autoptr (HttpAnswer)
        late = http_call (fixture, "POST", "/consent", FORM, other_form, "Origin",
                          fixture->origin, "Cookie", other_cookie, NULL);

    g_assert_cmpuint (late->status, ==, 400);
  }
}

static void
test_code_used_twice (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) first = http_redeem (fixture, client_id, code);
  g_autofree char *access = http_answer_member (first, "access_token");
  g_autofree char *refresh = http_answer_member (first, "refresh_token");
  g_autofree char *bearer = g_strconcat ("Bearer ", access, NULL);
  g_autoptr (HttpAnswer) before =
      http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_autoptr (HttpAnswer) second = http_redeem (fixture, client_id, code);
  g_autoptr (HttpAnswer) after =
      http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_autoptr (HttpAnswer) refreshed = http_refresh (fixture, client_id, refresh);
  g_autofree char *error = http_answer_member (second, "error");

  g_assert_cmpuint (before->status, ==, 202);
  g_assert_cmpuint (second->status, ==, 400);
  g_assert_cmpstr (error, ==, "invalid_grant");
  g_assert_cmpuint (after->status, ==, 401);
  g_assert_cmpuint (refreshed->status, ==, 400);
}

static void
test_rotation (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, client_id, code);
  g_autofree char *one = http_answer_member (tokens, "refresh_token");
  g_autoptr (HttpAnswer) first = http_refresh (fixture, client_id, one);
  g_autoptr (HttpAnswer) lost = http_refresh (fixture, client_id, one);
  g_autofree char *two = http_answer_member (first, "refresh_token");
  g_autofree char *same = http_answer_member (lost, "refresh_token");
  g_autoptr (HttpAnswer) next = http_refresh (fixture, client_id, two);
  g_autoptr (HttpAnswer) stolen = http_refresh (fixture, client_id, one);
  g_autofree char *three = http_answer_member (next, "refresh_token");
  g_autoptr (HttpAnswer) dead = http_refresh (fixture, client_id, three);

  g_assert_cmpuint (first->status, ==, 200);
  g_assert_cmpuint (lost->status, ==, 200);
  g_assert_cmpstr (two, ==, same);
  g_assert_cmpuint (next->status, ==, 200);
  g_assert_cmpuint (stolen->status, ==, 400);
  g_assert_cmpuint (dead->status, ==, 400);
}

static void
test_rotation_grace_ends (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, client_id, code);
  g_autofree char *one = http_answer_member (tokens, "refresh_token");
  g_autoptr (HttpAnswer) first = http_refresh (fixture, client_id, one);
  g_autoptr (HttpAnswer) late = NULL;

  bma_clock_dummy_advance_s (fixture->clock, 31);
  late = http_refresh (fixture, client_id, one);
  g_assert_cmpuint (first->status, ==, 200);
  g_assert_cmpuint (late->status, ==, 400);
}

static void
test_revoke (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *other_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, client_id, code);
  g_autofree char *access = http_answer_member (tokens, "access_token");
  g_autofree char *refresh = http_answer_member (tokens, "refresh_token");
  g_autofree char *bearer = g_strconcat ("Bearer ", access, NULL);
  const struct
  {
    const char *client_id;
    const char *token;
    unsigned int mcp_status;
    unsigned int refresh_status;
  } cases[] = {
    { other_id, access, 202, 0 },     { other_id, refresh, 202, 0 },
    { client_id, "unknown", 202, 0 }, { client_id, access, 401, 200 },
    { client_id, refresh, 401, 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body =
          g_strdup_printf ("client_id=%s&token=%s", cases[i].client_id, cases[i].token);
      g_autoptr (HttpAnswer)
          answer = http_call (fixture, "POST", "/revoke", FORM, body, NULL);
      g_autoptr (HttpAnswer) passed =
          http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);

      g_assert_cmpuint (answer->status, ==, 200);
      g_assert_cmpuint (passed->status, ==, cases[i].mcp_status);
      if (cases[i].refresh_status != 0)
        {
          g_autoptr (HttpAnswer) refreshed = http_refresh (fixture, client_id, refresh);

          g_assert_cmpuint (refreshed->status, ==, cases[i].refresh_status);
        }
    }
}

/* What is revoked, but not durably so, is not told to be revoked. */
static void
test_revoke_waits (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, client_id, code);
  g_autofree char *refresh = http_answer_member (tokens, "refresh_token");
  g_autofree char *body = g_strdup_printf ("client_id=%s&token=%s", client_id, refresh);
  g_autoptr (BmaForm) form = bma_form_parse (body, strlen (body));
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  bma_store_memory_set_paused (fixture->store, TRUE);
  bma_broker_revoke_async (fixture->broker, form, NULL, NULL, NULL, http_keep_result,
                           &first);
  bma_broker_revoke_async (fixture->broker, form, NULL, NULL, NULL, http_keep_result,
                           &second);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (first);
  g_assert_null (second);
  bma_store_memory_set_paused (fixture->store, FALSE);
  while (first == NULL || second == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (bma_broker_revoke_finish (fixture->broker, second).code, ==,
                   BMA_OAUTH_OK);
}

static void
test_storage_failure (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) failed = NULL;
  g_autoptr (HttpAnswer) retried = NULL;
  g_autofree char *error = NULL;

  bma_store_memory_set_failing (fixture->store, TRUE);
  failed = http_redeem (fixture, client_id, code);
  error = http_answer_member (failed, "error");
  g_assert_cmpuint (failed->status, ==, 500);
  g_assert_cmpstr (error, ==, "server_error");
  bma_store_memory_set_failing (fixture->store, FALSE);
  retried = http_redeem (fixture, client_id, code);
  g_assert_cmpuint (retried->status, ==, 200);
}

static void
test_locked_keyring (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (HttpAnswer)
      jwks = http_call (fixture, "GET", "/.well-known/jwks.json", NULL, NULL, NULL);

  g_assert_nonnull (strstr (jwks->body, "\"kty\""));
  g_assert_null (strstr (jwks->body, "\"d\""));
  g_assert_cmpuint (bma_keyring_dummy_get_n_saves (fixture->keyring), ==, 1);
}

static void
set_upstream_token (HttpFixture *fixture, const char *text)
{
  g_autoptr (BmaSecret) secret = bma_secret_new (text);
  g_autoptr (GAsyncResult) result = NULL;

  bma_broker_set_secret_async (fixture->broker, BMA_KEYRING_KIND_UPSTREAM_TOKEN, secret,
                               NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_set_secret_finish (fixture->broker, result, NULL));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_upstream_token (void)
{
  static const char *const tokens[] = { "first-token", "second-token" };
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) answer = http_redeem (fixture, client_id, code);
  g_autofree char *access = http_answer_member (answer, "access_token");
  g_autofree char *bearer = g_strconcat ("Bearer ", access, NULL);

  /* The client's token never, the configured one at once, also when it is replaced. */
  for (size_t i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      g_autofree char *wanted = g_strdup_printf ("Authorization: Bearer %s\n", tokens[i]);
      g_autoptr (HttpAnswer) passed = NULL;

      set_upstream_token (fixture, tokens[i]);
      passed =
          http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
      g_assert_cmpuint (passed->status, ==, 202);
      g_assert_nonnull (strstr (fixture->upstream_seen, wanted));
      g_assert_null (strstr (fixture->upstream_seen, access));
    }
}

/* As after a start: nothing has been asked of the keyring yet. */
static void
restart_server (HttpFixture *fixture)
{
  unsigned int port = bma_http_server_get_port (fixture->server);

  g_object_unref (fixture->server);
  fixture->server = bma_http_server_new ();
  g_assert_true (bma_http_server_bind (fixture->server, "127.0.0.1", port, NULL));
  g_assert_true (bma_http_server_start (fixture->server, fixture->broker, NULL));
}

/* The keyring answers when the request has come. */
static gboolean
resume_keyring (gpointer user_data)
{
  HttpFixture *fixture = user_data;

  if (bma_metrics_get (bma_broker_get_metrics (fixture->broker), BMA_METRIC_EXCHANGES,
                       NULL, NULL) == 0)
    return G_SOURCE_CONTINUE;
  bma_keyring_dummy_set_paused (fixture->keyring, FALSE);
  return G_SOURCE_REMOVE;
}

static void
test_upstream_token_in_time (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) answer = http_redeem (fixture, client_id, code);
  g_autofree char *access = http_answer_member (answer, "access_token");
  g_autofree char *bearer = g_strconcat ("Bearer ", access, NULL);
  g_autoptr (HttpAnswer) passed = NULL;

  set_upstream_token (fixture, "the-token");
  bma_keyring_dummy_set_paused (fixture->keyring, TRUE);
  restart_server (fixture);
  g_idle_add (resume_keyring, fixture);
  passed = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (passed->status, ==, 202);
  g_assert_nonnull (strstr (fixture->upstream_seen, "Authorization: Bearer the-token\n"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/flow/from-registration-to-a-tool", test_whole_flow);
  g_test_add_func ("/http/flow/consent-is-remembered", test_remembered);
  g_test_add_func ("/http/flow/deny-tells-the-client", test_denied);
  g_test_add_func ("/http/flow/consent-form-is-bound-and-good-once",
                   test_consent_form_is_bound);
  g_test_add_func ("/http/flow/second-use-of-a-code-revokes", test_code_used_twice);
  g_test_add_func ("/http/flow/refresh-tokens-rotate", test_rotation);
  g_test_add_func ("/http/flow/grace-of-a-lost-answer-ends", test_rotation_grace_ends);
  g_test_add_func ("/http/flow/revocation-counts-at-once", test_revoke);
  g_test_add_func ("/http/flow/revocation-is-durable-before-it-is-told",
                   test_revoke_waits);
  g_test_add_func ("/http/flow/storage-trouble-loses-nothing", test_storage_failure);
  g_test_add_func ("/http/flow/keys-are-public-and-made-once", test_locked_keyring);
  g_test_add_func ("/http/flow/upstream-token-counts-at-once", test_upstream_token);
  g_test_add_func ("/http/flow/first-request-has-the-upstream-token",
                   test_upstream_token_in_time);
  return g_test_run ();
}
