/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-jws.h"
#include "bma-key-private.h"
#include "bma-text.h"

typedef struct
{
  BmaKey *es256;   /* owned */
  BmaKey *rs256;   /* owned */
  BmaKeyset *keys; /* owned */
} Fixture;

static BmaKey *rsa_key; /* (owned): shared, because making one takes long */

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  if (rsa_key == NULL)
    rsa_key = bma_key_generate (BMA_ALGORITHM_RS256, NULL);
  fixture->es256 = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  fixture->rs256 = bma_key_ref (rsa_key);
  fixture->keys = bma_keyset_new ();
  g_assert_true (bma_keyset_add (fixture->keys, fixture->es256));
  g_assert_true (bma_keyset_add (fixture->keys, fixture->rs256));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  bma_key_unref (fixture->es256);
  bma_key_unref (fixture->rs256);
  bma_keyset_free (fixture->keys);
}

/* A token with any header, KID in it replaced, rightly signed by @key. */
static char *
forge (const BmaKey *key, const char *header, const char *payload)
{
  GString *text = g_string_new (header);
  g_autofree char *encoded = NULL;
  g_autofree char *body = bma_text_base64url (payload, strlen (payload));
  g_autofree char *to_sign = NULL;
  g_autofree uint8_t *signature = NULL;
  g_autofree char *seal = NULL;
  size_t n_bytes = 0;

  g_string_replace (text, "KID", bma_key_get_id (key), 0);
  encoded = bma_text_base64url (text->str, text->len);
  g_string_free (text, TRUE);
  to_sign = g_strconcat (encoded, ".", body, NULL);
  signature = bma_key_sign (key, to_sign, strlen (to_sign), &n_bytes);
  seal = bma_text_base64url (signature, n_bytes);
  return g_strconcat (to_sign, ".", seal, NULL);
}

static void
assert_refused (Fixture *fixture, const char *token, size_t length, int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *payload =
      bma_jws_verify (fixture->keys, "at+jwt", token, length, &error);

  if (payload != NULL)
    g_test_message ("accepted: %s", token);
  g_assert_null (payload);
  if (code < 0)
    g_assert_nonnull (error);
  else
    g_assert_error (error, BMA_JOSE_ERROR, code);
}

static void
test_round_trip (Fixture *fixture, gconstpointer unused)
{
  BmaKey *keys[] = { fixture->es256, fixture->rs256 };

  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BmaSecret) token = bma_jws_sign (keys[i], "at+jwt", "{\"a\":1}", &error);
      g_autofree char *payload = NULL;

      g_assert_no_error (error);
      payload = bma_jws_verify (fixture->keys, "at+jwt", bma_secret_peek (token),
                                bma_secret_get_size (token), &error);
      g_assert_no_error (error);
      g_assert_cmpstr (payload, ==, "{\"a\":1}");
    }
}

static void
test_every_bit_flip_is_refused (Fixture *fixture, gconstpointer unused)
{
  BmaKey *keys[] = { fixture->es256, fixture->rs256 };
  size_t step = g_getenv ("BMA_TEST_QUICK") != NULL ? 29 : 1; /* valgrind is slow */

  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (BmaSecret) token = bma_jws_sign (keys[i], "at+jwt", "{\"a\":1}", NULL);
      size_t length = bma_secret_get_size (token);
      g_autofree char *copy = g_strdup (bma_secret_peek (token));

      for (size_t bit = 0; bit < 8 * length; bit += step)
        {
          copy[bit / 8] ^= (char) (1 << (bit % 8));
          assert_refused (fixture, copy, length, -1);
          copy[bit / 8] ^= (char) (1 << (bit % 8));
        }
      for (size_t cut = 0; cut < length; cut += step)
        assert_refused (fixture, copy, cut, -1);
    }
}

static void
test_refused_headers (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *header;
    int code;
  } cases[] = {
    { "{\"alg\":\"none\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"None\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"RS256\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"HS256\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"es256\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":[\"ES256\"],\"kid\":\"KID\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"kid\":\"KID\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":7,\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":\"other\",\"typ\":\"at+jwt\"}",
      BMA_JOSE_ERROR_UNKNOWN_KEY },
    { "{\"alg\":\"ES256\",\"kid\":\"\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_UNKNOWN_KEY },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"JWT\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"text/at+jwt\"}",
      BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":null}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}",
      BMA_JOSE_ERROR_FORMAT },
    { "{\"alg\":\"ES256\",\"\\u0061lg\":\"none\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}",
      BMA_JOSE_ERROR_FORMAT },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\",\"crit\":[\"b64\"]}",
      BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\",\"b64\":true}",
      BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\",\"zip\":\"DEF\"}",
      BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\",\"enc\":null}",
      BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\",\"jwk\":{}}",
      BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\",\"jku\":\"https://a\"}",
      BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\",\"x5u\":\"https://a\"}",
      BMA_JOSE_ERROR_HEADER },
    { "[\"alg\",\"ES256\"]", BMA_JOSE_ERROR_FORMAT },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\"} ,", BMA_JOSE_ERROR_FORMAT },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\",\"a\":[[[[[]]]]]}",
      BMA_JOSE_ERROR_FORMAT },
    { "", BMA_JOSE_ERROR_FORMAT },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *token = forge (fixture->es256, cases[i].header, "{\"a\":1}");

      assert_refused (fixture, token, strlen (token), cases[i].code);
    }
}

static void
test_accepted_types (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *header;
    const char *expected;
  } cases[] = {
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"AT+JWT\"}", "at+jwt" },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"Application/at+jwt\"}", "at+jwt" },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\"}", NULL },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"jwt\",\"x5t\":\"a\"}", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *token = forge (fixture->es256, cases[i].header, "{\"a\":1}");
      g_autofree char *payload = bma_jws_verify (fixture->keys, cases[i].expected, token,
                                                 strlen (token), &error);

      g_assert_no_error (error);
      g_assert_cmpstr (payload, ==, "{\"a\":1}");
    }
}

static void
test_access_token_is_no_id_token (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaSecret) token = bma_jws_sign (fixture->es256, "at+jwt", "{}", NULL);

  g_assert_null (bma_jws_verify (fixture->keys, NULL, bma_secret_peek (token),
                                 bma_secret_get_size (token), &error));
  g_assert_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_HEADER);
}

static char *
sign_hmac (const char *secret, const char *kid)
{
  g_autofree char *header =
      g_strdup_printf ("{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"at+jwt\"}", kid);
  g_autofree char *encoded = bma_text_base64url (header, strlen (header));
  g_autofree char *to_sign = g_strconcat (encoded, ".e30", NULL);
  g_autofree char *seal = bma_text_hmac_base64url (secret, strlen (secret), to_sign);

  return g_strconcat (to_sign, ".", seal, NULL);
}

/* The classic: HS256 with the public key as the secret. */
static void
test_public_key_as_secret (Fixture *fixture, gconstpointer unused)
{
  BmaKey *keys[] = { fixture->es256, fixture->rs256 };

  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *token =
          sign_hmac (bma_key_get_public_jwk (keys[i]), bma_key_get_id (keys[i]));

      assert_refused (fixture, token, strlen (token), BMA_JOSE_ERROR_HEADER);
    }
}

#define SECRET "the secret that others have too."

static BmaKey *
make_shared (void)
{
  g_autoptr (BmaSecret) secret = bma_secret_new (SECRET);
  BmaKey *key = bma_key_new_from_secret (secret, "hs256", NULL);

  g_assert_nonnull (key);
  return key;
}

static void
test_hs256 (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmaKey) shared = make_shared ();
  g_autoptr (BmaSecret) token = bma_jws_sign (shared, "at+jwt", "{}", NULL);
  g_autofree char *by_others = sign_hmac (SECRET, "hs256");
  g_autofree char *copy = g_strdup (bma_secret_peek (token));
  g_autofree char *payload = NULL;
  size_t length = strlen (copy);

  g_assert_cmpstr (by_others, ==, copy);
  bma_keyset_free (fixture->keys);
  fixture->keys = bma_keyset_new ();
  g_assert_true (bma_keyset_add (fixture->keys, shared));
  payload = bma_jws_verify (fixture->keys, "at+jwt", copy, length, NULL);
  g_assert_cmpstr (payload, ==, "{}");
  for (size_t bit = 0; bit < 8 * length; bit++)
    {
      copy[bit / 8] ^= (char) (1 << (bit % 8));
      assert_refused (fixture, copy, length, -1);
      copy[bit / 8] ^= (char) (1 << (bit % 8));
    }
  for (size_t cut = 0; cut < length; cut++)
    assert_refused (fixture, copy, cut, -1);
}

/* No token of one family passes with the keys of the other, whatever its header says. */
static void
test_families_do_not_mix (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *header;
    int code;
  } cases[] = {
    { "{\"alg\":\"HS256\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}", -1 },
    { "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}", -1 },
    { "{\"alg\":\"RS256\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}", -1 },
    { "{\"alg\":\"none\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}", -1 },
    { "{\"alg\":\"HS512\",\"kid\":\"OTHER\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
    { "{\"alg\":\"none\",\"kid\":\"OTHER\",\"typ\":\"at+jwt\"}", BMA_JOSE_ERROR_HEADER },
  };
  g_autoptr (BmaKey) shared = make_shared ();
  BmaKey *foreign[] = { shared, fixture->es256, fixture->rs256 };

  for (size_t who = 0; who < G_N_ELEMENTS (foreign); who++)
    {
      g_autoptr (BmaKeyset) other = bma_keyset_new ();
      g_autoptr (BmaKeyset) before = g_steal_pointer (&fixture->keys);

      fixture->keys = other;
      g_assert_true (bma_keyset_add (other, who == 0 ? fixture->es256 : shared));
      for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
        {
          g_autoptr (GString) header = g_string_new (cases[i].header);
          g_autofree char *token = NULL;

          g_string_replace (header, "OTHER",
                            bma_key_get_id (who == 0 ? fixture->es256 : shared), 0);
          token = forge (foreign[who], header->str, "{}");
          assert_refused (fixture, token, strlen (token), cases[i].code);
        }
      fixture->keys = g_steal_pointer (&before);
    }
}

/* The kid of the right key in a token of another family: the key's algorithm decides. */
static void
test_kid_of_the_other_family (Fixture *fixture, gconstpointer unused)
{
  static const char *const algorithms[] = { "HS256", "ES256", "RS256" };
  g_autoptr (BmaKey) shared = make_shared ();
  BmaKey *keys[] = { shared, fixture->es256, fixture->rs256 };

  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (algorithms); j++)
      for (size_t k = 0; k < G_N_ELEMENTS (keys); k++)
        {
          g_autoptr (BmaKeyset) only = bma_keyset_new ();
          g_autofree char *header =
              g_strdup_printf ("{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"at+jwt\"}",
                               algorithms[j], bma_key_get_id (keys[i]));
          g_autofree char *token = forge (keys[k], header, "{}");
          g_autofree char *payload = NULL;

          g_assert_true (bma_keyset_add (only, keys[i]));
          payload = bma_jws_verify (only, "at+jwt", token, strlen (token), NULL);
          g_test_message ("key %zu, %s, signed by %zu", i, algorithms[j], k);
          g_assert_true ((payload != NULL) == (i == j && i == k));
        }
}

/* RS256 in the header and an RS256 signature, but the kid of the ES256 key. */
static void
test_key_of_another_algorithm (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *header =
      g_strdup_printf ("{\"alg\":\"RS256\",\"kid\":\"%s\",\"typ\":\"at+jwt\"}",
                       bma_key_get_id (fixture->es256));
  g_autofree char *token = forge (fixture->rs256, header, "{}");

  assert_refused (fixture, token, strlen (token), BMA_JOSE_ERROR_HEADER);
}

static void
test_encoding_is_strict (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmaSecret)
      token = bma_jws_sign (fixture->es256, "at+jwt", "{\"a\":1}", NULL);
  const char *text = bma_secret_peek (token);
  const char *unwanted[] = { "=", " ", "\n", ".", "\t", ".e30" };

  for (size_t i = 0; i < G_N_ELEMENTS (unwanted); i++)
    {
      g_autofree char *after = g_strconcat (text, unwanted[i], NULL);
      g_autofree char *before = g_strconcat (unwanted[i], text, NULL);
      g_auto (GStrv) parts = g_strsplit (text, ".", 3);
      g_autofree char *inside = g_strconcat (parts[0], unwanted[i], ".", parts[1],
                                             unwanted[i], ".", parts[2], NULL);

      assert_refused (fixture, after, strlen (after), -1);
      assert_refused (fixture, before, strlen (before), -1);
      assert_refused (fixture, inside, strlen (inside), -1);
    }
  assert_refused (fixture, text, bma_secret_get_size (token) + 1, -1);
}

/* The JSON serialisation, with its unprotected header, is not read at all. */
static void
test_json_serialisation (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmaSecret)
      token = bma_jws_sign (fixture->es256, "at+jwt", "{\"a\":1}", NULL);
  g_auto (GStrv) parts = g_strsplit (bma_secret_peek (token), ".", 3);
  g_autofree char *json =
      g_strdup_printf ("{\"payload\":\"%s\",\"protected\":\"%s\",\"signature\":\"%s\","
                       "\"header\":{\"alg\":\"none\"}}",
                       parts[1], parts[0], parts[2]);

  assert_refused (fixture, json, strlen (json), BMA_JOSE_ERROR_FORMAT);
}

static void
test_size_is_bounded (Fixture *fixture, gconstpointer unused)
{
  static const char header[] = "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\"}";
  g_autoptr (GError) error = NULL;
  g_autofree char *filler = g_strnfill (BMA_JWS_MAX_BYTES, 'a');
  g_autofree char *payload = g_strdup_printf ("{\"a\":\"%s\"}", filler);
  g_autofree char *token = forge (fixture->es256, header, payload);
  g_autofree char *long_header = g_strdup_printf (
      "{\"alg\":\"ES256\",\"kid\":\"KID\",\"typ\":\"at+jwt\",\"a\":\"%.1100s\"}", filler);
  g_autofree char *other = forge (fixture->es256, long_header, "{}");

  assert_refused (fixture, token, strlen (token), BMA_JOSE_ERROR_FORMAT);
  assert_refused (fixture, other, strlen (other), BMA_JOSE_ERROR_FORMAT);
  g_assert_null (bma_jws_sign (fixture->es256, "at+jwt", payload, &error));
  g_assert_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_FORMAT);
}

static void
test_public_key_cannot_sign (Fixture *fixture, gconstpointer unused)
{
  const char *jwk = bma_key_get_public_jwk (fixture->es256);
  g_autoptr (BmaKey)
      key = bma_key_new_from_jwk (jwk, strlen (jwk), BMA_ALGORITHM_ES256, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (bma_jws_sign (key, "at+jwt", "{}", &error));
  g_assert_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY);
}

#define ADD(path, function)                                                              \
  g_test_add ("/jose/jws/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("signs-and-verifies", test_round_trip);
  ADD ("refuses-every-bit-flip-and-cut", test_every_bit_flip_is_refused);
  ADD ("refuses-headers", test_refused_headers);
  ADD ("accepts-types-without-case", test_accepted_types);
  ADD ("access-token-is-no-id-token", test_access_token_is_no_id_token);
  ADD ("refuses-public-key-as-secret", test_public_key_as_secret);
  ADD ("hs256-refuses-every-bit-flip-and-cut", test_hs256);
  ADD ("hs256-and-public-keys-do-not-mix", test_families_do_not_mix);
  ADD ("the-key-decides-the-algorithm", test_kid_of_the_other_family);
  ADD ("refuses-key-of-another-algorithm", test_key_of_another_algorithm);
  ADD ("encoding-is-strict", test_encoding_is_strict);
  ADD ("refuses-json-serialisation", test_json_serialisation);
  ADD ("size-is-bounded", test_size_is_bounded);
  ADD ("public-key-cannot-sign", test_public_key_cannot_sign);

  int status = g_test_run ();

  bma_key_unref (rsa_key);
  return status;
}
