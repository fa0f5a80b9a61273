/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaHttpStreamFuncs:
 * @read: hands out validated request bytes, or fails with %G_IO_ERROR_WOULD_BLOCK
 * @write: takes response bytes, or fails with %G_IO_ERROR_WOULD_BLOCK
 * @can_read: whether @read would not block
 * @can_write: whether @write would not block
 * @closed: libsoup is done with the stream; @tail is the end of the response, to be sent
 *   after everything that was given to @write. The stream is detached already.
 *
 * What stands behind a stream; all of it is called in the main thread only.
 */
typedef struct
{
  gssize (*read) (gpointer owner, void *buffer, size_t n_bytes, GError **error);
  gssize (*write) (gpointer owner, const void *buffer, size_t n_bytes, GError **error);
  gboolean (*can_read) (gpointer owner);
  gboolean (*can_write) (gpointer owner);
  void (*closed) (gpointer owner, const void *tail, size_t n_tail_bytes);
} BmaHttpStreamFuncs;

#define BMA_TYPE_HTTP_STREAM (bma_http_stream_get_type ())
G_DECLARE_FINAL_TYPE (BmaHttpStream, bma_http_stream, BMA, HTTP_STREAM, GIOStream)

BmaHttpStream *bma_http_stream_new (const BmaHttpStreamFuncs *funcs,
                                    gpointer owner) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_stream_detach (BmaHttpStream *self);

G_END_DECLS
