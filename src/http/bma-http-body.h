/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-form.h"
#include "bma-http-exchange.h"

G_BEGIN_DECLS

GBytes *bma_http_exchange_dup_body (BmaHttpExchange *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_http_exchange_accepts (BmaHttpExchange *self, const char *type);
gboolean bma_http_exchange_has_content_type (BmaHttpExchange *self, const char *wanted);
BmaForm *bma_http_exchange_read_form (BmaHttpExchange *self) G_GNUC_WARN_UNUSED_RESULT;
JsonObject *bma_http_exchange_read_json (BmaHttpExchange *self,
                                         size_t max_bytes,
                                         BmaOauthErrorCode code,
                                         BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
