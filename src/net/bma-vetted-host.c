/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-vetted-host.h"

#include "bma-public-address.h"

/* A host that is connected to under none but public addresses. It is a GNetworkAddress,
 * so that TLS asks for and checks the certificate of its name. The name is looked up
 * once, and what is connected to is what was looked at: a second answer of the resolver
 * cannot slip in between. */

#define BMA_TYPE_VETTED_HOST (bma_vetted_host_get_type ())
G_DECLARE_FINAL_TYPE (BmaVettedHost, bma_vetted_host, BMA, VETTED_HOST, GNetworkAddress)

struct _BmaVettedHost
{
  GNetworkAddress parent_instance;

  BmaNetwork *network; /* owned */
};

#define BMA_TYPE_VETTED_ADDRESSES (bma_vetted_addresses_get_type ())
G_DECLARE_FINAL_TYPE (BmaVettedAddresses,
                      bma_vetted_addresses,
                      BMA,
                      VETTED_ADDRESSES,
                      GSocketAddressEnumerator)

struct _BmaVettedAddresses
{
  GSocketAddressEnumerator parent_instance;

  BmaVettedHost *host; /* owned */
  GList *addresses;    /* owned: GInetAddress */
  GList *next;         /* borrowed from addresses */
  gboolean is_looked_up;
};

G_DEFINE_FINAL_TYPE (BmaVettedAddresses,
                     bma_vetted_addresses,
                     G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

/* One that points inside makes all of them suspicious. */
static gboolean
are_public (GList *addresses)
{
  for (GList *at = addresses; at != NULL; at = at->next)
    if (!bma_public_address_check (at->data))
      return FALSE;
  return addresses != NULL;
}

static void
return_next (BmaVettedAddresses *self, GTask *task)
{
  GInetAddress *address = NULL;

  if (self->next == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  address = self->next->data;
  self->next = self->next->next;
  g_task_return_pointer (task,
                         bma_network_find_route (self->host->network, address,
                                                 g_network_address_get_port (
                                                     G_NETWORK_ADDRESS (self->host))),
                         g_object_unref);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaVettedAddresses *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->addresses = bma_network_lookup_finish (BMA_NETWORK (source), result, &error);
  self->is_looked_up = TRUE;
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE))
    {
      /* It is our network and not the name. */
      g_clear_error (&error);
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE,
                           "The resolver does not answer");
    }
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (!are_public (self->addresses))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                               "The host is not on the public internet");
      return;
    }
  self->next = self->addresses;
  return_next (self, task);
}

static void
addresses_next_async (GSocketAddressEnumerator *enumerator,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  BmaVettedAddresses *self = BMA_VETTED_ADDRESSES (enumerator);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, addresses_next_async);
  g_task_set_name (task, "bma_vetted_addresses_next");
  if (self->is_looked_up)
    return_next (self, task);
  else
    bma_network_lookup_async (self->host->network,
                              g_network_address_get_hostname (
                                  G_NETWORK_ADDRESS (self->host)),
                              cancellable, on_looked_up, g_steal_pointer (&task));
}

static GSocketAddress *
addresses_next_finish (GSocketAddressEnumerator *enumerator,
                       GAsyncResult *result,
                       GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Nothing here connects synchronously. */
static GSocketAddress *
addresses_next (GSocketAddressEnumerator *enumerator,
                GCancellable *cancellable,
                GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "The host can only be looked up asynchronously");
  return NULL;
}

static void
bma_vetted_addresses_finalize (GObject *object)
{
  BmaVettedAddresses *self = BMA_VETTED_ADDRESSES (object);

  g_clear_object (&self->host);
  g_list_free_full (self->addresses, g_object_unref);
  G_OBJECT_CLASS (bma_vetted_addresses_parent_class)->finalize (object);
}

static void
bma_vetted_addresses_class_init (BmaVettedAddressesClass *klass)
{
  GSocketAddressEnumeratorClass *enumerator_class =
      G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bma_vetted_addresses_finalize;
  enumerator_class->next = addresses_next;
  enumerator_class->next_async = addresses_next_async;
  enumerator_class->next_finish = addresses_next_finish;
}

static void
bma_vetted_addresses_init (BmaVettedAddresses *self)
{
}

static GSocketAddressEnumerator *
host_enumerate (GSocketConnectable *connectable)
{
  BmaVettedAddresses *addresses = g_object_new (BMA_TYPE_VETTED_ADDRESSES, NULL);

  addresses->host = g_object_ref (BMA_VETTED_HOST (connectable));
  return G_SOCKET_ADDRESS_ENUMERATOR (addresses);
}

static void
connectable_iface_init (GSocketConnectableIface *iface)
{
  iface->enumerate = host_enumerate;
  /* A proxy would hide what is connected to: there is none. */
  iface->proxy_enumerate = host_enumerate;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaVettedHost,
                               bma_vetted_host,
                               G_TYPE_NETWORK_ADDRESS,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE,
                                                      connectable_iface_init))

static void
bma_vetted_host_finalize (GObject *object)
{
  BmaVettedHost *self = BMA_VETTED_HOST (object);

  g_clear_object (&self->network);
  G_OBJECT_CLASS (bma_vetted_host_parent_class)->finalize (object);
}

static void
bma_vetted_host_class_init (BmaVettedHostClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_vetted_host_finalize;
}

static void
bma_vetted_host_init (BmaVettedHost *self)
{
}

/**
 * bma_vetted_host_new:
 * @network: the network
 * @host: a host that a stranger named
 * @port: a port there
 *
 * Errors of connecting to it: %G_IO_ERROR_PERMISSION_DENIED when one of its addresses is
 * not public.
 *
 * Returns: (transfer full): what to connect to
 */
GSocketConnectable *
bma_vetted_host_new (BmaNetwork *network, const char *host, uint16_t port)
{
  BmaVettedHost *self =
      g_object_new (BMA_TYPE_VETTED_HOST, "hostname", host, "port", port, NULL);

  self->network = g_object_ref (network);
  return G_SOCKET_CONNECTABLE (self);
}
