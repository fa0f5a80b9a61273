/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-front.h"
#include "bma-http-streams.h"

G_BEGIN_DECLS

/**
 * BmaHttpStdio:
 *
 * Streamable HTTP (MCP) for servers that speak over standard input and output: sessions,
 * streams and answers. It judges no tokens.
 */
#define BMA_TYPE_HTTP_STDIO (bma_http_stdio_get_type ())
G_DECLARE_FINAL_TYPE (BmaHttpStdio, bma_http_stdio, BMA, HTTP_STDIO, GObject)

BmaHttpStdio *bma_http_stdio_new (BmaBroker *broker,
                                  BmaHttpStreams *streams,
                                  BmaHttpFront *front) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_stdio_handle (BmaHttpStdio *self,
                            BmaHttpExchange *exchange,
                            const BmaBearer *bearer);

G_END_DECLS
