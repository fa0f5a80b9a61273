/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-network.h"

G_DEFINE_INTERFACE (BmaNetwork, bma_network, G_TYPE_OBJECT)

static void
bma_network_default_init (BmaNetworkInterface *iface)
{
}

/**
 * bma_network_is_available:
 * @self: the network
 *
 * Returns: whether it is worth trying
 */
gboolean
bma_network_is_available (BmaNetwork *self)
{
  g_return_val_if_fail (BMA_IS_NETWORK (self), FALSE);

  return BMA_NETWORK_GET_IFACE (self)->is_available (self);
}

/**
 * bma_network_lookup_async:
 * @self: the network
 * @host: a host name, or an address as text
 * @cancellable: (nullable): cancels it
 * @callback: called with the addresses
 * @user_data: for @callback
 *
 * Asks for the addresses of a host, of both families.
 */
void
bma_network_lookup_async (BmaNetwork *self,
                          const char *host,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (BMA_IS_NETWORK (self));

  BMA_NETWORK_GET_IFACE (self)->lookup_async (self, host, cancellable, callback,
                                              user_data);
}

/**
 * bma_network_lookup_finish:
 * @self: the network
 * @result: what the callback got
 * @error: return location for a #GResolverError or #GIOErrorEnum
 *
 * Returns: (transfer full) (element-type GInetAddress) (nullable): the addresses
 */
GList *
bma_network_lookup_finish (BmaNetwork *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BMA_IS_NETWORK (self), NULL);

  return BMA_NETWORK_GET_IFACE (self)->lookup_finish (self, result, error);
}

/**
 * bma_network_find_route:
 * @self: the network
 * @address: an address that may be asked
 * @port: a port there
 *
 * Returns: (transfer full): what to connect to
 */
GSocketAddress *
bma_network_find_route (BmaNetwork *self, GInetAddress *address, uint16_t port)
{
  g_return_val_if_fail (BMA_IS_NETWORK (self), NULL);

  return BMA_NETWORK_GET_IFACE (self)->find_route (self, address, port);
}
