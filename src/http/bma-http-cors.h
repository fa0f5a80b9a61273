/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-exchange.h"

G_BEGIN_DECLS

gboolean bma_http_cors_is_own_origin (const BmaConfig *config, const char *origin);
gboolean bma_http_cors_allows_origin (const BmaConfig *config, const char *origin);
void bma_http_cors_add (BmaHttpExchange *exchange, gboolean is_public);
void bma_http_cors_reply_preflight (BmaHttpExchange *exchange,
                                    const char *methods,
                                    gboolean is_public);

G_END_DECLS
