/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What somebody types as the code of a device: what is taken is eight letters, and is
 * understood alike as it is shown. */

#include <stdint.h>
#include <string.h>

#include "bma-user-code.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  g_autofree char *code = bma_user_code_parse (text);
  g_autofree char *made = bma_user_code_make (data, n_bytes);
  g_autofree char *shown = code != NULL ? bma_user_code_format (code) : NULL;
  g_autofree char *again = bma_user_code_parse (shown);
  g_autofree char *made_again = bma_user_code_parse (made);

  g_assert (code == NULL || strlen (code) == BMA_USER_CODE_CHARS);
  g_assert (g_strcmp0 (code, again) == 0);
  g_assert (g_strcmp0 (made, made_again) == 0);
  return 0;
}
