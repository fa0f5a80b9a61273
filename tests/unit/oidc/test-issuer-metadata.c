/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-issuer-metadata.h"

#include <string.h>

#include "bma-identity-provider.h"

#define ISSUER "https://idp.example"
#define JWKS   "\"jwks_uri\":\"https://idp.example/jwks\""

static void
test_acceptable (void)
{
  static const struct
  {
    const char *issuer;
    gboolean is_acceptable;
  } cases[] = {
    { "https://idp.example", TRUE },
    { "https://idp.example/", TRUE },
    { "https://idp.example/realms/a", TRUE },
    { "https://idp.example:8443", TRUE },
    { "http://127.0.0.1:9000", TRUE },
    { "http://localhost:9000/x", TRUE },
    { "http://[::1]:9000", TRUE },
    { "http://idp.example", FALSE },
    { "http://10.0.0.1", FALSE },
    { "idp.example", FALSE },
    { "", FALSE },
    { "ftp://idp.example", FALSE },
    { "https://", FALSE },
    { "https://user@idp.example", FALSE },
    { "https://idp.example?x", FALSE },
    { "https://idp.example/#x", FALSE },
    { "https://idp.example/a b", FALSE },
    { "https://idp.example/\"", FALSE },
    { "https://idp.example/\xc3\xa4", FALSE },
    { "stytch.com/project-test-1", FALSE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].issuer);
      g_assert_cmpint (bma_issuer_is_acceptable (cases[i].issuer), ==,
                       cases[i].is_acceptable);
    }
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *issuer;
    const char *openid;
    const char *oauth;
  } cases[] = {
    { "https://idp.example", "https://idp.example/.well-known/openid-configuration",
      "https://idp.example/.well-known/oauth-authorization-server" },
    { "https://idp.example/", "https://idp.example/.well-known/openid-configuration",
      "https://idp.example/.well-known/oauth-authorization-server" },
    { "https://idp.example/realms/a",
      "https://idp.example/realms/a/.well-known/openid-configuration",
      "https://idp.example/.well-known/oauth-authorization-server/realms/a" },
    { "http://127.0.0.1:9000/t/",
      "http://127.0.0.1:9000/t/.well-known/openid-configuration",
      "http://127.0.0.1:9000/.well-known/oauth-authorization-server/t" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *openid = bma_issuer_make_openid_uri (cases[i].issuer);
      g_autofree char *oauth = bma_issuer_make_oauth_uri (cases[i].issuer);

      g_assert_cmpstr (openid, ==, cases[i].openid);
      g_assert_cmpstr (oauth, ==, cases[i].oauth);
    }
}

static BmaIssuerMetadata *
parse (const char *issuer, const char *body, GError **error)
{
  return bma_issuer_metadata_parse (issuer, body, strlen (body), error);
}

static void
test_full (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaIssuerMetadata) metadata = parse (
      ISSUER,
      "{\"issuer\":\"" ISSUER "\"," JWKS
      ",\"authorization_endpoint\":\"https://app.example/login?a=b\","
      "\"token_endpoint\":\"https://idp.example/token\","
      "\"userinfo_endpoint\":\"https://idp.example/me\","
      "\"token_endpoint_auth_methods_supported\":[\"none\",\"client_secret_post\"],"
      "\"code_challenge_methods_supported\":[\"plain\",\"S256\"],"
      "\"authorization_response_iss_parameter_supported\":true,\"other\":{\"a\":[]}}",
      &error);

  g_assert_no_error (error);
  g_assert_cmpstr (metadata->issuer, ==, ISSUER);
  g_assert_cmpstr (metadata->authorization_endpoint, ==, "https://app.example/login?a=b");
  g_assert_cmpstr (metadata->token_endpoint, ==, "https://idp.example/token");
  g_assert_cmpstr (metadata->userinfo_endpoint, ==, "https://idp.example/me");
  g_assert_cmpstr (metadata->jwks_uri, ==, "https://idp.example/jwks");
  g_assert_cmpstr (metadata->auth_methods[1], ==, "client_secret_post");
  g_assert_true (metadata->sends_iss);
  g_assert_cmpint (metadata->pkce, ==, BMA_PKCE_S256);
}

/* The document of a Stytch project says little, and things that are nobody's business. */
static void
test_sparse (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaIssuerMetadata)
      metadata = parse (ISSUER,
                        "{\"issuer\":\"" ISSUER "\"," JWKS
                        ",\"request_id\":\"r\",\"status_code\":200,"
                        "\"authorization_response_iss_parameter_supported\":\"true\","
                        "\"token_endpoint_auth_methods_supported\":\"none\"}",
                        &error);

  g_assert_no_error (error);
  g_assert_null (metadata->authorization_endpoint);
  g_assert_null (metadata->auth_methods);
  g_assert_false (metadata->sends_iss);
  g_assert_cmpint (metadata->pkce, ==, BMA_PKCE_UNSAID);
}

static void
test_hostile (void)
{
  static const struct
  {
    const char *issuer;
    const char *body;
    BmaIdentityError code;
    const char *says;
  } cases[] = {
    { ISSUER, "", BMA_IDENTITY_ERROR_PROTOCOL, "not a JSON object" },
    { ISSUER, "[]", BMA_IDENTITY_ERROR_PROTOCOL, "not a JSON object" },
    { ISSUER, "<html>", BMA_IDENTITY_ERROR_PROTOCOL, "not a JSON object" },
    { ISSUER, "{\"issuer\":\"a\",\"issuer\":\"b\"}", BMA_IDENTITY_ERROR_PROTOCOL,
      "not a JSON object" },
    { ISSUER, "{" JWKS "}", BMA_IDENTITY_ERROR_PROTOCOL, "no “issuer”" },
    { ISSUER, "{\"issuer\":[\"" ISSUER "\"]," JWKS "}", BMA_IDENTITY_ERROR_PROTOCOL,
      "no “issuer”" },
    { ISSUER, "{\"issuer\":\"https://evil.example\"," JWKS "}",
      BMA_IDENTITY_ERROR_CONFIGURATION, "answers in its name" },
    { ISSUER, "{\"issuer\":\"https://IDP.example\"," JWKS "}",
      BMA_IDENTITY_ERROR_CONFIGURATION, "answers in its name" },
    { ISSUER, "{\"issuer\":\"" ISSUER "/\"," JWKS "}", BMA_IDENTITY_ERROR_CONFIGURATION,
      "slash at the end" },
    { ISSUER "/", "{\"issuer\":\"" ISSUER "\"," JWKS "}",
      BMA_IDENTITY_ERROR_CONFIGURATION, "slash at the end" },
    { ISSUER, "{\"issuer\":\"" ISSUER "\"}", BMA_IDENTITY_ERROR_PROTOCOL,
      "no “jwks_uri”" },
    { ISSUER, "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"http://idp.example/jwks\"}",
      BMA_IDENTITY_ERROR_PROTOCOL, "“jwks_uri”" },
    { ISSUER, "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"http://127.0.0.1/jwks\"}",
      BMA_IDENTITY_ERROR_PROTOCOL, "“jwks_uri”" },
    { ISSUER, "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"https://127.0.0.1:9/jwks\"}",
      BMA_IDENTITY_ERROR_PROTOCOL, "“jwks_uri”" },
    { ISSUER, "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"https://[::1]/jwks\"}",
      BMA_IDENTITY_ERROR_PROTOCOL, "“jwks_uri”" },
    { ISSUER, "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"https://LocalHost/jwks\"}",
      BMA_IDENTITY_ERROR_PROTOCOL, "“jwks_uri”" },
    { ISSUER, "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"file:///etc/passwd\"}",
      BMA_IDENTITY_ERROR_PROTOCOL, "“jwks_uri”" },
    { ISSUER,
      "{\"issuer\":\"" ISSUER "\"," JWKS
      ",\"token_endpoint\":\"https://u:p@idp.example/\"}",
      BMA_IDENTITY_ERROR_PROTOCOL, "“token_endpoint”" },
    { ISSUER,
      "{\"issuer\":\"" ISSUER "\"," JWKS
      ",\"authorization_endpoint\":\"https://idp.example/a\\r\\nb\"}",
      BMA_IDENTITY_ERROR_PROTOCOL, "“authorization_endpoint”" },
    { ISSUER,
      "{\"issuer\":\"" ISSUER "\"," JWKS
      ",\"authorization_endpoint\":\"javascript:alert(1)\"}",
      BMA_IDENTITY_ERROR_PROTOCOL, "“authorization_endpoint”" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (cases[i].issuer, cases[i].body, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, BMA_IDENTITY_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

static void
test_loopback (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaIssuerMetadata)
      metadata = parse ("http://127.0.0.1:9",
                        "{\"issuer\":\"http://127.0.0.1:9\",\"jwks_uri\":"
                        "\"http://127.0.0.1:9/jwks\",\"code_challenge_methods_supported\""
                        ":[\"plain\"]}",
                        &error);

  g_assert_no_error (error);
  g_assert_cmpint (metadata->pkce, ==, BMA_PKCE_OTHER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oidc/issuer-metadata/issuers-are-https-or-loopback",
                   test_acceptable);
  g_test_add_func ("/oidc/issuer-metadata/where-the-document-is", test_addresses);
  g_test_add_func ("/oidc/issuer-metadata/reads-a-full-document", test_full);
  g_test_add_func ("/oidc/issuer-metadata/reads-a-sparse-document", test_sparse);
  g_test_add_func ("/oidc/issuer-metadata/refuses-hostile-documents", test_hostile);
  g_test_add_func ("/oidc/issuer-metadata/a-loopback-issuer-may-use-http", test_loopback);
  return g_test_run ();
}
