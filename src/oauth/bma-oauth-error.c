/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-oauth-error.h"

static const struct
{
  const char *text;
  unsigned int status;
} errors[] = {
  [BMA_OAUTH_OK] = { "ok", 200 },
  [BMA_OAUTH_INVALID_REQUEST] = { "invalid_request", 400 },
  [BMA_OAUTH_INVALID_CLIENT] = { "invalid_client", 401 },
  [BMA_OAUTH_INVALID_GRANT] = { "invalid_grant", 400 },
  [BMA_OAUTH_UNAUTHORIZED_CLIENT] = { "unauthorized_client", 400 },
  [BMA_OAUTH_UNSUPPORTED_GRANT_TYPE] = { "unsupported_grant_type", 400 },
  [BMA_OAUTH_UNSUPPORTED_RESPONSE_TYPE] = { "unsupported_response_type", 400 },
  [BMA_OAUTH_INVALID_SCOPE] = { "invalid_scope", 400 },
  [BMA_OAUTH_INVALID_TARGET] = { "invalid_target", 400 },
  [BMA_OAUTH_ACCESS_DENIED] = { "access_denied", 403 },
  [BMA_OAUTH_SERVER_ERROR] = { "server_error", 500 },
  [BMA_OAUTH_TEMPORARILY_UNAVAILABLE] = { "temporarily_unavailable", 503 },
  [BMA_OAUTH_INVALID_REDIRECT_URI] = { "invalid_redirect_uri", 400 },
  [BMA_OAUTH_INVALID_CLIENT_METADATA] = { "invalid_client_metadata", 400 },
  [BMA_OAUTH_INVALID_TOKEN] = { "invalid_token", 401 },
  [BMA_OAUTH_INSUFFICIENT_SCOPE] = { "insufficient_scope", 403 },
  [BMA_OAUTH_INTERACTION_REQUIRED] = { "interaction_required", 400 },
  [BMA_OAUTH_REQUEST_NOT_SUPPORTED] = { "request_not_supported", 400 },
  [BMA_OAUTH_UNSUPPORTED_TOKEN_TYPE] = { "unsupported_token_type", 400 },
  [BMA_OAUTH_AUTHORIZATION_PENDING] = { "authorization_pending", 400 },
  [BMA_OAUTH_SLOW_DOWN] = { "slow_down", 400 },
  [BMA_OAUTH_EXPIRED_TOKEN] = { "expired_token", 400 },
  [BMA_OAUTH_RATE_LIMIT_EXCEEDED] = { "rate_limit_exceeded", 429 },
};

G_STATIC_ASSERT (G_N_ELEMENTS (errors) == BMA_OAUTH_N_ERRORS);

/**
 * bma_oauth_error_to_text:
 * @code: an error
 *
 * Returns: (transfer none): its name in the protocol
 */
const char *
bma_oauth_error_to_text (BmaOauthErrorCode code)
{
  return errors[code].text;
}

/**
 * bma_oauth_error_get_status:
 * @code: an error
 *
 * Returns: the HTTP status of a direct (not redirected) answer
 */
unsigned int
bma_oauth_error_get_status (BmaOauthErrorCode code)
{
  return errors[code].status;
}
