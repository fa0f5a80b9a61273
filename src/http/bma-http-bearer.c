/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-bearer.h"

static BmaBearer
check_endpoint (BmaEndpoint *endpoint, const char *authorization)
{
  BmaBearer bearer = { .error = BMA_OAUTH_NO_ERROR };

  if (authorization == NULL)
    return bma_endpoint_check (endpoint);
  bearer.error = (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST,
                                  "this connection is authorised already; send no "
                                  "Authorization header" };
  return bearer;
}

/**
 * bma_http_bearer_check:
 * @exchange: a request for /mcp
 *
 * Judges what a request comes with: its token, or the endpoint it came on. With both
 * nobody could tell for whom it is.
 *
 * Returns: the verdict; its pointers are good until the main loop runs again
 */
BmaBearer
bma_http_bearer_check (BmaHttpExchange *exchange)
{
  const char *authorization = bma_http_exchange_get_header (exchange, "Authorization");
  BmaEndpoint *endpoint = bma_http_exchange_get_peer (exchange)->endpoint;

  if (endpoint != NULL)
    return check_endpoint (endpoint, authorization);
  return bma_broker_check_bearer (bma_http_exchange_get_broker (exchange), authorization);
}
