/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer-resolver.h"

G_DEFINE_INTERFACE (BmaPeerResolver, bma_peer_resolver, G_TYPE_OBJECT)

/**
 * BmaPeerResolver::gone:
 * @self: a resolver
 * @sender: the unique bus name it had
 *
 * Somebody left the bus.
 */
static void
bma_peer_resolver_default_init (BmaPeerResolverInterface *iface)
{
  g_signal_new ("gone", BMA_TYPE_PEER_RESOLVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_STRING);
}

/**
 * bma_peer_resolver_resolve_async:
 * @self: a resolver
 * @sender: a unique bus name
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Finds out who that is. Anybody who cannot be named with certainty is refused.
 */
void
bma_peer_resolver_resolve_async (BmaPeerResolver *self,
                                 const char *sender,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (BMA_IS_PEER_RESOLVER (self) && sender != NULL);

  BMA_PEER_RESOLVER_GET_IFACE (self)->resolve_async (self, sender, cancellable, callback,
                                                     user_data);
}

/**
 * bma_peer_resolver_resolve_finish:
 * @self: a resolver
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): who it is
 */
BmaPeer *
bma_peer_resolver_resolve_finish (BmaPeerResolver *self,
                                  GAsyncResult *result,
                                  GError **error)
{
  return BMA_PEER_RESOLVER_GET_IFACE (self)->resolve_finish (self, result, error);
}

/**
 * bma_peer_resolver_list:
 * @self: a resolver
 *
 * Returns: (transfer full) (element-type BmaPeer): everybody it has named and who is
 *   still there
 */
GPtrArray *
bma_peer_resolver_list (BmaPeerResolver *self)
{
  g_return_val_if_fail (BMA_IS_PEER_RESOLVER (self), NULL);

  return BMA_PEER_RESOLVER_GET_IFACE (self)->list (self);
}

/**
 * bma_peer_resolver_update:
 * @self: a resolver
 * @peer: what is now known of its sender
 *
 * From now on that is who it is, unless it has left the bus.
 */
void
bma_peer_resolver_update (BmaPeerResolver *self, BmaPeer *peer)
{
  g_return_if_fail (BMA_IS_PEER_RESOLVER (self) && peer != NULL);

  BMA_PEER_RESOLVER_GET_IFACE (self)->update (self, peer);
}

/**
 * bma_peer_resolver_lookup:
 * @self: a resolver
 * @sender: a unique bus name
 *
 * Returns: (transfer full) (nullable): who that is, if it was found out before
 */
BmaPeer *
bma_peer_resolver_lookup (BmaPeerResolver *self, const char *sender)
{
  g_autoptr (GPtrArray) peers = NULL;

  g_return_val_if_fail (BMA_IS_PEER_RESOLVER (self), NULL);

  if (BMA_PEER_RESOLVER_GET_IFACE (self)->lookup != NULL)
    return BMA_PEER_RESOLVER_GET_IFACE (self)->lookup (self, sender);
  peers = bma_peer_resolver_list (self);
  for (unsigned int i = 0; i < peers->len; i++)
    {
      BmaPeer *peer = g_ptr_array_index (peers, i);

      if (g_strcmp0 (peer->sender, sender) == 0)
        return bma_peer_ref (peer);
    }
  return NULL;
}
