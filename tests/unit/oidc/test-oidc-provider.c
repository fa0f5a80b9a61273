/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The provider against an OpenID provider in the same process. */

#include "bma-oidc.h"

#include <string.h>

#include "bma-clock-dummy.h"
#include "bma-jwt.h"
#include "bma-keyring-dummy.h"
#include "bma-oidc-wire.h"
#include "bma-text.h"
#include "oidc-server.h"

#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CALLBACK "state=tx&code=canary-code"
#define OPENID   "/.well-known/openid-configuration"

typedef struct
{
  OidcServer server;
  BmaClockDummy *clock;
  BmaHttpClient *client;
  BmaKeyringDummy *keyring;
  BmaConfig *config;
  BmaIdentityProvider *provider;
  BmaKey *key;
  const char *origin; /* not owned */
} Fixture;

static void
publish_document (Fixture *self, const char *issuer, const char *more)
{
  g_autofree char *body = g_strdup_printf (
      "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/jwks\",\"authorization_endpoint\":"
      "\"%s/auth\",\"token_endpoint\":\"%s/token\"%s}",
      issuer, self->origin, self->origin, self->origin, more);

  oidc_server_answer (&self->server, OPENID, 200, NULL, body);
}

static void
publish_keys (Fixture *self, BmaKey *key)
{
  g_autofree char *jwks =
      g_strdup_printf ("{\"keys\":[%s]}", bma_key_get_public_jwk (key));

  oidc_server_answer (&self->server, "/jwks", 200, NULL, jwks);
}

/* What the token endpoint answers: an ID token signed with @key. */
static void
publish_token (Fixture *self, BmaKey *key, const char *typ, const char *more)
{
  g_autofree char *challenge = bma_text_sha256_base64url (VERIFIER);
  g_autofree char *nonce = bma_oidc_wire_make_nonce (challenge);
  g_autofree char *payload = g_strdup_printf (
      "{\"iss\":\"%s\",\"aud\":\"us\",\"sub\":\"ada\",\"iat\":%d,\"exp\":%d,"
      "\"nonce\":\"%s\"%s}",
      self->origin, BMA_CLOCK_DUMMY_START_S, BMA_CLOCK_DUMMY_START_S + 300, nonce, more);
  g_autoptr (BmaSecret) token = bma_jws_sign (key, typ, payload, NULL);
  g_autofree char *body =
      g_strdup_printf ("{\"access_token\":\"canary-access\",\"token_type\":\"bearer\","
                       "\"id_token\":\"%s\"}",
                       bma_secret_peek (token));

  oidc_server_answer (&self->server, "/token", 200, NULL, body);
}

static void
fixture_start (Fixture *self)
{
  oidc_server_start (&self->server);
  self->origin = self->server.server.origin;
  self->clock = bma_clock_dummy_new ();
  self->client = bma_http_client_new ();
  self->keyring = bma_keyring_dummy_new ();
  self->config = bma_config_new ();
  bma_config_set_address (self->config, "127.0.0.1", 8417, NULL, NULL);
  self->config->oidc_issuer = g_strdup (self->origin);
  self->config->oidc_client_id = g_strdup ("us");
  self->key = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  self->provider = bma_oidc_new (self->config, BMA_KEYRING (self->keyring), self->client,
                                 BMA_CLOCK (self->clock));
  publish_document (self, self->origin, "");
  publish_keys (self, self->key);
  publish_token (self, self->key, "JWT",
                 ",\"name\":\"Ada\",\"email\":\"a@x.org\",\"email_verified\":true");
}

static void
fixture_stop (Fixture *self)
{
  g_assert_cmpuint (G_OBJECT (self->provider)->ref_count, ==, 1);
  g_object_unref (self->provider);
  g_object_unref (self->client);
  g_object_unref (self->keyring);
  g_object_unref (self->clock);
  bma_config_unref (self->config);
  bma_key_unref (self->key);
  oidc_server_stop (&self->server);
}

typedef struct
{
  gboolean is_done;
  BmaIdentity *identity;
  char *uri;
  GError *error;
} Outcome;

static void
outcome_clear (Outcome *self)
{
  g_clear_pointer (&self->identity, bma_identity_free);
  g_clear_pointer (&self->uri, g_free);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
await (Outcome *outcome)
{
  while (!outcome->is_done)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (outcome->error != NULL)
    {
      g_test_message ("%s", outcome->error->message);
      g_assert_null (strstr (outcome->error->message, "canary"));
    }
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;
  g_autoptr (BmaLoginReply)
      reply = bma_identity_provider_begin_finish (BMA_IDENTITY_PROVIDER (source), result,
                                                  &outcome->error);

  if (reply != NULL)
    outcome->uri = g_steal_pointer (&reply->uri);
  outcome->is_done = TRUE;
}

static void
begin (Fixture *self, gboolean wants_other_account, Outcome *outcome)
{
  bma_identity_provider_begin_async (self->provider,
                                     &(BmaLoginRequest){
                                         .tx = "tx-1",
                                         .code_challenge = "Ch",
                                         .wants_other_account = wants_other_account },
                                     NULL, on_begun, outcome);
  await (outcome);
}

static void
on_exchanged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->identity =
      bma_identity_provider_exchange_finish (BMA_IDENTITY_PROVIDER (source), result,
                                             &outcome->error);
  g_assert_true ((outcome->identity == NULL) == (outcome->error != NULL));
  outcome->is_done = TRUE;
}

static void
exchange (Fixture *self, const char *query, const char *verifier, Outcome *outcome)
{
  g_autoptr (BmaForm) form = bma_form_parse (query, strlen (query));
  g_autoptr (BmaSecret) code_verifier = bma_secret_new (verifier);

  bma_identity_provider_exchange_async (self->provider, NULL, form, code_verifier, NULL,
                                        on_exchanged, outcome);
  await (outcome);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;
  gboolean is_fine = bma_identity_provider_check_finish (BMA_IDENTITY_PROVIDER (source),
                                                         result, &outcome->error);

  g_assert_true (is_fine == (outcome->error == NULL));
  outcome->is_done = TRUE;
}

static void
check (Fixture *self, Outcome *outcome)
{
  bma_identity_provider_check_async (self->provider, NULL, on_checked, outcome);
  await (outcome);
}

static void
test_begin (void)
{
  Fixture fixture;
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };
  g_autofree char *prefix = NULL;
  g_autofree char *redirect_uri = NULL;
  g_autofree char *name = NULL;

  fixture_start (&fixture);
  redirect_uri = bma_identity_provider_get_redirect_uri (fixture.provider);
  g_assert_true (g_str_has_suffix (redirect_uri, "/callback"));
  begin (&fixture, FALSE, &first);
  g_assert_no_error (first.error);
  prefix = g_strdup_printf ("%s/auth?response_type=code&client_id=us&redirect_uri=http%%3"
                            "A%%2F%%2F127.0.0.1%%3A8417%%2Fcallback&scope=openid%%20"
                            "profile%%20email&state=tx-1&nonce=",
                            fixture.origin);
  g_assert_true (g_str_has_prefix (first.uri, prefix));
  g_assert_true (
      g_str_has_suffix (first.uri, "&code_challenge=Ch&code_challenge_method=S256"));
  begin (&fixture, TRUE, &second);
  g_assert_true (g_str_has_suffix (second.uri, "&prompt=login"));
  g_assert_cmpuint (oidc_server_count (&fixture.server, "GET " OPENID), ==, 1);
  /* The same sub at another issuer is another person. */
  name = g_strconcat ("oidc:", fixture.origin, NULL);
  g_assert_cmpstr (bma_identity_provider_get_name (fixture.provider), ==, name);
  fixture_stop (&fixture);
}

static void
test_public_client (void)
{
  Fixture fixture;
  g_auto (Outcome) outcome = { 0 };

  fixture_start (&fixture);
  exchange (&fixture, CALLBACK, VERIFIER, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (outcome.identity->sub, ==, "ada");
  g_assert_cmpstr (outcome.identity->name, ==, "Ada");
  g_assert_cmpstr (outcome.identity->email, ==, "a@x.org");
  g_assert_cmpuint (oidc_server_count (&fixture.server, "POST /token"), ==, 1);
  fixture_stop (&fixture);
}

static void
test_credentials (void)
{
  static const struct
  {
    const char *methods;
    gboolean has_secret;
    const char *authorization;
    const char *suffix;
  } cases[] = {
    { "", FALSE, NULL, "&client_id=us" },
    { ",\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\"]", FALSE, NULL,
      "&client_id=us" },
    { "", TRUE, "Basic dXM6Y2FuYXJ5LXNlY3JldA==", VERIFIER },
    { ",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\","
      "\"client_secret_basic\"]",
      TRUE, "Basic dXM6Y2FuYXJ5LXNlY3JldA==", VERIFIER },
    { ",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"]", TRUE, NULL,
      "&client_id=us&client_secret=canary-secret" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;
      g_auto (Outcome) outcome = { 0 };

      fixture_start (&fixture);
      publish_document (&fixture, fixture.origin, cases[i].methods);
      /* The keys are known, so that the token request is the last one. */
      exchange (&fixture, CALLBACK, VERIFIER, &outcome);
      outcome_clear (&outcome);
      outcome.is_done = FALSE;
      if (cases[i].has_secret)
        bma_keyring_dummy_put (fixture.keyring, BMA_KEYRING_KIND_OIDC_SECRET,
                               fixture.origin, "canary-secret");
      exchange (&fixture, CALLBACK, VERIFIER, &outcome);
      g_assert_no_error (outcome.error);
      g_assert_cmpstr (fixture.server.authorization, ==, cases[i].authorization);
      g_assert_true (g_str_has_suffix (fixture.server.body, cases[i].suffix));
      fixture_stop (&fixture);
    }
}

static void
test_locked_keyring (void)
{
  Fixture fixture;
  g_auto (Outcome) outcome = { 0 };

  fixture_start (&fixture);
  bma_keyring_dummy_set_state (fixture.keyring, BMA_KEYRING_STATE_LOCKED);
  exchange (&fixture, CALLBACK, VERIFIER, &outcome);
  g_assert_error (outcome.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_KEYRING);
  g_assert_cmpuint (oidc_server_count (&fixture.server, "POST /token"), ==, 0);
  fixture_stop (&fixture);
}

/* Nothing is sent to the token endpoint for a callback of somebody else. */
static void
test_refused_callbacks (void)
{
  static const struct
  {
    const char *query;
    BmaIdentityError code;
  } cases[] = {
    { "state=tx&error=access_denied&error_description=canary",
      BMA_IDENTITY_ERROR_REFUSED },
    { "state=tx&code=canary&iss=https%3A%2F%2Fevil.example",
      BMA_IDENTITY_ERROR_MISMATCH },
    { "state=tx", BMA_IDENTITY_ERROR_PROTOCOL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;
      g_auto (Outcome) outcome = { 0 };

      fixture_start (&fixture);
      exchange (&fixture, cases[i].query, VERIFIER, &outcome);
      g_assert_error (outcome.error, BMA_IDENTITY_ERROR, (int) cases[i].code);
      g_assert_cmpuint (oidc_server_count (&fixture.server, "POST /token"), ==, 0);
      fixture_stop (&fixture);
    }
}

static void
test_bad_tokens (void)
{
  Fixture fixture;
  g_autoptr (BmaKey) other = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  g_auto (Outcome) unknown = { 0 };
  g_auto (Outcome) type = { 0 };
  g_auto (Outcome) nonce = { 0 };
  g_auto (Outcome) garbage = { 0 };

  fixture_start (&fixture);
  publish_token (&fixture, other, "JWT", "");
  exchange (&fixture, CALLBACK, VERIFIER, &unknown);
  g_assert_error (unknown.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (unknown.error->message, "does not publish"));
  publish_token (&fixture, fixture.key, "at+jwt", "");
  exchange (&fixture, CALLBACK, VERIFIER, &type);
  g_assert_error (type.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (type.error->message, "another type"));
  publish_token (&fixture, fixture.key, "JWT", "");
  exchange (&fixture, CALLBACK, "another-verifier-another-verifier-another-one", &nonce);
  g_assert_error (nonce.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_MISMATCH);
  oidc_server_answer (&fixture.server, "/token", 200, NULL,
                      "{\"access_token\":\"a\",\"token_type\":\"bearer\","
                      "\"id_token\":\"canary\"}");
  exchange (&fixture, CALLBACK, VERIFIER, &garbage);
  g_assert_error (garbage.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL);
  fixture_stop (&fixture);
}

static void
test_rotation (void)
{
  Fixture fixture;
  g_autoptr (BmaKey) newer = bma_key_generate (BMA_ALGORITHM_RS256, NULL);
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };

  fixture_start (&fixture);
  exchange (&fixture, CALLBACK, VERIFIER, &first);
  g_assert_no_error (first.error);
  bma_clock_dummy_advance_s (fixture.clock, 61);
  publish_keys (&fixture, newer);
  publish_token (&fixture, newer, "JWT", "");
  exchange (&fixture, CALLBACK, VERIFIER, &second);
  g_assert_no_error (second.error);
  g_assert_cmpuint (oidc_server_count (&fixture.server, "GET /jwks"), ==, 2);
  fixture_stop (&fixture);
}

/* A person who tries again is not held up by the floor. */
static void
test_keys_down (void)
{
  Fixture fixture;
  g_auto (Outcome) down = { 0 };
  g_auto (Outcome) up = { 0 };

  fixture_start (&fixture);
  oidc_server_answer (&fixture.server, "/jwks", 503, NULL, "");
  exchange (&fixture, CALLBACK, VERIFIER, &down);
  g_assert_error (down.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_OFFLINE);
  publish_keys (&fixture, fixture.key);
  exchange (&fixture, CALLBACK, VERIFIER, &up);
  g_assert_no_error (up.error);
  fixture_stop (&fixture);
}

static void
test_userinfo (void)
{
  static const struct
  {
    const char *body; /* NULL = 404 */
    int code;
    const char *name;
  } cases[] = {
    { "{\"sub\":\"ada\",\"name\":\"Ada\"}", -1, "Ada" },
    { "{\"sub\":\"eve\",\"name\":\"Eve\"}", BMA_IDENTITY_ERROR_PROTOCOL, NULL },
    { NULL, -1, NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;
      g_auto (Outcome) outcome = { 0 };
      g_autofree char *more = NULL;

      fixture_start (&fixture);
      more = g_strdup_printf (",\"userinfo_endpoint\":\"%s/me\"", fixture.origin);
      publish_document (&fixture, fixture.origin, more);
      publish_token (&fixture, fixture.key, "JWT", "");
      oidc_server_answer (&fixture.server, "/me", 200, NULL, cases[i].body);
      exchange (&fixture, CALLBACK, VERIFIER, &outcome);
      g_assert_cmpstr (fixture.server.authorization, ==, "Bearer canary-access");
      if (cases[i].code >= 0)
        g_assert_error (outcome.error, BMA_IDENTITY_ERROR, cases[i].code);
      else
        {
          g_assert_no_error (outcome.error);
          g_assert_cmpstr (outcome.identity->name, ==, cases[i].name);
        }
      fixture_stop (&fixture);
    }
}

static void
test_not_set_up (void)
{
  Fixture fixture;
  g_auto (Outcome) begun = { 0 };
  g_auto (Outcome) exchanged = { 0 };
  g_auto (Outcome) checked = { 0 };

  fixture_start (&fixture);
  g_clear_pointer (&fixture.config->oidc_client_id, g_free);
  begin (&fixture, FALSE, &begun);
  exchange (&fixture, CALLBACK, VERIFIER, &exchanged);
  check (&fixture, &checked);
  g_assert_error (begun.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
  g_assert_error (exchanged.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
  g_assert_error (checked.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
  g_assert_cmpstr (fixture.server.seen->str, ==, "");
  fixture_stop (&fixture);
}

static void
test_check (void)
{
  Fixture fixture;
  g_auto (Outcome) fine = { 0 };
  g_auto (Outcome) pkce = { 0 };
  g_auto (Outcome) plain = { 0 };
  g_auto (Outcome) keys = { 0 };
  g_auto (Outcome) issuer = { 0 };
  g_auto (Outcome) gone = { 0 };
  g_autofree char *slash = NULL;

  fixture_start (&fixture);
  check (&fixture, &fine);
  g_assert_no_error (fine.error);
  g_assert_nonnull (strstr (bma_identity_provider_get_remark (fixture.provider), "PKCE"));
  publish_document (&fixture, fixture.origin,
                    ",\"code_challenge_methods_supported\":[\"S256\"]");
  check (&fixture, &pkce);
  g_assert_no_error (pkce.error);
  g_assert_null (bma_identity_provider_get_remark (fixture.provider));
  publish_document (&fixture, fixture.origin,
                    ",\"code_challenge_methods_supported\":[\"plain\"]");
  check (&fixture, &plain);
  g_assert_error (plain.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
  publish_document (&fixture, fixture.origin, "");
  oidc_server_answer (&fixture.server, "/jwks", 404, NULL, "");
  check (&fixture, &keys);
  g_assert_error (keys.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
  slash = g_strconcat (fixture.origin, "/", NULL);
  publish_document (&fixture, slash, "");
  check (&fixture, &issuer);
  g_assert_error (issuer.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
  g_assert_nonnull (strstr (issuer.error->message, "slash at the end"));
  oidc_server_answer (&fixture.server, OPENID, 0, NULL, NULL);
  check (&fixture, &gone);
  g_assert_error (gone.error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
  fixture_stop (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_test_add_func ("/oidc/provider/begins-after-discovery", test_begin);
  g_test_add_func ("/oidc/provider/signs-in-without-a-secret", test_public_client);
  g_test_add_func ("/oidc/provider/authenticates-as-the-provider-wants",
                   test_credentials);
  g_test_add_func ("/oidc/provider/a-locked-keyring-is-not-no-secret",
                   test_locked_keyring);
  g_test_add_func ("/oidc/provider/refused-callbacks-send-nothing",
                   test_refused_callbacks);
  g_test_add_func ("/oidc/provider/refuses-bad-id-tokens", test_bad_tokens);
  g_test_add_func ("/oidc/provider/keys-rotate", test_rotation);
  g_test_add_func ("/oidc/provider/keys-that-were-down-come-back", test_keys_down);
  g_test_add_func ("/oidc/provider/userinfo-adds-what-is-missing", test_userinfo);
  g_test_add_func ("/oidc/provider/says-what-is-not-set-up", test_not_set_up);
  g_test_add_func ("/oidc/provider/check-finds-what-is-wrong", test_check);
  return g_test_run ();
}
