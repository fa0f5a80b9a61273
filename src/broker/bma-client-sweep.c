/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client-sweep.h"

#include "bma-client.h"
#include "bma-grant.h"

/* The ids of clients that were allowed something. */
static GHashTable *
list_granted (GPtrArray *grants)
{
  GHashTable *granted = g_hash_table_new (g_str_hash, g_str_equal);

  for (unsigned int i = 0; i < grants->len; i++)
    {
      const BmaGrant *grant = g_ptr_array_index (grants, i);

      if (grant->client_id != NULL)
        g_hash_table_add (granted, grant->client_id);
    }
  return granted;
}

static gboolean
has_origin (const BmaClient *client, const char *origin)
{
  return g_strcmp0 (client->origin, origin) == 0;
}

static gboolean
is_over (const BmaClient *client, int64_t now_s)
{
  if (has_origin (client, BMA_CLIENT_ORIGIN_DOCUMENT) ||
      has_origin (client, BMA_CLIENT_ORIGIN_STYTCH))
    return client->fresh_until_s + BMA_CLIENT_SWEEP_STALE_S <= now_s;
  return has_origin (client, BMA_CLIENT_ORIGIN_REGISTERED) &&
         client->last_used_at_s == 0 &&
         client->created_at_s + BMA_CLIENT_SWEEP_AGE_S <= now_s;
}

/**
 * bma_client_sweep:
 * @store: a store
 * @change: where the deletes go
 * @max_ops: size of @change that is not exceeded
 * @now_s: time
 *
 * Deletes clients that nobody allowed anything for long enough. One with a grant stays,
 * and so do those of the configuration.
 */
void
bma_client_sweep (BmaStore *store, BmaChange *change, unsigned int max_ops, int64_t now_s)
{
  g_autoptr (GPtrArray) grants = bma_store_list (store, &bma_grant_type);
  g_autoptr (GPtrArray) clients = bma_store_list (store, &bma_client_type);
  g_autoptr (GHashTable) granted = list_granted (grants);

  for (unsigned int i = 0; i < clients->len; i++)
    {
      const BmaClient *client = g_ptr_array_index (clients, i);

      if (bma_change_get_n_ops (change) >= max_ops)
        break;
      if (is_over (client, now_s) &&
          !g_hash_table_contains (granted, bma_client_get_id (client)))
        bma_change_delete (change, &bma_client_type, client->record.id);
    }
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  const BmaClient *x = *(const BmaClient *const *) a;
  const BmaClient *y = *(const BmaClient *const *) b;

  return (x->created_at_s > y->created_at_s) - (x->created_at_s < y->created_at_s);
}

/**
 * bma_client_sweep_make_room:
 * @store: a store
 * @change: where the deletes go, and a new client
 *
 * Strangers can register at will, so the oldest of the clients that nobody ever allowed
 * anything make room for a new one. Nobody is refused for it: that would lock the owner
 * out.
 */
void
bma_client_sweep_make_room (BmaStore *store, BmaChange *change)
{
  g_autoptr (GPtrArray) clients = bma_store_list (store, &bma_client_type);
  g_autoptr (GPtrArray) grants = NULL;
  g_autoptr (GPtrArray) idle = NULL;
  g_autoptr (GHashTable) granted = NULL;

  if (clients->len < BMA_CLIENT_SWEEP_MAX_IDLE)
    return;
  grants = bma_store_list (store, &bma_grant_type);
  granted = list_granted (grants);
  idle = g_ptr_array_new ();
  for (unsigned int i = 0; i < clients->len; i++)
    {
      BmaClient *client = g_ptr_array_index (clients, i);

      if (client->last_used_at_s == 0 && !bma_client_is_by_owner (client) &&
          !g_hash_table_contains (granted, bma_client_get_id (client)))
        g_ptr_array_add (idle, client);
    }
  if (idle->len < BMA_CLIENT_SWEEP_MAX_IDLE)
    return;
  g_ptr_array_sort (idle, compare_age);
  for (unsigned int i = 0; i <= idle->len - BMA_CLIENT_SWEEP_MAX_IDLE; i++)
    bma_change_delete (change, &bma_client_type,
                       ((const BmaClient *) idle->pdata[i])->record.id);
}
