/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-key-private.h"
#include "bma-keyset.h"
#include "bma-text.h"
#include "jose-vectors.h"

static BmaKey *
parse (const char *jwk, BmaAlgorithm algorithm)
{
  g_autoptr (GError) error = NULL;
  BmaKey *key = bma_key_new_from_jwk (jwk, strlen (jwk), algorithm, &error);

  g_assert_no_error (error);
  g_assert_nonnull (key);
  return key;
}

static void
assert_refused (const char *jwk, BmaAlgorithm algorithm)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaKey) key = bma_key_new_from_jwk (jwk, strlen (jwk), algorithm, &error);

  g_assert_null (key);
  g_assert_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY);
}

static gboolean
verify_vector (const BmaKey *key, const char *text, const char *signature)
{
  size_t n_bytes = 0;
  g_autofree uint8_t *bytes =
      bma_text_base64url_decode (signature, strlen (signature), &n_bytes);

  g_assert_nonnull (bytes);
  return bma_key_verify (key, text, strlen (text), bytes, n_bytes);
}

static void
test_es256_vector (void)
{
  g_autoptr (BmaKey) key = parse (RFC7515_A3_JWK, BMA_ALGORITHM_ES256);

  g_assert_true (verify_vector (key, RFC7515_A3_TEXT, RFC7515_A3_SIGNATURE));
  g_assert_false (verify_vector (key, RFC7515_A3_TEXT "x", RFC7515_A3_SIGNATURE));
  g_assert_false (verify_vector (key, RFC7515_A2_TEXT, RFC7515_A3_SIGNATURE));
  g_assert_true (bma_key_is_private (key));
}

static void
test_rs256_vector (void)
{
  g_autoptr (BmaKey) key = parse (RFC7515_A2_JWK, BMA_ALGORITHM_RS256);

  g_assert_true (verify_vector (key, RFC7515_A2_TEXT, RFC7515_A2_SIGNATURE));
  g_assert_false (verify_vector (key, RFC7515_A3_TEXT, RFC7515_A2_SIGNATURE));
  g_assert_false (bma_key_is_private (key));
}

static void
test_hs256_vector (void)
{
  size_t n_bytes = 0;
  g_autofree uint8_t *bytes =
      bma_text_base64url_decode (RFC7515_A1_K, strlen (RFC7515_A1_K), &n_bytes);
  g_autoptr (BmaSecret) secret = bma_secret_new_bytes (bytes, n_bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaKey) key = bma_key_new_from_secret (secret, "id", &error);

  g_assert_no_error (error);
  g_assert_true (verify_vector (key, RFC7515_A1_TEXT, RFC7515_A1_SIGNATURE));
  g_assert_false (verify_vector (key, RFC7515_A1_TEXT "x", RFC7515_A1_SIGNATURE));
  g_assert_false (verify_vector (key, RFC7515_A1_TEXT, "dBjftJeZ4CVP"));
  g_assert_false (verify_vector (key, RFC7515_A1_TEXT, RFC7515_A3_SIGNATURE));
  g_assert_cmpstr (bma_key_get_id (key), ==, "id");
  g_assert_null (bma_key_get_public_jwk (key));
  g_assert_null (bma_key_export_private (key, NULL));
}

static void
assert_secret_refused (const char *text)
{
  g_autoptr (BmaSecret) secret = bma_secret_new (text);
  g_autoptr (GError) error = NULL;

  g_assert_null (bma_key_new_from_secret (secret, "id", &error));
  g_assert_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY);
}

static void
test_refuses_bad_secrets (void)
{
  g_autofree char *longest = g_strnfill (BMA_KEY_MAX_SECRET_BYTES, 's');
  g_autofree char *too_long = g_strnfill (BMA_KEY_MAX_SECRET_BYTES + 1, 's');
  g_autoptr (BmaSecret) good = bma_secret_new (longest);
  g_autoptr (BmaKey) key = bma_key_new_from_secret (good, "id", NULL);

  g_assert_nonnull (key);
  assert_secret_refused (too_long);
  assert_secret_refused ("");
  assert_secret_refused ("31-bytes-are-one-byte-too-few..");
  assert_secret_refused (
      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n");
  assert_secret_refused (RFC7515_A2_JWK);
  assert_secret_refused (RFC7515_A3_JWK);
}

static void
test_hs256_comes_by_no_jwk (void)
{
  static const char oct[] = "{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"" RFC7515_A1_K
                            "\"}";

  assert_refused (oct, BMA_ALGORITHM_HS256);
  assert_refused (oct, BMA_ALGORITHM_ES256);
  assert_refused (RFC7515_A3_JWK, BMA_ALGORITHM_HS256);
  assert_refused (RFC7515_A2_JWK, BMA_ALGORITHM_HS256);
}

static void
test_shared_secret_is_alone (void)
{
  g_autoptr (BmaSecret) secret = bma_secret_new ("a secret of thirty-two bytes, or");
  g_autoptr (BmaKey) shared = bma_key_new_from_secret (secret, "hs256", NULL);
  g_autoptr (BmaKey) other = bma_key_new_from_secret (secret, "other", NULL);
  g_autoptr (BmaKey) es256 = parse (RFC7515_A3_JWK, BMA_ALGORITHM_ES256);
  g_autoptr (BmaKeyset) one = bma_keyset_new ();
  g_autoptr (BmaKeyset) two = bma_keyset_new ();
  g_autofree char *jwks = NULL;

  g_assert_true (bma_keyset_add (one, shared));
  g_assert_false (bma_keyset_add (one, es256));
  g_assert_false (bma_keyset_add (one, other));
  g_assert_true (bma_keyset_add (two, es256));
  g_assert_false (bma_keyset_add (two, shared));
  g_assert_cmpuint (bma_keyset_get_size (one), ==, 1);
  g_assert_true (bma_keyset_get_signer (one) == shared);
  jwks = bma_keyset_to_jwks (one);
  g_assert_cmpstr (jwks, ==, "{\"keys\":[]}");
}

static void
test_thumbprint (void)
{
  g_autoptr (BmaKey) key = parse (RFC7638_JWK, BMA_ALGORITHM_RS256);

  g_assert_cmpstr (bma_key_get_id (key), ==, RFC7638_THUMBPRINT);
}

static void
assert_round_trip (BmaAlgorithm algorithm)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaKey) key = bma_key_generate (algorithm, &error);
  g_autoptr (BmaSecret) text = NULL;
  g_autoptr (BmaKey) again = NULL;
  g_autoptr (BmaKey) public = NULL;
  g_autofree uint8_t *signature = NULL;
  size_t n_bytes = 0;

  g_assert_no_error (error);
  text = bma_key_export_private (key, &error);
  g_assert_no_error (error);
  again = parse (bma_secret_peek (text), algorithm);
  public = parse (bma_key_get_public_jwk (key), algorithm);
  g_assert_true (bma_key_is_private (again));
  g_assert_false (bma_key_is_private (public));
  g_assert_cmpstr (bma_key_get_id (key), ==, bma_key_get_id (again));
  g_assert_cmpstr (bma_key_get_id (key), ==, bma_key_get_id (public));
  g_assert_cmpstr (bma_key_get_public_jwk (key), ==, bma_key_get_public_jwk (again));
  signature = bma_key_sign (again, "abc", 3, &n_bytes);
  g_assert_true (bma_key_verify (public, "abc", 3, signature, n_bytes));
  g_assert_false (bma_key_verify (public, "abd", 3, signature, n_bytes));
  g_assert_false (bma_key_verify (public, "abc", 3, signature, n_bytes - 1));
  g_assert_null (bma_key_export_private (public, NULL));
}

static void
test_round_trips (void)
{
  assert_round_trip (BMA_ALGORITHM_ES256);
  assert_round_trip (BMA_ALGORITHM_RS256);
}

static void
test_short_es256_parts (void)
{
  g_autoptr (BmaKey) key = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  int n = g_getenv ("BMA_TEST_QUICK") != NULL ? 100 : 1000; /* valgrind is slow */

  /* One signature in 128 has an r or s with a leading zero byte. */
  for (int i = 0; i < n; i++)
    {
      size_t n_bytes = 0;
      g_autofree uint8_t *signature = bma_key_sign (key, "abc", 3, &n_bytes);

      g_assert_cmpuint (n_bytes, ==, 64);
      g_assert_true (bma_key_verify (key, "abc", 3, signature, n_bytes));
    }
}

static void
test_refuses_bad_keys (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{}",
    "{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\"}",
    "{\"kty\":\"EC\",\"kty\":\"EC\",\"crv\":\"P-256\"," RFC7515_A3_XY "}",
    "{\"kty\":\"EC\",\"crv\":\"P-384\"," RFC7515_A3_XY "}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES384\"," RFC7515_A3_XY "}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"enc\"," RFC7515_A3_XY "}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"key_ops\":[\"deriveKey\"]," RFC7515_A3_XY "}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"key_ops\":\"verify\"," RFC7515_A3_XY "}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"\"," RFC7515_A3_XY "}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":7," RFC7515_A3_XY "}",
    /* not on the curve */
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" RFC7515_A3_X "\",\"y\":\"" RFC7515_A3_X
    "\"}",
    /* a private half that belongs to another key */
    "{\"kty\":\"EC\",\"crv\":\"P-256\"," RFC7515_A3_XY ",\"d\":\"" RFC7515_A3_X "\"}",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i], BMA_ALGORITHM_ES256);
  /* What libjose would lose memory over. */
  assert_refused ("{\"kty\":\"RSA\",\"n\":\"" RFC7515_A2_N "\",\"e\":7,\"d\":\"AQAB\"}",
                  BMA_ALGORITHM_RS256);
  assert_refused ("{\"kty\":\"RSA\",\"n\":\"" RFC7515_A2_N "\",\"e\":\"A+AB\"}",
                  BMA_ALGORITHM_RS256);
  assert_refused ("{\"kty\":\"RSA\",\"n\":\"A\",\"e\":\"AQAB\"}", BMA_ALGORITHM_RS256);
  assert_refused (RFC7515_A2_JWK, BMA_ALGORITHM_ES256);
  assert_refused (RFC7515_A3_JWK, BMA_ALGORITHM_RS256);
  assert_refused (RSA_1024_JWK, BMA_ALGORITHM_RS256);
}

static void
test_jwks_has_public_members_only (void)
{
  static const char *const private_members[] = { "\"d\"",  "\"p\"",  "\"q\"", "\"dp\"",
                                                 "\"dq\"", "\"qi\"", "\"k\"", "\"oth\"" };
  g_autoptr (BmaKeyset) keys = bma_keyset_new ();
  g_autoptr (BmaKey) es256 = parse (RFC7515_A3_JWK, BMA_ALGORITHM_ES256);
  g_autoptr (BmaKey) rs256 = bma_key_generate (BMA_ALGORITHM_RS256, NULL);
  g_autofree char *jwks = NULL;

  g_assert_true (bma_keyset_add (keys, es256));
  g_assert_false (bma_keyset_add (keys, es256));
  g_assert_true (bma_keyset_add (keys, rs256));
  g_assert_true (bma_keyset_get_signer (keys) == es256);
  jwks = bma_keyset_to_jwks (keys);
  for (size_t i = 0; i < G_N_ELEMENTS (private_members); i++)
    g_assert_null (strstr (jwks, private_members[i]));
  g_assert_nonnull (strstr (jwks, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
                                  "\"x\":\"" RFC7515_A3_X "\""));
  g_assert_nonnull (strstr (jwks, "\"alg\":\"ES256\",\"use\":\"sig\"},{\"kty\":\"RSA\""));
}

static void
test_jwks_import (void)
{
  static const char text[] =
      "{\"keys\":[7,"
      "{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"secret\"},"
      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"},"
      "{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"enc\",\"kid\":\"enc\"," RFC7515_A3_XY
      "},"
      "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"one\",\"extra\":{}," RFC7515_A3_XY
      ",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}," RSA_WITH_KID_ONE
      "," RFC7638_JWK "]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaKeyset) keys = bma_keyset_new_from_jwks (text, strlen (text), &error);
  BmaKey *one = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (bma_keyset_get_size (keys), ==, 2);
  one = bma_keyset_lookup (keys, "one");
  g_assert_nonnull (one);
  g_assert_cmpint (bma_key_get_algorithm (one), ==, BMA_ALGORITHM_ES256);
  g_assert_false (bma_key_is_private (one));
  g_assert_null (bma_keyset_get_signer (keys));
  g_assert_null (strstr (bma_key_get_public_jwk (one), "extra"));
  g_assert_nonnull (bma_keyset_lookup (keys, RFC7638_THUMBPRINT));
  g_assert_null (bma_keyset_lookup (keys, "enc"));
  g_assert_null (bma_keyset_lookup (keys, NULL));
}

static void
assert_jwks_refused (const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bma_keyset_new_from_jwks (text, strlen (text), &error));
  g_assert_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY);
}

static void
test_jwks_is_bounded (void)
{
  g_autofree char *big = g_strnfill (BMA_KEYSET_MAX_BYTES, ' ');
  g_autofree char *padded = g_strconcat ("{\"keys\":[]}", big, NULL);
  GString *many = g_string_new ("{\"keys\":[{}");

  for (int i = 0; i < BMA_KEYSET_MAX_KEYS; i++)
    g_string_append (many, ",{}");
  g_string_append (many, "]}");
  assert_jwks_refused (many->str);
  assert_jwks_refused (padded);
  assert_jwks_refused ("");
  assert_jwks_refused ("[]");
  assert_jwks_refused ("{}");
  assert_jwks_refused ("{\"keys\":{}}");
  assert_jwks_refused ("{\"keys\":[],\"keys\":[]}");
  g_string_free (many, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jose/key/es256-vector-of-rfc-7515", test_es256_vector);
  g_test_add_func ("/jose/key/rs256-vector-of-rfc-7515", test_rs256_vector);
  g_test_add_func ("/jose/key/hs256-vector-of-rfc-7515", test_hs256_vector);
  g_test_add_func ("/jose/key/refuses-bad-secrets", test_refuses_bad_secrets);
  g_test_add_func ("/jose/key/hs256-comes-by-no-jwk", test_hs256_comes_by_no_jwk);
  g_test_add_func ("/jose/keyset/shared-secret-is-alone", test_shared_secret_is_alone);
  g_test_add_func ("/jose/key/thumbprint-of-rfc-7638", test_thumbprint);
  g_test_add_func ("/jose/key/export-and-import", test_round_trips);
  g_test_add_func ("/jose/key/es256-parts-with-leading-zeros", test_short_es256_parts);
  g_test_add_func ("/jose/key/refuses-bad-keys", test_refuses_bad_keys);
  g_test_add_func ("/jose/keyset/has-public-members-only",
                   test_jwks_has_public_members_only);
  g_test_add_func ("/jose/keyset/imports-public-halves", test_jwks_import);
  g_test_add_func ("/jose/keyset/is-bounded", test_jwks_is_bounded);
  return g_test_run ();
}
