/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-entropy.h"

#include <string.h>

#include "bma-text.h"

#define MAX_TOKEN_BYTES 64

G_DEFINE_INTERFACE (BmaEntropy, bma_entropy, G_TYPE_OBJECT)

static void
bma_entropy_default_init (BmaEntropyInterface *iface)
{
}

/**
 * bma_entropy_fill:
 * @self: a source of randomness
 * @out: (out caller-allocates): where the bytes go
 * @n_bytes: how many
 *
 * Fills @out with unpredictable bytes. Never fails: without randomness the process ends.
 */
void
bma_entropy_fill (BmaEntropy *self, void *out, size_t n_bytes)
{
  g_return_if_fail (BMA_IS_ENTROPY (self));

  BMA_ENTROPY_GET_IFACE (self)->fill (self, out, n_bytes);
}

/**
 * bma_entropy_hex:
 * @self: a source of randomness
 * @n_bytes: bytes of randomness, at most 64
 *
 * Returns: (transfer full): @n_bytes random bytes as lower-case hexadecimal, for ids
 */
char *
bma_entropy_hex (BmaEntropy *self, size_t n_bytes)
{
  uint8_t bytes[MAX_TOKEN_BYTES];

  g_return_val_if_fail (n_bytes <= sizeof bytes, NULL);

  bma_entropy_fill (self, bytes, n_bytes);
  return bma_text_hex (bytes, n_bytes);
}

/**
 * bma_entropy_token:
 * @self: a source of randomness
 * @n_bytes: bytes of randomness, at most 64
 *
 * Returns: (transfer full): @n_bytes random bytes as base64url without padding
 */
char *
bma_entropy_token (BmaEntropy *self, size_t n_bytes)
{
  uint8_t bytes[MAX_TOKEN_BYTES];
  char *token = NULL;

  g_return_val_if_fail (n_bytes <= sizeof bytes, NULL);

  bma_entropy_fill (self, bytes, n_bytes);
  token = bma_text_base64url (bytes, n_bytes);
  explicit_bzero (bytes, sizeof bytes);
  return token;
}
