/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-store-tables.h"

#include "bma-tables.h"

struct _BmaStoreTables
{
  GHashTable *tables[BMA_N_TABLES]; /* owned: record's own id -> BmaRecord, owned */
};

/**
 * bma_store_tables_new:
 *
 * Returns: (transfer full): no records
 */
BmaStoreTables *
bma_store_tables_new (void)
{
  BmaStoreTables *self = g_new0 (BmaStoreTables, 1);

  for (size_t i = 0; i < BMA_N_TABLES; i++)
    self->tables[i] =
        g_hash_table_new_full (g_str_hash, g_str_equal, NULL, bma_record_unref);
  return self;
}

/**
 * bma_store_tables_free:
 * @self: (transfer full): tables
 *
 * Drops all records.
 */
void
bma_store_tables_free (BmaStoreTables *self)
{
  for (size_t i = 0; i < BMA_N_TABLES; i++)
    g_hash_table_unref (self->tables[i]);
  g_free (self);
}

static GHashTable *
table_of (const BmaStoreTables *self, const BmaRecordType *type)
{
  for (size_t i = 0; i < BMA_N_TABLES; i++)
    if (bma_tables[i] == type)
      return self->tables[i];
  g_assert_not_reached ();
}

/**
 * bma_store_tables_lookup:
 * @self: tables
 * @type: which table
 * @id: which record
 *
 * Returns: (transfer none) (nullable): the record, good until the next change
 */
gconstpointer
bma_store_tables_lookup (const BmaStoreTables *self,
                         const BmaRecordType *type,
                         const char *id)
{
  return id != NULL ? g_hash_table_lookup (table_of (self, type), id) : NULL;
}

static void
add_all (GPtrArray *out, GHashTable *table)
{
  GHashTableIter iter;
  gpointer record;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    g_ptr_array_add (out, bma_record_ref (record));
}

/**
 * bma_store_tables_list:
 * @self: tables
 * @type: which table
 *
 * Returns: (transfer full) (element-type BmaRecord): references to its records
 */
GPtrArray *
bma_store_tables_list (const BmaStoreTables *self, const BmaRecordType *type)
{
  GHashTable *table = table_of (self, type);
  GPtrArray *out =
      g_ptr_array_new_full (g_hash_table_size (table), (GDestroyNotify) bma_record_unref);

  add_all (out, table);
  return out;
}

/**
 * bma_store_tables_list_all:
 * @self: tables
 *
 * Returns: (transfer full) (element-type BmaRecord): references to all records, in the
 *   order of `bma_tables`
 */
GPtrArray *
bma_store_tables_list_all (const BmaStoreTables *self)
{
  GPtrArray *out = g_ptr_array_new_full ((unsigned int) bma_store_tables_count (self),
                                         (GDestroyNotify) bma_record_unref);

  for (size_t i = 0; i < BMA_N_TABLES; i++)
    add_all (out, self->tables[i]);
  return out;
}

/**
 * bma_store_tables_count:
 * @self: tables
 *
 * Returns: how many records there are
 */
size_t
bma_store_tables_count (const BmaStoreTables *self)
{
  size_t n = 0;

  for (size_t i = 0; i < BMA_N_TABLES; i++)
    n += g_hash_table_size (self->tables[i]);
  return n;
}

/**
 * bma_store_tables_apply:
 * @self: tables
 * @change: what to do
 *
 * Does every put and delete of @change, in order.
 */
void
bma_store_tables_apply (BmaStoreTables *self, const BmaChange *change)
{
  for (unsigned int i = 0; i < bma_change_get_n_ops (change); i++)
    {
      const BmaChangeOp *op = bma_change_get_op (change, i);
      GHashTable *table = table_of (self, op->type);

      /* The key belongs to the record: replace, so that it changes with it. */
      if (op->record != NULL)
        g_hash_table_replace (table, op->record->id, bma_record_ref (op->record));
      else
        g_hash_table_remove (table, op->id);
    }
}

/**
 * bma_store_tables_make_undo:
 * @self: tables, before @change is applied
 * @change: what is about to be done
 *
 * Returns: (transfer full): what brings @self back to where it is now, after @change
 */
BmaChange *
bma_store_tables_make_undo (const BmaStoreTables *self, const BmaChange *change)
{
  BmaChange *undo = bma_change_new ();

  /* When a record occurs twice, each of the two undos restores the same old value. */
  for (unsigned int i = 0; i < bma_change_get_n_ops (change); i++)
    {
      const BmaChangeOp *op = bma_change_get_op (change, i);
      gconstpointer before = bma_store_tables_lookup (self, op->type, op->id);

      if (before != NULL)
        bma_change_put (undo, before);
      else
        bma_change_delete (undo, op->type, op->id);
    }
  return undo;
}
