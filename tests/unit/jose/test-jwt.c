/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-jwt.h"

#define NOW_S  1800000000
#define ISSUER "http://127.0.0.1:8417"

static const char *const audiences[] = { "http://127.0.0.1:8417/mcp", "org.biomcp.Auth",
                                         NULL };

typedef struct
{
  BmaKey *key;     /* owned */
  BmaKeyset *keys; /* owned */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->key = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  fixture->keys = bma_keyset_new ();
  bma_keyset_add (fixture->keys, fixture->key);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  bma_key_unref (fixture->key);
  bma_keyset_free (fixture->keys);
}

static BmaAccessClaims *
verify (Fixture *fixture, const BmaSecret *token, GError **error)
{
  return bma_jwt_verify_access (fixture->keys, bma_secret_peek (token),
                                bma_secret_get_size (token), ISSUER, audiences, NOW_S,
                                error);
}

static void
test_round_trip (Fixture *fixture, gconstpointer unused)
{
  char *scopes[] = { (char *) "biomcp.read", (char *) "offline_access", NULL };
  const BmaAccessClaims claims = {
    .issuer = (char *) ISSUER,
    .subject = (char *) "subject-1",
    .audience = (char *) "org.biomcp.Auth",
    .client_id = (char *) "client-1",
    .token_id = (char *) "family.1",
    .scopes = scopes,
    .issued_at_s = NOW_S - 10,
    .expires_at_s = NOW_S + 1,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaSecret) token = bma_jwt_sign_access (fixture->key, &claims, &error);
  g_autoptr (BmaAccessClaims) read = NULL;

  g_assert_no_error (error);
  read = verify (fixture, token, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (read->issuer, ==, ISSUER);
  g_assert_cmpstr (read->subject, ==, "subject-1");
  g_assert_cmpstr (read->audience, ==, "org.biomcp.Auth");
  g_assert_cmpstr (read->client_id, ==, "client-1");
  g_assert_cmpstr (read->token_id, ==, "family.1");
  g_assert_cmpstrv (read->scopes, scopes);
  g_assert_cmpint (read->issued_at_s, ==, NOW_S - 10);
  g_assert_cmpint (read->expires_at_s, ==, NOW_S + 1);
}

static void
test_order_of_claims (Fixture *fixture, gconstpointer unused)
{
  char *scopes[] = { NULL };
  const BmaAccessClaims claims = {
    (char *) "i", (char *) "s", (char *) "a", (char *) "c", (char *) "j", scopes, 1, 2
  };
  g_autoptr (BmaSecret) token = bma_jwt_sign_access (fixture->key, &claims, NULL);
  g_autofree char *payload = bma_jws_verify (fixture->keys, "at+jwt",
                                             bma_secret_peek (token),
                                             bma_secret_get_size (token), NULL);

  g_assert_cmpstr (payload, ==,
                   "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"client_id\":\"c\","
                   "\"scope\":\"\",\"jti\":\"j\",\"iat\":1,\"exp\":2}");
}

/* Each claim can be replaced; an empty text leaves it out. */
static BmaSecret *
make (Fixture *fixture, const char *name, const char *value)
{
  static const char *const members[][2] = {
    { "iss", "\"" ISSUER "\"" },
    { "sub", "\"s\"" },
    { "aud", "\"org.biomcp.Auth\"" },
    { "client_id", "\"c\"" },
    { "scope", "\"\"" },
    { "jti", "\"j\"" },
    { "iat", "1799999990" },
    { "exp", "1800000060" },
  };
  g_autoptr (GString) text = g_string_new ("{");

  for (size_t i = 0; i < G_N_ELEMENTS (members); i++)
    if (g_strcmp0 (members[i][0], name) != 0)
      g_string_append_printf (text, "\"%s\":%s,", members[i][0], members[i][1]);
  if (name != NULL && *value != '\0')
    g_string_append_printf (text, "\"%s\":%s,", name, value);
  text->str[text->len - 1] = '}';
  return bma_jws_sign (fixture->key, "at+jwt", text->str, NULL);
}

typedef struct
{
  const char *name;
  const char *value;
  int code; /* -1: accepted */
} Case;

static const Case cases[] = {
  { NULL, NULL, -1 },
  { "iss", "", BMA_JOSE_ERROR_CLAIMS },
  { "iss", "\"" ISSUER "/\"", BMA_JOSE_ERROR_CLAIMS },
  { "iss", "[\"" ISSUER "\"]", BMA_JOSE_ERROR_CLAIMS },
  { "aud", "", BMA_JOSE_ERROR_CLAIMS },
  { "aud", "\"other\"", BMA_JOSE_ERROR_CLAIMS },
  { "aud", "\"ORG.biomcp.Auth\"", BMA_JOSE_ERROR_CLAIMS },
  { "aud", "[]", BMA_JOSE_ERROR_CLAIMS },
  { "aud", "[\"other\"]", BMA_JOSE_ERROR_CLAIMS },
  { "aud", "[\"org.biomcp.Auth\",7]", BMA_JOSE_ERROR_CLAIMS },
  { "aud", "{\"org.biomcp.Auth\":1}", BMA_JOSE_ERROR_CLAIMS },
  { "aud", "[\"other\",\"org.biomcp.Auth\"]", -1 },
  { "aud", "\"http://127.0.0.1:8417/mcp\"", -1 },
  { "aud",
    "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\",\"13\","
    "\"14\",\"15\",\"16\",\"org.biomcp.Auth\"]",
    BMA_JOSE_ERROR_CLAIMS },
  { "exp", "", BMA_JOSE_ERROR_CLAIMS },
  { "exp", "\"1800000060\"", BMA_JOSE_ERROR_CLAIMS },
  { "exp", "1800000060.0", BMA_JOSE_ERROR_CLAIMS },
  { "exp", "18e8", BMA_JOSE_ERROR_CLAIMS },
  { "exp", "true", BMA_JOSE_ERROR_CLAIMS },
  { "exp", "null", BMA_JOSE_ERROR_CLAIMS },
  { "exp", "99999999999999999999", BMA_JOSE_ERROR_CLAIMS },
  { "exp", "1800000000", BMA_JOSE_ERROR_EXPIRED },
  { "exp", "-1", BMA_JOSE_ERROR_EXPIRED },
  { "exp", "1800000001", -1 },
  { "iat", "", BMA_JOSE_ERROR_CLAIMS },
  { "iat", "1.5", BMA_JOSE_ERROR_CLAIMS },
  { "iat", "1800000030", -1 },
  { "iat", "1800000031", BMA_JOSE_ERROR_EXPIRED },
  { "nbf", "1800000030", -1 },
  { "nbf", "1800000031", BMA_JOSE_ERROR_EXPIRED },
  { "nbf", "\"1\"", BMA_JOSE_ERROR_CLAIMS },
  { "sub", "", BMA_JOSE_ERROR_CLAIMS },
  { "sub", "7", BMA_JOSE_ERROR_CLAIMS },
  { "client_id", "", BMA_JOSE_ERROR_CLAIMS },
  { "client_id", "null", BMA_JOSE_ERROR_CLAIMS },
  { "jti", "", BMA_JOSE_ERROR_CLAIMS },
  { "jti", "[]", BMA_JOSE_ERROR_CLAIMS },
  { "scope", "", BMA_JOSE_ERROR_CLAIMS },
  { "scope", "[\"a\"]", BMA_JOSE_ERROR_CLAIMS },
  { "scope", "\"a b\"", -1 },
  { "sub\":\"s\",\"sub", "\"s\"", BMA_JOSE_ERROR_CLAIMS },
};

static void
test_claims (Fixture *fixture, gconstpointer unused)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BmaSecret) token = make (fixture, cases[i].name, cases[i].value);
      g_autoptr (BmaAccessClaims) claims = verify (fixture, token, &error);

      g_test_message ("%s: %s", cases[i].name, cases[i].value);
      if (cases[i].code < 0)
        {
          g_assert_no_error (error);
          g_assert_nonnull (claims);
          continue;
        }
      g_assert_null (claims);
      g_assert_error (error, BMA_JOSE_ERROR, cases[i].code);
    }
}

static void
test_payloads_that_are_no_objects (Fixture *fixture, gconstpointer unused)
{
  static const char *const payloads[] = { "", "[]", "7", "\"a\"", "{", "{}{}" };

  for (size_t i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BmaSecret)
          token = bma_jws_sign (fixture->key, "at+jwt", payloads[i], NULL);

      g_assert_null (verify (fixture, token, &error));
      g_assert_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_CLAIMS);
    }
}

/* json-glib and jansson both export json_object_iter_next; in this process each must
 * reach its own: json-glib walks members when it compares and hashes objects, jansson
 * when libjose copies and compares keys. */
static void
test_both_json_libraries_iterate (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (JsonNode) one = json_from_string ("{\"a\":{\"x\":1},\"b\":[2]}", NULL);
  g_autoptr (JsonNode) same = json_from_string ("{\"b\":[2],\"a\":{\"x\":1}}", NULL);
  g_autoptr (JsonNode) other = json_from_string ("{\"a\":{\"x\":1},\"b\":[3]}", NULL);
  g_autofree char *jwks = NULL;
  g_autoptr (BmaKeyset) imported = NULL;

  g_assert_true (json_node_equal (one, same));
  g_assert_false (json_node_equal (one, other));
  g_assert_cmpuint (json_node_hash (one), ==, json_node_hash (same));
  jwks = bma_keyset_to_jwks (fixture->keys);
  imported = bma_keyset_new_from_jwks (jwks, strlen (jwks), NULL);
  g_assert_nonnull (bma_keyset_lookup (imported, bma_key_get_id (fixture->key)));
}

#define ADD(path, function)                                                              \
  g_test_add ("/jose/jwt/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("signs-and-verifies-access-tokens", test_round_trip);
  ADD ("order-of-claims", test_order_of_claims);
  ADD ("checks-claims", test_claims);
  ADD ("refuses-payloads-that-are-no-objects", test_payloads_that_are_no_objects);
  ADD ("both-json-libraries-iterate", test_both_json_libraries_iterate);
  return g_test_run ();
}
