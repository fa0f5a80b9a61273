/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-response.h"

#include <string.h>

/* The bytes of a body and how many of them to wipe. */
typedef struct
{
  char *bytes; /* owned, secret */
  size_t n_bytes;
} Wiped;

static void
wiped_free (Wiped *self)
{
  explicit_bzero (self->bytes, self->n_bytes);
  g_free (self->bytes);
  g_free (self);
}

/**
 * bma_http_response_new_take:
 * @status: HTTP status
 * @content_type: (transfer full) (nullable): media type
 * @bytes: (transfer full): the body
 * @n_bytes: how many of them
 *
 * Returns: (transfer full): the response
 */
BmaHttpResponse *
bma_http_response_new_take (unsigned int status,
                            char *content_type,
                            char *bytes,
                            size_t n_bytes)
{
  BmaHttpResponse *self = g_new0 (BmaHttpResponse, 1);
  Wiped *wiped = g_new0 (Wiped, 1);

  wiped->bytes = bytes;
  wiped->n_bytes = n_bytes;
  self->status = status;
  self->content_type = content_type;
  self->max_age_s = BMA_HTTP_MAX_AGE_UNKNOWN;
  self->body =
      g_bytes_new_with_free_func (bytes, n_bytes, (GDestroyNotify) wiped_free, wiped);
  return self;
}

/**
 * bma_http_response_free:
 * @self: (transfer full) (nullable): a response
 *
 * Frees it and wipes its body.
 */
void
bma_http_response_free (BmaHttpResponse *self)
{
  if (self == NULL)
    return;
  g_free (self->content_type);
  g_bytes_unref (self->body);
  g_free (self);
}
