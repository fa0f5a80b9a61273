/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BmaOauthErrorCode:
 *
 * The `error` values of RFC 6749, 6750, 7591, 8628, 8707 and OpenID Connect that we use.
 */
typedef enum
{
  BMA_OAUTH_OK,
  BMA_OAUTH_INVALID_REQUEST,
  BMA_OAUTH_INVALID_CLIENT,
  BMA_OAUTH_INVALID_GRANT,
  BMA_OAUTH_UNAUTHORIZED_CLIENT,
  BMA_OAUTH_UNSUPPORTED_GRANT_TYPE,
  BMA_OAUTH_UNSUPPORTED_RESPONSE_TYPE,
  BMA_OAUTH_INVALID_SCOPE,
  BMA_OAUTH_INVALID_TARGET,
  BMA_OAUTH_ACCESS_DENIED,
  BMA_OAUTH_SERVER_ERROR,
  BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
  BMA_OAUTH_INVALID_REDIRECT_URI,
  BMA_OAUTH_INVALID_CLIENT_METADATA,
  BMA_OAUTH_INVALID_TOKEN,
  BMA_OAUTH_INSUFFICIENT_SCOPE,
  BMA_OAUTH_INTERACTION_REQUIRED,
  BMA_OAUTH_REQUEST_NOT_SUPPORTED,
  BMA_OAUTH_UNSUPPORTED_TOKEN_TYPE,
  BMA_OAUTH_AUTHORIZATION_PENDING,
  BMA_OAUTH_SLOW_DOWN,
  BMA_OAUTH_EXPIRED_TOKEN,
  BMA_OAUTH_RATE_LIMIT_EXCEEDED,
} BmaOauthErrorCode;

#define BMA_OAUTH_N_ERRORS (BMA_OAUTH_RATE_LIMIT_EXCEEDED + 1)

/**
 * BmaOauthError:
 * @code: which; %BMA_OAUTH_OK when there is none
 * @description: (nullable) static text for developers, of the characters RFC 6749 allows
 *
 * A refusal is a value.
 */
typedef struct
{
  BmaOauthErrorCode code;
  const char *description;
} BmaOauthError;

#define BMA_OAUTH_NO_ERROR ((BmaOauthError){ BMA_OAUTH_OK, NULL })

const char *bma_oauth_error_to_text (BmaOauthErrorCode code);
unsigned int bma_oauth_error_get_status (BmaOauthErrorCode code);

G_END_DECLS
