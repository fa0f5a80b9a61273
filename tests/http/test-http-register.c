/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-client.h"
#include "bma-text.h"
#include "http-fixture.h"

#define JSON      "application/json"
#define REDIRECTS "\"redirect_uris\":[\"http://127.0.0.1/c\"]"
#define PUBLIC_KEY                                                                       \
  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"BBBB\",\"kid\":\"1\"}"

static JsonObject *
read_object (HttpAnswer *answer)
{
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  JsonObject *object =
      bma_json_parse_object (answer->body, strlen (answer->body), &limits, NULL);

  g_assert_nonnull (object);
  return object;
}

static JsonObject *
register_client (HttpFixture *fixture, const char *body)
{
  g_autoptr (HttpAnswer)
      answer = http_call (fixture, "POST", "/register", JSON, body, NULL);

  g_test_message ("%s", answer->body);
  g_assert_cmpuint (answer->status, ==, 201);
  g_assert_cmpstr (http_answer_header (answer, "Cache-Control"), ==, "no-store");
  return read_object (answer);
}

static void
assert_member (JsonObject *object, const char *name, const char *json)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autofree char *text = NULL;

  g_assert_nonnull (node);
  text = json_to_string (node, FALSE);
  g_assert_cmpstr (text, ==, json);
}

/* The path of the client's own resource, with the token as a header value. */
static char *
find_own (HttpFixture *fixture, JsonObject *information, char **bearer)
{
  const char *uri = bma_json_get_string (information, "registration_client_uri");
  const char *token = bma_json_get_string (information, "registration_access_token");

  g_assert_nonnull (uri);
  g_assert_true (g_str_has_prefix (uri, fixture->origin));
  *bearer = g_strconcat ("Bearer ", token, NULL);
  return g_strdup (uri + strlen (fixture->origin));
}

static void
test_echo (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (JsonObject) full = register_client (
      fixture,
      "{\"redirect_uris\":[\"http://127.0.0.1:6274/oauth/callback\","
      "\"http://127.0.0.1:6274/oauth/callback/debug\"],\"client_name\":\"Inspector\","
      "\"client_uri\":\"https://example.org/\",\"logo_uri\":\"https://example.org/"
      "l.png\","
      "\"tos_uri\":\"https://example.org/t\",\"policy_uri\":\"https://example.org/p\","
      "\"contacts\":[\"a@example.org\"],\"software_id\":\"s\",\"software_version\":\"1\","
      "\"application_type\":\"native\",\"scope\":\"mcp\",\"grant_types\":"
      "[\"refresh_token\",\"implicit\",\"authorization_code\",\"client_credentials\"],"
      "\"response_types\":[\"code\",\"token\"],\"software_statement\":\"a.b.c\","
      "\"token_endpoint_auth_method\":\"none\",\"unknown\":null}");
  g_autoptr (JsonObject) least = register_client (fixture, "{" REDIRECTS "}");
  g_autoptr (GList) names = json_object_get_members (least);

  assert_member (full, "redirect_uris",
                 "[\"http://127.0.0.1:6274/oauth/callback\","
                 "\"http://127.0.0.1:6274/oauth/callback/debug\"]");
  assert_member (full, "client_name", "\"Inspector\"");
  assert_member (full, "client_uri", "\"https://example.org/\"");
  assert_member (full, "logo_uri", "\"https://example.org/l.png\"");
  assert_member (full, "tos_uri", "\"https://example.org/t\"");
  assert_member (full, "policy_uri", "\"https://example.org/p\"");
  assert_member (full, "contacts", "[\"a@example.org\"]");
  assert_member (full, "software_id", "\"s\"");
  assert_member (full, "software_version", "\"1\"");
  assert_member (full, "application_type", "\"native\"");
  assert_member (full, "scope", "\"mcp\"");
  assert_member (full, "grant_types", "[\"authorization_code\",\"refresh_token\"]");
  assert_member (full, "response_types", "[\"code\"]");
  assert_member (full, "token_endpoint_auth_method", "\"none\"");
  g_assert_false (json_object_has_member (full, "client_secret"));
  g_assert_false (json_object_has_member (full, "client_secret_expires_at"));
  g_assert_false (json_object_has_member (full, "unknown"));
  g_assert_false (json_object_has_member (full, "software_statement"));

  assert_member (least, "token_endpoint_auth_method", "\"none\"");
  assert_member (least, "grant_types", "[\"authorization_code\",\"refresh_token\"]");
  g_assert_true (json_object_has_member (least, "client_id_issued_at"));
  for (GList *at = names; at != NULL; at = at->next)
    {
      JsonNode *node = json_object_get_member (least, at->data);

      g_assert_false (JSON_NODE_HOLDS_NULL (node));
      if (JSON_NODE_HOLDS_VALUE (node) &&
          json_node_get_value_type (node) == G_TYPE_STRING)
        g_assert_cmpstr (json_node_get_string (node), !=, "");
    }
}

static void
test_second_redirect (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (JsonObject)
      client = register_client (fixture, "{\"redirect_uris\":[\"http://127.0.0.1:1/a\","
                                         "\"http://127.0.0.1:7777/callback\"]}");
  g_autofree char *query =
      http_authorize_query (fixture, bma_json_get_string (client, "client_id"), "");
  g_autoptr (HttpAnswer) page = http_call (fixture, "GET", query, NULL, NULL, NULL);

  g_assert_cmpuint (page->status, ==, 200);
}

static void
test_confidential (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  static const char *const methods[] = { BMA_CLIENT_AUTH_BASIC, BMA_CLIENT_AUTH_POST };

  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *body = g_strdup_printf ("{" REDIRECTS
                                               ",\"token_endpoint_auth_method\":\"%s\"}",
                                               methods[i]);
      g_autoptr (JsonObject) client = register_client (fixture, body);
      const char *secret = bma_json_get_string (client, "client_secret");
      const char *token = bma_json_get_string (client, "registration_access_token");
      g_autofree char *secret_hash = bma_text_sha256_hex (secret);
      g_autofree char *token_hash = bma_text_sha256_hex (token);
      const BmaClient *stored =
          bma_store_lookup (BMA_STORE (fixture->store), &bma_client_type,
                            bma_json_get_string (client, "client_id"));

      /* 256 bits, base64url. */
      g_assert_cmpuint (strlen (secret), ==, 43);
      g_assert_cmpuint (strlen (token), ==, 43);
      assert_member (client, "client_secret_expires_at", "0");
      g_assert_cmpstr (stored->auth_method, ==, methods[i]);
      g_assert_cmpstr (stored->secret_hash, ==, secret_hash);
      g_assert_cmpstr (stored->management_hash, ==, token_hash);
    }
}

static void
test_private_key (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  static const char *const refused[] = {
    "",
    ",\"jwks\":{\"keys\":[" PUBLIC_KEY "]},\"jwks_uri\":\"https://example.org/j\"",
    ",\"jwks\":{\"keys\":[]}",
    ",\"jwks\":{\"keys\":[7]}",
    ",\"jwks\":{\"keys\":[{}]}",
    ",\"jwks\":[]",
    ",\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"d\":\"A\"}]}",
    ",\"jwks\":{\"keys\":[{\"kty\":\"oct\",\"k\":\"A\"}]}",
    ",\"jwks\":{\"keys\":[{\"kty\":\"oct\"}]}",
    ",\"jwks_uri\":\"http://127.0.0.1/j\"",
    ",\"jwks_uri\":\"https://u@example.org/j\"",
    ",\"jwks_uri\":\"https://example.org/j#f\"",
    ",\"jwks_uri\":7",
  };
  g_autoptr (JsonObject) by_keys =
      register_client (fixture, "{" REDIRECTS
                                ",\"token_endpoint_auth_method\":\"private_key_jwt\","
                                "\"jwks\":{\"keys\":[" PUBLIC_KEY "]}}");
  g_autoptr (JsonObject) by_uri =
      register_client (fixture, "{" REDIRECTS
                                ",\"token_endpoint_auth_method\":\"private_key_jwt\","
                                "\"jwks_uri\":\"https://example.org/j\"}");

  assert_member (by_keys, "jwks", "{\"keys\":[" PUBLIC_KEY "]}");
  assert_member (by_uri, "jwks_uri", "\"https://example.org/j\"");
  g_assert_false (json_object_has_member (by_keys, "client_secret"));
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *body =
          g_strdup_printf ("{" REDIRECTS
                           ",\"token_endpoint_auth_method\":\"private_key_jwt\"%s}",
                           refused[i]);
      g_autoptr (HttpAnswer)
          answer = http_call (fixture, "POST", "/register", JSON, body, NULL);
      g_autofree char *error = http_answer_member (answer, "error");

      g_test_message ("%s", body);
      g_assert_cmpuint (answer->status, ==, 400);
      g_assert_cmpstr (error, ==, "invalid_client_metadata");
    }
}

static void
test_device (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (JsonObject) client = register_client (
      fixture, "{\"grant_types\":[\"urn:ietf:params:oauth:grant-type:device_code\"]}");

  assert_member (client, "grant_types",
                 "[\"urn:ietf:params:oauth:grant-type:device_code\"]");
  g_assert_false (json_object_has_member (client, "redirect_uris"));
  g_assert_false (json_object_has_member (client, "response_types"));
}

static void
test_read (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (JsonObject) client =
      register_client (fixture,
                       "{" REDIRECTS
                       ",\"token_endpoint_auth_method\":\"client_secret_basic\"}");
  g_autofree char *bearer = NULL;
  g_autofree char *path = find_own (fixture, client, &bearer);
  g_autoptr (HttpAnswer) answer =
      http_call (fixture, "GET", path, NULL, NULL, "Authorization", bearer, NULL);
  g_autoptr (JsonObject) again = read_object (answer);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (http_answer_header (answer, "Cache-Control"), ==, "no-store");
  g_assert_false (json_object_has_member (again, "client_secret"));
  json_object_remove_member (client, "client_secret");
  json_object_remove_member (client, "client_secret_expires_at");
  g_assert_true (json_object_equal (client, again));
}

static void
test_update (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (JsonObject)
      client = register_client (fixture, "{" REDIRECTS ",\"client_name\":\"Before\"}");
  const char *id = bma_json_get_string (client, "client_id");
  g_autofree char *bearer = NULL;
  g_autofree char *path = find_own (fixture, client, &bearer);
  const struct
  {
    const char *members;
    unsigned int status;
    const char *error;
  } cases[] = {
    { "\"redirect_uris\":[\"http://evil.example/c\"]", 400, "invalid_redirect_uri" },
    { "\"client_name\":\"x\"", 400, "invalid_client_metadata" },
    { REDIRECTS ",\"scope\":\"root\"", 400, "invalid_client_metadata" },
    { REDIRECTS ",\"client_secret\":\"guess\"", 400, "invalid_request" },
    { REDIRECTS ",\"registration_access_token\":\"x\"", 400, "invalid_request" },
    { REDIRECTS ",\"client_id_issued_at\":1", 400, "invalid_request" },
    { REDIRECTS ",\"client_name\":\"After\",\"token_endpoint_auth_method\":"
                "\"client_secret_post\"",
      200, NULL },
  };
  g_autofree char *other_body = g_strdup ("{\"client_id\":\"ab\"," REDIRECTS "}");
  g_autoptr (HttpAnswer) other =
      http_call (fixture, "PUT", path, JSON, other_body, "Authorization", bearer, NULL);

  g_assert_cmpuint (other->status, ==, 400);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body =
          g_strdup_printf ("{\"client_id\":\"%s\",%s}", id, cases[i].members);
      g_autoptr (HttpAnswer) answer =
          http_call (fixture, "PUT", path, JSON, body, "Authorization", bearer, NULL);
      g_autofree char *error = http_answer_member (answer, "error");

      g_test_message ("%s -> %s", body, answer->body);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_cmpstr (error, ==, cases[i].error);
    }
  {
    const BmaClient *stored =
        bma_store_lookup (BMA_STORE (fixture->store), &bma_client_type, id);
    g_autofree char *same =
        g_strdup_printf ("{\"client_id\":\"%s\"," REDIRECTS
                         ",\"token_endpoint_auth_method\":\"client_secret_basic\"}",
                         id);
    g_autofree char *name = g_strdup (stored->name);
    g_autofree char *hash = g_strdup (stored->secret_hash);
    g_autoptr (HttpAnswer) kept =
        http_call (fixture, "PUT", path, JSON, same, "Authorization", bearer, NULL);
    g_autoptr (JsonObject) information = read_object (kept);

    g_assert_cmpstr (name, ==, "After");
    g_assert_nonnull (hash);
    g_assert_cmpuint (kept->status, ==, 200);
    g_assert_false (json_object_has_member (information, "client_secret"));
    g_assert_false (json_object_has_member (information, "client_name"));
    stored = bma_store_lookup (BMA_STORE (fixture->store), &bma_client_type, id);
    g_assert_cmpstr (stored->secret_hash, ==, hash);
  }
}

static void
test_delete (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (JsonObject) client =
      register_client (fixture,
                       "{\"redirect_uris\":[\"http://127.0.0.1:1234/callback\"]}");
  const char *id = bma_json_get_string (client, "client_id");
  g_autofree char *bearer = NULL;
  g_autofree char *path = find_own (fixture, client, &bearer);
  g_autofree char *code = http_get_code (fixture, id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, id, code);
  g_autofree char *refresh = http_answer_member (tokens, "refresh_token");
  g_autoptr (HttpAnswer) gone =
      http_call (fixture, "DELETE", path, NULL, NULL, "Authorization", bearer, NULL);
  g_autoptr (HttpAnswer)
      after = http_call (fixture, "GET", path, NULL, NULL, "Authorization", bearer, NULL);
  g_autoptr (HttpAnswer) refreshed = http_refresh (fixture, id, refresh);
  g_autofree char *error = http_answer_member (refreshed, "error");
  g_autoptr (GPtrArray)
      grants = bma_store_list (BMA_STORE (fixture->store), &bma_grant_type);

  g_assert_cmpuint (tokens->status, ==, 200);
  g_assert_cmpuint (gone->status, ==, 204);
  g_assert_cmpstr (gone->body, ==, "");
  g_assert_cmpuint (after->status, ==, 401);
  g_assert_cmpuint (refreshed->status, ==, 401);
  g_assert_cmpstr (error, ==, "invalid_client");
  g_assert_cmpuint (grants->len, ==, 0);
}

static void
test_strangers (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (JsonObject) client = register_client (fixture, "{" REDIRECTS "}");
  g_autoptr (JsonObject) other = register_client (fixture, "{" REDIRECTS "}");
  g_autofree char *bearer = NULL;
  g_autofree char *other_bearer = NULL;
  g_autofree char *path = find_own (fixture, client, &bearer);
  g_autofree char *other_path = find_own (fixture, other, &other_bearer);
  BmaClient *configured = bma_client_new ("configured");
  const struct
  {
    const char *path;
    const char *authorization;
    unsigned int status;
    const char *error;
  } cases[] = {
    { path, other_bearer, 401, "invalid_token" },
    { path, "Bearer x", 401, "invalid_token" },
    { path, NULL, 401, "invalid_token" },
    { path, "Basic eDp5", 401, "invalid_token" },
    { path, "Bearer \"", 400, "invalid_request" },
    { "/register/00000000000000000000000000000000", bearer, 401, "invalid_token" },
    { "/register/configured", bearer, 401, "invalid_token" },
    { "/register/a%2Fb", bearer, 401, "invalid_token" },
    { "/register/", bearer, 404, "not_found" },
    { "/register/a/b", bearer, 404, "not_found" },
    { "/register//", bearer, 404, "not_found" },
  };
  static const char *const methods[] = { "GET", "PUT", "DELETE" };

  configured->origin = g_strdup (BMA_CLIENT_ORIGIN_CONFIGURED);
  configured->management_hash = bma_text_sha256_hex (bearer + strlen ("Bearer "));
  g_ptr_array_add (fixture->config->clients, configured);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (methods); j++)
      {
        g_autoptr (HttpAnswer) answer =
            http_call (fixture, methods[j], cases[i].path, j == 1 ? JSON : NULL,
                       j == 1 ? "{}" : NULL, "Authorization",
                       cases[i].authorization != NULL ? cases[i].authorization : "",
                       NULL);
        g_autofree char *error = http_answer_member (answer, "error");

        g_test_message ("%s %s", methods[j], cases[i].path);
        g_assert_cmpuint (answer->status, ==, cases[i].status);
        g_assert_cmpstr (error, ==, cases[i].error);
        if (answer->status == 401)
          g_assert_true (
              g_str_has_prefix (http_answer_header (answer, "WWW-Authenticate"),
                                "Bearer "));
      }
  g_assert_nonnull (bma_store_lookup (BMA_STORE (fixture->store), &bma_client_type,
                                      bma_json_get_string (client, "client_id")));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/register/echoes-everything-accepted-and-no-null", test_echo);
  g_test_add_func ("/http/register/every-redirect-uri-works", test_second_redirect);
  g_test_add_func ("/http/register/gives-a-secret-and-keeps-its-hash", test_confidential);
  g_test_add_func ("/http/register/takes-public-keys-only", test_private_key);
  g_test_add_func ("/http/register/devices-need-no-redirect-uri", test_device);
  g_test_add_func ("/http/register/a-client-reads-what-is-registered", test_read);
  g_test_add_func ("/http/register/an-update-is-checked-like-a-registration",
                   test_update);
  g_test_add_func ("/http/register/a-deleted-client-takes-its-grants-along", test_delete);
  g_test_add_func ("/http/register/strangers-learn-and-change-nothing", test_strangers);
  return g_test_run ();
}
