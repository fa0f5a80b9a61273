/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-bearer.h"
#include "bma-broker-registration.h"
#include "bma-http-body.h"
#include "bma-http-routes.h"
#include "bma-registration.h"
#include "bma-secret.h"

static void
reply_answer (BmaHttpExchange *exchange,
              const BmaRegistrationAnswer *answer,
              unsigned int status)
{
  if (answer->error.code == BMA_OAUTH_INVALID_TOKEN)
    bma_http_exchange_set_header (exchange, "WWW-Authenticate",
                                  "Bearer realm=\"BioMCP\", error=\"invalid_token\"");
  if (answer->error.code != BMA_OAUTH_OK)
    bma_http_exchange_reply_error (exchange, answer->error);
  else if (answer->information != NULL)
    bma_http_exchange_reply_json (exchange, status, answer->information);
  else
    bma_http_exchange_reply (exchange, 204, NULL, NULL);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaHttpExchange) exchange = user_data;
  g_autoptr (BmaRegistrationAnswer)
      answer = bma_broker_registration_finish (BMA_BROKER (source), result);

  reply_answer (exchange, answer, 201);
}

static JsonObject *
read_metadata (BmaHttpExchange *exchange)
{
  BmaOauthError error;
  JsonObject *metadata =
      bma_http_exchange_read_json (exchange, BMA_REGISTRATION_MAX_BYTES,
                                   BMA_OAUTH_INVALID_CLIENT_METADATA, &error);

  if (metadata == NULL)
    bma_http_exchange_reply_error (exchange, error);
  return metadata;
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
  g_autoptr (JsonObject) metadata = read_metadata (exchange);

  if (metadata == NULL)
    return;
  bma_http_exchange_pause (exchange);
  bma_broker_register_async (bma_http_exchange_get_broker (exchange), metadata, NULL,
                             on_registered, bma_http_exchange_ref (exchange));
}

static void
on_managed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaHttpExchange) exchange = user_data;
  g_autoptr (BmaRegistrationAnswer)
      answer = bma_broker_registration_finish (BMA_BROKER (source), result);

  reply_answer (exchange, answer, 200);
}

static void
reply_registration (BmaHttpExchange *exchange, const char *client_id, const char *token)
{
  g_autoptr (JsonObject)
      information = bma_broker_read_registration (bma_http_exchange_get_broker (exchange),
                                                  client_id, token);
  const BmaRegistrationAnswer answer = {
    information, information != NULL ? BMA_OAUTH_NO_ERROR
                                     : (BmaOauthError){ BMA_OAUTH_INVALID_TOKEN,
                                                        "the registration access token "
                                                        "is not good for this client" }
  };

  reply_answer (exchange, &answer, 200);
}

/* The registration access token, or NULL after an answer was given. */
static char *
dup_token (BmaHttpExchange *exchange)
{
  const char *token = NULL;
  size_t length = 0;

  switch (bma_bearer_parse (bma_http_exchange_get_header (exchange, "Authorization"),
                            &token, &length))
    {
    case BMA_BEARER_OK:
      return g_strndup (token, length);
    case BMA_BEARER_ABSENT:
      bma_http_exchange_set_header (exchange, "WWW-Authenticate",
                                    "Bearer realm=\"BioMCP\"");
      bma_http_exchange_reply_error (exchange,
                                     (BmaOauthError){
                                         BMA_OAUTH_INVALID_TOKEN,
                                         "the registration access token is missing" });
      return NULL;
    case BMA_BEARER_MALFORMED:
      break;
    }
  bma_http_exchange_reply_error (exchange, (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST,
                                                            "the Authorization header is "
                                                            "malformed" });
  return NULL;
}

/**
 * bma_http_register_handle_client:
 * @exchange: a request
 *
 * `GET`, `PUT` and `DELETE /register/CLIENT_ID` (RFC 7592 section 2). The ids we give
 * need no escaping, so one that has an escape is nobody's.
 */
void
bma_http_register_handle_client (BmaHttpExchange *exchange)
{
  const char *method =
      soup_server_message_get_method (bma_http_exchange_get_message (exchange));
  const char *client_id = bma_http_exchange_get_path (exchange) +
                          strlen (BMA_REGISTRATION_PATH);
  BmaBroker *broker = bma_http_exchange_get_broker (exchange);
  g_autoptr (BmaSecretText) token = dup_token (exchange);
  g_autoptr (JsonObject) metadata = NULL;

  if (token == NULL)
    return;
  if (g_str_equal (method, "GET"))
    {
      reply_registration (exchange, client_id, token);
      return;
    }
  if (g_str_equal (method, "PUT"))
    {
      metadata = read_metadata (exchange);
      if (metadata == NULL)
        return;
    }
  bma_http_exchange_pause (exchange);
  if (metadata != NULL)
    bma_broker_update_registration_async (broker, client_id, token, metadata, NULL,
                                          on_managed, bma_http_exchange_ref (exchange));
  else
    bma_broker_delete_registration_async (broker, client_id, token, NULL, on_managed,
                                          bma_http_exchange_ref (exchange));
}
