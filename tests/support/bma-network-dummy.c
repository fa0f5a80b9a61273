/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-network-dummy.h"

#include <string.h>

struct _BmaNetworkDummy
{
  GObject parent_instance;

  GHashTable *hosts; /* owned: name -> GQueue of texts, owned */
  GString *routes;   /* owned */
  uint16_t port;
  gboolean is_available;
  unsigned int n_lookups;
};

static gboolean
dummy_is_available (BmaNetwork *network)
{
  return BMA_NETWORK_DUMMY (network)->is_available;
}

static void
free_addresses (gpointer data)
{
  g_list_free_full (data, g_object_unref);
}

static GList *
parse_addresses (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GList *addresses = NULL;

  for (size_t i = 0; words[i] != NULL; i++)
    {
      GInetAddress *address = g_inet_address_new_from_string (words[i]);

      g_assert_nonnull (address);
      addresses = g_list_append (addresses, address);
    }
  return addresses;
}

static void
dummy_lookup_async (BmaNetwork *network,
                    const char *host,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  BmaNetworkDummy *self = BMA_NETWORK_DUMMY (network);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GQueue *answers = g_hash_table_lookup (self->hosts, host);
  g_autoptr (GInetAddress) literal = g_inet_address_new_from_string (host);

  self->n_lookups++;
  if (answers == NULL && literal != NULL)
    g_task_return_pointer (task, parse_addresses (host), free_addresses);
  else if (answers == NULL)
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                             "No such host");
  else
    {
      g_autofree char *last = NULL;
      const char *text = g_queue_peek_head (answers);

      if (g_queue_get_length (answers) > 1)
        text = last = g_queue_pop_head (answers);
      if (*text == '\0')
        g_task_return_new_error (task, G_RESOLVER_ERROR,
                                 G_RESOLVER_ERROR_TEMPORARY_FAILURE, "Silence");
      else
        g_task_return_pointer (task, parse_addresses (text), free_addresses);
    }
}

static GList *
dummy_lookup_finish (BmaNetwork *network, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GSocketAddress *
dummy_find_route (BmaNetwork *network, GInetAddress *address, uint16_t port)
{
  BmaNetworkDummy *self = BMA_NETWORK_DUMMY (network);
  g_autofree char *text = g_inet_address_to_string (address);

  g_string_append_printf (self->routes, "%s%s:%u", self->routes->len > 0 ? " " : "", text,
                          port);
  return g_inet_socket_address_new_from_string ("127.0.0.1", self->port);
}

static void
network_iface_init (BmaNetworkInterface *iface)
{
  iface->is_available = dummy_is_available;
  iface->lookup_async = dummy_lookup_async;
  iface->lookup_finish = dummy_lookup_finish;
  iface->find_route = dummy_find_route;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaNetworkDummy,
                               bma_network_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_NETWORK,
                                                      network_iface_init))

static void
bma_network_dummy_finalize (GObject *object)
{
  BmaNetworkDummy *self = BMA_NETWORK_DUMMY (object);

  g_hash_table_unref (self->hosts);
  g_string_free (self->routes, TRUE);
  G_OBJECT_CLASS (bma_network_dummy_parent_class)->finalize (object);
}

static void
bma_network_dummy_class_init (BmaNetworkDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_network_dummy_finalize;
}

static void
free_answers (gpointer data)
{
  g_queue_free_full (data, g_free);
}

static void
bma_network_dummy_init (BmaNetworkDummy *self)
{
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_answers);
  self->routes = g_string_new (NULL);
  self->is_available = TRUE;
}

BmaNetworkDummy *
bma_network_dummy_new (void)
{
  return g_object_new (BMA_TYPE_NETWORK_DUMMY, NULL);
}

void
bma_network_dummy_set_server (BmaNetworkDummy *self, uint16_t port)
{
  self->port = port;
}

void
bma_network_dummy_add_host (BmaNetworkDummy *self,
                            const char *host,
                            const char *addresses)
{
  GQueue *answers = g_hash_table_lookup (self->hosts, host);

  if (answers == NULL)
    {
      answers = g_queue_new ();
      g_hash_table_replace (self->hosts, g_strdup (host), answers);
    }
  g_queue_push_tail (answers, g_strdup (addresses));
}

void
bma_network_dummy_set_available (BmaNetworkDummy *self, gboolean is_available)
{
  self->is_available = is_available;
}

unsigned int
bma_network_dummy_get_n_lookups (BmaNetworkDummy *self)
{
  return self->n_lookups;
}

const char *
bma_network_dummy_get_routes (BmaNetworkDummy *self)
{
  return self->routes->str;
}

uint16_t
bma_network_dummy_start_server (BmaLoopbackServer *server)
{
  g_autofree char *ca = g_build_filename (BMA_TEST_SUPPORT, "test-ca.pem", NULL);
  g_autofree char *host = g_build_filename (BMA_TEST_SUPPORT, "test-host.pem", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;

  database = g_tls_file_database_new (ca, &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
  certificate = g_tls_certificate_new_from_file (host, &error);
  g_assert_no_error (error);
  bma_loopback_server_start (server, certificate);
  return (uint16_t) g_ascii_strtoull (strrchr (server->origin, ':') + 1, NULL, 10);
}
