/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* URIs that clients register and send. */

#include "bma-text.h"
#include "bma-uri.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *uri = g_strndup ((const char *) data, n_bytes);
  g_autofree char *origin = bma_uri_get_origin (uri);
  g_autofree char *host = bma_uri_get_display_host (uri);
  g_autofree char *without = bma_uri_without_loopback_port (uri);
  g_autofree char *again = bma_uri_without_loopback_port (without);
  g_autofree char *longer = bma_uri_append_query (uri, "a=b");
  g_autofree char *shown = bma_text_display (uri, 40);

  g_assert (host != NULL);
  g_assert (g_strcmp0 (without, again) == 0);
  g_assert (g_str_has_suffix (longer, "a=b"));
  g_assert (g_utf8_validate (shown, -1, NULL) && g_utf8_strlen (shown, -1) <= 41);
  if (bma_uri_is_https_or_loopback (uri))
    g_assert (origin != NULL && bma_uri_is_https_or_loopback (origin) &&
              bma_uri_is_https_or_loopback (without));
  return 0;
}
