/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-guard.h"

#include <string.h>
#include <unistd.h>

#include "bma-http-cors.h"
#include "bma-http-pages.h"
#include "bma-log.h"
#include "bma-peer-uid.h"

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

  if (bma_config_is_host (config, bma_http_exchange_get_header (exchange, "Host")))
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

/* The verdict on a connection, kept with the address object that belongs to it. */
typedef enum
{
  PEER_UNKNOWN,
  PEER_OURS,
  PEER_FOREIGN,
} PeerVerdict;

static PeerVerdict
judge_peer (GSocketAddress *remote, GSocketAddress *local)
{
  g_autoptr (GError) error = NULL;
  uid_t uid = 0;

  if (bma_peer_uid_lookup (remote, local, &uid, &error))
    return uid == getuid () ? PEER_OURS : PEER_FOREIGN;
  bma_log_warning ("http", "The owner of a connection is not known: %s", error->message);
  return PEER_FOREIGN;
}

/**
 * bma_http_guard_check_peer:
 * @exchange: a request
 *
 * The listener is for one user of the machine: the other end of the loopback connection
 * must belong to the user who runs the service. Looked up once for each connection.
 *
 * Returns: whether it does; else it is answered with 403
 */
gboolean
bma_http_guard_check_peer (BmaHttpExchange *exchange)
{
  static GQuark quark = 0;
  SoupServerMessage *message = bma_http_exchange_get_message (exchange);
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  GSocketAddress *local = soup_server_message_get_local_address (message);
  PeerVerdict verdict = PEER_UNKNOWN;

  if (quark == 0)
    quark = g_quark_from_static_string ("bma-http-peer-verdict");
  if (remote != NULL)
    verdict = GPOINTER_TO_INT (g_object_get_qdata (G_OBJECT (remote), quark));
  if (verdict == PEER_UNKNOWN && remote != NULL && local != NULL)
    {
      verdict = judge_peer (remote, local);
      g_object_set_qdata (G_OBJECT (remote), quark, GINT_TO_POINTER (verdict));
    }
  if (verdict == PEER_OURS)
    return TRUE;
  if (bma_http_exchange_wants_json (exchange) ||
      strstr (bma_http_exchange_get_path (exchange), "authorize") == NULL)
    bma_http_exchange_reply_error_with_status (
        exchange, 403, "foreign_user",
        "this service belongs to another user of this computer; run your own");
  else
    bma_http_pages_reply_message (
        exchange, 403, "This service belongs to somebody else",
        "Another user of this computer runs it, and it answers only to programs and "
        "browsers of that user. Start your own: run biomcp-authd as yourself.");
  return FALSE;
}
