/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-body.h"

#include <string.h>

#include "bma-json.h"

/**
 * bma_http_exchange_dup_body:
 * @self: an exchange
 *
 * Returns: (transfer full): the request body; it may hold secrets
 */
GBytes *
bma_http_exchange_dup_body (BmaHttpExchange *self)
{
  return soup_message_body_flatten (
      soup_server_message_get_request_body (bma_http_exchange_get_message (self)));
}

/**
 * bma_http_exchange_accepts:
 * @self: an exchange
 * @type: a media type
 *
 * Returns: whether the client takes an answer of that type, or does not say
 */
gboolean
bma_http_exchange_accepts (BmaHttpExchange *self, const char *type)
{
  const char *accept = bma_http_exchange_get_header (self, "Accept");

  return accept == NULL || strstr (accept, "*/*") != NULL ||
         strstr (accept, type) != NULL;
}

/**
 * bma_http_exchange_has_content_type:
 * @self: an exchange
 * @wanted: a media type
 *
 * Returns: whether the body is of that type
 */
gboolean
bma_http_exchange_has_content_type (BmaHttpExchange *self, const char *wanted)
{
  const char *type =
      soup_message_headers_get_content_type (soup_server_message_get_request_headers (
                                                 bma_http_exchange_get_message (self)),
                                             NULL);

  return type != NULL && g_ascii_strcasecmp (type, wanted) == 0;
}

/**
 * bma_http_exchange_read_form:
 * @self: an exchange
 *
 * Returns: (transfer full) (nullable): the body as a form, or %NULL after it was answered
 *   that it is none
 */
BmaForm *
bma_http_exchange_read_form (BmaHttpExchange *self)
{
  g_autoptr (GBytes) body = bma_http_exchange_dup_body (self);
  size_t size = 0;
  const char *text = g_bytes_get_data (body, &size);
  const char *problem = "Content-Type must be application/x-www-form-urlencoded";
  BmaForm *form = NULL;

  if (bma_http_exchange_has_content_type (self, "application/x-www-form-urlencoded"))
    {
      form = bma_form_parse (text != NULL ? text : "", size);
      problem = "the form is malformed, longer than 16 KiB or has over 64 fields";
    }
  if (form == NULL)
    bma_http_exchange_reply_error (self,
                                   (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST, problem });
  return form;
}

/**
 * bma_http_exchange_read_json:
 * @self: an exchange
 * @max_bytes: limit
 * @code: the error to use
 * @error: (out): why not, if not
 *
 * Returns: (transfer full) (nullable): the body as a JSON object
 */
JsonObject *
bma_http_exchange_read_json (BmaHttpExchange *self,
                             size_t max_bytes,
                             BmaOauthErrorCode code,
                             BmaOauthError *error)
{
  g_autoptr (GBytes) body = bma_http_exchange_dup_body (self);
  BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  size_t size = 0;
  const char *text = g_bytes_get_data (body, &size);
  JsonObject *object = NULL;

  limits.max_bytes = max_bytes;
  *error = BMA_OAUTH_NO_ERROR;
  if (!bma_http_exchange_has_content_type (self, "application/json"))
    *error = (BmaOauthError){ code, "Content-Type must be application/json" };
  else
    object = bma_json_parse_object (text != NULL ? text : "", size, &limits, NULL);
  if (object == NULL && error->code == BMA_OAUTH_OK)
    *error = (BmaOauthError){ code,
                              "the body is not a JSON object of at most 16 KiB without "
                              "repeated names" };
  return object;
}
