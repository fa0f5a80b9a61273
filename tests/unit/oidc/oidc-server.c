/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "oidc-server.h"

#include <string.h>

typedef struct
{
  unsigned int status;
  char *cache_control; /* owned, nullable */
  char *body;          /* owned */
} OidcAnswer;

static void
answer_free (OidcAnswer *self)
{
  g_free (self->cache_control);
  g_free (self->body);
  g_free (self);
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  OidcServer *self = user_data;
  const OidcAnswer *answer = g_hash_table_lookup (self->answers, path);
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  g_string_append_printf (self->seen, "%s %s\n", soup_server_message_get_method (message),
                          path);
  g_free (self->body);
  g_free (self->authorization);
  self->body = g_strndup (body->data, (size_t) body->length);
  self->authorization = g_strdup (
      soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                    "Authorization"));
  soup_server_message_set_status (message, answer != NULL ? answer->status : 404, NULL);
  if (answer != NULL && answer->cache_control != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "Cache-Control", answer->cache_control);
  if (answer != NULL)
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY,
                                      answer->body, strlen (answer->body));
  if (self->holds)
    {
      g_ptr_array_add (self->held, g_object_ref (message));
      soup_server_message_pause (message);
    }
}

void
oidc_server_start (OidcServer *self)
{
  *self = (OidcServer){ 0 };
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) answer_free);
  self->seen = g_string_new (NULL);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  bma_loopback_server_start (&self->server, NULL);
  soup_server_add_handler (self->server.server, NULL, on_request, self, NULL);
}

void
oidc_server_stop (OidcServer *self)
{
  bma_loopback_server_stop (&self->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_hash_table_unref (self->answers);
  g_string_free (self->seen, TRUE);
  g_ptr_array_unref (self->held);
  g_free (self->body);
  g_free (self->authorization);
}

void
oidc_server_answer (OidcServer *self,
                    const char *path,
                    unsigned int status,
                    const char *cache_control,
                    const char *body)
{
  OidcAnswer *answer = NULL;

  if (body == NULL)
    {
      g_hash_table_remove (self->answers, path);
      return;
    }
  answer = g_new0 (OidcAnswer, 1);
  answer->status = status;
  answer->cache_control = g_strdup (cache_control);
  answer->body = g_strdup (body);
  g_hash_table_replace (self->answers, g_strdup (path), answer);
}

void
oidc_server_release (OidcServer *self)
{
  self->holds = FALSE;
  for (unsigned int i = 0; i < self->held->len; i++)
    soup_server_message_unpause (g_ptr_array_index (self->held, i));
  g_ptr_array_set_size (self->held, 0);
}

unsigned int
oidc_server_count (OidcServer *self, const char *request)
{
  g_autofree char *line = g_strconcat (request, "\n", NULL);
  unsigned int n = 0;

  for (const char *at = strstr (self->seen->str, line); at != NULL;
       at = strstr (at + 1, line))
    n++;
  return n;
}
