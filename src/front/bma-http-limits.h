/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaHttpFrontLimits:
 * @max_connections: connections open at once, over all listeners
 * @max_connections_per_peer: connections open at once from one address outside this
 *   machine (one IPv4 address, or one IPv6 /64)
 * @max_connections_loopback: connections open at once from one loopback address or over
 *   Unix sockets; every local program shares it, so it is as wide as the whole
 * @max_requests_per_connection: requests answered before a connection is closed
 * @max_fields: header fields in one request
 * @max_head_bytes: request line and header fields together
 * @max_target_bytes: the request target (path and query)
 * @max_body_bytes: a request body, after de-chunking
 * @allow_chunked: whether chunked request bodies are accepted, otherwise 411
 * @max_handshakes: TLS handshakes under way at once; a newcomer ends the oldest one
 * @handshake_ms: from connecting to the end of the TLS handshake
 * @header_ms: from the first byte of a request (or from connecting) to its last header
 * @body_ms: from the last header to the end of the body
 * @idle_ms: between two requests
 * @write_stall_ms: without the peer taking a single byte of a response
 * @linger_ms: after our last byte, for the peer to read it and close
 * @half_close_ms: for a peer that closed its writing side to receive something; a peer
 *   that is gone looks the same until something is sent to it
 * @evict_after_ms: how long a connection was idle before a newcomer may take its place
 * @drain_ms: for a request that is on its way when we stop, on a connection that is idle
 * @accept_pause_ms: no accepting after descriptors ran out
 *
 * Every bound that the front imposes on its peers.
 */
typedef struct
{
  unsigned max_connections;
  unsigned max_connections_per_peer;
  unsigned max_connections_loopback;
  unsigned max_requests_per_connection;
  unsigned max_fields;
  size_t max_head_bytes;
  size_t max_target_bytes;
  uint64_t max_body_bytes;
  gboolean allow_chunked;
  unsigned max_handshakes;
  unsigned handshake_ms;
  unsigned header_ms;
  unsigned body_ms;
  unsigned idle_ms;
  unsigned write_stall_ms;
  unsigned linger_ms;
  unsigned half_close_ms;
  unsigned evict_after_ms;
  unsigned drain_ms;
  unsigned accept_pause_ms;
} BmaHttpFrontLimits;

void bma_http_front_limits_init_default (BmaHttpFrontLimits *limits);

G_END_DECLS
