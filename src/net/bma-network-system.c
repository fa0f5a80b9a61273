/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-network-system.h"

/**
 * BmaNetworkSystem:
 *
 * The network as this machine sees it: its resolver, its routes and what NetworkManager
 * or the kernel say of them.
 */
struct _BmaNetworkSystem
{
  GObject parent_instance;

  GResolver *resolver; /* owned */
};

static gboolean
system_is_available (BmaNetwork *network)
{
  return g_network_monitor_get_network_available (g_network_monitor_get_default ());
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GList *addresses =
      g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);

  if (addresses != NULL)
    g_task_return_pointer (task, addresses, (GDestroyNotify) g_resolver_free_addresses);
  else
    g_task_return_error (task, error);
}

static void
system_lookup_async (BmaNetwork *network,
                     const char *host,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  BmaNetworkSystem *self = BMA_NETWORK_SYSTEM (network);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, system_lookup_async);
  g_task_set_name (task, "bma_network_lookup");
  g_resolver_lookup_by_name_async (self->resolver, host, cancellable, on_looked_up, task);
}

static GList *
system_lookup_finish (BmaNetwork *network, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GSocketAddress *
system_find_route (BmaNetwork *network, GInetAddress *address, uint16_t port)
{
  return g_inet_socket_address_new (address, port);
}

static void
network_iface_init (BmaNetworkInterface *iface)
{
  iface->is_available = system_is_available;
  iface->lookup_async = system_lookup_async;
  iface->lookup_finish = system_lookup_finish;
  iface->find_route = system_find_route;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaNetworkSystem,
                               bma_network_system,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_NETWORK,
                                                      network_iface_init))

static void
bma_network_system_dispose (GObject *object)
{
  BmaNetworkSystem *self = BMA_NETWORK_SYSTEM (object);

  g_clear_object (&self->resolver);
  G_OBJECT_CLASS (bma_network_system_parent_class)->dispose (object);
}

static void
bma_network_system_class_init (BmaNetworkSystemClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_network_system_dispose;
}

static void
bma_network_system_init (BmaNetworkSystem *self)
{
  self->resolver = g_resolver_get_default ();
}

/**
 * bma_network_system_new:
 *
 * Returns: (transfer full): the network of this machine
 */
BmaNetwork *
bma_network_system_new (void)
{
  return g_object_new (BMA_TYPE_NETWORK_SYSTEM, NULL);
}
