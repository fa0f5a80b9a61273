/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-user-code.h"

#include <string.h>

/* No vowels, so that no word comes out by chance (RFC 8628 section 6.1). */
#define LETTERS        "BCDFGHJKLMNPQRSTVWXZ"
#define N_LETTERS      20
#define MAX_TEXT_BYTES 64

/**
 * bma_user_code_make:
 * @bytes: random bytes
 * @n_bytes: how many
 *
 * Bytes that would favour some letters are skipped.
 *
 * Returns: (transfer full) (nullable): eight letters, or %NULL when the bytes do not
 *   suffice
 */
char *
bma_user_code_make (const uint8_t *bytes, size_t n_bytes)
{
  char code[BMA_USER_CODE_CHARS + 1] = { 0 };
  size_t n = 0;

  for (size_t i = 0; i < n_bytes && n < BMA_USER_CODE_CHARS; i++)
    if (bytes[i] < 256 / N_LETTERS * N_LETTERS)
      code[n++] = LETTERS[bytes[i] % N_LETTERS];
  return n == BMA_USER_CODE_CHARS ? g_strdup (code) : NULL;
}

/**
 * bma_user_code_parse:
 * @text: (nullable): what a person typed
 *
 * Case, spaces and dashes do not matter.
 *
 * Returns: (transfer full) (nullable): the eight letters; %NULL when it cannot be a code
 */
char *
bma_user_code_parse (const char *text)
{
  char code[BMA_USER_CODE_CHARS + 1] = { 0 };
  size_t n = 0;

  if (text == NULL || strlen (text) > MAX_TEXT_BYTES)
    return NULL;
  for (; *text != '\0'; text++)
    {
      char letter = g_ascii_toupper (*text);

      if (letter == ' ' || letter == '-')
        continue;
      if (n >= BMA_USER_CODE_CHARS || strchr (LETTERS, letter) == NULL)
        return NULL;
      code[n++] = letter;
    }
  return n == BMA_USER_CODE_CHARS ? g_strdup (code) : NULL;
}

/**
 * bma_user_code_format:
 * @code: eight letters
 *
 * Returns: (transfer full): them as people read them, XXXX-XXXX
 */
char *
bma_user_code_format (const char *code)
{
  return g_strdup_printf ("%.4s-%s", code, code + BMA_USER_CODE_CHARS / 2);
}
