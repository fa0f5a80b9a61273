/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

/**
 * BmaHttpField:
 *
 * The header fields that the front knows by name. Those before
 * %BMA_HTTP_N_SINGLE_FIELDS decide framing, routing, identity or the MCP session: a
 * second one is an ambiguity that two parsers could resolve differently, so it is
 * refused.
 */
typedef enum
{
  BMA_HTTP_FIELD_HOST,
  BMA_HTTP_FIELD_CONTENT_LENGTH,
  BMA_HTTP_FIELD_TRANSFER_ENCODING,
  BMA_HTTP_FIELD_AUTHORIZATION,
  BMA_HTTP_FIELD_CONTENT_TYPE,
  BMA_HTTP_FIELD_CONTENT_ENCODING,
  BMA_HTTP_FIELD_ORIGIN,
  BMA_HTTP_FIELD_EXPECT,
  BMA_HTTP_FIELD_RANGE,
  BMA_HTTP_FIELD_UPGRADE,
  BMA_HTTP_FIELD_DPOP,
  BMA_HTTP_FIELD_MCP_SESSION_ID,
  BMA_HTTP_FIELD_MCP_PROTOCOL_VERSION,
  BMA_HTTP_FIELD_LAST_EVENT_ID,
  BMA_HTTP_FIELD_ACCESS_CONTROL_REQUEST_METHOD,
  BMA_HTTP_FIELD_SEC_FETCH_SITE,
  BMA_HTTP_N_SINGLE_FIELDS,
  BMA_HTTP_FIELD_CONNECTION = BMA_HTTP_N_SINGLE_FIELDS,
  BMA_HTTP_FIELD_COOKIE,
  BMA_HTTP_FIELD_USER_AGENT,
  BMA_HTTP_FIELD_OTHER,
} BmaHttpField;

BmaHttpField bma_http_field_find (const char *name, size_t n_bytes);
gboolean bma_http_bytes_equal (const char *bytes, size_t n_bytes, const char *literal);

G_END_DECLS
