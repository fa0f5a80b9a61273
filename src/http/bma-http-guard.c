/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-guard.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bma-http-cors.h"
#include "bma-http-pages.h"

/**
 * bma_http_guard_add_transport:
 * @exchange: a request
 *
 * Tells browsers to come by https only (RFC 6797), where our name is ours alone: on
 * loopback names it would lock out whatever else runs there.
 */
void
bma_http_guard_add_transport (BmaHttpExchange *exchange)
{
  if (bma_broker_get_config (bma_http_exchange_get_broker (exchange))->is_public)
    bma_http_exchange_set_header (exchange, "Strict-Transport-Security",
                                  "max-age=31536000");
}

/* No browser comes this way, and the name is only a word to it. */
static gboolean
is_host_of_endpoint (BmaHttpExchange *exchange)
{
  const char *host = bma_http_exchange_get_header (exchange, "Host");

  return bma_http_exchange_get_peer (exchange)->endpoint != NULL && host != NULL &&
         g_ascii_strcasecmp (host, BMA_ENDPOINT_HOST) == 0;
}

/**
 * bma_http_guard_check_host:
 * @exchange: a request
 *
 * A page of a stranger whose name was pointed at this machine (DNS rebinding) is
 * same-origin with us for the browser; only the Host header tells.
 *
 * Returns: whether the Host is ours; else it is answered with 421
 */
gboolean
bma_http_guard_check_host (BmaHttpExchange *exchange)
{
  const BmaConfig *config =
      bma_broker_get_config (bma_http_exchange_get_broker (exchange));

  if (bma_config_is_host (config, bma_http_exchange_get_header (exchange, "Host")) ||
      is_host_of_endpoint (exchange))
    return TRUE;
  bma_http_exchange_reply_error_with_status (
      exchange, 421, "misdirected_request",
      "the Host is not one of this service; use the address it prints");
  return FALSE;
}

/**
 * bma_http_guard_check_origin:
 * @exchange: a request that changes something or is for /mcp
 *
 * Returns: whether its Origin is absent, ours or configured; else it is answered with 403
 */
gboolean
bma_http_guard_check_origin (BmaHttpExchange *exchange)
{
  const BmaConfig *config =
      bma_broker_get_config (bma_http_exchange_get_broker (exchange));
  const char *origin = bma_http_exchange_get_header (exchange, "Origin");

  if (origin == NULL || bma_http_cors_allows_origin (config, origin))
    return TRUE;
  bma_http_exchange_reply_error_with_status (
      exchange, 403, "forbidden_origin",
      "requests from that web origin are not allowed; see [cors] allowed-origins");
  return FALSE;
}

static void
refuse_foreigner (BmaHttpExchange *exchange)
{
  static const char error[] = "foreign_user";

  if (bma_http_exchange_wants_json (exchange) ||
      strstr (bma_http_exchange_get_path (exchange), "authorize") == NULL)
    {
      bma_http_exchange_reply_error_with_status (
          exchange, 403, error,
          "this service belongs to another user of this computer; run your own");
      return;
    }
  bma_http_exchange_set_error (exchange, error);
  bma_http_pages_reply_message (
      exchange, 403, _ ("This service belongs to somebody else"),
      _ ("Another user of this computer runs it, and it answers only to programs and "
         "browsers of that user. Start your own: run biomcp-authd as yourself."));
}

/**
 * bma_http_guard_check_peer:
 * @exchange: a request for something that is not public
 *
 * On the loopback interface the listener is for one user of the machine and for trusted
 * reverse proxies; elsewhere for everybody.
 *
 * Returns: whether the peer may come in; else it is answered
 */
gboolean
bma_http_guard_check_peer (BmaHttpExchange *exchange)
{
  const BmaHttpPeer *peer = bma_http_exchange_get_peer (exchange);
  const BmaConfig *config =
      bma_broker_get_config (bma_http_exchange_get_broker (exchange));

  if (peer->kind == BMA_HTTP_PEER_FOREIGN)
    {
      refuse_foreigner (exchange);
      return FALSE;
    }
  if (peer->kind == BMA_HTTP_PEER_GARBLED)
    {
      bma_http_exchange_reply_error_with_status (
          exchange, 400, "invalid_request",
          "the reverse proxy's Forwarded or X-Forwarded-* is malformed, or they "
          "disagree");
      return FALSE;
    }
  if (!peer->is_plain || !config->is_public)
    return TRUE;
  bma_http_exchange_reply_error_with_status (
      exchange, 403, "https_required",
      "the reverse proxy says that this came over plain http; use https");
  return FALSE;
}

/**
 * bma_http_guard_check_monitor:
 * @exchange: a request for how the service is
 *
 * Returns: whether the peer is the owner or one that [service] monitors names; else it is
 *   answered with 403
 */
gboolean
bma_http_guard_check_monitor (BmaHttpExchange *exchange)
{
  const BmaHttpPeer *peer = bma_http_exchange_get_peer (exchange);

  if (peer->is_monitor)
    return TRUE;
  if (peer->kind == BMA_HTTP_PEER_FOREIGN)
    {
      refuse_foreigner (exchange);
      return FALSE;
    }
  bma_http_exchange_reply_error_with_status (
      exchange, 403, "owner_only",
      "only programs of the owner on this computer may read that; see [service] "
      "monitors");
  return FALSE;
}
