/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-peer.h"

G_BEGIN_DECLS

#define BMA_TYPE_PEER_RESOLVER (bma_peer_resolver_get_type ())
G_DECLARE_INTERFACE (BmaPeerResolver, bma_peer_resolver, BMA, PEER_RESOLVER, GObject)

/**
 * BmaPeerResolverInterface:
 * @resolve_async: see [method@PeerResolver.resolve_async]
 * @resolve_finish: see [method@PeerResolver.resolve_finish]
 * @list: see [method@PeerResolver.list]
 * @lookup: (nullable): see [method@PeerResolver.lookup]
 * @update: see [method@PeerResolver.update]
 *
 * Finds out who is at the other end of a bus connection. Emits `gone` (const char
 * *sender) when somebody it has named leaves the bus.
 */
struct _BmaPeerResolverInterface
{
  GTypeInterface parent_iface;

  void (*resolve_async) (BmaPeerResolver *self,
                         const char *sender,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
  BmaPeer *(*resolve_finish) (BmaPeerResolver *self,
                              GAsyncResult *result,
                              GError **error);
  GPtrArray *(*list) (BmaPeerResolver *self);
  BmaPeer *(*lookup) (BmaPeerResolver *self, const char *sender);
  void (*update) (BmaPeerResolver *self, BmaPeer *peer);
};

void bma_peer_resolver_resolve_async (BmaPeerResolver *self,
                                      const char *sender,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
BmaPeer *bma_peer_resolver_resolve_finish (BmaPeerResolver *self,
                                           GAsyncResult *result,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *bma_peer_resolver_list (BmaPeerResolver *self) G_GNUC_WARN_UNUSED_RESULT;
void bma_peer_resolver_update (BmaPeerResolver *self, BmaPeer *peer);
BmaPeer *bma_peer_resolver_lookup (BmaPeerResolver *self,
                                   const char *sender) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
