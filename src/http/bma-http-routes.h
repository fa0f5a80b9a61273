/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-browser-step.h"
#include "bma-form.h"
#include "bma-http-exchange.h"

G_BEGIN_DECLS

/* RFC 7617. */
#define BMA_HTTP_BASIC_CHALLENGE "Basic realm=\"BioMCP\", charset=\"UTF-8\""

/* One function for each endpoint, in the file of its name. */
void bma_http_discovery_handle_server (BmaHttpExchange *exchange);
void bma_http_discovery_handle_openid (BmaHttpExchange *exchange);
void bma_http_discovery_handle_resource (BmaHttpExchange *exchange);
void bma_http_discovery_handle_jwks (BmaHttpExchange *exchange);
void bma_http_register_handle (BmaHttpExchange *exchange);
void bma_http_register_handle_client (BmaHttpExchange *exchange);
void bma_http_authorize_handle (BmaHttpExchange *exchange);
void bma_http_authorize_handle_consent (BmaHttpExchange *exchange);
void bma_http_authorize_handle_sign_in (BmaHttpExchange *exchange);
void bma_http_authorize_handle_callback (BmaHttpExchange *exchange);
void bma_http_device_handle_begin (BmaHttpExchange *exchange);
void bma_http_device_handle (BmaHttpExchange *exchange);
void bma_http_token_handle (BmaHttpExchange *exchange);
void bma_http_token_handle_revoke (BmaHttpExchange *exchange);
void bma_http_introspect_handle (BmaHttpExchange *exchange);
void bma_http_introspect_handle_user_info (BmaHttpExchange *exchange);
void bma_http_status_handle_metrics (BmaHttpExchange *exchange);
void bma_http_status_handle (BmaHttpExchange *exchange);
void bma_http_status_handle_health (BmaHttpExchange *exchange);

/* Shared by the endpoints that clients, or browsers, talk to. */
void bma_http_token_reply_error (BmaHttpExchange *exchange, BmaOauthError error);
void bma_http_authorize_reply_step (BmaHttpExchange *exchange,
                                    const BmaBrowserStep *step);
BmaForm *
bma_http_authorize_read_own_form (BmaHttpExchange *exchange) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
