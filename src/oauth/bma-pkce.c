/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-pkce.h"

#include <string.h>

#include "bma-text.h"

#define CHALLENGE_CHARS 43 /* base64url of 32 bytes */
#define UNRESERVED      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

/**
 * bma_pkce_is_challenge:
 * @challenge: a `code_challenge`
 *
 * Returns: whether it can be an S256 challenge: base64url of 32 bytes (RFC 7636
 * section 4.2)
 */
gboolean
bma_pkce_is_challenge (const char *challenge)
{
  g_autofree uint8_t *bytes = NULL;
  size_t n_bytes = 0;

  if (strlen (challenge) != CHALLENGE_CHARS)
    return FALSE;
  bytes = bma_text_base64url_decode (challenge, CHALLENGE_CHARS, &n_bytes);
  return bytes != NULL && n_bytes == BMA_SHA256_BYTES;
}

/**
 * bma_pkce_is_verifier:
 * @verifier: a `code_verifier`
 *
 * Returns: whether it is 43 to 128 unreserved characters (RFC 7636 section 4.1)
 */
gboolean
bma_pkce_is_verifier (const char *verifier)
{
  size_t length = strlen (verifier);

  return length >= 43 && length <= 128 && strspn (verifier, UNRESERVED) == length;
}

/**
 * bma_pkce_verify:
 * @verifier: a well-formed `code_verifier`
 * @challenge: the S256 challenge of the authorization request
 *
 * Returns: whether they belong together, compared in constant time (RFC 7636 section 4.6)
 */
gboolean
bma_pkce_verify (const char *verifier, const char *challenge)
{
  g_autofree char *computed = bma_text_sha256_base64url (verifier);

  return strlen (challenge) == CHALLENGE_CHARS &&
         bma_text_equal_const_time (computed, challenge, CHALLENGE_CHARS);
}
