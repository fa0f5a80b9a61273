/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-limits.h"

#include <sys/types.h>

G_BEGIN_DECLS

/**
 * BmaHttpMethod:
 *
 * The request methods that pass the front; every other one is answered 501.
 */
typedef enum
{
  BMA_HTTP_METHOD_GET,
  BMA_HTTP_METHOD_HEAD,
  BMA_HTTP_METHOD_POST,
  BMA_HTTP_METHOD_PUT,
  BMA_HTTP_METHOD_DELETE,
  BMA_HTTP_METHOD_OPTIONS,
  BMA_HTTP_METHOD_PATCH,
  BMA_HTTP_N_METHODS,
} BmaHttpMethod;

/**
 * BmaHttpHead:
 * @method: the request method
 * @minor_version: 0 or 1, of HTTP/1.x
 * @content_length: bytes of body that follow, 0 if none; -1 if @chunked
 * @chunked: the body is chunked
 * @close: the peer asked to close after this request, or speaks HTTP/1.0
 * @expects_continue: the peer waits for "100 Continue" before it sends the body
 * @range_at: offset of the first neutralised Range field, 0 if none
 * @expect_at: offset of the first neutralised Expect field, 0 if none
 * @upgrade_at: offset of the first neutralised Upgrade field, 0 if none
 *
 * What the front has to know of a request head that passed.
 */
typedef struct
{
  BmaHttpMethod method;
  unsigned minor_version;
  int64_t content_length;
  gboolean chunked;
  gboolean close;
  gboolean expects_continue;
  size_t range_at;
  size_t expect_at;
  size_t upgrade_at;
} BmaHttpHead;

ssize_t bma_http_head_scan (const char *bytes,
                            size_t n_bytes,
                            size_t *n_scanned) G_GNUC_WARN_UNUSED_RESULT;
unsigned bma_http_head_check (char *bytes,
                              size_t n_bytes,
                              const BmaHttpFrontLimits *limits,
                              BmaHttpHead *head) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
