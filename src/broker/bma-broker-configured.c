/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include "bma-log.h"

static gboolean
is_configured (BmaBroker *self, const BmaClient *client)
{
  const GPtrArray *clients = self->config->clients;

  for (unsigned int i = 0; i < clients->len; i++)
    if (g_str_equal (((const BmaClient *) clients->pdata[i])->record.id,
                     client->record.id))
      return TRUE;
  return FALSE;
}

static void
put_configured (BmaBroker *self, BmaChange *change, const BmaClient *configured)
{
  const BmaClient *old =
      bma_store_lookup (self->store, &bma_client_type, configured->record.id);
  g_autoptr (BmaClient) client = bma_record_copy (configured);

  client->created_at_s = old != NULL ? old->created_at_s : bma_broker_now_s (self);
  client->last_used_at_s = old != NULL ? old->last_used_at_s : 0;
  if (old == NULL || !bma_record_equal (old, client))
    bma_change_put (change, client);
}

/**
 * bma_broker_adopt_configured_clients:
 * @self: a broker
 *
 * Makes the store agree with the clients of the configuration, so that they are listed
 * and their use is remembered. One that was taken out there goes with all it was allowed.
 */
void
bma_broker_adopt_configured_clients (BmaBroker *self)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (GPtrArray) known = bma_store_list (self->store, &bma_client_type);

  for (unsigned int i = 0; i < self->config->clients->len; i++)
    put_configured (self, change, g_ptr_array_index (self->config->clients, i));
  for (unsigned int i = 0; i < known->len; i++)
    {
      const BmaClient *client = g_ptr_array_index (known, i);

      if (g_strcmp0 (client->origin, BMA_CLIENT_ORIGIN_CONFIGURED) != 0 ||
          is_configured (self, client))
        continue;
      bma_log_notice ("clients", "Client %s is not configured any more",
                      bma_client_get_id (client));
      bma_broker_delete_client (self, change, client);
    }
  if (bma_change_get_n_ops (change) > 0)
    bma_store_apply_lazily (self->store, change);
}
