/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-oidc-wire.h"

#include <string.h>

#include "bma-text.h"

#define ISSUER    "https://idp.example"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static BmaIssuerMetadata *
make_metadata (const char *more)
{
  g_autofree char *body =
      g_strdup_printf ("{\"issuer\":\"" ISSUER
                       "\",\"jwks_uri\":\"https://idp.example/jwks\"%s}",
                       more);
  g_autoptr (GError) error = NULL;
  BmaIssuerMetadata *metadata =
      bma_issuer_metadata_parse (ISSUER, body, strlen (body), &error);

  g_assert_no_error (error);
  return metadata;
}

static void
test_start (void)
{
  static const struct
  {
    const char *endpoint;
    const char *scopes[4];
    gboolean wants_other_account;
    const char *begin;
    const char *scope;
    const char *prompt;
  } cases[] = {
    { "https://idp.example/auth",
      { "openid", "email", NULL },
      FALSE,
      "https://idp.example/auth?response_type=code&",
      "openid email",
      NULL },
    { "https://app.example/login?page=1&",
      { "email", NULL },
      TRUE,
      "https://app.example/login?page=1&response_type=code&",
      "openid email",
      "login" },
    { "https://idp.example/a",
      { NULL },
      FALSE,
      "https://idp.example/a?response_type=code&",
      "openid",
      NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *more =
          g_strdup_printf (",\"authorization_endpoint\":\"%s\",\"token_endpoint\":"
                           "\"https://idp.example/token\"",
                           cases[i].endpoint);
      g_autoptr (BmaIssuerMetadata) metadata = make_metadata (more);
      g_autoptr (GError) error = NULL;
      const BmaOidcStart start = { "client &1",     "http://127.0.0.1:8417/callback",
                                   cases[i].scopes, "tx1",
                                   CHALLENGE,       cases[i].wants_other_account };
      g_autofree char *nonce = bma_oidc_wire_make_nonce (CHALLENGE);
      g_autofree char *uri = bma_oidc_wire_make_start_uri (metadata, &start, &error);
      g_autoptr (BmaForm) form = NULL;

      g_assert_no_error (error);
      g_assert_true (g_str_has_prefix (uri, cases[i].begin));
      form = bma_form_parse (strchr (uri, '?') + 1, strlen (strchr (uri, '?') + 1));
      g_assert_cmpstr (bma_form_get (form, "client_id"), ==, "client &1");
      g_assert_cmpstr (bma_form_get (form, "redirect_uri"), ==, start.redirect_uri);
      g_assert_cmpstr (bma_form_get (form, "scope"), ==, cases[i].scope);
      g_assert_cmpstr (bma_form_get (form, "state"), ==, "tx1");
      g_assert_cmpstr (bma_form_get (form, "nonce"), ==, nonce);
      g_assert_cmpstr (bma_form_get (form, "code_challenge"), ==, CHALLENGE);
      g_assert_cmpstr (bma_form_get (form, "code_challenge_method"), ==, "S256");
      g_assert_cmpstr (bma_form_get (form, "prompt"), ==, cases[i].prompt);
    }
}

static void
test_start_refused (void)
{
  static const struct
  {
    const char *more;
    const char *says;
  } cases[] = {
    { "", "no authorization or token endpoint" },
    { ",\"authorization_endpoint\":\"https://idp.example/a\"",
      "no authorization or token endpoint" },
    { ",\"authorization_endpoint\":\"https://idp.example/a\",\"token_endpoint\":"
      "\"https://idp.example/t\",\"code_challenge_methods_supported\":[\"plain\"]",
      "PKCE" },
  };
  const char *const scopes[] = { "openid", NULL };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaIssuerMetadata) metadata = make_metadata (cases[i].more);
      g_autoptr (GError) error = NULL;
      const BmaOidcStart start = { "c",       "http://127.0.0.1:8417/callback",
                                   scopes,    "tx1",
                                   CHALLENGE, FALSE };

      g_assert_null (bma_oidc_wire_make_start_uri (metadata, &start, &error));
      g_assert_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

#define SENDS_ISS ",\"authorization_response_iss_parameter_supported\":true"

static void
test_callback (void)
{
  static const struct
  {
    const char *more;
    const char *query;
    int code; /* -1 = fine */
  } cases[] = {
    { "", "state=t&code=c", -1 },
    { "", "state=t&code=c&iss=https%3A%2F%2Fidp.example", -1 },
    { SENDS_ISS, "state=t&code=c&iss=https%3A%2F%2Fidp.example", -1 },
    { SENDS_ISS, "state=t&code=c", BMA_IDENTITY_ERROR_MISMATCH },
    { "", "state=t&code=c&iss=https%3A%2F%2Fevil.example", BMA_IDENTITY_ERROR_MISMATCH },
    { "", "state=t&code=c&iss=https%3A%2F%2Fidp.example%2F",
      BMA_IDENTITY_ERROR_MISMATCH },
    { "", "state=t&code=c&iss=", -1 },
    { SENDS_ISS, "state=t&code=c&iss=", BMA_IDENTITY_ERROR_MISMATCH },
    { "", "state=t&error=access_denied&iss=https%3A%2F%2Fevil.example",
      BMA_IDENTITY_ERROR_MISMATCH },
    { "", "state=t&error=access_denied&error_description=canary",
      BMA_IDENTITY_ERROR_REFUSED },
    { "", "state=t&error=access_denied&code=c", BMA_IDENTITY_ERROR_REFUSED },
    { "", "state=t&error=login_required", BMA_IDENTITY_ERROR_REFUSED },
    { "", "state=t&error=invalid_scope", BMA_IDENTITY_ERROR_CONFIGURATION },
    { "", "state=t&error=unauthorized_client", BMA_IDENTITY_ERROR_CONFIGURATION },
    { "", "state=t&error=temporarily_unavailable", BMA_IDENTITY_ERROR_OFFLINE },
    { "", "state=t&error=canary%0ASET", BMA_IDENTITY_ERROR_PROTOCOL },
    { "", "state=t", BMA_IDENTITY_ERROR_PROTOCOL },
    { "", "state=t&code=", BMA_IDENTITY_ERROR_PROTOCOL },
    { "", "state=t&code=a%0Ab", BMA_IDENTITY_ERROR_PROTOCOL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaIssuerMetadata) metadata = make_metadata (cases[i].more);
      g_autoptr (BmaForm) form = bma_form_parse (cases[i].query, strlen (cases[i].query));
      g_autoptr (BmaOidcCallback) callback = bma_oidc_wire_read_callback (form);
      g_autoptr (GError) error = NULL;
      gboolean is_fine = bma_oidc_wire_check_callback (callback, metadata, &error);

      g_test_message ("%s", cases[i].query);
      g_assert_true (is_fine == (cases[i].code < 0));
      if (is_fine)
        {
          g_assert_cmpstr (bma_secret_peek (callback->code), ==, "c");
          continue;
        }
      g_assert_error (error, BMA_IDENTITY_ERROR, cases[i].code);
      g_assert_null (strstr (error->message, "canary"));
    }
}

static void
test_exchange (void)
{
  g_autoptr (BmaForm) form = bma_form_parse ("code=a%26b", 10);
  g_autoptr (BmaOidcCallback) callback = bma_oidc_wire_read_callback (form);
  g_autoptr (BmaSecret) verifier = bma_secret_new ("verifier-1");
  g_autoptr (BmaSecret) secret = bma_secret_new ("p\xc3\xa4ss:/%");
  g_autoptr (BmaSecret) basic = bma_oidc_wire_make_basic ("a:b", secret);
  g_autoptr (GBytes)
      none = bma_oidc_wire_make_exchange (callback, "http://127.0.0.1:8417/callback",
                                          verifier, "a:b", NULL);
  g_autoptr (GBytes)
      post = bma_oidc_wire_make_exchange (callback, "http://127.0.0.1:8417/callback",
                                          verifier, "a:b", secret);
  g_autoptr (GBytes)
      bare = bma_oidc_wire_make_exchange (callback, "http://127.0.0.1:8417/callback",
                                          verifier, NULL, NULL);
#define BARE                                                                             \
  "grant_type=authorization_code&code=a%26b&redirect_uri=http%3A%2F%2F127.0.0.1%3A8417"  \
  "%2Fcallback&code_verifier=verifier-1"

  g_assert_cmpmem (g_bytes_get_data (bare, NULL), g_bytes_get_size (bare), BARE,
                   strlen (BARE));
  g_assert_cmpmem (g_bytes_get_data (none, NULL), g_bytes_get_size (none),
                   BARE "&client_id=a%3Ab", strlen (BARE "&client_id=a%3Ab"));
  g_assert_cmpmem (g_bytes_get_data (post, NULL), g_bytes_get_size (post),
                   BARE "&client_id=a%3Ab&client_secret=p%C3%A4ss%3A%2F%25",
                   strlen (BARE "&client_id=a%3Ab&client_secret=p%C3%A4ss%3A%2F%25"));
  /* a%3Ab:p%C3%A4ss%3A%2F%25 */
  g_assert_cmpstr (bma_secret_peek (basic), ==, "Basic YSUzQWI6cCVDMyVBNHNzJTNBJTJGJTI1");
#undef BARE
}

#define TOKENS "\"access_token\":\"at\",\"id_token\":\"a.b.c\""

static void
test_tokens (void)
{
  static const struct
  {
    unsigned int status;
    const char *body;
    int code; /* -1 = fine */
  } cases[] = {
    { 200, "{" TOKENS ",\"token_type\":\"Bearer\"}", -1 },
    { 200, "{" TOKENS ",\"token_type\":\"bearer\",\"expires_in\":3600,\"x\":null}", -1 },
    { 200, "{" TOKENS "}", BMA_IDENTITY_ERROR_PROTOCOL },
    { 200, "{" TOKENS ",\"token_type\":\"mac\"}", BMA_IDENTITY_ERROR_PROTOCOL },
    { 200, "{\"access_token\":\"canary\",\"token_type\":\"bearer\"}",
      BMA_IDENTITY_ERROR_PROTOCOL },
    { 200, "{\"id_token\":\"canary\",\"token_type\":\"bearer\"}",
      BMA_IDENTITY_ERROR_PROTOCOL },
    { 200, "{\"access_token\":\"a b\",\"id_token\":\"x\",\"token_type\":\"bearer\"}",
      BMA_IDENTITY_ERROR_PROTOCOL },
    { 200, "{\"access_token\":\"a\\r\\nb\",\"id_token\":\"x\",\"token_type\":\"bearer\"}",
      BMA_IDENTITY_ERROR_PROTOCOL },
    { 200, "{\"access_token\":7,\"id_token\":{},\"token_type\":\"bearer\"}",
      BMA_IDENTITY_ERROR_PROTOCOL },
    { 200, "", BMA_IDENTITY_ERROR_PROTOCOL },
    { 200, "<html>canary", BMA_IDENTITY_ERROR_PROTOCOL },
    { 201, "{" TOKENS ",\"token_type\":\"bearer\"}", BMA_IDENTITY_ERROR_PROTOCOL },
    { 302, "", BMA_IDENTITY_ERROR_PROTOCOL },
    { 400, "{\"error\":\"invalid_grant\",\"error_description\":\"canary\"}",
      BMA_IDENTITY_ERROR_EXPIRED },
    { 401, "{\"error\":\"invalid_client\"}", BMA_IDENTITY_ERROR_CREDENTIALS },
    { 401, "", BMA_IDENTITY_ERROR_CREDENTIALS },
    { 404, "{\"error_type\":\"idp_auth_code_not_found\"}", BMA_IDENTITY_ERROR_EXPIRED },
    { 400, "{\"error\":\"canary\\nSET\"}", BMA_IDENTITY_ERROR_PROTOCOL },
    { 429, "{}", BMA_IDENTITY_ERROR_RATE_LIMITED },
    { 500, "canary", BMA_IDENTITY_ERROR_OFFLINE },
    { 503, "{\"error\":\"temporarily_unavailable\"}", BMA_IDENTITY_ERROR_OFFLINE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BmaOidcTokens)
          tokens = bma_oidc_wire_read_tokens (cases[i].status, cases[i].body,
                                              strlen (cases[i].body), &error);

      g_test_message ("%u %s", cases[i].status, cases[i].body);
      g_assert_true ((tokens != NULL) == (cases[i].code < 0));
      if (tokens == NULL)
        {
          g_assert_error (error, BMA_IDENTITY_ERROR, cases[i].code);
          g_assert_null (strstr (error->message, "canary"));
          continue;
        }
      g_assert_cmpstr (bma_secret_peek (tokens->access_token), ==, "at");
      g_assert_cmpstr (bma_secret_peek (tokens->id_token), ==, "a.b.c");
    }
}

static void
test_userinfo (void)
{
  static const struct
  {
    unsigned int status;
    const char *body;
    gboolean is_fine;
    const char *name;
    const char *email;
  } cases[] = {
    { 200, "{\"sub\":\"s\",\"name\":\"Ada\",\"email\":\"a@x\",\"email_verified\":true}",
      TRUE, "Ada", "a@x" },
    { 200,
      "{\"sub\":\"s\",\"preferred_username\":\"ada\",\"email\":\"a@x\","
      "\"email_verified\":\"true\"}",
      TRUE, "ada", "a@x" },
    { 200, "{\"sub\":\"s\",\"email\":\"a@x\"}", TRUE, NULL, NULL },
    { 200, "{\"sub\":\"s\",\"email\":\"a@x\",\"email_verified\":false}", TRUE, NULL,
      NULL },
    { 200, "{\"sub\":\"s\",\"email\":\"a@x\",\"email_verified\":1}", TRUE, NULL, NULL },
    { 200, "{\"sub\":\"s\",\"email\":\"a x@y\",\"email_verified\":true}", TRUE, NULL,
      NULL },
    { 200, "{\"sub\":\"s\",\"email\":[],\"email_verified\":true,\"name\":7}", TRUE, NULL,
      NULL },
    { 200, "{\"sub\":\"s\",\"name\":\"\\u202eadA\"}", TRUE, "adA", NULL },
    { 200, "{\"sub\":\"other\",\"name\":\"Eve\"}", FALSE, NULL, NULL },
    { 200, "{\"name\":\"Eve\"}", FALSE, NULL, NULL },
    { 200, "eyJ.not.json", TRUE, NULL, NULL },
    { 401, "{\"sub\":\"other\"}", TRUE, NULL, NULL },
    { 500, "", TRUE, NULL, NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaIdentity) identity = bma_identity_new ("s", NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].body);
      g_assert_cmpint (bma_oidc_wire_read_userinfo (identity, cases[i].status,
                                                    cases[i].body, strlen (cases[i].body),
                                                    &error),
                       ==, cases[i].is_fine);
      g_assert_true ((error == NULL) == cases[i].is_fine);
      g_assert_cmpstr (identity->name, ==, cases[i].name);
      g_assert_cmpstr (identity->email, ==, cases[i].email);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oidc/wire/starts-with-pkce-state-and-nonce", test_start);
  g_test_add_func ("/oidc/wire/starts-only-where-it-is-safe", test_start_refused);
  g_test_add_func ("/oidc/wire/callbacks-are-of-the-issuer-that-was-asked",
                   test_callback);
  g_test_add_func ("/oidc/wire/exchanges-as-public-or-confidential-client",
                   test_exchange);
  g_test_add_func ("/oidc/wire/reads-token-answers", test_tokens);
  g_test_add_func ("/oidc/wire/userinfo-is-about-the-same-person", test_userinfo);
  return g_test_run ();
}
