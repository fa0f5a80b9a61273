/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-keys.h"
#include "bma-http-routes.h"
#include "bma-metadata.h"

/**
 * bma_http_discovery_handle_server:
 * @exchange: a request
 *
 * `/.well-known/oauth-authorization-server` (RFC 8414 section 3).
 */
void
bma_http_discovery_handle_server (BmaHttpExchange *exchange)
{
  BmaBroker *broker = bma_http_exchange_get_broker (exchange);
  g_autoptr (JsonObject) object = NULL;
  BmaMetadataFacts facts;

  bma_broker_init_metadata_facts (broker, &facts);
  object = bma_metadata_make_server (bma_broker_get_config (broker), &facts);
  bma_http_exchange_reply_json (exchange, 200, object);
}

/**
 * bma_http_discovery_handle_openid:
 * @exchange: a request
 *
 * `/.well-known/openid-configuration` (OpenID Connect Discovery section 4).
 */
void
bma_http_discovery_handle_openid (BmaHttpExchange *exchange)
{
  BmaBroker *broker = bma_http_exchange_get_broker (exchange);
  g_auto (GStrv) algorithms = bma_broker_list_id_algorithms (broker);
  g_autoptr (JsonObject) object = NULL;
  BmaMetadataFacts facts;

  bma_broker_init_metadata_facts (broker, &facts);
  object = bma_metadata_make_openid (bma_broker_get_config (broker), &facts,
                                     (const char *const *) algorithms);
  if (object != NULL)
    bma_http_exchange_reply_json (exchange, 200, object);
  else
    bma_http_exchange_reply_error_with_status (exchange, 404, "not_found",
                                               "OpenID Connect is not offered here");
}

/**
 * bma_http_discovery_handle_resource:
 * @exchange: a request
 *
 * `/.well-known/oauth-protected-resource` (RFC 9728 section 3): names the resource by the
 * host the client used, because strict clients compare.
 */
void
bma_http_discovery_handle_resource (BmaHttpExchange *exchange)
{
  g_autoptr (JsonObject) object =
      bma_metadata_make_resource (bma_broker_get_config (
                                      bma_http_exchange_get_broker (exchange)),
                                  bma_http_exchange_get_header (exchange, "Host"));

  bma_http_exchange_reply_json (exchange, 200, object);
}

/**
 * bma_http_discovery_handle_jwks:
 * @exchange: a request
 *
 * `/.well-known/jwks.json` (RFC 7517 section 5).
 */
void
bma_http_discovery_handle_jwks (BmaHttpExchange *exchange)
{
  unsigned int max_age_s = 0;
  char *jwks = bma_broker_make_jwks (bma_http_exchange_get_broker (exchange), &max_age_s);

  if (max_age_s > 0)
    {
      g_autofree char *value = g_strdup_printf ("public, max-age=%u", max_age_s);

      bma_http_exchange_set_header (exchange, "Cache-Control", value);
    }
  bma_http_exchange_reply (exchange, 200, "application/json", jwks);
}
