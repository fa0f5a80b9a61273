/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-clients-wire.h"

#include <string.h>

#define ID  "connected-app-test-0000"
#define URI "\"http://127.0.0.1/c\""

static BmaClient *
make_wanted (const char *auth_method)
{
  BmaClient *wanted = bma_client_new ("00");

  wanted->name = g_strdup ("Mine");
  wanted->redirect_uris = g_strsplit ("http://127.0.0.1/c", " ", -1);
  wanted->grant_types = g_strsplit ("authorization_code refresh_token", " ", -1);
  wanted->auth_method = g_strdup (auth_method);
  wanted->scope = g_strdup ("mcp");
  return wanted;
}

static void
test_ids (void)
{
  g_autofree char *tail = g_strnfill (200, 'a');
  g_autofree char *huge = g_strconcat (ID, tail, NULL);

  g_assert_true (bma_stytch_clients_wire_is_id (ID));
  g_assert_true (bma_stytch_clients_wire_is_id ("connected-app-live-0a-0B"));
  g_assert_false (bma_stytch_clients_wire_is_id ("connected-app-"));
  g_assert_false (bma_stytch_clients_wire_is_id ("Connected-app-test-1"));
  g_assert_false (bma_stytch_clients_wire_is_id ("connected-app-test-1/../2"));
  g_assert_false (bma_stytch_clients_wire_is_id ("connected-app-test-1?x"));
  g_assert_false (bma_stytch_clients_wire_is_id (huge));
}

static void
test_request (void)
{
  g_autoptr (BmaClient) wanted = make_wanted (BMA_CLIENT_AUTH_NONE);
  g_autoptr (GBytes) bytes = bma_stytch_clients_wire_make_registration (wanted);
  static const char expected[] =
      "{\"redirect_uris\":[\"http://127.0.0.1/c\"],\"client_name\":\"Mine\","
      "\"token_endpoint_auth_method\":\"none\"}";

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   strlen (expected));
}

static void
test_registration (void)
{
  static const struct
  {
    const char *method;
    unsigned int status;
    const char *body;
    BmaOauthErrorCode code;
  } cases[] = {
    { "none", 200,
      "{\"client_id\":\"" ID "\",\"redirect_uris\":[" URI "],"
      "\"token_endpoint_auth_method\":\"none\",\"request_id\":\"r\"}",
      BMA_OAUTH_OK },
    { "client_secret_post", 201,
      "{\"client_id\":\"" ID "\",\"redirect_uris\":[" URI "],"
      "\"token_endpoint_auth_method\":\"client_secret_post\",\"client_secret\":\"s\"}",
      BMA_OAUTH_OK },
    /* What was not asked for. */
    { "none", 200,
      "{\"client_id\":\"" ID "\",\"redirect_uris\":[\"https://evil.example/c\"],"
      "\"token_endpoint_auth_method\":\"none\"}",
      BMA_OAUTH_SERVER_ERROR },
    { "none", 200,
      "{\"client_id\":\"" ID "\",\"redirect_uris\":[" URI ",\"https://evil.example/\"],"
      "\"token_endpoint_auth_method\":\"none\"}",
      BMA_OAUTH_SERVER_ERROR },
    { "none", 200,
      "{\"client_id\":\"" ID "\",\"redirect_uris\":[" URI "],"
      "\"token_endpoint_auth_method\":\"client_secret_post\",\"client_secret\":\"s\"}",
      BMA_OAUTH_SERVER_ERROR },
    { "none", 200,
      "{\"client_id\":\"" ID "\",\"redirect_uris\":[" URI "],"
      "\"token_endpoint_auth_method\":\"none\",\"client_secret\":\"s\"}",
      BMA_OAUTH_SERVER_ERROR },
    { "client_secret_post", 200,
      "{\"client_id\":\"" ID "\",\"redirect_uris\":[" URI "],"
      "\"token_endpoint_auth_method\":\"client_secret_post\"}",
      BMA_OAUTH_SERVER_ERROR },
    { "client_secret_post", 200,
      "{\"client_id\":\"" ID "\",\"redirect_uris\":[" URI "],"
      "\"token_endpoint_auth_method\":\"client_secret_post\",\"client_secret\":\"\"}",
      BMA_OAUTH_SERVER_ERROR },
    { "none", 200,
      "{\"client_id\":\"00000000\",\"redirect_uris\":[" URI "],"
      "\"token_endpoint_auth_method\":\"none\"}",
      BMA_OAUTH_SERVER_ERROR },
    { "none", 200, "{\"client_id\":\"" ID "\"}", BMA_OAUTH_SERVER_ERROR },
    { "none", 200, "[]", BMA_OAUTH_SERVER_ERROR },
    { "none", 200, "", BMA_OAUTH_SERVER_ERROR },
    /* Refusals. */
    { "none", 400, "{\"error\":\"invalid_redirect_uri\"}",
      BMA_OAUTH_INVALID_REDIRECT_URI },
    { "none", 400, "{\"error\":\"invalid_client_metadata\"}",
      BMA_OAUTH_INVALID_CLIENT_METADATA },
    { "none", 400, "{\"error_type\":\"dynamic_client_registration_not_enabled\"}",
      BMA_OAUTH_SERVER_ERROR },
    { "none", 403, "{}", BMA_OAUTH_SERVER_ERROR },
    { "none", 429, "{}", BMA_OAUTH_TEMPORARILY_UNAVAILABLE },
    { "none", 500, "not json", BMA_OAUTH_TEMPORARILY_UNAVAILABLE },
    { "none", 302, "", BMA_OAUTH_TEMPORARILY_UNAVAILABLE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaClient) wanted = make_wanted (cases[i].method);
      g_autoptr (BmaSecret) secret = NULL;
      BmaOauthError error;
      g_autoptr (BmaClient) client =
          bma_stytch_clients_wire_read_registration (cases[i].status, cases[i].body,
                                                     strlen (cases[i].body), wanted,
                                                     &secret, &error);

      g_test_message ("%u %s", cases[i].status, cases[i].body);
      g_assert_cmpint (error.code, ==, cases[i].code);
      g_assert_cmpint (client != NULL, ==, error.code == BMA_OAUTH_OK);
      if (client == NULL)
        {
          g_assert_nonnull (error.description);
          continue;
        }
      g_assert_cmpstr (bma_client_get_id (client), ==, ID);
      g_assert_cmpstr (client->origin, ==, BMA_CLIENT_ORIGIN_STYTCH);
      g_assert_cmpstr (client->scope, ==, "mcp");
      g_assert_cmpint (client->secret_hash != NULL, ==, !bma_client_is_public (client));
      g_assert_cmpint (secret != NULL, ==, !bma_client_is_public (client));
      g_assert_null (client->management_hash);
    }
}

static BmaClient *
read_app (unsigned int status, const char *body, BmaOauthError *error)
{
  g_test_message ("%u %s", status, body);
  return bma_stytch_clients_wire_read_app (status, body, strlen (body), ID, error);
}

#define APP(members) "{\"connected_app\":{\"client_id\":\"" ID "\"," members "}}"

static void
test_app (void)
{
  BmaOauthError error;
  g_autoptr (BmaClient) open_one =
      read_app (200,
                APP ("\"status\":\"active\",\"client_type\":\"third_party_public\","
                     "\"client_name\":\"A\",\"redirect_urls\":[" URI
                     ",\"http://evil.example/\"]"),
                &error);
  g_autoptr (BmaClient) closed_one = read_app (
      200,
      APP ("\"status\":\"active\",\"client_type\":\"first_party\",\"redirect_urls\":[" URI
           "]"),
      &error);
  static const struct
  {
    unsigned int status;
    const char *body;
    BmaOauthErrorCode code;
  } cases[] = {
    { 404, "{\"error_type\":\"connected_app_not_found\"}", BMA_OAUTH_INVALID_CLIENT },
    { 404, "{\"error_type\":\"route_not_found\"}", BMA_OAUTH_TEMPORARILY_UNAVAILABLE },
    { 401, "{\"error_type\":\"unauthorized_credentials\"}", BMA_OAUTH_SERVER_ERROR },
    { 500, "", BMA_OAUTH_TEMPORARILY_UNAVAILABLE },
    { 200,
      APP ("\"status\":\"inactive\",\"client_type\":\"third_party_public\","
           "\"redirect_urls\":[" URI "]"),
      BMA_OAUTH_INVALID_CLIENT },
    { 200,
      APP ("\"status\":\"active\",\"client_type\":\"third_party_public\","
           "\"redirect_urls\":[\"http://evil.example/\"]"),
      BMA_OAUTH_SERVER_ERROR },
    { 200, APP ("\"status\":\"active\",\"redirect_urls\":[" URI "]"),
      BMA_OAUTH_SERVER_ERROR },
    { 200,
      "{\"connected_app\":{\"client_id\":\"connected-app-test-1\",\"status\":\"active\","
      "\"client_type\":\"third_party_public\",\"redirect_urls\":[" URI "]}}",
      BMA_OAUTH_SERVER_ERROR },
    { 200, "{\"connected_app\":[]}", BMA_OAUTH_SERVER_ERROR },
    { 200, "{}", BMA_OAUTH_SERVER_ERROR },
  };

  g_assert_nonnull (open_one);
  g_assert_true (bma_client_is_public (open_one));
  g_assert_cmpuint (g_strv_length (open_one->redirect_uris), ==, 1);
  g_assert_nonnull (closed_one);
  g_assert_false (bma_client_is_public (closed_one));
  g_assert_null (closed_one->secret_hash);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_null (read_app (cases[i].status, cases[i].body, &error));
      g_assert_cmpint (error.code, ==, cases[i].code);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stytch/clients-wire/ids-are-narrow", test_ids);
  g_test_add_func ("/stytch/clients-wire/asks-for-what-we-checked", test_request);
  g_test_add_func ("/stytch/clients-wire/takes-what-was-asked-for", test_registration);
  g_test_add_func ("/stytch/clients-wire/reads-connected-apps", test_app);
  return g_test_run ();
}
