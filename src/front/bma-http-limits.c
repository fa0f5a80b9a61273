/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-limits.h"

/**
 * bma_http_front_limits_init_default:
 * @limits: (out caller-allocates): the limits to fill in
 *
 * Fills @limits with what suits a desktop service on the loopback interface.
 */
void
bma_http_front_limits_init_default (BmaHttpFrontLimits *limits)
{
  g_return_if_fail (limits != NULL);

  *limits = (BmaHttpFrontLimits){
    .max_connections = 1024,
    .max_connections_per_peer = 128,
    .max_connections_loopback = 1024,
    .max_requests_per_connection = 100 * 1000,
    .max_fields = 100,
    .max_head_bytes = 16 * 1024,
    .max_target_bytes = 8 * 1024,
    .max_body_bytes = 4 * 1024 * 1024,
    .allow_chunked = TRUE,
    .max_handshakes = 512,
    .handshake_ms = 10 * 1000,
    .header_ms = 10 * 1000,
    .body_ms = 30 * 1000,
    .idle_ms = 60 * 1000,
    .write_stall_ms = 30 * 1000,
    .linger_ms = 2 * 1000,
    .half_close_ms = 250,
    .evict_after_ms = 100,
    .drain_ms = 500,
    .accept_pause_ms = 100,
  };
}
