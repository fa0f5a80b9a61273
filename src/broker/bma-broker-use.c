/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

/* A crash loses no more than these counts. */
#define FLUSH_S  10
#define MAX_USES 256

/* Uses of a grant that are not in its record yet. */
typedef struct
{
  int64_t last_s;
  int64_t n;
} Use;

/**
 * bma_broker_flush_uses:
 * @self: a broker
 *
 * Brings the records up to date with what was counted: before somebody reads them, and
 * before the end.
 */
void
bma_broker_flush_uses (BmaBroker *self)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  GHashTableIter iter;
  const char *id = NULL;
  const Use *use = NULL;

  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_hash_table_iter_init (&iter, self->uses);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, (gpointer *) &use))
    {
      const BmaGrant *old = bma_store_lookup (self->store, &bma_grant_type, id);
      BmaGrant *grant = NULL;

      if (old == NULL)
        continue;
      grant = bma_record_copy (old);
      grant->last_used_at_s = use->last_s;
      grant->n_uses += use->n;
      bma_change_put_take (change, grant);
    }
  g_hash_table_remove_all (self->uses);
  if (bma_change_get_n_ops (change) > 0)
    bma_store_apply_lazily (self->store, change);
}

static gboolean
on_flush (gpointer data)
{
  BmaBroker *self = data;

  self->flush_id = 0;
  bma_broker_flush_uses (self);
  return G_SOURCE_REMOVE;
}

/**
 * bma_broker_note_use:
 * @self: a broker
 * @grant: what was used
 *
 * Counts a use. Many of them become one change of the record.
 */
void
bma_broker_note_use (BmaBroker *self, const BmaGrant *grant)
{
  Use *use = g_hash_table_lookup (self->uses, grant->record.id);

  if (use == NULL)
    {
      if (g_hash_table_size (self->uses) >= MAX_USES)
        bma_broker_flush_uses (self);
      use = g_new0 (Use, 1);
      g_hash_table_insert (self->uses, g_strdup (grant->record.id), use);
    }
  use->last_s = bma_broker_now_s (self);
  use->n++;
  if (self->flush_id == 0)
    self->flush_id = g_timeout_add_seconds (FLUSH_S, on_flush, self);
}

/**
 * bma_broker_init_uses:
 * @self: a broker
 *
 * Nothing was counted yet.
 */
void
bma_broker_init_uses (BmaBroker *self)
{
  self->uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}
