/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-chunked.h"

#include <string.h>

typedef struct
{
  const char *name;            /* (unowned): becomes the test path */
  BmaHttpChunkedStatus status; /* expected at the end */
  size_t n_consumed;           /* expected in total */
  const char *bytes;           /* (unowned) */
} Row;

#define MAX_BODY_BYTES 32

#define MORE      BMA_HTTP_CHUNKED_MORE
#define DONE      BMA_HTTP_CHUNKED_DONE
#define MALFORMED BMA_HTTP_CHUNKED_MALFORMED
#define TOO_LARGE BMA_HTTP_CHUNKED_TOO_LARGE

static const Row rows[] = {
  { "accepts/empty", DONE, 5, "0\r\n\r\n" },
  { "accepts/one", DONE, 15, "5\r\nhello\r\n0\r\n\r\n" },
  { "accepts/two", DONE, 22, "5\r\nhello\r\n1\r\n!\r\n00\r\n\r\nGET / HTTP" },
  { "accepts/hex-any-case", DONE, 35, "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n" },
  { "accepts/leading-zeros", DONE, 18, "00000001\r\nx\r\n0\r\n\r\n" },
  { "accepts/crlf-as-data", DONE, 12, "2\r\n\r\n\r\n0\r\n\r\n" },
  { "accepts/exactly-the-cap", DONE, 43,
    "20\r\n01234567890123456789012345678901\r\n0\r\n\r\n" },
  { "waits/nothing", MORE, 0, "" },
  { "waits/in-size", MORE, 1, "5" },
  { "waits/in-data", MORE, 5, "5\r\nhe" },
  { "waits/before-last-line-feed", MORE, 4, "0\r\n\r" },
  { "refuses/no-digits", MALFORMED, 0, "\r\nhello" },
  { "refuses/bare-lf-after-size", MALFORMED, 1, "5\nhello\r\n0\r\n\r\n" },
  { "refuses/bare-lf-after-data", MALFORMED, 8, "5\r\nhello\n0\r\n\r\n" },
  { "refuses/bare-lf-at-the-end", MALFORMED, 3, "0\r\n\n" },
  { "refuses/cr-without-lf", MALFORMED, 2, "5\rxhello" },
  { "refuses/size-5x", MALFORMED, 1, "5x\r\nhello\r\n" },
  { "refuses/size-0x5", MALFORMED, 1, "0x5\r\nhello\r\n" },
  { "refuses/size-plus", MALFORMED, 0, "+5\r\nhello\r\n" },
  { "refuses/size-minus", MALFORMED, 0, "-1\r\nhello\r\n" },
  { "refuses/size-space-before", MALFORMED, 0, " 5\r\nhello\r\n" },
  { "refuses/size-space-after", MALFORMED, 1, "5 \r\nhello\r\n" },
  { "refuses/nine-digits", MALFORMED, 8, "000000005\r\nhello\r\n" },
  { "refuses/extension", MALFORMED, 1, "5;a=b\r\nhello\r\n" },
  { "refuses/trailer", MALFORMED, 3, "0\r\nX: y\r\n\r\n" },
  { "refuses/data-too-long", MALFORMED, 8, "5\r\nhello!\r\n0\r\n\r\n" },
  { "refuses/data-too-short", MALFORMED, 8, "5\r\nhell\r\n0\r\n\r\n" },
  { "refuses/over-the-cap", TOO_LARGE, 2, "21\r\n" },
  { "refuses/over-the-cap-together", TOO_LARGE, 13, "6\r\nhello!\r\n1b\r\n" },
  { "refuses/huge", TOO_LARGE, 8, "ffffffff\r\n" },
};

/* Fed in two parts, at every place where it can be cut. */
static void
test_row_at_every_split (gconstpointer data)
{
  const Row *row = data;
  size_t length = strlen (row->bytes);

  for (size_t split = 0; split <= length; split++)
    {
      BmaHttpChunked chunked;
      BmaHttpChunkedStatus status;
      size_t n_first = 0, n_second = 0;

      bma_http_chunked_init (&chunked, MAX_BODY_BYTES);
      status = bma_http_chunked_feed (&chunked, row->bytes, split, &n_first);
      if (status == MORE)
        {
          g_assert_cmpuint (n_first, ==, split);
          status = bma_http_chunked_feed (&chunked, row->bytes + split, length - split,
                                          &n_second);
        }
      g_assert_cmpint (status, ==, row->status);
      g_assert_cmpuint (n_first + n_second, ==, row->n_consumed);
    }
}

static void
test_row_byte_by_byte (gconstpointer data)
{
  const Row *row = data;
  BmaHttpChunked chunked;
  BmaHttpChunkedStatus status = MORE;
  size_t total = 0;

  bma_http_chunked_init (&chunked, MAX_BODY_BYTES);
  for (const char *c = row->bytes; *c != '\0'; c++)
    {
      size_t n = 0;

      status = bma_http_chunked_feed (&chunked, c, 1, &n);
      total += n;
    }
  g_assert_cmpint (status, ==, row->status);
  g_assert_cmpuint (total, ==, row->n_consumed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *split = g_strdup_printf ("/http/chunked/%s/split", rows[i].name);
      g_autofree char *bytes = g_strdup_printf ("/http/chunked/%s/bytes", rows[i].name);

      g_test_add_data_func (split, &rows[i], test_row_at_every_split);
      g_test_add_data_func (bytes, &rows[i], test_row_byte_by_byte);
    }

  return g_test_run ();
}
