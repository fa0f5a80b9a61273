/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-token-request.h"

#include "bma-client-metadata.h"
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

static BmaOauthError
parse_refresh (const BmaForm *form, BmaTokenRequest *request)
{
  request->grant_type = BMA_GRANT_TYPE_REFRESH;
  request->refresh_token = bma_form_get (form, "refresh_token");
  request->scope = bma_form_get (form, "scope");
  return request->refresh_token != NULL ? BMA_OAUTH_NO_ERROR
                                        : invalid ("refresh_token is missing");
}

static BmaOauthError
parse_client (const BmaForm *form, BmaTokenRequest *request)
{
  request->grant_type = BMA_GRANT_TYPE_CLIENT;
  request->scope = bma_form_get (form, "scope");
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
parse_device (const BmaForm *form, BmaTokenRequest *request)
{
  request->grant_type = BMA_GRANT_TYPE_DEVICE;
  request->device_code = bma_form_get (form, "device_code");
  return request->device_code != NULL ? BMA_OAUTH_NO_ERROR
                                      : invalid ("device_code is missing");
}

static const struct
{
  const char *name;
  BmaOauthError (*parse) (const BmaForm *form, BmaTokenRequest *request);
} grant_types[] = {
  { "authorization_code", parse_code },
  { "refresh_token", parse_refresh },
  { "client_credentials", parse_client },
  { BMA_GRANT_TYPE_NAME_DEVICE, parse_device },
};

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
  for (size_t i = 0; i < G_N_ELEMENTS (grant_types); i++)
    if (g_str_equal (grant_types[i].name, type))
      return client_id != NULL ? grant_types[i].parse (form, request)
                               : invalid ("client_id is missing");
  return (BmaOauthError){ BMA_OAUTH_UNSUPPORTED_GRANT_TYPE,
                          "grant_type is not one of grant_types_supported" };
}

/**
 * bma_token_request_matches_resource:
 * @self: a request
 * @config: settings
 *
 * Either spelling of ours is the same.
 *
 * Returns: whether every `resource` of the request is ours (RFC 8707 section 2.2)
 */
gboolean
bma_token_request_matches_resource (const BmaTokenRequest *self, const BmaConfig *config)
{
  const char *value = NULL;

  for (unsigned int i = 0; (value = bma_form_get_at (self->form, "resource", i)) != NULL;
       i++)
    if (*value != '\0' && bma_config_match_resource (config, value) == NULL)
      return FALSE;
  return TRUE;
}

/**
 * bma_token_request_pick_audience:
 * @self: a request whose resource is ours
 * @config: settings
 * @before: the spelling the client used before
 *
 * Returns: (transfer full): the spelling that the client uses now, or did before
 */
char *
bma_token_request_pick_audience (const BmaTokenRequest *self,
                                 const BmaConfig *config,
                                 const char *before)
{
  const char *value = bma_form_get (self->form, "resource");

  return g_strdup (value != NULL ? bma_config_match_resource (config, value) : before);
}
