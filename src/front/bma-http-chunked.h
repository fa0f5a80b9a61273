/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaHttpChunkedStatus:
 * @BMA_HTTP_CHUNKED_MORE: everything so far is well formed; more is needed
 * @BMA_HTTP_CHUNKED_DONE: the body ended with the last byte consumed
 * @BMA_HTTP_CHUNKED_MALFORMED: not the chunked coding we accept; answer 400
 * @BMA_HTTP_CHUNKED_TOO_LARGE: the announced chunks exceed the cap; answer 413
 *
 * Where a chunked body stands.
 */
typedef enum
{
  BMA_HTTP_CHUNKED_MORE,
  BMA_HTTP_CHUNKED_DONE,
  BMA_HTTP_CHUNKED_MALFORMED,
  BMA_HTTP_CHUNKED_TOO_LARGE,
} BmaHttpChunkedStatus;

/**
 * BmaHttpChunked:
 *
 * An incremental validator of one chunked body; a plain value, nothing to free. Members
 * are private.
 */
typedef struct
{
  BmaHttpChunkedStatus status;
  unsigned step;           /* what the next byte has to be */
  unsigned n_digits;       /* of the chunk size being read */
  uint64_t left_bytes;     /* of the current chunk's data */
  uint64_t body_bytes;     /* data bytes announced so far */
  uint64_t max_body_bytes; /* cap for body_bytes */
} BmaHttpChunked;

void bma_http_chunked_init (BmaHttpChunked *self, uint64_t max_body_bytes);
BmaHttpChunkedStatus bma_http_chunked_feed (BmaHttpChunked *self,
                                            const char *bytes,
                                            size_t n_bytes,
                                            size_t *n_consumed) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
