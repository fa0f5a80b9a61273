/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-exchange-private.h"

#include <string.h>

#include "bma-json.h"
#include "bma-log.h"
#include "bma-secret.h"

/**
 * bma_http_exchange_reply:
 * @self: an exchange
 * @status: HTTP status
 * @content_type: (nullable): a constant
 * @body: (transfer full) (nullable): text
 *
 * Answers. Everything is `no-store` unless the handler said otherwise.
 */
void
bma_http_exchange_reply (BmaHttpExchange *self,
                         unsigned int status,
                         const char *content_type,
                         char *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);

  if (self->gone)
    {
      bma_secret_free_text (body);
      return;
    }
  soup_server_message_set_status (self->message, status, NULL);
  if (soup_message_headers_get_one (headers, "Cache-Control") == NULL)
    soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  if (status >= 400)
    soup_message_headers_replace (headers, "X-Correlation-Id", self->correlation_id);
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes =
          g_bytes_new_with_free_func (body, strlen (body),
                                      (GDestroyNotify) bma_secret_free_text, body);

      soup_message_headers_replace (headers, "Content-Type", content_type);
      soup_message_body_append_bytes (soup_server_message_get_response_body (
                                          self->message),
                                      bytes);
    }
  if (self->paused)
    soup_server_message_unpause (self->message);
  self->paused = FALSE;
}

/**
 * bma_http_exchange_reply_json:
 * @self: an exchange
 * @status: HTTP status
 * @object: the body
 *
 * Answers with JSON.
 */
void
bma_http_exchange_reply_json (BmaHttpExchange *self,
                              unsigned int status,
                              JsonObject *object)
{
  bma_http_exchange_reply (self, status, "application/json", bma_json_to_text (object));
}

/**
 * bma_http_exchange_reply_error_with_status:
 * @self: an exchange
 * @status: HTTP status
 * @error: (transfer none): error name; static
 * @description: (nullable): for developers
 *
 * Answers with an error (RFC 6749 section 5.2) and logs it.
 */
void
bma_http_exchange_reply_error_with_status (BmaHttpExchange *self,
                                           unsigned int status,
                                           const char *error,
                                           const char *description)
{
  g_autoptr (JsonObject) object = json_object_new ();

  bma_log (status >= 500 ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_INFO, "http",
           self->correlation_id, "%u %s: %s", status, error,
           description != NULL ? description : "");
  bma_http_exchange_set_error (self, error);
  json_object_set_string_member (object, "error", error);
  bma_json_set_string (object, "error_description", description);
  bma_http_exchange_reply_json (self, status, object);
}

/**
 * bma_http_exchange_reply_error:
 * @self: an exchange
 * @error: an OAuth error
 *
 * Answers with an OAuth error and its usual status.
 */
void
bma_http_exchange_reply_error (BmaHttpExchange *self, BmaOauthError error)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (bma_http_exchange_get_message (self));

  if (error.code == BMA_OAUTH_TEMPORARILY_UNAVAILABLE &&
      soup_message_headers_get_one (headers, "Retry-After") == NULL)
    bma_http_exchange_set_header (self, "Retry-After", "5");
  bma_http_exchange_reply_error_with_status (self,
                                             bma_oauth_error_get_status (error.code),
                                             bma_oauth_error_to_text (error.code),
                                             error.description);
}
