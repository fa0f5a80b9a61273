/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-store-memory.h"

#include "bma-store-tables.h"

struct _BmaStoreMemory
{
  GObject parent_instance;
  BmaStoreTables *tables; /* owned */
  GQueue pending;         /* of Pending, owned; oldest first */
  unsigned int n_applied;
  unsigned int idle_id;
  gboolean is_failing;
  gboolean is_paused;
};

typedef struct
{
  GTask *task;     /* owned */
  BmaChange *undo; /* owned */
} Pending;

static void
pending_free (gpointer data)
{
  Pending *self = data;

  g_object_unref (self->task);
  bma_change_unref (self->undo);
  g_free (self);
}

static void
fail_all (BmaStoreMemory *self, GQueue *settled)
{
  Pending *pending;

  for (GList *at = settled->tail; at != NULL; at = at->prev)
    bma_store_tables_apply (self->tables, ((Pending *) at->data)->undo);
  while ((pending = g_queue_pop_tail (settled)) != NULL)
    {
      g_signal_emit_by_name (self, "changed", pending->undo);
      g_task_return_new_error (pending->task, BMA_STORE_ERROR, BMA_STORE_ERROR_WRITE,
                               "The change could not be saved");
      pending_free (pending);
    }
}

static gboolean
on_idle_settle (gpointer user_data)
{
  g_autoptr (BmaStoreMemory) self = g_object_ref (user_data);
  GQueue settled = self->pending;
  Pending *pending;

  self->idle_id = 0;
  g_queue_init (&self->pending);
  if (self->is_failing)
    fail_all (self, &settled);
  while ((pending = g_queue_pop_head (&settled)) != NULL)
    {
      g_task_return_boolean (pending->task, TRUE);
      pending_free (pending);
    }
  return G_SOURCE_REMOVE;
}

static void
settle_soon (BmaStoreMemory *self)
{
  if (self->idle_id == 0 && !self->is_paused && !g_queue_is_empty (&self->pending))
    self->idle_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_idle_settle, self, NULL);
}

static gconstpointer
store_memory_lookup (BmaStore *store, const BmaRecordType *type, const char *id)
{
  return bma_store_tables_lookup (BMA_STORE_MEMORY (store)->tables, type, id);
}

static GPtrArray *
store_memory_list (BmaStore *store, const BmaRecordType *type)
{
  return bma_store_tables_list (BMA_STORE_MEMORY (store)->tables, type);
}

static void
store_memory_apply_async (BmaStore *store,
                          BmaChange *change,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  BmaStoreMemory *self = BMA_STORE_MEMORY (store);
  Pending *pending = g_new0 (Pending, 1);

  pending->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (pending->task, store_memory_apply_async);
  pending->undo = bma_store_tables_make_undo (self->tables, change);
  g_queue_push_tail (&self->pending, pending);
  bma_store_tables_apply (self->tables, change);
  self->n_applied++;
  settle_soon (self);
  g_signal_emit_by_name (self, "changed", change);
}

static gboolean
store_memory_apply_finish (BmaStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
store_iface_init (BmaStoreInterface *iface)
{
  iface->lookup = store_memory_lookup;
  iface->list = store_memory_list;
  iface->apply_async = store_memory_apply_async;
  iface->apply_finish = store_memory_apply_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaStoreMemory,
                               bma_store_memory,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_STORE, store_iface_init))

static void
store_memory_finalize (GObject *object)
{
  BmaStoreMemory *self = BMA_STORE_MEMORY (object);

  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_queue_clear_full (&self->pending, pending_free);
  bma_store_tables_free (self->tables);
  G_OBJECT_CLASS (bma_store_memory_parent_class)->finalize (object);
}

static void
bma_store_memory_class_init (BmaStoreMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = store_memory_finalize;
}

static void
bma_store_memory_init (BmaStoreMemory *self)
{
  self->tables = bma_store_tables_new ();
  g_queue_init (&self->pending);
}

/**
 * bma_store_memory_new:
 *
 * Returns: (transfer full): an empty store that forgets. Changes are "durable" in the
 * next turn of the default main context.
 */
BmaStoreMemory *
bma_store_memory_new (void)
{
  return g_object_new (BMA_TYPE_STORE_MEMORY, NULL);
}

/**
 * bma_store_memory_set_failing:
 * @self: a store
 * @failing: whether changes that are not yet durable, and later ones, fail
 *
 * Acts like a full disk: changes are visible at first, then taken back.
 */
void
bma_store_memory_set_failing (BmaStoreMemory *self, gboolean failing)
{
  self->is_failing = failing;
}

/**
 * bma_store_memory_set_paused:
 * @self: a store
 * @paused: whether changes wait, applied but not durable
 *
 * Acts like a slow disk. Paused changes settle after the pause ends.
 */
void
bma_store_memory_set_paused (BmaStoreMemory *self, gboolean paused)
{
  self->is_paused = paused;
  if (paused)
    g_clear_handle_id (&self->idle_id, g_source_remove);
  else
    settle_soon (self);
}

/**
 * bma_store_memory_get_n_applied:
 * @self: a store
 *
 * Returns: how many changes were applied so far, failed ones included
 */
unsigned int
bma_store_memory_get_n_applied (BmaStoreMemory *self)
{
  return self->n_applied;
}
