/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-routes.h"
#include "bma-names.h"

/**
 * bma_http_status_handle_health:
 * @exchange: a request
 *
 * `GET /healthz`: the service answers.
 */
void
bma_http_status_handle_health (BmaHttpExchange *exchange)
{
  bma_http_exchange_reply (exchange, 200, "application/json",
                           g_strdup ("{\"status\":\"ok\"}"));
}

/**
 * bma_http_status_handle:
 * @exchange: a request
 *
 * `GET /status`: how the service is, without anything secret or personal.
 */
void
bma_http_status_handle (BmaHttpExchange *exchange)
{
  BmaBroker *broker = bma_http_exchange_get_broker (exchange);
  const BmaConfig *config = bma_broker_get_config (broker);
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "version", BMA_VERSION);
  json_object_set_string_member (object, "issuer", config->issuer);
  json_object_set_string_member (object, "resource", config->resources[0]);
  json_object_set_string_member (object, "state", bma_broker_get_state (broker));
  json_object_set_string_member (object, "keyring",
                                 bma_keyring_state_to_text (bma_keyring_get_state (
                                     bma_broker_get_keyring (broker))));
  json_object_set_string_member (object, "provider",
                                 bma_identity_provider_get_name (
                                     bma_broker_get_provider (broker)));
  bma_http_exchange_reply_json (exchange, 200, object);
}
