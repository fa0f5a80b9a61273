/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* An event stream: whole and in pieces, the same events come out. */

#include <stdint.h>
#include <string.h>

#include "bma-sse.h"

#define MAX_BYTES 4096

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static void
take (const char *type, const char *data, size_t n_bytes, gpointer user_data)
{
  g_assert (data[n_bytes] == '\0');
  g_string_append_len (user_data, data, (gssize) n_bytes);
  g_string_append_printf (user_data, "[%s]", type);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autoptr (BmaSse) whole = bma_sse_new (MAX_BYTES);
  g_autoptr (BmaSse) pieces = bma_sse_new (MAX_BYTES);
  g_autoptr (GString) a = g_string_new (NULL);
  g_autoptr (GString) b = g_string_new (NULL);
  gboolean is_good = bma_sse_feed (whole, (const char *) data, n_bytes, take, a);
  gboolean is_good_again = TRUE;

  for (size_t i = 0; i < n_bytes && is_good_again; i++)
    is_good_again = bma_sse_feed (pieces, (const char *) data + i, 1, take, b);
  g_assert (is_good == is_good_again);
  g_assert (g_string_equal (a, b));
  g_assert (g_strcmp0 (bma_sse_get_last_id (whole), bma_sse_get_last_id (pieces)) == 0);
  g_assert (bma_sse_get_retry_ms (whole) == bma_sse_get_retry_ms (pieces));
  return 0;
}
