/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-request-head.h"

#include "bma-field.h"

static void
append (GString *out, const char *name, const char *value)
{
  if (value != NULL)
    g_string_append_printf (out, "%s: %s\r\n", name, value);
}

/* What other sides gave us, which must not become a field of its own. */
static void
append_plain (GString *out, const char *name, const char *value)
{
  if (value != NULL && bma_field_is_plain (value))
    append (out, name, value);
}

/* MCP 2026-07-28: headers say what the message says. */
static void
append_standard (GString *out, const BmaMessage *message)
{
  g_autofree char *method = bma_field_encode (message->method);
  g_autofree char *name = message->name != NULL ? bma_field_encode (message->name) : NULL;

  append (out, "Mcp-Method", method);
  append (out, "Mcp-Name", name);
}

/**
 * bma_request_head_make_request:
 * @self: what the request says
 *
 * Returns: (transfer full): head and body
 */
GBytes *
bma_request_head_make_request (const BmaRequestHead *self)
{
  const BmaMessage *message = self->message;
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%s %s HTTP/1.1\r\nHost: %s\r\n", self->method,
                          self->target, self->host);
  append (out, "User-Agent", "biomcp-auth/" BMA_VERSION);
  append (out, "Accept",
          message != NULL ? "application/json, text/event-stream" : "text/event-stream");
  append_plain (out, "Mcp-Session-Id", self->session_id);
  append_plain (out, "MCP-Protocol-Version", self->version);
  append_plain (out, "Last-Event-ID", self->last_event_id);
  if (message != NULL && message->version != NULL)
    append_standard (out, message);
  if (self->fields != NULL)
    g_string_append (out, self->fields);
  if (message != NULL)
    g_string_append_printf (out,
                            "Content-Type: application/json\r\n"
                            "Content-Length: %" G_GSIZE_FORMAT "\r\n",
                            message->length);
  g_string_append (out, "\r\n");
  if (message != NULL)
    g_string_append_len (out, message->text, (gssize) message->length);
  return g_string_free_to_bytes (out);
}
