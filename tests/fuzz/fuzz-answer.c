/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* An HTTP response: whole and in pieces, the same comes out. */

#include <stdint.h>
#include <string.h>

#include "bma-answer.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static void
take (const char *bytes, size_t n_bytes, gpointer user_data)
{
  g_string_append_len (user_data, bytes, (gssize) n_bytes);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autoptr (BmaAnswer) whole = bma_answer_new ();
  g_autoptr (BmaAnswer) pieces = bma_answer_new ();
  g_autoptr (GString) a = g_string_new (NULL);
  g_autoptr (GString) b = g_string_new (NULL);

  bma_answer_feed (whole, (const char *) data, n_bytes, take, a);
  for (size_t i = 0; i < n_bytes; i++)
    bma_answer_feed (pieces, (const char *) data + i, 1, take, b);
  g_assert (bma_answer_get_state (whole) == bma_answer_get_state (pieces));
  g_assert (bma_answer_get_status (whole) == bma_answer_get_status (pieces));
  g_assert (g_string_equal (a, b));
  g_assert (a->len <= n_bytes);
  g_assert (bma_answer_end (whole) == bma_answer_end (pieces));
  g_assert (bma_answer_get_state (whole) >= BMA_ANSWER_DONE);
  return 0;
}
