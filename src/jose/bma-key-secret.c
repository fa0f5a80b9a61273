/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-private.h"

#include <openssl/err.h>
#include <string.h>

/* A public key that somebody took for a secret: then everybody could sign. */
static gboolean
looks_like_a_key (const char *text, size_t n_bytes)
{
  static const char pem[] = "-----BEGIN ";
  static const char jwk[] = "\"kty\"";

  return text != NULL && (memmem (text, n_bytes, pem, strlen (pem)) != NULL ||
                          memmem (text, n_bytes, jwk, strlen (jwk)) != NULL);
}

static BmaKey *
refuse (GError **error, const char *problem)
{
  ERR_clear_error ();
  g_set_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY, "The secret is refused: %s",
               problem);
  return NULL;
}

/**
 * bma_key_new_from_secret:
 * @secret: a shared secret, 32 to 4096 bytes, used as they are
 * @id: its `kid`; nothing that is derived from the secret, which could then be guessed
 *   offline
 * @error: return location for a [error@JoseError]
 *
 * Returns: (transfer full) (nullable): a key of HS256 (RFC 7518 section 3.2)
 */
BmaKey *
bma_key_new_from_secret (const BmaSecret *secret, const char *id, GError **error)
{
  g_autoptr (BmaKey) self = NULL;
  size_t n_bytes = bma_secret_get_size (secret);

  g_return_val_if_fail (id != NULL, NULL);

  if (n_bytes < BMA_KEY_MIN_SECRET_BYTES)
    return refuse (error, "it has fewer than 32 bytes");
  if (n_bytes > BMA_KEY_MAX_SECRET_BYTES)
    return refuse (error, "it has more than 4096 bytes");
  if (looks_like_a_key (bma_secret_peek (secret), n_bytes))
    return refuse (error, "it is a key file, and its public half may be known to others");
  self = g_new0 (BmaKey, 1);
  g_atomic_ref_count_init (&self->refs);
  self->algorithm = BMA_ALGORITHM_HS256;
  self->is_private = TRUE;
  self->id = g_strdup (id);
  self->pkey = EVP_PKEY_new_raw_private_key (EVP_PKEY_HMAC, NULL,
                                             (const uint8_t *) bma_secret_peek (secret),
                                             n_bytes);
  if (self->pkey == NULL || !bma_key_prepare (self))
    return refuse (error, "OpenSSL cannot use it");
  return g_steal_pointer (&self);
}
