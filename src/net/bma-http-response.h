/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

#include "bma-http-freshness.h"

G_BEGIN_DECLS

/**
 * BmaHttpResponse:
 *
 * What a server answered. The body may hold secrets: its bytes are wiped when the last
 * reference to them goes.
 */
typedef struct
{
  unsigned int status;
  char *content_type; /* owned, nullable: media type without parameters */
  GBytes *body;       /* owned */
  int64_t
      max_age_s; /* for how long it may be used, BMA_HTTP_MAX_AGE_UNKNOWN = not said */
} BmaHttpResponse;

BmaHttpResponse *bma_http_response_new_take (unsigned int status,
                                             char *content_type,
                                             char *bytes,
                                             size_t n_bytes) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_response_free (BmaHttpResponse *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaHttpResponse, bma_http_response_free)

G_END_DECLS
