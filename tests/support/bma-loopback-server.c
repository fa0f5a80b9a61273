/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-loopback-server.h"

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  BmaLoopbackServer *self = user_data;
  g_autoptr (GSocketAddress)
      local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress)
      remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GIOStream) stream = g_object_ref (G_IO_STREAM (connection));
  g_autoptr (GError) error = NULL;

  if (self->tls != NULL)
    {
      g_clear_object (&stream);
      stream = g_tls_server_connection_new (G_IO_STREAM (connection), self->tls, &error);
      g_assert_no_error (error);
    }
  soup_server_accept_iostream (self->server, stream, local, remote, &error);
  g_assert_no_error (error);
  return TRUE;
}

void
bma_loopback_server_start (BmaLoopbackServer *self, GTlsCertificate *tls)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) here = NULL;
  g_autoptr (GError) error = NULL;

  self->server = soup_server_new (NULL, NULL);
  self->service = g_socket_service_new ();
  self->tls = tls != NULL ? g_object_ref (tls) : NULL;
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any,
                                 G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &here,
                                 &error);
  g_assert_no_error (error);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  self->origin =
      g_strdup_printf ("http%s://127.0.0.1:%u", tls != NULL ? "s" : "",
                       g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here)));
}

void
bma_loopback_server_stop (BmaLoopbackServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_object (&self->tls);
  g_clear_pointer (&self->origin, g_free);
}
