/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cookie.h"

#include <inttypes.h>
#include <string.h>

/**
 * bma_cookie_get:
 * @header: (nullable): value of a Cookie header
 * @name: a cookie name
 *
 * Returns: (transfer full) (nullable): the value of the first cookie of that name
 */
char *
bma_cookie_get (const char *header, const char *name)
{
  size_t length = strlen (name);

  while (header != NULL && *header != '\0')
    {
      size_t size = 0;

      header += strspn (header, "; \t");
      size = strcspn (header, ";");
      if (size > length && strncmp (header, name, length) == 0 && header[length] == '=')
        return g_strndup (header + length + 1, size - length - 1);
      header += size;
    }
  return NULL;
}

/**
 * bma_cookie_make:
 * @name: a cookie name that begins with `__Host-`
 * @value: its value, of base64url characters
 * @max_age_s: how long it lives in seconds, 0 to remove it
 *
 * Returns: (transfer full): value of a Set-Cookie header: only for us, never for scripts,
 *   never sent along by other sites' forms
 */
char *
bma_cookie_make (const char *name, const char *value, int64_t max_age_s)
{
  return g_strdup_printf (
      "%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%" PRId64, name, value,
      max_age_s);
}
