/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-field.h"

#include <string.h>

static const char *const field_names[] = {
  [BMA_HTTP_FIELD_HOST] = "host",
  [BMA_HTTP_FIELD_CONTENT_LENGTH] = "content-length",
  [BMA_HTTP_FIELD_TRANSFER_ENCODING] = "transfer-encoding",
  [BMA_HTTP_FIELD_AUTHORIZATION] = "authorization",
  [BMA_HTTP_FIELD_CONTENT_TYPE] = "content-type",
  [BMA_HTTP_FIELD_CONTENT_ENCODING] = "content-encoding",
  [BMA_HTTP_FIELD_ORIGIN] = "origin",
  [BMA_HTTP_FIELD_EXPECT] = "expect",
  [BMA_HTTP_FIELD_RANGE] = "range",
  [BMA_HTTP_FIELD_UPGRADE] = "upgrade",
  [BMA_HTTP_FIELD_DPOP] = "dpop",
  [BMA_HTTP_FIELD_MCP_SESSION_ID] = "mcp-session-id",
  [BMA_HTTP_FIELD_MCP_PROTOCOL_VERSION] = "mcp-protocol-version",
  [BMA_HTTP_FIELD_LAST_EVENT_ID] = "last-event-id",
  [BMA_HTTP_FIELD_ACCESS_CONTROL_REQUEST_METHOD] = "access-control-request-method",
  [BMA_HTTP_FIELD_SEC_FETCH_SITE] = "sec-fetch-site",
  [BMA_HTTP_FIELD_CONNECTION] = "connection",
  [BMA_HTTP_FIELD_COOKIE] = "cookie",
  [BMA_HTTP_FIELD_USER_AGENT] = "user-agent",
};

G_STATIC_ASSERT (G_N_ELEMENTS (field_names) == BMA_HTTP_FIELD_OTHER);

/**
 * bma_http_bytes_equal:
 * @bytes: (array length=n_bytes): bytes of a head, not terminated
 * @n_bytes: how many
 * @literal: an ASCII literal
 *
 * Compares without regard to ASCII case, as field names and most of their values are.
 *
 * Returns: whether @bytes are @literal and nothing more
 */
gboolean
bma_http_bytes_equal (const char *bytes, size_t n_bytes, const char *literal)
{
  return strlen (literal) == n_bytes &&
         g_ascii_strncasecmp (bytes, literal, n_bytes) == 0;
}

/**
 * bma_http_field_find:
 * @name: (array length=n_bytes): a field name, not terminated
 * @n_bytes: its length
 *
 * Names a header field.
 *
 * Returns: the field, %BMA_HTTP_FIELD_OTHER if it means nothing to the front
 */
BmaHttpField
bma_http_field_find (const char *name, size_t n_bytes)
{
  BmaHttpField field = BMA_HTTP_FIELD_HOST;

  while (field < BMA_HTTP_FIELD_OTHER &&
         !bma_http_bytes_equal (name, n_bytes, field_names[field]))
    field++;
  return field;
}
