/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stytch-server.h"

#include <string.h>

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  StytchServer *self = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  self->n_requests++;
  g_free (self->seen);
  g_free (self->seen_body);
  g_free (self->authorization);
  self->seen = g_strdup_printf ("%s %s", soup_server_message_get_method (message), path);
  self->seen_body = g_strndup (body->data, (size_t) body->length);
  self->authorization = g_strdup (
      soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                    "Authorization"));
  soup_server_message_set_status (message, self->status, NULL);
  if (self->body == NULL)
    {
      g_set_object (&self->waiting, message);
      soup_server_message_pause (message);
      return;
    }
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC,
                                    self->body, strlen (self->body));
}

void
stytch_server_start (StytchServer *self, unsigned int status, const char *body)
{
  *self = (StytchServer){ .status = status, .body = body };
  bma_loopback_server_start (&self->server, NULL);
  soup_server_add_handler (self->server.server, NULL, on_request, self, NULL);
  stytch_fixture_start (&self->stytch, self->server.origin);
}

void
stytch_server_stop (StytchServer *self)
{
  stytch_fixture_stop (&self->stytch);
  g_clear_object (&self->waiting);
  bma_loopback_server_stop (&self->server);
  g_free (self->seen);
  g_free (self->seen_body);
  g_free (self->authorization);
}
