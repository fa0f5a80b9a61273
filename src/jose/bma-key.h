/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib-object.h>

#include "bma-secret.h"

G_BEGIN_DECLS

/**
 * BmaJoseError:
 * @BMA_JOSE_ERROR_KEY: a key is malformed, too weak or of the wrong kind
 * @BMA_JOSE_ERROR_FORMAT: a token is not a compact JWS, or a part of it is malformed
 * @BMA_JOSE_ERROR_HEADER: `alg`, `typ`, `crit` or another header is not acceptable
 * @BMA_JOSE_ERROR_UNKNOWN_KEY: no key with that `kid`
 * @BMA_JOSE_ERROR_SIGNATURE: the signature is wrong
 * @BMA_JOSE_ERROR_CLAIMS: a claim is missing, malformed or not for us
 * @BMA_JOSE_ERROR_EXPIRED: the token is not valid at this time
 */
typedef enum
{
  BMA_JOSE_ERROR_KEY,
  BMA_JOSE_ERROR_FORMAT,
  BMA_JOSE_ERROR_HEADER,
  BMA_JOSE_ERROR_UNKNOWN_KEY,
  BMA_JOSE_ERROR_SIGNATURE,
  BMA_JOSE_ERROR_CLAIMS,
  BMA_JOSE_ERROR_EXPIRED,
} BmaJoseError;

#define BMA_JOSE_N_ERRORS (BMA_JOSE_ERROR_EXPIRED + 1)
#define BMA_JOSE_ERROR    (bma_jose_error_quark ())
GQuark bma_jose_error_quark (void);

/**
 * BmaAlgorithm:
 * @BMA_ALGORITHM_ES256: ECDSA on P-256 with SHA-256 (RFC 7518 section 3.4)
 * @BMA_ALGORITHM_RS256: RSASSA-PKCS1-v1_5 with SHA-256, 2048 to 4096 bits
 * @BMA_ALGORITHM_HS256: HMAC with SHA-256 (RFC 7518 section 3.2), 32 bytes or more
 *
 * What a key may be used for: each key has exactly one.
 */
typedef enum
{
  BMA_ALGORITHM_ES256,
  BMA_ALGORITHM_RS256,
  BMA_ALGORITHM_HS256,
} BmaAlgorithm;

#define BMA_ALGORITHM_N (BMA_ALGORITHM_HS256 + 1)

/* Secrets of HS256 (RFC 7518 section 3.2: as long as the hash, or longer). */
#define BMA_KEY_MIN_SECRET_BYTES 32
#define BMA_KEY_MAX_SECRET_BYTES 4096

/**
 * BmaKey:
 *
 * A signing or verification key, parsed once. Reference-counted, immutable.
 */
typedef struct _BmaKey BmaKey;

BmaKey *bma_key_generate (BmaAlgorithm algorithm,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaKey *bma_key_new_from_jwk (const char *jwk,
                              size_t length,
                              BmaAlgorithm algorithm,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaKey *bma_key_new_from_secret (const BmaSecret *secret,
                                 const char *id,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaKey *bma_key_make_public (const BmaKey *self) G_GNUC_WARN_UNUSED_RESULT;
BmaKey *bma_key_ref (BmaKey *self);
void bma_key_unref (BmaKey *self);

const char *bma_key_get_id (const BmaKey *self);
BmaAlgorithm bma_key_get_algorithm (const BmaKey *self);
gboolean bma_key_is_private (const BmaKey *self);
BmaSecret *bma_key_export_private (const BmaKey *self,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *bma_key_get_public_jwk (const BmaKey *self);

const char *bma_algorithm_to_text (BmaAlgorithm algorithm);
gboolean bma_algorithm_from_text (const char *text, BmaAlgorithm *algorithm);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaKey, bma_key_unref)

G_END_DECLS
