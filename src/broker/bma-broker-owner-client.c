/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-owner-client.h"

#include "bma-broker-private.h"
#include "bma-log.h"

#define CLIENT_ID_BYTES 16
#define SECRET_BYTES    32

/**
 * bma_new_client_free:
 * @self: (transfer full) (nullable): a new client
 */
void
bma_new_client_free (BmaNewClient *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->client, bma_record_unref);
  g_clear_pointer (&self->secret, bma_secret_unref);
  g_free (self);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaNewClient *created = g_object_steal_data (G_OBJECT (task), "created");
  GError *error = NULL;

  if (bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      g_task_return_pointer (task, created, (GDestroyNotify) bma_new_client_free);
      return;
    }
  bma_new_client_free (created);
  g_task_return_error (task, error);
}

/**
 * bma_broker_create_client_async:
 * @self: a broker
 * @request: what the owner wants; read before this returns
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called when it is durable
 * @user_data: for @callback
 *
 * Makes a client for the owner, such as one that acts for itself. Who calls this must
 * have made sure that it is the owner.
 */
void
bma_broker_create_client_async (BmaBroker *self,
                                const BmaOwnerClientRequest *request,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (BmaNewClient) created = g_new0 (BmaNewClient, 1);
  g_autofree char *id = bma_entropy_hex (self->entropy, CLIENT_ID_BYTES);
  const char *problem = NULL;

  g_task_set_source_tag (task, bma_broker_create_client_async);
  created->secret = bma_secret_new_take (bma_entropy_token (self->entropy, SECRET_BYTES));
  created->client = bma_owner_client_decide (request, self->config,
                                             &(BmaOwnerClientTicket){
                                                 id, bma_secret_peek (created->secret) },
                                             bma_broker_now_s (self), &problem);
  if (created->client == NULL)
    {
      g_task_return_new_error (task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
                               "%s", problem);
      return;
    }
  if (created->client->secret_hash == NULL)
    g_clear_pointer (&created->secret, bma_secret_unref);
  bma_log_notice ("register", "the owner made client %s", id);
  bma_change_put (change, created->client);
  g_object_set_data_full (G_OBJECT (task), "created", g_steal_pointer (&created),
                          (GDestroyNotify) bma_new_client_free);
  bma_store_apply_async (self->store, change, NULL, on_created, g_steal_pointer (&task));
}

/**
 * bma_broker_create_client_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location for a #BmaBrokerError or #BmaStoreError
 *
 * Returns: (transfer full) (nullable): the client
 */
BmaNewClient *
bma_broker_create_client_finish (BmaBroker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
