/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-broker-keys.h"
#include "bma-jwt.h"
#include "bma-text.h"
#include "http-fixture.h"

#define STEP_S   60
#define LEAD_S   300
#define LIFETIME 3600
#define SECRET   "the secret that others have too."

/* A member of the header of a token. */
static char *
read_header (const char *token, const char *name)
{
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  size_t n_bytes = 0;
  g_autofree uint8_t *bytes =
      bma_text_base64url_decode (token, strcspn (token, "."), &n_bytes);
  g_autoptr (JsonObject)
      header = bma_json_parse_object ((const char *) bytes, n_bytes, &limits, NULL);

  g_assert_nonnull (header);
  return g_strdup (bma_json_get_string (header, name));
}

static HttpAnswer *
get (HttpFixture *fixture, const char *path)
{
  return http_call (fixture, "GET", path, NULL, NULL, NULL);
}

static unsigned int
call_mcp (HttpFixture *fixture, const char *token)
{
  g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);
  g_autoptr (HttpAnswer) answer = http_call (fixture, "POST", "/mcp", "application/json",
                                             "{}", "Authorization", bearer, NULL);

  return answer->status;
}

/* A client that refreshes all the time, and another server that verifies its tokens. */
typedef struct
{
  HttpFixture *fixture;
  char *client_id;     /* owned */
  char *refresh_token; /* owned */
  GPtrArray *tokens;   /* owned: access tokens, the first given first */
  GArray *given_at_s;  /* owned: int64_t */
  BmaKeyset *cached;   /* owned, nullable: as long as it may be kept */
  int64_t stale_at_s;
} Client;

static int64_t
now_s (HttpFixture *fixture)
{
  return bma_clock_now_s (BMA_CLOCK (fixture->clock));
}

static void
take_tokens (Client *self, HttpAnswer *answer)
{
  int64_t now = now_s (self->fixture);

  g_assert_cmpuint (answer->status, ==, 200);
  g_free (self->refresh_token);
  self->refresh_token = http_answer_member (answer, "refresh_token");
  g_ptr_array_add (self->tokens, http_answer_member (answer, "access_token"));
  g_array_append_val (self->given_at_s, now);
}

static const char *
newest (Client *self)
{
  return g_ptr_array_index (self->tokens, self->tokens->len - 1);
}

static Client *
client_new (HttpFixture *fixture)
{
  Client *self = g_new0 (Client, 1);
  g_autofree char *code = NULL;
  g_autoptr (HttpAnswer) answer = NULL;

  self->fixture = fixture;
  self->client_id = http_register (fixture);
  self->tokens = g_ptr_array_new_with_free_func (g_free);
  self->given_at_s = g_array_new (FALSE, FALSE, sizeof (int64_t));
  code = http_get_code (fixture, self->client_id);
  answer = http_redeem (fixture, self->client_id, code);
  take_tokens (self, answer);
  return self;
}

static void
client_free (Client *self)
{
  g_clear_pointer (&self->cached, bma_keyset_free);
  g_array_unref (self->given_at_s);
  g_ptr_array_unref (self->tokens);
  g_free (self->refresh_token);
  g_free (self->client_id);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

static void
refresh (Client *self)
{
  g_autoptr (HttpAnswer)
      answer = http_refresh (self->fixture, self->client_id, self->refresh_token);

  take_tokens (self, answer);
}

/* As a server that keeps our keys as long as it may, and no shorter. */
static void
verify_elsewhere (Client *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) claims = NULL;

  if (self->cached == NULL || now_s (self->fixture) >= self->stale_at_s)
    {
      g_autoptr (HttpAnswer) answer = get (self->fixture, "/.well-known/jwks.json");

      g_assert_cmpstr (http_answer_header (answer, "Cache-Control"), ==,
                       "public, max-age=300");
      g_clear_pointer (&self->cached, bma_keyset_free);
      self->cached = bma_keyset_new_from_jwks (answer->body, strlen (answer->body), NULL);
      self->stale_at_s = now_s (self->fixture) + 300;
    }
  claims = bma_jwt_verify (self->cached, BMA_JWT_TYP_ACCESS, newest (self),
                           strlen (newest (self)), &error);
  g_assert_no_error (error);
}

/* Tokens of every age pass until they expire. */
static void
use_some (Client *self)
{
  for (unsigned int i = 0; i < self->tokens->len; i += 3)
    if (now_s (self->fixture) - g_array_index (self->given_at_s, int64_t, i) < LIFETIME)
      g_assert_cmpuint (call_mcp (self->fixture, g_ptr_array_index (self->tokens, i)), ==,
                        202);
}

static void
on_rotated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bma_broker_rotate_keys_finish (BMA_BROKER (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
rotate (HttpFixture *fixture, gboolean now)
{
  gboolean done = FALSE;

  bma_broker_rotate_keys_async (fixture->broker, now, NULL, on_rotated, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

/* From the command to the last token of the old key and beyond, nobody notices. */
static void
test_nobody_notices (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) client = client_new (fixture);
  g_autofree char *first = read_header (newest (client), "kid");
  g_autofree char *last = NULL;
  g_autoptr (HttpAnswer) jwks = NULL;
  unsigned int n_by_first = 0;

  verify_elsewhere (client);
  rotate (fixture, FALSE);
  for (int64_t t = 0; t <= LEAD_S + LIFETIME + 2 * STEP_S; t += STEP_S)
    {
      refresh (client);
      verify_elsewhere (client);
      g_assert_cmpuint (call_mcp (fixture, newest (client)), ==, 202);
      if (t % (15 * STEP_S) == 0 || t > LEAD_S + LIFETIME - 2 * STEP_S)
        use_some (client);
      bma_clock_dummy_advance_s (fixture->clock, STEP_S);
    }
  last = read_header (newest (client), "kid");
  g_assert_cmpstr (last, !=, first);
  for (unsigned int i = 0; i < client->tokens->len; i++)
    {
      g_autofree char *kid = read_header (g_ptr_array_index (client->tokens, i), "kid");

      n_by_first += g_str_equal (kid, first);
    }
  g_assert_cmpuint (n_by_first, >=, LEAD_S / STEP_S);
  g_assert_cmpuint (n_by_first, <=, LEAD_S / STEP_S + 3);
  jwks = get (fixture, "/.well-known/jwks.json");
  g_assert_nonnull (strstr (jwks->body, last));
  g_assert_null (strstr (jwks->body, first));
}

static void
test_next_key_is_published (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (HttpAnswer) before = get (fixture, "/.well-known/jwks.json");
  g_autoptr (HttpAnswer) after = NULL;
  g_autoptr (BmaKeyset) one = NULL;
  g_autoptr (BmaKeyset) two = NULL;

  rotate (fixture, FALSE);
  after = get (fixture, "/.well-known/jwks.json");
  one = bma_keyset_new_from_jwks (before->body, strlen (before->body), NULL);
  two = bma_keyset_new_from_jwks (after->body, strlen (after->body), NULL);
  g_assert_cmpuint (bma_keyset_get_size (one), ==, 1);
  g_assert_cmpuint (bma_keyset_get_size (two), ==, 2);
  g_assert_null (strstr (after->body, "\"d\""));
  g_assert_null (strstr (after->body, "biomcp-auth"));
}

/* Also a token whose signature was verified a moment ago. */
static void
test_revokes_now (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) client = client_new (fixture);
  g_autofree char *before = g_strdup (newest (client));

  g_assert_cmpuint (call_mcp (fixture, before), ==, 202);
  g_assert_cmpuint (call_mcp (fixture, before), ==, 202);
  rotate (fixture, TRUE);
  g_assert_cmpuint (call_mcp (fixture, before), ==, 401);
  refresh (client);
  g_assert_cmpuint (call_mcp (fixture, newest (client)), ==, 202);
  g_assert_cmpuint (call_mcp (fixture, before), ==, 401);
}

static void
set_algorithm (HttpFixture *fixture, const char *name)
{
  g_free (fixture->config->algorithm);
  fixture->config->algorithm = g_strdup (name);
  bma_broker_set_config (fixture->broker, fixture->config);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static char *
list_id_algorithms (HttpFixture *fixture)
{
  g_autoptr (HttpAnswer) answer = get (fixture, "/.well-known/openid-configuration");
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_autoptr (JsonObject)
      object = bma_json_parse_object (answer->body, strlen (answer->body), &limits, NULL);
  g_auto (GStrv) names = NULL;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_true (
      bma_json_get_strings (object, "id_token_signing_alg_values_supported", &names));
  return g_strjoinv (" ", names);
}

/* A code for more than the default scopes. */
static HttpAnswer *
sign_in_with_openid (HttpFixture *fixture, const char *client_id)
{
  g_autofree char *query =
      http_authorize_query (fixture, client_id,
                            "&scope=mcp%20openid%20offline_access&nonce=n-1");
  g_autoptr (HttpAnswer) page = get (fixture, query);
  g_autofree char *cookie = NULL;
  g_autofree char *code = http_answer_location_parameter (page, "code");

  if (code == NULL)
    {
      g_autofree char *form = http_read_consent (page, "allow", &cookie);
      g_autoptr (HttpAnswer)
          answer = http_call (fixture, "POST", "/consent", FORM, form, "Origin",
                              fixture->origin, "Cookie", cookie, NULL);

      code = http_answer_location_parameter (answer, "code");
    }
  return http_redeem (fixture, client_id, code);
}

/* What is announced is what tokens are signed with, and both change at one moment. */
static void
test_other_algorithm (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *es256 = list_id_algorithms (fixture);
  g_autofree char *both = NULL;
  g_autofree char *rs256 = NULL;
  g_autofree char *old_token = NULL;
  g_autofree char *id_token = NULL;
  g_autofree char *algorithm = NULL;
  g_autofree char *id_algorithm = NULL;
  g_autofree char *token = NULL;
  g_autoptr (HttpAnswer) first = sign_in_with_openid (fixture, client_id);
  g_autoptr (HttpAnswer) second = NULL;

  old_token = http_answer_member (first, "access_token");
  g_assert_cmpstr (es256, ==, "ES256");
  set_algorithm (fixture, BMA_ALGORITHM_NAME_RS256);
  both = list_id_algorithms (fixture);
  while (!g_str_equal (both, "ES256 RS256"))
    {
      g_main_context_iteration (NULL, TRUE);
      g_free (both);
      both = list_id_algorithms (fixture);
    }
  bma_clock_dummy_advance_s (fixture->clock, LEAD_S);
  g_free (list_id_algorithms (fixture));
  second = sign_in_with_openid (fixture, client_id);
  rs256 = list_id_algorithms (fixture);
  g_assert_cmpstr (rs256, ==, "RS256");
  token = http_answer_member (second, "access_token");
  id_token = http_answer_member (second, "id_token");
  algorithm = read_header (token, "alg");
  id_algorithm = read_header (id_token, "alg");
  g_assert_cmpstr (algorithm, ==, "RS256");
  g_assert_cmpstr (id_algorithm, ==, "RS256");
  g_assert_cmpuint (call_mcp (fixture, token), ==, 202);
  g_assert_cmpuint (call_mcp (fixture, old_token), ==, 202);
}

static void
test_shared_secret (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autoptr (HttpAnswer) before = sign_in_with_openid (fixture, client_id);
  g_autofree char *old_token = http_answer_member (before, "access_token");
  g_autoptr (HttpAnswer) after = NULL;
  g_autoptr (HttpAnswer) jwks = NULL;
  g_autoptr (HttpAnswer) openid = NULL;
  g_autoptr (HttpAnswer) server = NULL;
  g_autofree char *token = NULL;
  g_autofree char *id_token = NULL;
  g_autofree char *algorithm = NULL;
  g_autofree char *kid = NULL;
  g_autofree char *scope = NULL;

  bma_keyring_dummy_put (fixture->keyring, BMA_KEYRING_KIND_JWT_SECRET, fixture->origin,
                         SECRET);
  set_algorithm (fixture, BMA_ALGORITHM_NAME_HS256);
  jwks = get (fixture, "/.well-known/jwks.json");
  openid = get (fixture, "/.well-known/openid-configuration/mcp");
  server = get (fixture, "/.well-known/oauth-authorization-server");
  g_assert_cmpstr (jwks->body, ==, "{\"keys\":[]}");
  g_assert_cmpstr (http_answer_header (jwks, "Cache-Control"), ==, "no-store");
  g_assert_cmpuint (openid->status, ==, 404);
  g_assert_cmpuint (server->status, ==, 200);
  g_assert_null (strstr (server->body, "jwks_uri"));
  g_assert_null (strstr (server->body, "openid"));

  g_assert_cmpuint (call_mcp (fixture, old_token), ==, 401);
  after = sign_in_with_openid (fixture, client_id);
  token = http_answer_member (after, "access_token");
  id_token = http_answer_member (after, "id_token");
  scope = http_answer_member (after, "scope");
  algorithm = read_header (token, "alg");
  kid = read_header (token, "kid");
  g_assert_cmpstr (algorithm, ==, "HS256");
  g_assert_cmpstr (kid, ==, "hs256");
  g_assert_null (id_token);
  g_assert_null (strstr (scope, "openid"));
  g_assert_cmpuint (call_mcp (fixture, token), ==, 202);

  /* Another secret: the tokens of the one before end. */
  bma_keyring_dummy_put (fixture->keyring, BMA_KEYRING_KIND_JWT_SECRET, fixture->origin,
                         "another secret of 32 bytes or so");
  set_algorithm (fixture, BMA_ALGORITHM_NAME_ES256);
  g_assert_cmpuint (call_mcp (fixture, token), ==, 401);
  set_algorithm (fixture, BMA_ALGORITHM_NAME_HS256);
  g_assert_cmpuint (call_mcp (fixture, token), ==, 401);
}

/* Without a secret nothing is signed, and whoever looks learns why. */
static void
test_no_shared_secret (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (Client) client = client_new (fixture);
  g_autoptr (HttpAnswer) answer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) findings = NULL;
  g_autofree char *text = NULL;

  set_algorithm (fixture, BMA_ALGORITHM_NAME_HS256);
  answer = http_refresh (fixture, client->client_id, client->refresh_token);
  g_assert_cmpuint (answer->status, ==, 503);
  /* Unlocking would not help, so nobody is told to. */
  g_assert_null (strstr (answer->body, "unlock"));
  g_assert_nonnull (strstr (answer->body, "biomcp-auth doctor"));
  g_assert_cmpuint (call_mcp (fixture, newest (client)), ==, 503);
  bma_broker_diagnose_async (fixture->broker, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  findings = bma_broker_diagnose_finish (fixture->broker, result, NULL);
  text = g_variant_print (findings, FALSE);
  g_assert_nonnull (strstr (text, "('error', 'keyring', '[tokens] algorithm=HS256"));
  g_assert_nonnull (strstr (text, "Give the secret as jwt-secret"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/http/keys/nobody-notices-a-rotation", test_nobody_notices);
  g_test_add_func ("/http/keys/next-key-is-published", test_next_key_is_published);
  g_test_add_func ("/http/keys/rotation-now-ends-access-tokens", test_revokes_now);
  g_test_add_func ("/http/keys/other-algorithm-is-announced", test_other_algorithm);
  g_test_add_func ("/http/keys/hs256-has-no-key-set-and-no-openid", test_shared_secret);
  g_test_add_func ("/http/keys/hs256-without-a-secret", test_no_shared_secret);
  return g_test_run ();
}
