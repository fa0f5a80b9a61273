/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"
#include "bma-http-exchange.h"
#include "bma-http-front.h"
#include "bma-http-streams.h"

G_BEGIN_DECLS

/**
 * BmaHttpProxy:
 *
 * `/mcp`: lets a request with a good token through to the MCP server and streams the
 * answer back as it comes.
 */
#define BMA_TYPE_HTTP_PROXY (bma_http_proxy_get_type ())
G_DECLARE_FINAL_TYPE (BmaHttpProxy, bma_http_proxy, BMA, HTTP_PROXY, GObject)

BmaHttpProxy *bma_http_proxy_new (BmaBroker *broker,
                                  BmaHttpFront *front) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_proxy_handle (BmaHttpProxy *self, BmaHttpExchange *exchange);
BmaHttpStreams *bma_http_proxy_get_streams (BmaHttpProxy *self);

G_END_DECLS
