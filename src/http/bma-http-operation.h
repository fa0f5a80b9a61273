/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker-token.h"
#include "bma-http-exchange.h"
#include "bma-scope-rules.h"

G_BEGIN_DECLS

void bma_http_operation_challenge (BmaHttpExchange *exchange,
                                   BmaOauthError error,
                                   const char *const *scopes);
GPtrArray *
bma_http_operation_read_messages (BmaHttpExchange *exchange) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_http_operation_check (BmaHttpExchange *exchange,
                                   const BmaScopeRules *rules,
                                   const BmaBearer *bearer);

G_END_DECLS
