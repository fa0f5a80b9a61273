/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

#define BMA_TYPE_NETWORK (bma_network_get_type ())
G_DECLARE_INTERFACE (BmaNetwork, bma_network, BMA, NETWORK, GObject)

/**
 * BmaNetworkInterface:
 * @is_available: see [method@Network.is_available]
 * @lookup_async: see [method@Network.lookup_async]
 * @lookup_finish: see [method@Network.lookup_finish]
 * @find_route: see [method@Network.find_route]
 *
 * The network beyond this machine: the source of surprise behind addresses that strangers
 * name. Production uses [class@NetworkSystem], tests a dummy.
 */
struct _BmaNetworkInterface
{
  GTypeInterface parent_iface;

  gboolean (*is_available) (BmaNetwork *self);
  void (*lookup_async) (BmaNetwork *self,
                        const char *host,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  GList *(*lookup_finish) (BmaNetwork *self, GAsyncResult *result, GError **error);
  GSocketAddress *(*find_route) (BmaNetwork *self, GInetAddress *address, uint16_t port);
};

gboolean bma_network_is_available (BmaNetwork *self);
void bma_network_lookup_async (BmaNetwork *self,
                               const char *host,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GList *bma_network_lookup_finish (BmaNetwork *self,
                                  GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSocketAddress *bma_network_find_route (BmaNetwork *self,
                                        GInetAddress *address,
                                        uint16_t port) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
