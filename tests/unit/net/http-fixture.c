/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "http-fixture.h"

void
outcome_clear (Outcome *self)
{
  g_clear_pointer (&self->response, bma_http_response_free);
  g_clear_error (&self->error);
}

void
on_outcome (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *self = user_data;

  self->response =
      bma_http_client_send_finish (BMA_HTTP_CLIENT (source), result, &self->error);
  g_assert_true ((self->response == NULL) == (self->error != NULL));
  self->is_done = TRUE;
}

void
outcome_await (Outcome *self)
{
  while (!self->is_done)
    g_main_context_iteration (NULL, TRUE);
}

void
outcome_get (Outcome *self, BmaHttpClient *client, const char *uri)
{
  bma_http_client_send_async (client, "GET", uri, NULL, NULL, NULL, NULL, on_outcome,
                              self);
  outcome_await (self);
}

void
assert_body (const Outcome *self, const char *text)
{
  g_assert_no_error (self->error);
  g_assert_cmpmem (g_bytes_get_data (self->response->body, NULL),
                   g_bytes_get_size (self->response->body), text, strlen (text));
}

static void
on_request_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RawServer *self = user_data;
  g_autoptr (GIOStream) stream = g_steal_pointer (&self->kept);
  GOutputStream *out = g_io_stream_get_output_stream (stream);

  g_assert_cmpint (g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL), >,
                   0);
  g_output_stream_write_all (out, self->answer, strlen (self->answer), NULL, NULL, NULL);
  if (self->keeps_open)
    self->kept = g_steal_pointer (&stream);
  else
    g_io_stream_close (stream, NULL, NULL);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  RawServer *self = user_data;
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));

  self->n_connections++;
  g_set_object (&self->kept, G_IO_STREAM (connection));
  g_input_stream_read_async (in, self->request, sizeof self->request - 1,
                             G_PRIORITY_DEFAULT, NULL, on_request_read, self);
  return TRUE;
}

void
raw_server_start (RawServer *self, const char *answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) here = NULL;

  *self = (RawServer){ .service = g_socket_service_new (), .answer = answer };
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any,
                                 G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &here,
                                 &error);
  g_assert_no_error (error);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  self->uri =
      g_strdup_printf ("http://127.0.0.1:%u/raw?secret=hidden",
                       g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here)));
}

void
raw_server_stop (RawServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_clear_object (&self->kept);
  g_free (self->uri);
}
