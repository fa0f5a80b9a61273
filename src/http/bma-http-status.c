/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-upstream.h"
#include "bma-http-routes.h"
#include "bma-metrics.h"
#include "bma-names.h"
#include "bma-tables.h"

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
  BmaUpstream *upstream = bma_broker_get_upstream (broker);
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "version", BMA_VERSION);
  json_object_set_string_member (object, "issuer", config->issuer);
  json_object_set_string_member (object, "resource", config->resources[0]);
  json_object_set_string_member (object, "state", bma_broker_get_state (broker));
  json_object_set_string_member (object, "keyring",
                                 bma_keyring_state_to_text (bma_keyring_get_state (
                                     bma_broker_get_keyring (broker))));
  json_object_set_string_member (object, "upstream",
                                 upstream != NULL ? bma_upstream_get_state (upstream)
                                                  : "none");
  json_object_set_string_member (object, "provider",
                                 bma_identity_provider_get_name (
                                     bma_broker_get_provider (broker)));
  bma_http_exchange_reply_json (exchange, 200, object);
}

static void
measure_keyring (BmaMetrics *metrics, BmaKeyringState state)
{
  for (BmaKeyringState i = 0; i < BMA_KEYRING_N_STATES; i++)
    bma_metrics_set (metrics, BMA_METRIC_KEYRING, bma_keyring_state_to_text (i),
                     i == state);
}

static void
measure_store (BmaMetrics *metrics, BmaStore *store)
{
  for (size_t i = 0; i < BMA_N_TABLES; i++)
    {
      g_autoptr (GPtrArray) records = bma_store_list (store, bma_tables[i]);

      bma_metrics_set (metrics, BMA_METRIC_RECORDS, bma_tables[i]->name, records->len);
    }
}

/**
 * bma_http_status_handle_metrics:
 * @exchange: a request
 *
 * `GET /metrics`: counts and times, for Prometheus.
 */
void
bma_http_status_handle_metrics (BmaHttpExchange *exchange)
{
  BmaBroker *broker = bma_http_exchange_get_broker (exchange);
  BmaMetrics *metrics = bma_broker_get_metrics (broker);

  measure_keyring (metrics, bma_keyring_get_state (bma_broker_get_keyring (broker)));
  measure_store (metrics, bma_broker_get_store (broker));
  bma_http_exchange_reply (exchange, 200, BMA_METRICS_CONTENT_TYPE,
                           bma_metrics_to_text (metrics));
}
