/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What reverse proxies write; a line for each of the four header fields. */

#include "bma-http-forwarded.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static const char *
line_or_null (char **lines, unsigned int n_lines, unsigned int i)
{
  return i < n_lines && *lines[i] != '\0' ? lines[i] : NULL;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  static const char *const trusted[] = { "127.0.0.1", "10.0.0.0/8", "fd00::/8", NULL };
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 5);
  unsigned int n_lines = g_strv_length (lines);
  const BmaHttpForwardedFields fields = {
    .forwarded = line_or_null (lines, n_lines, 0),
    .x_for = line_or_null (lines, n_lines, 1),
    .x_proto = line_or_null (lines, n_lines, 2),
    .x_host = line_or_null (lines, n_lines, 3),
  };
  g_auto (BmaHttpForwarded) result = { NULL };

  if (!bma_http_forwarded_parse (&fields, trusted, &result))
    {
      g_assert (result.client == NULL && result.proto == NULL && result.host == NULL);
      return 0;
    }
  if (result.proto != NULL)
    g_assert (strcmp (result.proto, "http") == 0 || strcmp (result.proto, "https") == 0);
  if (result.host != NULL)
    g_assert (*result.host != '\0' && strpbrk (result.host, "/@?# \t,\"") == NULL);
  if (fields.forwarded == NULL && fields.x_for == NULL)
    g_assert (result.client == NULL);
  return 0;
}
