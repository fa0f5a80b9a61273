/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-jwt.h"
#include "bma-text.h"
#include "http-clients.h"

#define INACTIVE "{\"active\":false}"

typedef struct
{
  char *access;
  char *refresh;
  char *id_token;
} Tokens;

static void
tokens_clear (Tokens *self)
{
  g_free (self->access);
  g_free (self->refresh);
  g_free (self->id_token);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tokens, tokens_clear)

static void
sign_in (HttpFixture *fixture,
         const char *client_id,
         const char *basic,
         const char *more,
         Tokens *tokens)
{
  g_autofree char *query = http_authorize_query (fixture, client_id, more);
  g_autoptr (HttpAnswer) page = http_call (fixture, "GET", query, NULL, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autofree char *form = http_read_consent (page, "allow", &cookie);
  g_autoptr (HttpAnswer)
      allowed = http_call (fixture, "POST", "/consent", FORM, form, "Origin",
                           fixture->origin, "Cookie", cookie, NULL);
  g_autofree char *code = http_answer_location_parameter (allowed, "code");
  g_autofree char *body = g_strdup_printf (
      "grant_type=authorization_code&client_id=%s&code=%s&code_verifier=" VERIFIER
      "&redirect_uri=http%%3A%%2F%%2F127.0.0.1%%3A7777%%2Fcallback",
      client_id, code);
  g_autoptr (HttpAnswer) answer = http_call (fixture, "POST", "/token", FORM, body,
                                             basic != NULL ? "Authorization" : "X-None",
                                             basic != NULL ? basic : "x", NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  tokens->access = http_answer_member (answer, "access_token");
  tokens->refresh = http_answer_member (answer, "refresh_token");
  tokens->id_token = http_answer_member (answer, "id_token");
}

static char *
introspect (HttpFixture *fixture, const char *basic, const char *token)
{
  g_autofree char *body = g_strdup_printf ("token=%s", token);
  g_autoptr (HttpAnswer) answer = http_call (fixture, "POST", "/introspect", FORM, body,
                                             "Authorization", basic, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (http_answer_header (answer, "Cache-Control"), ==, "no-store");
  return g_steal_pointer (&answer->body);
}

static void
assert_active (HttpFixture *fixture,
               const char *basic,
               const char *token,
               gboolean active)
{
  g_autofree char *text = introspect (fixture, basic, token);

  if (active)
    g_assert_true (g_str_has_prefix (text, "{\"active\":true,\"scope\":\"mcp\","));
  else
    g_assert_cmpstr (text, ==, INACTIVE);
}

static void
test_own_tokens (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *basic = http_make_basic ("c0", SECRET);
  g_autofree char *other = http_make_basic ("c1", SECRET);
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_auto (Tokens) tokens = { NULL };
  g_autofree char *text = NULL;
  g_autofree char *revoke = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (HttpAnswer) revoked = NULL;
  int64_t expires_at_s = 0;

  http_add_client (fixture, "c0", BMA_CLIENT_AUTH_BASIC);
  http_add_client (fixture, "c1", BMA_CLIENT_AUTH_BASIC);
  sign_in (fixture, "c0", basic, "", &tokens);
  text = introspect (fixture, basic, tokens.access);
  object = bma_json_parse_object (text, strlen (text), &limits, NULL);
  g_assert_cmpstr (bma_json_get_string (object, "client_id"), ==, "c0");
  g_assert_cmpstr (bma_json_get_string (object, "token_type"), ==, "Bearer");
  g_assert_cmpstr (bma_json_get_string (object, "iss"), ==, fixture->origin);
  g_assert_cmpstr (bma_json_get_string (object, "aud"), ==,
                   fixture->config->resources[0]);
  g_assert_cmpstr (bma_json_get_string (object, "sub"), ==,
                   bma_broker_get_subject (fixture->broker)->sub);
  g_assert_nonnull (bma_json_get_string (object, "jti"));
  g_assert_true (bma_json_get_int (object, "exp", &expires_at_s));
  g_assert_cmpint (expires_at_s, ==, bma_clock_now_s (BMA_CLOCK (fixture->clock)) + 3600);
  assert_active (fixture, basic, tokens.access, TRUE);
  assert_active (fixture, basic, tokens.refresh, TRUE);

  /* Somebody else's, nonsense, and what only looks like a token: all the same. */
  assert_active (fixture, other, tokens.access, FALSE);
  assert_active (fixture, other, tokens.refresh, FALSE);
  assert_active (fixture, basic, "nonsense", FALSE);
  assert_active (fixture, basic, "a.b.c", FALSE);
  assert_active (fixture, basic, "%20", FALSE);

  revoke = g_strdup_printf ("token=%s", tokens.access);
  revoked =
      http_call (fixture, "POST", "/revoke", FORM, revoke, "Authorization", basic, NULL);
  assert_active (fixture, basic, tokens.access, FALSE);
  assert_active (fixture, basic, tokens.refresh, TRUE);
  bma_clock_dummy_advance_s (fixture->clock, fixture->config->refresh_lifetime_s);
  assert_active (fixture, basic, tokens.refresh, FALSE);
}

static void
test_expired_and_used (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *basic = http_make_basic ("c0", SECRET);
  g_auto (Tokens) tokens = { NULL };
  g_autofree char *body = NULL;
  g_autoptr (HttpAnswer) refreshed = NULL;
  g_autofree char *successor = NULL;

  http_add_client (fixture, "c0", BMA_CLIENT_AUTH_BASIC);
  sign_in (fixture, "c0", basic, "", &tokens);
  body = g_strdup_printf ("grant_type=refresh_token&refresh_token=%s", tokens.refresh);
  refreshed =
      http_call (fixture, "POST", "/token", FORM, body, "Authorization", basic, NULL);
  successor = http_answer_member (refreshed, "refresh_token");
  assert_active (fixture, basic, tokens.refresh, FALSE);
  assert_active (fixture, basic, successor, TRUE);
  bma_clock_dummy_advance_s (fixture->clock, 3600);
  assert_active (fixture, basic, tokens.access, FALSE);
}

/* Tokens of public clients, for a client that the owner made for a resource server. */
static void
test_resource_server (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *basic = http_make_basic ("c0", SECRET);
  BmaClient *client = NULL;
  g_auto (Tokens) tokens = { NULL };

  http_add_client (fixture, "c0", BMA_CLIENT_AUTH_BASIC);
  sign_in (fixture, client_id, NULL, "", &tokens);
  assert_active (fixture, basic, tokens.access, FALSE);
  client = bma_record_copy (
      bma_store_lookup (BMA_STORE (fixture->store), &bma_client_type, "c0"));
  client->is_resource_server = TRUE;
  bma_change_put_take (change, client);
  http_store_apply (fixture, change);
  assert_active (fixture, basic, tokens.access, TRUE);
  assert_active (fixture, basic, tokens.refresh, TRUE);
}

static void
test_needs_credentials (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *public_body = g_strdup_printf ("token=x&client_id=%s", client_id);
  g_autofree char *wrong = http_make_basic ("c0", "wrong");
  g_autofree char *right = http_make_basic ("c0", SECRET);
  const struct
  {
    const char *type;
    const char *body;
    const char *header;
    unsigned int status;
    const char *error;
  } cases[] = {
    { FORM, "token=x", NULL, 401, "invalid_client" },
    { FORM, "token=x&client_id=c0", NULL, 401, "invalid_client" },
    { FORM, "token=x", wrong, 401, "invalid_client" },
    { FORM, "token=x", "Bearer x", 401, "invalid_client" },
    { FORM, public_body, NULL, 401, "invalid_client" },
    { FORM, "", right, 400, "invalid_request" },
    { FORM, "token=", right, 400, "invalid_request" },
    { FORM, "token=x&token=y", right, 400, "invalid_request" },
    { "application/json", "{\"token\":\"x\"}", right, 400, "invalid_request" },
  };

  http_add_client (fixture, "c0", BMA_CLIENT_AUTH_BASIC);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpAnswer) answer =
          http_call (fixture, "POST", "/introspect", cases[i].type, cases[i].body,
                     cases[i].header != NULL ? "Authorization" : "X-None",
                     cases[i].header != NULL ? cases[i].header : "x", NULL);
      g_autofree char *error = http_answer_member (answer, "error");

      g_test_message ("case %zu", i);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_cmpstr (error, ==, cases[i].error);
      g_assert_cmpint (http_answer_header (answer, "WWW-Authenticate") != NULL, ==,
                       answer->status == 401);
    }
}

static void
set_email (HttpFixture *fixture)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaSubject *subject = bma_record_copy (bma_broker_get_subject (fixture->broker));

  g_free (subject->email);
  subject->email = g_strdup ("ann@example.org");
  g_free (subject->name);
  subject->name = g_strdup ("Ann");
  bma_change_put_take (change, subject);
  http_store_apply (fixture, change);
}

static void
test_user_info (void)
{
  static const struct
  {
    const char *scope;
    const char *name;
    const char *email;
  } cases[] = {
    { "&scope=mcp%20openid", NULL, NULL },
    { "&scope=mcp%20openid%20profile", "Ann", NULL },
    { "&scope=mcp%20openid%20profile%20email", "Ann", "ann@example.org" },
    { "&scope=openid%20email%20profile%20offline_access", "Ann", "ann@example.org" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
      g_autofree char *client_id = http_register (fixture);
      g_auto (Tokens) tokens = { NULL };
      g_autofree char *bearer = NULL;
      g_autofree char *name = NULL;
      g_autofree char *email = NULL;
      g_autofree char *sub = NULL;
      g_autoptr (HttpAnswer) got = NULL;
      g_autoptr (HttpAnswer) posted = NULL;

      set_email (fixture);
      sign_in (fixture, client_id, NULL, cases[i].scope, &tokens);
      bearer = g_strconcat ("Bearer ", tokens.access, NULL);
      got = http_call (fixture, "GET", "/userinfo", NULL, NULL, "Authorization", bearer,
                       NULL);
      posted = http_call (fixture, "POST", "/userinfo", FORM, "", "Authorization", bearer,
                          NULL);
      g_assert_cmpuint (got->status, ==, 200);
      g_assert_cmpstr (got->body, ==, posted->body);
      g_assert_cmpstr (http_answer_header (got, "Cache-Control"), ==, "no-store");
      sub = http_answer_member (got, "sub");
      name = http_answer_member (got, "name");
      email = http_answer_member (got, "email");
      g_assert_cmpstr (sub, ==, bma_broker_get_subject (fixture->broker)->sub);
      g_assert_cmpstr (name, ==, cases[i].name);
      g_assert_cmpstr (email, ==, cases[i].email);
      g_assert_cmpint (strstr (got->body, "\"email_verified\":true") != NULL, ==,
                       email != NULL);
    }
}

static void
test_user_info_refused (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_auto (Tokens) tokens = { NULL };
  g_autofree char *plain = NULL;
  g_autofree char *refresh = NULL;

  sign_in (fixture, client_id, NULL, "", &tokens);
  plain = g_strconcat ("Bearer ", tokens.access, NULL);
  refresh = g_strconcat ("Bearer ", tokens.refresh, NULL);
  {
    const struct
    {
      const char *header;
      unsigned int status;
      const char *challenge;
    } cases[] = {
      { NULL, 401, "Bearer realm=\"BioMCP\", scope=\"openid\"" },
      { "Basic eDp5", 401, "Bearer realm=\"BioMCP\", scope=\"openid\"" },
      { "Bearer ", 400, "Bearer realm=\"BioMCP\", error=\"invalid_request\"" },
      { "Bearer nonsense", 401, "Bearer realm=\"BioMCP\", error=\"invalid_token\"" },
      { refresh, 401, "Bearer realm=\"BioMCP\", error=\"invalid_token\"" },
      { plain, 403, "Bearer realm=\"BioMCP\", error=\"insufficient_scope\"" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autoptr (HttpAnswer)
            answer = http_call (fixture, "GET", "/userinfo", NULL, NULL,
                                cases[i].header != NULL ? "Authorization" : "X-None",
                                cases[i].header != NULL ? cases[i].header : "x", NULL);

        g_test_message ("case %zu", i);
        g_assert_cmpuint (answer->status, ==, cases[i].status);
        g_assert_true (g_str_has_prefix (http_answer_header (answer, "WWW-Authenticate"),
                                         cases[i].challenge));
      }
  }
}

static void
test_id_token (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autoptr (HttpAnswer)
      jwks = http_call (fixture, "GET", "/.well-known/jwks.json", NULL, NULL, NULL);
  g_autoptr (BmaKeyset)
      keys = bma_keyset_new_from_jwks (jwks->body, strlen (jwks->body), NULL);
  const char *const audiences[] = { client_id, NULL };
  int64_t now_s = bma_clock_now_s (BMA_CLOCK (fixture->clock));
  uint8_t digest[BMA_SHA256_BYTES];
  g_auto (Tokens) tokens = { NULL };
  g_auto (Tokens) without = { NULL };
  g_autoptr (JsonObject) claims = NULL;
  g_autofree char *hash = NULL;
  int64_t signed_in_at_s = 0;

  sign_in (fixture, client_id, NULL, "", &without);
  g_assert_null (without.id_token);
  sign_in (fixture, client_id, NULL, "&scope=mcp%20openid&nonce=n-0S6%2FWz&max_age=10",
           &tokens);
  claims = bma_jwt_verify (keys, NULL, tokens.id_token, strlen (tokens.id_token), NULL);
  g_assert_nonnull (claims);
  g_assert_nonnull (bma_jwt_check (claims, fixture->origin, audiences, now_s, NULL));
  g_assert_cmpstr (bma_json_get_string (claims, "nonce"), ==, "n-0S6/Wz");
  g_assert_cmpstr (bma_json_get_string (claims, "sub"), ==,
                   bma_broker_get_subject (fixture->broker)->sub);
  g_assert_true (bma_json_get_int (claims, "auth_time", &signed_in_at_s));
  g_assert_cmpint (signed_in_at_s, ==, now_s);
  bma_text_sha256 (tokens.access, strlen (tokens.access), digest);
  hash = bma_text_base64url (digest, 16);
  g_assert_cmpstr (bma_json_get_string (claims, "at_hash"), ==, hash);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/introspect/own-tokens-while-they-are-good", test_own_tokens);
  g_test_add_func ("/http/introspect/expired-and-used-ones-are-inactive",
                   test_expired_and_used);
  g_test_add_func ("/http/introspect/resource-server-sees-all", test_resource_server);
  g_test_add_func ("/http/introspect/needs-credentials", test_needs_credentials);
  g_test_add_func ("/http/userinfo/claims-by-scope", test_user_info);
  g_test_add_func ("/http/userinfo/refuses-as-rfc-6750-says", test_user_info_refused);
  g_test_add_func ("/http/id-token/is-complete", test_id_token);
  return g_test_run ();
}
