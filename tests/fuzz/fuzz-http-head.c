/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One connection's first request: scanned, checked, and its chunked body validated. */

#include "bma-http-chunked.h"
#include "bma-http-head.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

/* A chunked body means the same however the network cuts it. */
static void
check_body (const char *bytes, size_t n_bytes)
{
  BmaHttpChunked whole, cut;
  BmaHttpChunkedStatus status, cut_status = BMA_HTTP_CHUNKED_MORE;
  size_t n_whole = 0, n_cut = 0;

  bma_http_chunked_init (&whole, 4096);
  status = bma_http_chunked_feed (&whole, bytes, n_bytes, &n_whole);
  g_assert (n_whole <= n_bytes);

  bma_http_chunked_init (&cut, 4096);
  for (size_t i = 0; i < n_bytes; i++)
    {
      size_t n = 0;

      cut_status = bma_http_chunked_feed (&cut, bytes + i, 1, &n);
      n_cut += n;
    }
  g_assert (status == cut_status && n_whole == n_cut);
}

static void
check_accepted (const BmaHttpHead *head,
                const char *bytes,
                size_t n_bytes,
                const BmaHttpFrontLimits *limits)
{
  g_assert (memchr (bytes, '\0', n_bytes) == NULL);
  g_assert (head->minor_version <= 1);
  g_assert (head->chunked == (head->content_length == -1));
  g_assert (head->content_length <= (int64_t) limits->max_body_bytes);
  for (size_t i = 0; i < n_bytes; i++)
    g_assert (bytes[i] != '\n' || (i > 0 && bytes[i - 1] == '\r'));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *bytes = g_malloc (n_bytes + 1);
  BmaHttpFrontLimits limits;
  BmaHttpHead head;
  size_t n_scanned = 0;
  ssize_t n_head;

  bma_http_front_limits_init_default (&limits);
  memcpy (bytes, data, n_bytes);
  n_head = bma_http_head_scan (bytes, n_bytes, &n_scanned);
  if (n_head > 0)
    {
      /* Checked in a block of its exact size, to see any read beyond it. */
      g_autofree char *exact = g_memdup2 (bytes, (size_t) n_head);

      if (bma_http_head_check (exact, (size_t) n_head, &limits, &head) == 0)
        check_accepted (&head, exact, (size_t) n_head, &limits);
      check_body (bytes + n_head, n_bytes - (size_t) n_head);
    }
  else
    {
      /* Not a head to the scanner: the checker must still survive it. */
      unsigned status = bma_http_head_check (bytes, n_bytes, &limits, &head);

      g_assert (n_head == 0 || status != 0);
      check_body (bytes, n_bytes);
    }

  return 0;
}
