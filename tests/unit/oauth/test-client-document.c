/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-client-document.h"

#define URL   "https://app.example/client.json"
#define HEAD  "\"client_id\":\"" URL "\",\"client_name\":\"App\""
#define CLOUD "\"redirect_uris\":[\"https://app.example/cb\"]"
#define KEYS                                                                             \
  "\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"A\",\"y\":\"B\"}]}"

static void
test_urls (void)
{
  static const struct
  {
    const char *url;
    gboolean is_good;
  } cases[] = {
    { URL, TRUE },
    { "https://app.example:8443/client", TRUE },
    { "https://app.example/a/b/", TRUE },
    { "https://app.example/client?v=1", TRUE },
    { "https://app.example/.well-known/client", TRUE },
    { "https://app.example/a..b", TRUE },
    { "https://[2606:2800:220:1::1]/c", TRUE },
    { "https://app.example", FALSE },
    { "https://app.example/", FALSE },
    { "https://app.example?x", FALSE },
    { "http://app.example/client", FALSE },
    { "ftp://app.example/client", FALSE },
    { "HTTPS://app.example/client", FALSE },
    { "https:/client", FALSE },
    { "https:///client", FALSE },
    { "https://", FALSE },
    { "https://app.example/a/./b", FALSE },
    { "https://app.example/a/../b", FALSE },
    { "https://app.example/..", FALSE },
    { "https://app.example/a/%2e%2E/b", FALSE },
    { "https://app.example/a/.%2e", FALSE },
    { "https://app.example/client#", FALSE },
    { "https://app.example/client#f", FALSE },
    { "https://u@app.example/client", FALSE },
    { "https://u:p@app.example/client", FALSE },
    { "https://@app.example/client", FALSE },
    { "https://app.example/cli ent", FALSE },
    { "https://app.example\\@evil.example/c", FALSE },
    { "https://app.example/<b>", FALSE },
    { "https://\303\244.example/c", FALSE },
    { "https://app.example:99999/c", FALSE },
  };
  g_autofree char *path = g_strnfill (600, 'a');
  g_autofree char *huge = g_strconcat ("https://app.example/", path, NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *problem = bma_client_document_find_url_problem (cases[i].url);

      g_test_message ("%s: %s", cases[i].url, problem != NULL ? problem : "good");
      g_assert_cmpint (problem == NULL, ==, cases[i].is_good);
    }
  g_assert_nonnull (bma_client_document_find_url_problem (huge));
}

static BmaClient *
decide (const char *members, BmaOauthError *error)
{
  g_autofree char *text = g_strconcat ("{", members, "}", NULL);

  g_test_message ("%s", text);
  return bma_client_document_decide (URL, text, strlen (text), error);
}

static void
test_good (void)
{
  static const struct
  {
    const char *members;
    const char *auth_method;
  } cases[] = {
    { HEAD "," CLOUD, "none" },
    { HEAD "," CLOUD ",\"token_endpoint_auth_method\":\"none\"", "none" },
    { HEAD "," CLOUD "," KEYS ",\"token_endpoint_auth_method\":\"private_key_jwt\"",
      "private_key_jwt" },
    /* One with keys is meant to use them. */
    { HEAD "," CLOUD "," KEYS, "private_key_jwt" },
    { HEAD "," CLOUD ",\"jwks_uri\":\"https://app.example/jwks\"", "private_key_jwt" },
    /* ChatGPT's has several methods. */
    { HEAD "," CLOUD "," KEYS ",\"token_endpoint_auth_method\":\"private_key_jwt\","
           "\"token_endpoint_auth_methods_supported\":[\"private_key_jwt\",\"none\"]",
      "none" },
    { HEAD "," CLOUD "," KEYS ",\"token_endpoint_auth_methods_supported\":"
           "[\"private_key_jwt\",\"client_secret_basic\"]",
      "private_key_jwt" },
    /* Scopes of other servers, unknown members and grants. */
    { HEAD "," CLOUD ",\"scope\":\"root admin\",\"x\":null,\"grant_types\":"
           "[\"authorization_code\",\"urn:x\"]",
      "none" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BmaOauthError error;
      g_autoptr (BmaClient) client = decide (cases[i].members, &error);

      g_assert_cmpint (error.code, ==, BMA_OAUTH_OK);
      g_assert_cmpstr (bma_client_get_id (client), ==, URL);
      g_assert_cmpstr (client->origin, ==, BMA_CLIENT_ORIGIN_DOCUMENT);
      g_assert_cmpstr (client->auth_method, ==, cases[i].auth_method);
      g_assert_cmpstr (client->redirect_uris[0], ==, "https://app.example/cb");
      g_assert_null (client->scope);
      g_assert_null (client->secret_hash);
      g_assert_null (client->management_hash);
    }
}

static void
test_bad (void)
{
  static const char *const cases[] = {
    "",
    "\"client_name\":\"App\"," CLOUD,
    "\"client_id\":\"https://app.example/Client.json\",\"client_name\":\"A\"," CLOUD,
    "\"client_id\":\"" URL "?\",\"client_name\":\"A\"," CLOUD,
    "\"client_id\":7,\"client_name\":\"App\"," CLOUD,
    "\"client_id\":\"" URL "\"," CLOUD,
    "\"client_id\":\"" URL "\",\"client_name\":\"\"," CLOUD,
    "\"client_id\":\"" URL "\",\"client_name\":null," CLOUD,
    HEAD,
    HEAD ",\"redirect_uris\":[]",
    HEAD ",\"redirect_uris\":[\"javascript:alert(1)\"]",
    HEAD ",\"redirect_uris\":[\"http://app.example/cb\"]",
    HEAD ",\"redirect_uris\":[\"https://app.example/cb#f\"]",
    HEAD ",\"grant_types\":[\"urn:ietf:params:oauth:grant-type:device_code\"]",
    HEAD "," CLOUD ",\"client_secret\":\"x\"",
    HEAD "," CLOUD ",\"client_secret\":null",
    HEAD "," CLOUD ",\"client_secret_expires_at\":0",
    HEAD "," CLOUD ",\"token_endpoint_auth_method\":\"client_secret_basic\"",
    HEAD "," CLOUD ",\"token_endpoint_auth_method\":\"client_secret_post\"",
    HEAD "," CLOUD ",\"token_endpoint_auth_method\":\"client_secret_jwt\"",
    HEAD "," CLOUD ",\"token_endpoint_auth_method\":\"tls_client_auth\"",
    HEAD "," CLOUD ",\"token_endpoint_auth_method\":7",
    HEAD "," CLOUD ",\"token_endpoint_auth_methods_supported\":\"none\"",
    HEAD "," CLOUD ",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"]",
    HEAD "," CLOUD ",\"token_endpoint_auth_method\":\"private_key_jwt\"",
    HEAD "," CLOUD ",\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"d\":\"A\"}]}",
    HEAD "," CLOUD "," KEYS ",\"jwks_uri\":\"https://app.example/jwks\"",
    HEAD "," CLOUD "," CLOUD,
  };
  g_autofree char *filler = g_strnfill (BMA_CLIENT_DOCUMENT_MAX_BYTES, 'x');
  g_autofree char *huge = g_strconcat (HEAD "," CLOUD ",\"x\":\"", filler, "\"", NULL);
  BmaOauthError error;

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_null (decide (cases[i], &error));
      g_assert_true (error.code == BMA_OAUTH_INVALID_CLIENT_METADATA ||
                     error.code == BMA_OAUTH_INVALID_REDIRECT_URI);
    }
  g_assert_null (decide (huge, &error));
  g_assert_null (bma_client_document_decide (URL, "[]", 2, &error));
  g_assert_null (bma_client_document_decide (URL, "", 0, &error));
  g_assert_cmpint (error.code, ==, BMA_OAUTH_INVALID_CLIENT_METADATA);
}

static void
test_media_types (void)
{
  g_assert_true (bma_client_document_is_media_type ("application/json"));
  g_assert_true (bma_client_document_is_media_type ("Application/JSON"));
  g_assert_true (bma_client_document_is_media_type ("application/x+json"));
  g_assert_false (bma_client_document_is_media_type (NULL));
  g_assert_false (bma_client_document_is_media_type ("text/html"));
  g_assert_false (bma_client_document_is_media_type ("text/json"));
  g_assert_false (bma_client_document_is_media_type ("application/jsonx"));
}

static void
test_loopback_only (void)
{
  g_autoptr (BmaClient) client = bma_client_new (URL);

  g_assert_false (bma_client_has_only_loopback_redirects (client));
  client->redirect_uris = g_strsplit ("http://127.0.0.1/a http://localhost/b", " ", -1);
  g_assert_true (bma_client_has_only_loopback_redirects (client));
  g_strfreev (client->redirect_uris);
  client->redirect_uris = g_strsplit ("http://127.0.0.1/a https://app.example/", " ", -1);
  g_assert_false (bma_client_has_only_loopback_redirects (client));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/client-document/urls-as-the-draft-says", test_urls);
  g_test_add_func ("/oauth/client-document/good-ones-become-clients", test_good);
  g_test_add_func ("/oauth/client-document/bad-ones-are-refused", test_bad);
  g_test_add_func ("/oauth/client-document/comes-as-json", test_media_types);
  g_test_add_func ("/oauth/client-document/knows-loopback-only-clients",
                   test_loopback_only);
  return g_test_run ();
}
