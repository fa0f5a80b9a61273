/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * BmaHttpBuffer:
 *
 * A bounded queue of bytes that are wiped when it empties, since heads hold bearer tokens
 * and answers hold fresh ones. All zero is an empty buffer that holds no memory. Members
 * are private.
 */
typedef struct
{
  char *bytes;     /* (owned) (nullable): NULL while empty */
  size_t capacity; /* bytes allocated */
  size_t start;    /* first byte not taken yet */
  size_t end;      /* past the last byte */
  size_t used;     /* high-water mark of end since allocated: what to wipe */
} BmaHttpBuffer;

size_t bma_http_buffer_length (const BmaHttpBuffer *self);
char *bma_http_buffer_peek (const BmaHttpBuffer *self);
void bma_http_buffer_append (BmaHttpBuffer *self, const void *bytes, size_t n_bytes);
void bma_http_buffer_take (BmaHttpBuffer *self, size_t n_bytes);
void bma_http_buffer_clear (BmaHttpBuffer *self);
ssize_t bma_http_buffer_receive (BmaHttpBuffer *self,
                                 int fd,
                                 size_t max_bytes,
                                 gboolean *is_short) G_GNUC_WARN_UNUSED_RESULT;
ssize_t bma_http_buffer_send (BmaHttpBuffer *self,
                              int fd,
                              const void *more,
                              size_t n_more_bytes,
                              size_t *n_more_sent) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
