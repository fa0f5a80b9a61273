/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-private.h"

#include <jose/openssl.h>
#include <openssl/err.h>
#include <string.h>

#include "bma-text.h"

#define MIN_RSA_BITS     2048
#define MAX_RSA_BITS     4096
#define THUMBPRINT_BYTES 32
#define MAX_ID_BYTES     256
#define MAX_JWK_BYTES    (16 * 1024)

/* What a key of each algorithm looks like. */
typedef struct
{
  const char *kty;            /* static (nullable): without one it has no JWK */
  const char *crv;            /* static (nullable) */
  const char *const *members; /* static: the key itself, without private members */
} Shape;

static const char *const es256_members[] = { "kty", "crv", "x", "y", NULL };
static const char *const rs256_members[] = { "kty", "n", "e", NULL };

static const Shape shapes[] = {
  [BMA_ALGORITHM_ES256] = { "EC", "P-256", es256_members },
  [BMA_ALGORITHM_RS256] = { "RSA", NULL, rs256_members },
  /* A shared secret never comes as a JWK, so no key set can bring one in. */
  [BMA_ALGORITHM_HS256] = { NULL, NULL, NULL },
};

static gboolean
refuse (GError **error, const char *problem)
{
  ERR_clear_error ();
  g_set_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY, "The key is refused: %s",
               problem);
  return FALSE;
}

static gboolean
member_is (const json_t *jwk, const char *name, const char *expected)
{
  return g_strcmp0 (json_string_value (json_object_get (jwk, name)), expected) == 0;
}

/* `key_ops` (RFC 7517 section 4.3), when it is there, must know signatures. */
static gboolean
operations_are_fit (const json_t *jwk)
{
  const json_t *operations = json_object_get (jwk, "key_ops");

  for (size_t i = 0; i < json_array_size (operations); i++)
    {
      const char *name = json_string_value (json_array_get (operations, i));

      if (g_strcmp0 (name, "verify") == 0 || g_strcmp0 (name, "sign") == 0)
        return TRUE;
    }
  return operations == NULL;
}

/* libjose loses memory when one of a private RSA key is not base64url. */
static gboolean
numbers_are_fit (const json_t *jwk)
{
  static const char *const names[] = {
    "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi"
  };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const json_t *member = json_object_get (jwk, names[i]);
      size_t n_bytes = 0;
      uint8_t *bytes = NULL;

      if (member == NULL)
        continue;
      if (!json_is_string (member))
        return FALSE;
      bytes = bma_text_base64url_decode (json_string_value (member),
                                         json_string_length (member), &n_bytes);
      if (bytes == NULL)
        return FALSE;
      explicit_bzero (bytes, n_bytes);
      g_free (bytes);
    }
  return TRUE;
}

static gboolean
check_members (const json_t *jwk, BmaAlgorithm algorithm, GError **error)
{
  const Shape *shape = &shapes[algorithm];
  const json_t *id = json_object_get (jwk, "kid");

  if (shape->kty == NULL || !member_is (jwk, "kty", shape->kty) ||
      (shape->crv != NULL && !member_is (jwk, "crv", shape->crv)))
    return refuse (error, "its type is not the one expected");
  if (json_object_get (jwk, "alg") != NULL &&
      !member_is (jwk, "alg", bma_algorithm_to_text (algorithm)))
    return refuse (error, "it is for another algorithm");
  if (json_object_get (jwk, "use") != NULL && !member_is (jwk, "use", "sig"))
    return refuse (error, "it is not for signatures");
  if (!operations_are_fit (jwk))
    return refuse (error, "it is not for signatures");
  if (!numbers_are_fit (jwk))
    return refuse (error, "a number in it is not base64url");
  if (id != NULL && (!json_is_string (id) || json_string_length (id) == 0 ||
                     json_string_length (id) > MAX_ID_BYTES))
    return refuse (error, "its \"kid\" is not a short string");
  return TRUE;
}

static gboolean
check_ec (EVP_PKEY *pkey, GError **error)
{
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey (NULL, pkey, NULL);
  gboolean valid = EVP_PKEY_public_check (context) == 1;

  EVP_PKEY_CTX_free (context);
  return valid || refuse (error, "its point is not on the curve");
}

static gboolean
check_rsa (EVP_PKEY *pkey, GError **error)
{
  BIGNUM *exponent = NULL;
  gboolean fit = FALSE;

  if (EVP_PKEY_get_bits (pkey) < MIN_RSA_BITS || EVP_PKEY_get_bits (pkey) > MAX_RSA_BITS)
    return refuse (error, "it does not have 2048 to 4096 bits");
  fit = EVP_PKEY_get_bn_param (pkey, "e", &exponent) == 1 && BN_is_odd (exponent) &&
        !BN_is_one (exponent) && BN_num_bits (exponent) <= 64;
  BN_free (exponent);
  return fit || refuse (error, "its exponent is not acceptable");
}

/* A private key that does not belong to its public half would sign what nobody accepts.
 */
static gboolean
check_pair (const BmaKey *self, GError **error)
{
  static const char probe[] = "probe";
  g_autofree uint8_t *signature = NULL;
  size_t n_bytes = 0;

  signature = bma_key_sign (self, probe, strlen (probe), &n_bytes);
  if (signature == NULL ||
      !bma_key_verify (self, probe, strlen (probe), signature, n_bytes))
    return refuse (error, "its private and public halves do not belong together");
  return TRUE;
}

/* Written from the parsed key, so that nothing but the key gets in. */
static gboolean
describe (BmaKey *self, const json_t *source, GError **error)
{
  const Shape *shape = &shapes[self->algorithm];
  jose_cfg_t *jose = bma_jansson_get_jose ();
  json_auto_t *full = jose_openssl_jwk_from_EVP_PKEY (jose, self->pkey);
  json_auto_t *jwk = NULL;
  uint8_t thumbprint[THUMBPRINT_BYTES];
  const char *id = json_string_value (json_object_get (source, "kid"));
  char encoded[THUMBPRINT_BYTES * 2] = { 0 };

  if (full == NULL)
    return refuse (error, "it cannot be read");
  jwk = bma_jansson_pick (full, shape->members);
  if (jose_jwk_thp_buf (jose, jwk, "S256", thumbprint, sizeof thumbprint) !=
          sizeof thumbprint ||
      jose_b64_enc_buf (thumbprint, sizeof thumbprint, encoded, sizeof encoded - 1) ==
          SIZE_MAX)
    return refuse (error, "it has no thumbprint");
  self->id = g_strdup (id != NULL ? id : encoded);
  if (json_object_set_new (jwk, "kid", json_string (self->id)) != 0 ||
      json_object_set_new (jwk, "alg",
                           json_string (bma_algorithm_to_text (self->algorithm))) != 0 ||
      json_object_set_new (jwk, "use", json_string ("sig")) != 0)
    return refuse (error, "its \"kid\" is not text");
  self->public_jwk = bma_jansson_to_text (jwk);
  return TRUE;
}

/**
 * bma_key_new_from_json:
 * @jwk: a JWK object
 * @algorithm: the one algorithm it may be used for
 * @error: return location for a [error@JoseError]
 *
 * Returns: (transfer full) (nullable): the key, private when @jwk is
 */
BmaKey *
bma_key_new_from_json (const json_t *jwk, BmaAlgorithm algorithm, GError **error)
{
  g_autoptr (BmaKey) self = NULL;
  jose_cfg_t *jose = bma_jansson_get_jose ();

  if (!check_members (jwk, algorithm, error))
    return NULL;
  self = g_new0 (BmaKey, 1);
  g_atomic_ref_count_init (&self->refs);
  self->algorithm = algorithm;
  self->is_private = json_object_get (jwk, "d") != NULL;
  self->pkey = jose_openssl_jwk_to_EVP_PKEY (jose, jwk);
  if (self->pkey == NULL)
    {
      refuse (error, "it cannot be read");
      return NULL;
    }
  if (algorithm == BMA_ALGORITHM_ES256 ? !check_ec (self->pkey, error)
                                       : !check_rsa (self->pkey, error))
    return NULL;
  if (!bma_key_prepare (self))
    {
      refuse (error, "it cannot be used");
      return NULL;
    }
  if ((self->is_private && !check_pair (self, error)) || !describe (self, jwk, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * bma_key_new_from_jwk:
 * @jwk: a JWK (RFC 7517), public or private
 * @length: its length in bytes
 * @algorithm: the one algorithm it may be used for; an `alg` that says otherwise is
 *   refused
 * @error: return location for a [error@JoseError]
 *
 * Without a `kid` the key is named by its thumbprint (RFC 7638).
 *
 * Returns: (transfer full) (nullable): the key
 */
BmaKey *
bma_key_new_from_jwk (const char *jwk,
                      size_t length,
                      BmaAlgorithm algorithm,
                      GError **error)
{
  static const BmaJsonLimits limits = { MAX_JWK_BYTES, 3, 64 };
  json_auto_t *json = NULL;
  const char *problem = NULL;

  g_return_val_if_fail (jwk != NULL, NULL);

  json = bma_jansson_parse_object (jwk, length, &limits, &problem);
  if (json == NULL)
    {
      refuse (error, problem);
      return NULL;
    }
  return bma_key_new_from_json (json, algorithm, error);
}

/**
 * bma_key_generate:
 * @algorithm: what it is for; not HS256, whose secret is not ours to make
 * @error: return location for a [error@JoseError]
 *
 * Takes long for RS256: call it in a worker thread.
 *
 * Returns: (transfer full) (nullable): a new private key, named by its thumbprint
 *   (RFC 7638)
 */
BmaKey *
bma_key_generate (BmaAlgorithm algorithm, GError **error)
{
  json_auto_t *jwk = NULL;

  g_return_val_if_fail (algorithm != BMA_ALGORITHM_HS256, NULL);

  bma_jansson_get_jose ();
  jwk = algorithm == BMA_ALGORITHM_ES256
            ? json_pack ("{s:s, s:s}", "kty", "EC", "crv", "P-256")
            : json_pack ("{s:s, s:i}", "kty", "RSA", "bits", MIN_RSA_BITS);
  if (!jose_jwk_gen (bma_jansson_get_jose (), jwk))
    {
      refuse (error, "it cannot be made");
      return NULL;
    }
  return bma_key_new_from_json (jwk, algorithm, error);
}

/**
 * bma_key_make_public:
 * @self: a key, not one of HS256
 *
 * Returns: (transfer full): its public half, of the same `kid`
 */
BmaKey *
bma_key_make_public (const BmaKey *self)
{
  BmaKey *key = NULL;

  g_return_val_if_fail (self != NULL && self->public_jwk != NULL, NULL);

  key = bma_key_new_from_jwk (self->public_jwk, strlen (self->public_jwk),
                              self->algorithm, NULL);
  g_assert (key != NULL);
  return key;
}

/**
 * bma_key_export_json:
 * @self: a key, not one of HS256
 * @error: return location for a [error@JoseError]
 *
 * Returns: (transfer full) (nullable): its JWK with `kid` and `alg`, and with the private
 *   members if it has them
 */
json_t *
bma_key_export_json (const BmaKey *self, GError **error)
{
  json_auto_t *jwk = jose_openssl_jwk_from_EVP_PKEY (bma_jansson_get_jose (), self->pkey);

  if (jwk == NULL || json_object_set_new (jwk, "kid", json_string (self->id)) != 0 ||
      json_object_set_new (jwk, "alg",
                           json_string (bma_algorithm_to_text (self->algorithm))) != 0)
    {
      refuse (error, "it cannot be written");
      return NULL;
    }
  return json_incref (jwk);
}

/**
 * bma_key_export_private:
 * @self: a private key
 * @error: return location for a [error@JoseError]
 *
 * Returns: (transfer full) (nullable): the JWK with private members, for the keyring
 */
BmaSecret *
bma_key_export_private (const BmaKey *self, GError **error)
{
  json_auto_t *jwk = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (!self->is_private || self->algorithm == BMA_ALGORITHM_HS256)
    {
      refuse (error, "it is not private");
      return NULL;
    }
  jwk = bma_key_export_json (self, error);
  return jwk != NULL ? bma_secret_new_take (bma_jansson_to_text (jwk)) : NULL;
}
