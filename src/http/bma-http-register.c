/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-client.h"
#include "bma-http-body.h"
#include "bma-http-routes.h"
#include "bma-registration.h"

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaHttpExchange) exchange = user_data;
  g_autoptr (BmaClient) client = NULL;
  g_autoptr (JsonObject) answer = NULL;
  BmaOauthError error;

  client = bma_broker_register_finish (BMA_BROKER (source), result, &error);
  if (client == NULL)
    {
      bma_http_exchange_reply_error (exchange, error);
      return;
    }
  answer = bma_registration_make_answer (client);
  bma_http_exchange_reply_json (exchange, 201, answer);
}

/**
 * bma_http_register_handle:
 * @exchange: a request
 *
 * `POST /register` (RFC 7591 section 3).
 */
void
bma_http_register_handle (BmaHttpExchange *exchange)
{
  BmaOauthError error;
  g_autoptr (JsonObject)
      metadata = bma_http_exchange_read_json (exchange, BMA_REGISTRATION_MAX_BYTES,
                                              BMA_OAUTH_INVALID_CLIENT_METADATA, &error);

  if (metadata == NULL)
    {
      bma_http_exchange_reply_error (exchange, error);
      return;
    }
  bma_http_exchange_pause (exchange);
  bma_broker_register_async (bma_http_exchange_get_broker (exchange), metadata, NULL,
                             on_registered, bma_http_exchange_ref (exchange));
}
