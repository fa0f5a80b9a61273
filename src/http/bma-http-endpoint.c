/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-endpoint.h"

#include <gio/gunixsocketaddress.h>
#include <unistd.h>

#include "bma-http-peer.h"

static void
on_endpoint_closed (BmaEndpoint *endpoint, GSocketAddress *remote)
{
  bma_http_front_hang_up (remote);
}

/**
 * bma_http_endpoint_serve:
 * @front: (nullable): where connections are; %NULL before there is one
 * @fd: (transfer full): one end of a socket pair, non-blocking; closed also on error
 * @endpoint: what the other end is good for
 * @error: return location for a #GIOErrorEnum
 *
 * Serves a connection that is handed to a local program. It may be idle for as long as it
 * likes; it ends with its endpoint, and its endpoint with it.
 *
 * Returns: whether it is served
 */
gboolean
bma_http_endpoint_serve (BmaHttpFront *front,
                         int fd,
                         BmaEndpoint *endpoint,
                         GError **error)
{
  g_autoptr (GSocketAddress) remote = g_unix_socket_address_new ("");

  if (front == NULL)
    {
      close (fd);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED,
                           "The service is not ready");
      return FALSE;
    }
  bma_http_peer_set_endpoint (remote, endpoint);
  if (!bma_http_front_accept_fd (front, fd, remote, error))
    return FALSE;
  bma_http_front_keep (remote);
  g_signal_connect_object (endpoint, "closed", G_CALLBACK (on_endpoint_closed), remote,
                           0);
  return TRUE;
}
