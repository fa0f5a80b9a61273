/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-token-request.h"

#include "bma-pkce.h"

static BmaOauthError
invalid (const char *description)
{
  return (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST, description };
}

static BmaOauthError
parse_code (const BmaForm *form, BmaTokenRequest *request)
{
  request->grant_type = BMA_GRANT_TYPE_CODE;
  request->code = bma_form_get (form, "code");
  request->code_verifier = bma_form_get (form, "code_verifier");
  request->redirect_uri = bma_form_get (form, "redirect_uri");
  if (request->code == NULL)
    return invalid ("code is missing");
  if (request->redirect_uri == NULL)
    return invalid ("redirect_uri is missing: send the one of the authorization request");
  if (request->code_verifier == NULL)
    return invalid ("code_verifier is missing: PKCE is required");
  if (!bma_pkce_is_verifier (request->code_verifier))
    return invalid ("code_verifier is not 43 to 128 unreserved characters");
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_token_request_parse:
 * @form: the request body; must outlive @request
 * @client_id: (nullable): who the client says it is; must outlive @request
 * @request: (out caller-allocates): the request
 *
 * Returns: the error, or none (RFC 6749 section 5.2)
 */
BmaOauthError
bma_token_request_parse (const BmaForm *form,
                         const char *client_id,
                         BmaTokenRequest *request)
{
  const char *type = bma_form_get (form, "grant_type");

  *request = (BmaTokenRequest){ .form = form, .client_id = client_id };
  if (type == NULL)
    return invalid ("grant_type is missing");
  if (!g_str_equal (type, "authorization_code") && !g_str_equal (type, "refresh_token"))
    return (BmaOauthError){ BMA_OAUTH_UNSUPPORTED_GRANT_TYPE,
                            "grant_type must be authorization_code or refresh_token" };
  if (request->client_id == NULL)
    return invalid ("client_id is missing");
  if (g_str_equal (type, "authorization_code"))
    return parse_code (form, request);
  request->grant_type = BMA_GRANT_TYPE_REFRESH;
  request->refresh_token = bma_form_get (form, "refresh_token");
  request->scope = bma_form_get (form, "scope");
  return request->refresh_token != NULL ? BMA_OAUTH_NO_ERROR
                                        : invalid ("refresh_token is missing");
}
