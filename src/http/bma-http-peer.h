/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

#include "bma-config.h"
#include "bma-endpoint.h"
#include "bma-limits.h"

G_BEGIN_DECLS

/**
 * BmaHttpPeerKind:
 * @BMA_HTTP_PEER_FOREIGN: another user of this machine, or nobody knows who: not served
 * @BMA_HTTP_PEER_OWNER: a program of the user whose service it is, on this machine
 * @BMA_HTTP_PEER_REMOTE: somebody on another machine
 * @BMA_HTTP_PEER_PROXIED: somebody behind a reverse proxy
 * @BMA_HTTP_PEER_ENDPOINT: a local program on a connection that was handed to it, for
 *   /mcp and nothing else
 * @BMA_HTTP_PEER_GARBLED: a trusted proxy that says what cannot be understood
 *
 * Who sends a request. Only the owner is ever taken for the person at this desktop.
 */
typedef enum
{
  BMA_HTTP_PEER_FOREIGN,
  BMA_HTTP_PEER_OWNER,
  BMA_HTTP_PEER_REMOTE,
  BMA_HTTP_PEER_PROXIED,
  BMA_HTTP_PEER_ENDPOINT,
  BMA_HTTP_PEER_GARBLED,
} BmaHttpPeerKind;

/**
 * BmaHttpPeer:
 * @kind: who sends the request
 * @limit: whom it counts for
 * @is_monitor: may know how the service is
 * @is_plain: a trusted proxy got it over plain HTTP
 * @endpoint: (nullable) (transfer none): whose connection it is, for
 *   %BMA_HTTP_PEER_ENDPOINT; lives as long as the message
 */
typedef struct
{
  BmaHttpPeerKind kind;
  BmaLimitPeer limit;
  gboolean is_monitor;
  gboolean is_plain;
  BmaEndpoint *endpoint;
} BmaHttpPeer;

void bma_http_peer_set_endpoint (GSocketAddress *remote, BmaEndpoint *endpoint);

void bma_http_peer_resolve (SoupServerMessage *message,
                            const BmaConfig *config,
                            BmaHttpPeer *peer);

G_END_DECLS
