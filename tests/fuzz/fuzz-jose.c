/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keys and tokens from outside. The first byte tells what the rest is: k a key set, h a
 * header that is rightly signed, t a whole token, which nobody could have signed. */

#include "bma-jws.h"
#include "bma-key-private.h"
#include "bma-text.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static const char jwk[] = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k\","
                          "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                          "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
                          "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}";

/* What was taken is written so that it is taken again, without anything private. */
static void
try_key_set (const char *text, size_t n_bytes)
{
  g_autoptr (BmaKeyset) keys = bma_keyset_new_from_jwks (text, n_bytes, NULL);
  g_autoptr (BmaKeyset) again = NULL;
  g_autofree char *jwks = NULL;

  if (keys == NULL)
    return;
  g_assert (bma_keyset_get_signer (keys) == NULL);
  jwks = bma_keyset_to_jwks (keys);
  again = bma_keyset_new_from_jwks (jwks, strlen (jwks), NULL);
  g_assert (again != NULL);
  g_assert (bma_keyset_get_size (again) == bma_keyset_get_size (keys));
}

static void
try_header (const BmaKeyset *keys, BmaKey *key, const char *text, size_t n_bytes)
{
  g_autofree char *header = bma_text_base64url (text, n_bytes);
  g_autofree char *to_sign = g_strconcat (header, ".e30", NULL);
  g_autofree uint8_t *signature = NULL;
  g_autofree char *seal = NULL;
  g_autofree char *token = NULL;
  g_autofree char *payload = NULL;
  size_t signature_bytes = 0;

  signature = bma_key_sign (key, to_sign, strlen (to_sign), &signature_bytes);
  seal = bma_text_base64url (signature, signature_bytes);
  token = g_strconcat (to_sign, ".", seal, NULL);
  payload = bma_jws_verify (keys, "at+jwt", token, strlen (token), NULL);
  g_assert (payload == NULL ||
            (g_str_equal (payload, "{}") && memmem (text, n_bytes, "ES256", 5) != NULL &&
             memmem (text, n_bytes, "\"crit\"", 6) == NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  const char *text = (const char *) data + 1;
  g_autoptr (BmaKeyset) keys = bma_keyset_new ();
  g_autoptr (BmaKey) key = NULL;

  if (n_bytes == 0)
    return 0;
  key = bma_key_new_from_jwk (jwk, strlen (jwk), BMA_ALGORITHM_ES256, NULL);
  bma_keyset_add (keys, key);
  if (*data == 'k')
    try_key_set (text, n_bytes - 1);
  else if (*data == 'h')
    try_header (keys, key, text, n_bytes - 1);
  else if (*data == 't')
    g_assert (bma_jws_verify (keys, "at+jwt", text, n_bytes - 1, NULL) == NULL);
  return 0;
}
