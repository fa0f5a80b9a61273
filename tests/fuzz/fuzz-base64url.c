/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* base64url: one text for each value and the other way round. */

#include "bma-text.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *encoded = bma_text_base64url (data, n_bytes);
  size_t n_decoded = 0, n_back = 0;
  g_autofree uint8_t *decoded =
      bma_text_base64url_decode ((const char *) data, n_bytes, &n_decoded);
  g_autofree uint8_t *back =
      bma_text_base64url_decode (encoded, strlen (encoded), &n_back);

  g_assert (n_bytes == 0 || (back != NULL && n_back == n_bytes));
  g_assert (n_bytes == 0 || memcmp (back, data, n_bytes) == 0);
  if (decoded != NULL)
    {
      g_autofree char *text = bma_text_base64url (decoded, n_decoded);

      g_assert (strlen (text) == n_bytes && memcmp (text, data, n_bytes) == 0);
    }
  return 0;
}
