/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-private.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>

#include "bma-text.h"

#define ES256_PART_BYTES 32
#define ES256_BYTES      (2 * ES256_PART_BYTES)
#define ES256_DER_BYTES  72
#define HS256_BYTES      32

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ECDSA_SIG, ECDSA_SIG_free)

/**
 * bma_key_prepare:
 * @self: a key whose `pkey` is set
 *
 * Makes the contexts that each operation copies: making them anew costs more than an
 * ES256 signature.
 *
 * Returns: whether OpenSSL accepts the key
 */
gboolean
bma_key_prepare (BmaKey *self)
{
  if (self->algorithm != BMA_ALGORITHM_HS256)
    {
      self->verifier = EVP_MD_CTX_new ();
      if (EVP_DigestVerifyInit (self->verifier, NULL, EVP_sha256 (), NULL, self->pkey) !=
          1)
        return FALSE;
    }
  if (!self->is_private)
    return TRUE;
  self->signer = EVP_MD_CTX_new ();
  return EVP_DigestSignInit (self->signer, NULL, EVP_sha256 (), NULL, self->pkey) == 1;
}

/* r and s, 32 bytes each (RFC 7518 section 3.4), to what OpenSSL reads. */
static int
es256_to_der (const uint8_t raw[ES256_BYTES], uint8_t der[ES256_DER_BYTES])
{
  g_autoptr (ECDSA_SIG) parts = ECDSA_SIG_new ();
  BIGNUM *r = BN_bin2bn (raw, ES256_PART_BYTES, NULL);
  BIGNUM *s = BN_bin2bn (raw + ES256_PART_BYTES, ES256_PART_BYTES, NULL);

  if (ECDSA_SIG_set0 (parts, r, s) != 1)
    {
      BN_free (r);
      BN_free (s);
      return -1;
    }
  return i2d_ECDSA_SIG (parts, &der);
}

static uint8_t *
es256_from_der (const uint8_t *der, size_t n_bytes)
{
  g_autoptr (ECDSA_SIG) parts = d2i_ECDSA_SIG (NULL, &der, (long) n_bytes);
  g_autofree uint8_t *raw = g_malloc (ES256_BYTES);

  if (parts == NULL ||
      BN_bn2binpad (ECDSA_SIG_get0_r (parts), raw, ES256_PART_BYTES) < 0 ||
      BN_bn2binpad (ECDSA_SIG_get0_s (parts), raw + ES256_PART_BYTES, ES256_PART_BYTES) <
          0)
    return NULL;
  return g_steal_pointer (&raw);
}

static gboolean
verify_digest (const BmaKey *self,
               const char *text,
               size_t n_bytes,
               const uint8_t *signature,
               size_t signature_bytes)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  gboolean valid = EVP_MD_CTX_copy_ex (context, self->verifier) == 1 &&
                   EVP_DigestVerify (context, signature, signature_bytes,
                                     (const uint8_t *) text, n_bytes) == 1;

  if (!valid)
    ERR_clear_error ();
  return valid;
}

/* OpenSSL verifies no HMAC: made again and compared in constant time. */
static gboolean
verify_hmac (const BmaKey *self,
             const char *text,
             size_t n_bytes,
             const uint8_t *signature,
             size_t signature_bytes)
{
  g_autofree uint8_t *expected = NULL;
  size_t expected_bytes = 0;

  if (signature_bytes != HS256_BYTES)
    return FALSE;
  expected = bma_key_sign (self, text, n_bytes, &expected_bytes);
  return expected != NULL && expected_bytes == HS256_BYTES &&
         bma_text_equal_const_time (expected, signature, HS256_BYTES);
}

/**
 * bma_key_verify:
 * @self: a key
 * @text: what was signed
 * @n_bytes: its length
 * @signature: the signature as JWS writes it (RFC 7518 sections 3.2 to 3.4)
 * @signature_bytes: its length; any other than the algorithm's is refused
 *
 * Returns: whether the signature is right
 */
gboolean
bma_key_verify (const BmaKey *self,
                const char *text,
                size_t n_bytes,
                const uint8_t *signature,
                size_t signature_bytes)
{
  uint8_t der[ES256_DER_BYTES];
  int der_bytes = 0;

  if (self->algorithm == BMA_ALGORITHM_HS256)
    return verify_hmac (self, text, n_bytes, signature, signature_bytes);
  if (self->algorithm == BMA_ALGORITHM_RS256)
    return signature_bytes == (size_t) EVP_PKEY_get_size (self->pkey) &&
           verify_digest (self, text, n_bytes, signature, signature_bytes);
  if (signature_bytes != ES256_BYTES)
    return FALSE;
  der_bytes = es256_to_der (signature, der);
  return der_bytes > 0 && verify_digest (self, text, n_bytes, der, (size_t) der_bytes);
}

/**
 * bma_key_sign:
 * @self: a private key
 * @text: what to sign
 * @n_bytes: its length
 * @signature_bytes: (out): length of the signature
 *
 * Returns: (transfer full) (nullable): the signature as JWS writes it
 */
uint8_t *
bma_key_sign (const BmaKey *self,
              const char *text,
              size_t n_bytes,
              size_t *signature_bytes)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  g_autofree uint8_t *signature = NULL;
  size_t der_bytes = 0;

  g_assert (self->signer != NULL);

  *signature_bytes = self->algorithm == BMA_ALGORITHM_HS256
                         ? HS256_BYTES
                         : (size_t) EVP_PKEY_get_size (self->pkey);
  signature = g_malloc (*signature_bytes);
  if (EVP_MD_CTX_copy_ex (context, self->signer) != 1 ||
      EVP_DigestSign (context, signature, signature_bytes, (const uint8_t *) text,
                      n_bytes) != 1)
    {
      ERR_clear_error ();
      return NULL;
    }
  if (self->algorithm != BMA_ALGORITHM_ES256)
    return g_steal_pointer (&signature);
  der_bytes = *signature_bytes;
  *signature_bytes = ES256_BYTES;
  return es256_from_der (signature, der_bytes);
}
