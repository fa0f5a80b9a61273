/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-private.h"

G_DEFINE_QUARK (bma_jose_error_quark, bma_jose_error)

/**
 * bma_key_ref:
 * @self: a key
 *
 * Returns: (transfer full): @self
 */
BmaKey *
bma_key_ref (BmaKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * bma_key_unref:
 * @self: (transfer full): a key
 *
 * Drops a reference; with the last one OpenSSL wipes a private key.
 */
void
bma_key_unref (BmaKey *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  EVP_MD_CTX_free (self->signer);
  EVP_MD_CTX_free (self->verifier);
  EVP_PKEY_free (self->pkey);
  g_free (self->public_jwk);
  g_free (self->id);
  g_free (self);
}

/**
 * bma_key_get_id:
 * @self: a key
 *
 * Returns: (transfer none): its `kid`
 */
const char *
bma_key_get_id (const BmaKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * bma_key_get_algorithm:
 * @self: a key
 *
 * Returns: the one algorithm it may be used for
 */
BmaAlgorithm
bma_key_get_algorithm (const BmaKey *self)
{
  g_return_val_if_fail (self != NULL, BMA_ALGORITHM_ES256);

  return self->algorithm;
}

/**
 * bma_key_is_private:
 * @self: a key
 *
 * Returns: whether it can sign
 */
gboolean
bma_key_is_private (const BmaKey *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_private;
}

/**
 * bma_key_get_public_jwk:
 * @self: a key
 *
 * Returns: (transfer none) (nullable): the public JWK: the key itself, `kid`, `alg` and
 *   `use`, never a private or unknown member; %NULL for a shared secret (HS256)
 */
const char *
bma_key_get_public_jwk (const BmaKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->public_jwk;
}

static const char *const algorithm_names[] = {
  [BMA_ALGORITHM_ES256] = "ES256",
  [BMA_ALGORITHM_RS256] = "RS256",
  [BMA_ALGORITHM_HS256] = "HS256",
};

G_STATIC_ASSERT (G_N_ELEMENTS (algorithm_names) == BMA_ALGORITHM_N);

/**
 * bma_algorithm_to_text:
 * @algorithm: an algorithm
 *
 * Returns: its `alg` name (RFC 7518 section 3.1)
 */
const char *
bma_algorithm_to_text (BmaAlgorithm algorithm)
{
  g_return_val_if_fail ((size_t) algorithm < G_N_ELEMENTS (algorithm_names), NULL);

  return algorithm_names[algorithm];
}

/**
 * bma_algorithm_from_text:
 * @text: (nullable): an `alg` name, compared exactly
 * @algorithm: (out): the algorithm
 *
 * Returns: whether it is one of ours
 */
gboolean
bma_algorithm_from_text (const char *text, BmaAlgorithm *algorithm)
{
  for (unsigned int i = 0; text != NULL && i < G_N_ELEMENTS (algorithm_names); i++)
    if (g_str_equal (text, algorithm_names[i]))
      {
        *algorithm = (BmaAlgorithm) i;
        return TRUE;
      }
  return FALSE;
}
