/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Addresses as people type them: what comes out needs no escaping in JSON, is no header
 * of a mail, and is its own normal form. */

#include "bma-email.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  g_autofree char *email = bma_email_normalize (text);
  g_autofree char *again = bma_email_normalize (email);

  if (email == NULL)
    return 0;
  g_assert (strlen (email) <= BMA_EMAIL_MAX_CHARS);
  g_assert (strpbrk (email, " \t\r\n\"\\<>,;:") == NULL);
  g_assert (strchr (email, '@') == strrchr (email, '@'));
  g_assert (strcmp (email, again) == 0);
  for (const char *at = email; *at != '\0'; at++)
    g_assert (g_ascii_isgraph (*at));
  return 0;
}
