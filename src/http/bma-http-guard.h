/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-exchange.h"

G_BEGIN_DECLS

void bma_http_guard_add_transport (BmaHttpExchange *exchange);
gboolean bma_http_guard_check_host (BmaHttpExchange *exchange);
gboolean bma_http_guard_check_origin (BmaHttpExchange *exchange);
gboolean bma_http_guard_check_peer (BmaHttpExchange *exchange);
gboolean bma_http_guard_check_monitor (BmaHttpExchange *exchange);

G_END_DECLS
