/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-chunked.h"

/* Eight digits announce 4 GiB, far beyond any cap; more digits are only an attack. */
#define MAX_SIZE_DIGITS 8

enum
{
  STEP_SIZE,
  STEP_SIZE_LF,
  STEP_DATA,
  STEP_DATA_CR,
  STEP_DATA_LF,
  STEP_END_CR,
  STEP_END_LF,
};

/**
 * bma_http_chunked_init:
 * @self: (out caller-allocates): the validator
 * @max_body_bytes: the most data bytes that all chunks together may hold
 *
 * Prepares @self for the first byte of a chunked body.
 */
void
bma_http_chunked_init (BmaHttpChunked *self, uint64_t max_body_bytes)
{
  g_return_if_fail (self != NULL);

  *self = (BmaHttpChunked){
    .status = BMA_HTTP_CHUNKED_MORE,
    .step = STEP_SIZE,
    .max_body_bytes = max_body_bytes,
  };
}

static BmaHttpChunkedStatus
end_of_size (BmaHttpChunked *self)
{
  if (self->n_digits == 0)
    return BMA_HTTP_CHUNKED_MALFORMED;
  if (self->left_bytes > self->max_body_bytes - self->body_bytes)
    return BMA_HTTP_CHUNKED_TOO_LARGE;

  self->body_bytes += self->left_bytes;
  self->step = STEP_SIZE_LF;
  return BMA_HTTP_CHUNKED_MORE;
}

static BmaHttpChunkedStatus
take_size (BmaHttpChunked *self, char byte)
{
  if (byte == '\r')
    return end_of_size (self);
  /* A chunk extension (";...") or a space lands here: both are refused. */
  if (!g_ascii_isxdigit (byte) || ++self->n_digits > MAX_SIZE_DIGITS)
    return BMA_HTTP_CHUNKED_MALFORMED;

  self->left_bytes = self->left_bytes * 16 + (uint64_t) g_ascii_xdigit_value (byte);
  return BMA_HTTP_CHUNKED_MORE;
}

static BmaHttpChunkedStatus
take_expected (BmaHttpChunked *self, char byte, char expected, unsigned next_step)
{
  if (byte != expected)
    return BMA_HTTP_CHUNKED_MALFORMED;

  self->step = next_step;
  if (next_step == STEP_SIZE)
    {
      self->n_digits = 0;
      self->left_bytes = 0;
    }
  return BMA_HTTP_CHUNKED_MORE;
}

static BmaHttpChunkedStatus
take_byte (BmaHttpChunked *self, char byte)
{
  switch (self->step)
    {
    case STEP_SIZE:
      return take_size (self, byte);
    case STEP_SIZE_LF:
      return take_expected (self, byte, '\n',
                            self->left_bytes > 0 ? STEP_DATA : STEP_END_CR);
    case STEP_DATA_CR:
      return take_expected (self, byte, '\r', STEP_DATA_LF);
    case STEP_DATA_LF:
      return take_expected (self, byte, '\n', STEP_SIZE);
    case STEP_END_CR:
      /* A trailer field would start here: refused. */
      return take_expected (self, byte, '\r', STEP_END_LF);
    case STEP_END_LF:
      return byte == '\n' ? BMA_HTTP_CHUNKED_DONE : BMA_HTTP_CHUNKED_MALFORMED;
    default:
      g_assert_not_reached ();
    }
}

/**
 * bma_http_chunked_feed:
 * @self: the validator
 * @bytes: (array length=n_bytes): the next bytes of the connection
 * @n_bytes: how many
 * @n_consumed: (out): how many of them belong to this body and are well formed
 *
 * Validates more of a chunked body (RFC 9112, section 7.1), stricter than the RFC: no
 * chunk extensions, no trailer fields, at most eight digits of size, CRLF only.
 *
 * A final status is sticky. The bytes past @n_consumed are the next request's, or, when
 * malformed, must not be used at all.
 *
 * Returns: where the body stands now
 */
BmaHttpChunkedStatus
bma_http_chunked_feed (BmaHttpChunked *self,
                       const char *bytes,
                       size_t n_bytes,
                       size_t *n_consumed)
{
  size_t i = 0;

  g_return_val_if_fail (self != NULL, BMA_HTTP_CHUNKED_MALFORMED);
  g_return_val_if_fail (n_consumed != NULL, BMA_HTTP_CHUNKED_MALFORMED);

  while (self->status == BMA_HTTP_CHUNKED_MORE && i < n_bytes)
    {
      if (self->step == STEP_DATA)
        {
          size_t n = (size_t) MIN (self->left_bytes, n_bytes - i);

          self->left_bytes -= n;
          i += n;
          if (self->left_bytes == 0)
            self->step = STEP_DATA_CR;
          continue;
        }
      self->status = take_byte (self, bytes[i]);
      if (self->status == BMA_HTTP_CHUNKED_MORE || self->status == BMA_HTTP_CHUNKED_DONE)
        i++;
    }

  *n_consumed = i;
  return self->status;
}
