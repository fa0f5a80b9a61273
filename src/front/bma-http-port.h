/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-stream.h"

G_BEGIN_DECLS

/* The end of a chunked response is "0\r\n\r\n"; nothing else is ever kept here. */
#define BMA_HTTP_MAX_TAIL_BYTES 64

/**
 * BmaHttpPort:
 *
 * What a stream and its two halves share, each with a reference: libsoup may keep any of
 * them longer than the others.
 */
typedef struct
{
  const BmaHttpStreamFuncs *funcs; /* (unowned): static */
  gpointer owner;                  /* (unowned) (nullable): NULL when detached */
  GMutex lock;                     /* protects tail and n_tail_bytes */
  char tail[BMA_HTTP_MAX_TAIL_BYTES];
  size_t n_tail_bytes;
} BmaHttpPort;

BmaHttpPort *bma_http_port_new (void) G_GNUC_WARN_UNUSED_RESULT;
BmaHttpPort *bma_http_port_ref (BmaHttpPort *self) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_port_unref (BmaHttpPort *self);
GSource *
bma_http_port_create_source (BmaHttpPort *self,
                             gpointer stream,
                             gboolean is_for_writing,
                             GCancellable *cancellable) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
