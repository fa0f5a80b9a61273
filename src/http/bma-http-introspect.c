/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bearer.h"
#include "bma-broker-token.h"
#include "bma-http-body.h"
#include "bma-http-routes.h"
#include "bma-scope.h"

/* Programs ask here, never browsers, so that every 401 can name the scheme. */
static void
reply_error (BmaHttpExchange *exchange, BmaOauthError error)
{
  if (error.code == BMA_OAUTH_INVALID_CLIENT)
    bma_http_exchange_set_header (exchange, "WWW-Authenticate", BMA_HTTP_BASIC_CHALLENGE);
  bma_http_exchange_reply_error (exchange, error);
}

static void
on_introspected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaHttpExchange) exchange = user_data;
  BmaOauthError error;
  g_autoptr (JsonObject)
      object = bma_broker_introspect_finish (BMA_BROKER (source), result, &error);

  if (object == NULL)
    reply_error (exchange, error);
  else
    bma_http_exchange_reply_json (exchange, 200, object);
}

/**
 * bma_http_introspect_handle:
 * @exchange: a request
 *
 * `POST /introspect` (RFC 7662 section 2).
 */
void
bma_http_introspect_handle (BmaHttpExchange *exchange)
{
  g_autoptr (BmaForm) form = bma_http_exchange_read_form (exchange);

  if (form == NULL)
    return;
  bma_http_exchange_pause (exchange);
  bma_broker_introspect_async (bma_http_exchange_get_broker (exchange), form,
                               bma_http_exchange_get_header (exchange, "Authorization"),
                               NULL, on_introspected, bma_http_exchange_ref (exchange));
}

/**
 * bma_http_introspect_handle_user_info:
 * @exchange: a request
 *
 * `GET /userinfo`, `POST /userinfo` (OpenID Connect Core section 5.3).
 */
void
bma_http_introspect_handle_user_info (BmaHttpExchange *exchange)
{
  BmaBroker *broker = bma_http_exchange_get_broker (exchange);
  BmaOauthError error;
  g_autoptr (JsonObject) claims =
      bma_broker_get_user_info (broker,
                                bma_http_exchange_get_header (exchange, "Authorization"),
                                &error);
  g_autofree char *challenge = NULL;

  if (claims != NULL)
    {
      bma_http_exchange_reply_json (exchange, 200, claims);
      return;
    }
  if (error.code != BMA_OAUTH_TEMPORARILY_UNAVAILABLE)
    {
      challenge = bma_bearer_make_plain_challenge (BMA_SCOPE_OPENID, error);
      bma_http_exchange_set_header (exchange, "WWW-Authenticate", challenge);
    }
  if (error.code == BMA_OAUTH_OK)
    error = (BmaOauthError){ BMA_OAUTH_INVALID_TOKEN, "an access token is required" };
  bma_http_exchange_reply_error (exchange, error);
}
