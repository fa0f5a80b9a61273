/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-token.h"
#include "bma-http-body.h"
#include "bma-http-routes.h"
#include "bma-metrics.h"

/**
 * bma_http_token_reply_error:
 * @exchange: a request of a client
 * @error: an OAuth error
 *
 * Answers with an error. Whoever used the Authorization header is told which scheme is
 * understood; what a person said is 400 here, not 403 (RFC 6749 section 5.2).
 */
void
bma_http_token_reply_error (BmaHttpExchange *exchange, BmaOauthError error)
{
  if (error.code == BMA_OAUTH_ACCESS_DENIED)
    {
      bma_http_exchange_reply_error_with_status (exchange, 400,
                                                 bma_oauth_error_to_text (error.code),
                                                 error.description);
      return;
    }
  if (error.code == BMA_OAUTH_INVALID_CLIENT &&
      bma_http_exchange_get_header (exchange, "Authorization") != NULL)
    bma_http_exchange_set_header (exchange, "WWW-Authenticate", BMA_HTTP_BASIC_CHALLENGE);
  bma_http_exchange_reply_error (exchange, error);
}

static void
set_secret (JsonObject *object, const char *name, const BmaSecret *secret)
{
  if (secret != NULL)
    json_object_set_string_member (object, name, bma_secret_peek (secret));
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaHttpExchange) exchange = user_data;
  g_autoptr (BmaTokenAnswer)
      answer = bma_broker_token_finish (BMA_BROKER (source), result);
  g_autoptr (JsonObject) object = NULL;

  bma_http_exchange_set_header (exchange, "Pragma", "no-cache");
  if (answer->error.code != BMA_OAUTH_OK)
    {
      bma_http_token_reply_error (exchange, answer->error);
      return;
    }
  bma_metrics_add (bma_broker_get_metrics (BMA_BROKER (source)), BMA_METRIC_TOKENS,
                   bma_http_exchange_get_topic (exchange), NULL);
  object = json_object_new ();
  set_secret (object, "access_token", answer->access_token);
  json_object_set_string_member (object, "token_type", "Bearer");
  json_object_set_int_member (object, "expires_in", answer->expires_in_s);
  set_secret (object, "refresh_token", answer->refresh_token);
  set_secret (object, "id_token", answer->id_token);
  json_object_set_string_member (object, "scope", answer->scope);
  bma_http_exchange_reply_json (exchange, 200, object);
}

/* One of a few words, whatever the client wrote. */
static const char *
name_grant_type (const BmaForm *form)
{
  static const char *const names[] = { "authorization_code", "refresh_token",
                                       "client_credentials",
                                       "urn:ietf:params:oauth:grant-type:device_code" };
  const char *asked = bma_form_get (form, "grant_type");

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (asked, names[i]) == 0)
      return names[i];
  return "other";
}

/**
 * bma_http_token_handle:
 * @exchange: a request
 *
 * `POST /token` (RFC 6749 section 3.2).
 */
void
bma_http_token_handle (BmaHttpExchange *exchange)
{
  g_autoptr (BmaForm) form = bma_http_exchange_read_form (exchange);

  if (form == NULL)
    return;
  bma_http_exchange_set_topic (exchange, name_grant_type (form));
  bma_http_exchange_pause (exchange);
  bma_broker_token_async (bma_http_exchange_get_broker (exchange), form,
                          bma_http_exchange_get_header (exchange, "Authorization"),
                          bma_http_exchange_get_correlation_id (exchange), NULL, on_token,
                          bma_http_exchange_ref (exchange));
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaHttpExchange) exchange = user_data;
  BmaOauthError error = bma_broker_revoke_finish (BMA_BROKER (source), result);

  if (error.code != BMA_OAUTH_OK)
    bma_http_token_reply_error (exchange, error);
  else
    bma_http_exchange_reply (exchange, 200, NULL, NULL);
}

/**
 * bma_http_token_handle_revoke:
 * @exchange: a request
 *
 * `POST /revoke` (RFC 7009 section 2).
 */
void
bma_http_token_handle_revoke (BmaHttpExchange *exchange)
{
  g_autoptr (BmaForm) form = bma_http_exchange_read_form (exchange);

  if (form == NULL)
    return;
  bma_http_exchange_pause (exchange);
  bma_broker_revoke_async (bma_http_exchange_get_broker (exchange), form,
                           bma_http_exchange_get_header (exchange, "Authorization"),
                           bma_http_exchange_get_correlation_id (exchange), NULL,
                           on_revoked, bma_http_exchange_ref (exchange));
}
