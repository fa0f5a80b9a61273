/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-bearer.h"
#include "bma-json.h"
#include "bma-metadata.h"
#include "bma-oauth-error.h"
#include "bma-pkce.h"
#include "bma-redirect.h"

static void
test_pkce (void)
{
  static const char verifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  static const char challenge[] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  g_autofree char *longest = g_strnfill (128, '~');
  g_autofree char *too_long = g_strnfill (129, '~');

  g_assert_true (bma_pkce_is_verifier (verifier));
  g_assert_true (bma_pkce_is_verifier (longest));
  g_assert_false (bma_pkce_is_verifier (too_long));
  g_assert_false (bma_pkce_is_verifier ("short"));
  g_assert_false (bma_pkce_is_verifier ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX!"));
  g_assert_true (bma_pkce_is_challenge (challenge));
  g_assert_false (bma_pkce_is_challenge ("null"));
  g_assert_false (bma_pkce_is_challenge ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c="));
  /* 43 characters whose last one carries stray bits. */
  g_assert_false (bma_pkce_is_challenge ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN"));
  g_assert_true (bma_pkce_verify (verifier, challenge));
  g_assert_false (bma_pkce_verify (longest, challenge));
}

static void
test_redirect_match (void)
{
  g_autoptr (BmaClient) client = bma_record_new (&bma_client_type, "ab");
  static const struct
  {
    const char *uri;
    gboolean matches;
  } cases[] = {
    { "http://127.0.0.1:1000/cb", TRUE },
    { "http://127.0.0.1:2000/cb", TRUE },
    { "http://127.0.0.1/cb", TRUE },
    { "http://localhost:1000/cb", FALSE },
    { "http://127.0.0.1:1000/cb?x=1", FALSE },
    { "http://127.0.0.1:1000/CB", FALSE },
    { "http://127.0.0.1:1000/cb/", FALSE },
    { "http://[::1]:7/v6", TRUE },
    { "https://app.example/cb?a=1", TRUE },
    { "https://app.example:444/cb?a=1", FALSE },
    { "https://app.example/cb", FALSE },
    { "https://APP.example/cb?a=1", FALSE },
    { "com.example.app:/cb", TRUE },
  };

  client->redirect_uris = g_strsplit ("http://127.0.0.1:1000/cb http://[::1]/v6 "
                                      "https://app.example/cb?a=1 com.example.app:/cb",
                                      " ", -1);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].uri);
      g_assert_cmpint (bma_redirect_is_registered (client, cases[i].uri), ==,
                       cases[i].matches);
    }
}

static void
test_redirect_answers (void)
{
  g_autofree char *good =
      bma_redirect_make_success ("https://a.example/cb?x=1", "http://i", "s t", "c&d");
  g_autofree char *bad =
      bma_redirect_make_error ("https://a.example/cb", "http://i", NULL,
                               (BmaOauthError){ BMA_OAUTH_ACCESS_DENIED, "no" });

  g_assert_cmpstr (good, ==,
                   "https://a.example/cb?x=1&code=c%26d&state=s%20t&iss=http%3A%2F%2Fi");
  g_assert_cmpstr (bad, ==,
                   "https://a.example/cb?error=access_denied&error_description=no"
                   "&iss=http%3A%2F%2Fi");
}

static void
test_bearer (void)
{
  const char *token = NULL;
  size_t length = 0;

  g_assert_cmpint (bma_bearer_parse (NULL, &token, &length), ==, BMA_BEARER_ABSENT);
  g_assert_cmpint (bma_bearer_parse ("Basic x", &token, &length), ==, BMA_BEARER_ABSENT);
  g_assert_cmpint (bma_bearer_parse ("Bearerx", &token, &length), ==, BMA_BEARER_ABSENT);
  g_assert_cmpint (bma_bearer_parse ("Bearer ", &token, &length), ==,
                   BMA_BEARER_MALFORMED);
  g_assert_cmpint (bma_bearer_parse ("Bearer a\"b", &token, &length), ==,
                   BMA_BEARER_MALFORMED);
  g_assert_cmpint (bma_bearer_parse ("bEARER  a.b-c_~+/=", &token, &length), ==,
                   BMA_BEARER_OK);
  g_assert_cmpstr (token, ==, "a.b-c_~+/=");
}

static void
test_challenge (void)
{
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autofree char *plain = NULL;
  g_autofree char *invalid = NULL;

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  plain = bma_bearer_make_challenge (config, "localhost:8417", BMA_OAUTH_NO_ERROR,
                                     (const char *const *) config->scopes);
  invalid =
      bma_bearer_make_challenge (config, NULL,
                                 (BmaOauthError){ BMA_OAUTH_INSUFFICIENT_SCOPE, "more" },
                                 (const char *const *) config->scopes);
  g_assert_cmpstr (plain, ==,
                   "Bearer realm=\"BioMCP\", resource_metadata=\"http://localhost:8417/"
                   ".well-known/oauth-protected-resource/mcp\", scope=\"mcp\"");
  g_assert_cmpstr (
      invalid, ==,
      "Bearer realm=\"BioMCP\", error=\"insufficient_scope\", "
      "error_description=\"more\", resource_metadata=\"http://127.0.0.1:8417/"
      ".well-known/oauth-protected-resource/mcp\", scope=\"mcp\"");
}

static void
assert_metadata (JsonObject *object, const char *const *names)
{
  g_autofree char *text = bma_json_to_text (object);

  for (size_t i = 0; names[i] != NULL; i++)
    {
      g_test_message ("%s", names[i]);
      g_assert_true (json_object_has_member (object, names[i]));
    }
  g_assert_null (strstr (text, "[]"));
  g_assert_null (strstr (text, "null"));
}

static void
test_metadata (void)
{
  static const char *const server_names[] = { "issuer",
                                              "authorization_endpoint",
                                              "token_endpoint",
                                              "registration_endpoint",
                                              "revocation_endpoint",
                                              "jwks_uri",
                                              "response_types_supported",
                                              "code_challenge_methods_supported",
                                              "scopes_supported",
                                              NULL };
  static const char *const openid_names[] = { "userinfo_endpoint",
                                              "subject_types_supported",
                                              "id_token_signing_alg_values_supported",
                                              "code_challenge_methods_supported", NULL };
  static const char *const resource_names[] = { "resource", "authorization_servers",
                                                "scopes_supported", NULL };
  static const char *const algorithms[] = { "RS256", "ES256", NULL };
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autoptr (JsonObject) server = NULL;
  g_autoptr (JsonObject) openid = NULL;
  g_auto (GStrv) told = NULL;
  g_autoptr (JsonObject) resource = NULL;
  g_autofree char *text = NULL;
  BmaMetadataFacts facts = { .accepts_documents = FALSE };

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  server = bma_metadata_make_server (config, &facts);
  openid = bma_metadata_make_openid (config, &facts, algorithms);
  resource = bma_metadata_make_resource (config, "localhost:8417");
  text = bma_json_to_text (resource);
  assert_metadata (server, server_names);
  assert_metadata (openid, openid_names);
  bma_json_get_strings (openid, "id_token_signing_alg_values_supported", &told);
  g_assert_cmpstrv (told, algorithms);
  assert_metadata (resource, resource_names);
  g_assert_false (
      json_object_has_member (server, "client_id_metadata_document_supported"));
  json_object_unref (server);
  facts.accepts_documents = TRUE;
  server = bma_metadata_make_server (config, &facts);
  g_assert_true (
      json_object_get_boolean_member (server, "client_id_metadata_document_supported"));
  /* offline_access belongs to the server's metadata, never to the resource's. */
  g_assert_null (strstr (text, "offline_access"));
}

/* With a shared secret there is no key set to name, and OpenID Connect would be half. */
static void
test_metadata_of_hs256 (void)
{
  static const char *const algorithms[] = { "HS256", NULL };
  static const char *const names[] = { "issuer",
                                       "authorization_endpoint",
                                       "token_endpoint",
                                       "response_types_supported",
                                       "code_challenge_methods_supported",
                                       "scopes_supported",
                                       NULL };
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autoptr (JsonObject) server = NULL;
  g_auto (GStrv) scopes = NULL;

  g_free (config->algorithm);
  config->algorithm = g_strdup (BMA_ALGORITHM_NAME_HS256);
  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  server = bma_metadata_make_server (config, &(BmaMetadataFacts){ 0 });
  assert_metadata (server, names);
  g_assert_false (json_object_has_member (server, "jwks_uri"));
  g_assert_true (bma_json_get_strings (server, "scopes_supported", &scopes));
  g_assert_false (g_strv_contains ((const char *const *) scopes, "openid"));
  g_assert_true (g_strv_contains ((const char *const *) scopes, "mcp"));
  g_assert_null (bma_metadata_make_openid (config, &(BmaMetadataFacts){ 0 }, algorithms));
}

static void
test_errors (void)
{
  for (int code = BMA_OAUTH_INVALID_REQUEST; code < BMA_OAUTH_N_ERRORS; code++)
    {
      g_assert_nonnull (bma_oauth_error_to_text ((BmaOauthErrorCode) code));
      g_assert_cmpuint (bma_oauth_error_get_status ((BmaOauthErrorCode) code), >=, 400);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/pkce/s256-only", test_pkce);
  g_test_add_func ("/oauth/redirect/exact-but-for-the-loopback-port",
                   test_redirect_match);
  g_test_add_func ("/oauth/redirect/keeps-the-query-and-adds-iss", test_redirect_answers);
  g_test_add_func ("/oauth/bearer/parses", test_bearer);
  g_test_add_func ("/oauth/bearer/challenges", test_challenge);
  g_test_add_func ("/oauth/metadata/is-complete-without-empty-members", test_metadata);
  g_test_add_func ("/oauth/metadata/hs256-offers-neither-keys-nor-openid",
                   test_metadata_of_hs256);
  g_test_add_func ("/oauth/error/table-is-complete", test_errors);
  return g_test_run ();
}
