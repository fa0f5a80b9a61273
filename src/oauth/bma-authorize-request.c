/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-authorize-request.h"

#include <string.h>

#include "bma-pkce.h"
#include "bma-redirect.h"
#include "bma-scope-rules.h"
#include "bma-scope.h"
#include "bma-text.h"

#define MAX_STATE_CHARS 4096
#define MAX_NONCE_CHARS 512

static BmaOauthError
refuse (BmaOauthErrorCode code, const char *description)
{
  return (BmaOauthError){ code, description };
}

/**
 * bma_authorize_request_parse:
 * @form: the query or body; must outlive the request
 *
 * Reads the parameters without judging them. Unknown ones are ignored, empty ones count
 * as absent (RFC 6749 section 3.1).
 *
 * Returns: (transfer full): the request
 */
BmaAuthorizeRequest *
bma_authorize_request_parse (const BmaForm *form)
{
  BmaAuthorizeRequest *self = g_new0 (BmaAuthorizeRequest, 1);

  self->client_id = bma_form_get (form, "client_id");
  self->redirect_uri = bma_form_get (form, "redirect_uri");
  self->state = bma_form_get (form, "state");
  self->nonce = bma_form_get (form, "nonce");
  self->code_challenge = bma_form_get (form, "code_challenge");
  self->prompt = bma_form_get (form, "prompt");
  self->max_age_s = -1;
  if (bma_form_find_repeated (form, "resource") != NULL)
    self->repeated =
        refuse (BMA_OAUTH_INVALID_REQUEST, "a parameter occurs more than once");
  return self;
}

/**
 * bma_authorize_request_free:
 * @self: (transfer full) (nullable): a request
 */
void
bma_authorize_request_free (BmaAuthorizeRequest *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->scopes);
  g_free (self);
}

/**
 * bma_authorize_request_check_client:
 * @self: a request
 * @client: (nullable): the client it names, if it is known
 *
 * Checks what must hold before the browser may be sent anywhere: errors found here are
 * shown to the person (RFC 6749 section 4.1.2.1).
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_authorize_request_check_client (const BmaAuthorizeRequest *self,
                                    const BmaClient *client)
{
  if (self->client_id == NULL)
    return refuse (BMA_OAUTH_INVALID_REQUEST, "client_id is missing");
  if (client == NULL)
    return refuse (BMA_OAUTH_INVALID_CLIENT, "the client is not known here");
  if (self->redirect_uri == NULL)
    return refuse (BMA_OAUTH_INVALID_REQUEST, "redirect_uri is missing");
  if (!bma_redirect_is_registered (client, self->redirect_uri))
    return refuse (BMA_OAUTH_INVALID_REQUEST,
                   "redirect_uri is not one that the client registered");
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
check_response (const BmaForm *form)
{
  const char *type = bma_form_get (form, "response_type");
  const char *mode = bma_form_get (form, "response_mode");

  if (type == NULL)
    return refuse (BMA_OAUTH_INVALID_REQUEST, "response_type is missing");
  if (!g_str_equal (type, "code"))
    return refuse (BMA_OAUTH_UNSUPPORTED_RESPONSE_TYPE, "response_type must be code");
  if (mode != NULL && !g_str_equal (mode, "query"))
    return refuse (BMA_OAUTH_INVALID_REQUEST, "response_mode must be query");
  if (bma_form_get (form, "request") != NULL ||
      bma_form_get (form, "request_uri") != NULL)
    return refuse (BMA_OAUTH_REQUEST_NOT_SUPPORTED, "request objects are not supported");
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
check_challenge (const BmaAuthorizeRequest *self, const BmaForm *form)
{
  const char *method = bma_form_get (form, "code_challenge_method");

  if (self->code_challenge == NULL)
    return refuse (BMA_OAUTH_INVALID_REQUEST,
                   "code_challenge is missing: PKCE is required");
  if (method == NULL || !g_str_equal (method, "S256"))
    return refuse (BMA_OAUTH_INVALID_REQUEST, "code_challenge_method must be S256");
  if (!bma_pkce_is_challenge (self->code_challenge))
    return refuse (BMA_OAUTH_INVALID_REQUEST,
                   "code_challenge is not base64url of a SHA-256 hash");
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
read_scopes (BmaAuthorizeRequest *self, const BmaForm *form, const BmaConfig *config)
{
  g_auto (GStrv) known = bma_scope_rules_list_supported (config);

  self->scopes = bma_scope_parse (bma_form_get (form, "scope"));
  if (self->scopes == NULL || !bma_scope_is_subset ((const char *const *) self->scopes,
                                                    (const char *const *) known))
    return refuse (BMA_OAUTH_INVALID_SCOPE, "scope holds one that is not supported");
  /* Who still asks for openid when it is not offered gets the rest. */
  if (!bma_config_offers_openid (config))
    {
      char **asked = self->scopes;

      self->scopes = bma_scope_without ((const char *const *) asked, BMA_SCOPE_OPENID);
      g_strfreev (asked);
    }
  if (self->scopes[0] == NULL)
    {
      g_strfreev (self->scopes);
      self->scopes = g_strdupv (config->scopes);
    }
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
read_resource (BmaAuthorizeRequest *self, const BmaForm *form, const BmaConfig *config)
{
  const char *value = NULL;

  self->resource = config->resources[0];
  for (unsigned int i = 0; (value = bma_form_get_at (form, "resource", i)) != NULL; i++)
    {
      const char *match = *value != '\0' ? bma_config_match_resource (config, value)
                                         : NULL;

      if (match == NULL && *value != '\0')
        return refuse (BMA_OAUTH_INVALID_TARGET, "resource is not served here");
      if (match != NULL)
        self->resource = match;
    }
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_authorize_request_read_terms:
 * @self: a request
 * @form: what it was read from
 * @config: settings
 *
 * Reads what is asked for: the scopes and the resource.
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_authorize_request_read_terms (BmaAuthorizeRequest *self,
                                  const BmaForm *form,
                                  const BmaConfig *config)
{
  BmaOauthError error = read_scopes (self, form, config);

  return error.code == BMA_OAUTH_OK ? read_resource (self, form, config) : error;
}

/* OpenID Connect Core section 3.1.2.1. */
static BmaOauthError
read_max_age (BmaAuthorizeRequest *self, const BmaForm *form)
{
  const char *text = bma_form_get (form, "max_age");
  gint64 value_s = 0;

  if (text == NULL)
    return BMA_OAUTH_NO_ERROR;
  if (!g_ascii_string_to_signed (text, 10, 0, G_MAXINT32, &value_s, NULL))
    return refuse (BMA_OAUTH_INVALID_REQUEST, "max_age is not a number of seconds");
  self->max_age_s = value_s;
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
check_prompt (const BmaAuthorizeRequest *self)
{
  if (bma_authorize_request_has_prompt (self, "none") &&
      strcmp (self->prompt, "none") != 0)
    return refuse (BMA_OAUTH_INVALID_REQUEST, "prompt=none goes with no other value");
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
check_texts (const BmaAuthorizeRequest *self)
{
  if (self->state != NULL && (strlen (self->state) > MAX_STATE_CHARS ||
                              !bma_text_is_printable_ascii (self->state)))
    return refuse (BMA_OAUTH_INVALID_REQUEST,
                   "state is not printable ASCII of at most 4096 characters");
  if (self->nonce != NULL && strlen (self->nonce) > MAX_NONCE_CHARS)
    return refuse (BMA_OAUTH_INVALID_REQUEST, "nonce is longer than 512 characters");
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_authorize_request_check:
 * @self: a request whose client and redirect URI are good
 * @form: what it was read from
 * @config: settings
 *
 * Checks everything else and fills in scopes and resource. Errors found here go to the
 * client by redirect.
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_authorize_request_check (BmaAuthorizeRequest *self,
                             const BmaForm *form,
                             const BmaConfig *config)
{
  BmaOauthError error = check_texts (self);

  if (error.code != BMA_OAUTH_OK)
    {
      /* A state that cannot be echoed is not echoed. */
      self->state = NULL;
      return error;
    }
  if (self->repeated.code != BMA_OAUTH_OK)
    return self->repeated;
  error = check_response (form);
  if (error.code == BMA_OAUTH_OK)
    error = check_challenge (self, form);
  if (error.code == BMA_OAUTH_OK)
    error = bma_authorize_request_read_terms (self, form, config);
  if (error.code == BMA_OAUTH_OK)
    error = read_max_age (self, form);
  if (error.code == BMA_OAUTH_OK)
    error = check_prompt (self);
  return error;
}

/**
 * bma_authorize_request_has_prompt:
 * @self: a request
 * @prompt: none, login, consent or select_account
 *
 * Returns: whether it is one of the words of `prompt` (OpenID Connect Core
 * section 3.1.2.1)
 */
gboolean
bma_authorize_request_has_prompt (const BmaAuthorizeRequest *self, const char *prompt)
{
  g_auto (GStrv) words = g_strsplit (self->prompt != NULL ? self->prompt : "", " ", -1);

  return g_strv_contains ((const char *const *) words, prompt);
}
