/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include "bma-code.h"
#include "bma-device.h"

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bma_store_apply_finish (BMA_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
delete_what_follows (BmaBroker *self, BmaChange *change, const char *grant_id)
{
  g_autoptr (GPtrArray) families = bma_store_list (self->store, &bma_family_type);
  g_autoptr (GPtrArray) codes = bma_store_list (self->store, &bma_code_type);
  g_autoptr (GPtrArray) devices = bma_store_list (self->store, &bma_device_type);

  for (unsigned int i = 0; i < codes->len; i++)
    {
      const BmaCode *code = g_ptr_array_index (codes, i);

      if (g_strcmp0 (code->grant_id, grant_id) == 0)
        bma_change_delete (change, &bma_code_type, code->record.id);
    }
  for (unsigned int i = 0; i < devices->len; i++)
    {
      const BmaDevice *device = g_ptr_array_index (devices, i);

      if (g_strcmp0 (device->grant_id, grant_id) == 0)
        bma_change_delete (change, &bma_device_type, device->record.id);
    }
  for (unsigned int i = 0; i < families->len; i++)
    {
      const BmaFamily *family = g_ptr_array_index (families, i);

      if (g_strcmp0 (family->grant_id, grant_id) == 0)
        bma_change_delete (change, &bma_family_type, family->record.id);
    }
}

/**
 * bma_broker_delete_grant:
 * @self: a broker
 * @change: where the deletes go
 * @grant: a grant
 *
 * Deletes a grant and all that followed from it. A grant that is made again has the same
 * id, so neither its families nor its codes, nor devices that have not fetched their
 * tokens, may come back to life.
 */
void
bma_broker_delete_grant (BmaBroker *self, BmaChange *change, const BmaGrant *grant)
{
  delete_what_follows (self, change, grant->record.id);
  bma_change_delete (change, &bma_grant_type, grant->record.id);
  bma_broker_emit_grant_changed (self, grant, "revoked");
}

/**
 * bma_broker_revoke_grant_async:
 * @self: a broker
 * @grant_id: which
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Takes back what the person allowed; its tokens stop working at once.
 */
void
bma_broker_revoke_grant_async (BmaBroker *self,
                               const char *grant_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  const BmaGrant *grant = bma_store_lookup (self->store, &bma_grant_type, grant_id);

  g_task_set_source_tag (task, bma_broker_revoke_grant_async);
  if (grant == NULL)
    {
      g_task_return_new_error (task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_NOT_FOUND,
                               "There is no such grant");
      return;
    }
  bma_broker_delete_grant (self, change, grant);
  bma_store_apply_async (self->store, change, NULL, on_applied, g_steal_pointer (&task));
}

/**
 * bma_broker_revoke_grant_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location for a #BmaBrokerError or #BmaStoreError
 *
 * Returns: whether it is revoked
 */
gboolean
bma_broker_revoke_grant_finish (BmaBroker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * bma_broker_delete_client:
 * @self: a broker
 * @change: where the deletes go
 * @client: a client
 *
 * Deletes a client and everything it was allowed. Its client id stands in its grants, its
 * record id does not.
 */
void
bma_broker_delete_client (BmaBroker *self, BmaChange *change, const BmaClient *client)
{
  g_autoptr (GPtrArray) grants = bma_store_list (self->store, &bma_grant_type);

  for (unsigned int i = 0; i < grants->len; i++)
    {
      const BmaGrant *grant = g_ptr_array_index (grants, i);

      if (g_strcmp0 (grant->client_id, bma_client_get_id (client)) == 0)
        bma_broker_delete_grant (self, change, grant);
    }
  bma_change_delete (change, &bma_client_type, client->record.id);
}

/**
 * bma_broker_remove_client_async:
 * @self: a broker
 * @record_id: which
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Forgets a client and everything it was allowed.
 */
void
bma_broker_remove_client_async (BmaBroker *self,
                                const char *record_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  const BmaClient *client = bma_store_lookup (self->store, &bma_client_type, record_id);

  g_task_set_source_tag (task, bma_broker_remove_client_async);
  if (client == NULL)
    {
      g_task_return_new_error (task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_NOT_FOUND,
                               "There is no such client");
      return;
    }
  if (g_strcmp0 (client->origin, BMA_CLIENT_ORIGIN_CONFIGURED) == 0)
    {
      g_task_return_new_error (task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_POLICY_FORBIDDEN,
                               "This client stands in the configuration; remove its "
                               "group [client ...] there and reload");
      return;
    }
  bma_broker_delete_client (self, change, client);
  bma_store_apply_async (self->store, change, NULL, on_applied, g_steal_pointer (&task));
}

/**
 * bma_broker_remove_client_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location for a #BmaBrokerError or #BmaStoreError
 *
 * Returns: whether it is forgotten
 */
gboolean
bma_broker_remove_client_finish (BmaBroker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
