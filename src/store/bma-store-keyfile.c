/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-store-keyfile.h"

#include "bma-keyfile-encode.h"
#include "bma-keyfile-journal.h"
#include "bma-keyfile-load.h"
#include "bma-log.h"
#include "bma-store-tables.h"

/**
 * BmaStoreKeyfile:
 *
 * Records in memory, and every change of them in a file of GKeyFile syntax. The file
 * grows by one frame for each change, whatever the size of the store, and is rewritten
 * now and then. See docs/architecture.md.
 */
struct _BmaStoreKeyfile
{
  GObject parent_instance;
  BmaStoreTables *tables;     /* owned: what lookups see */
  BmaKeyfileFolder *folder;   /* owned, nullable until opened */
  BmaKeyfileJournal *journal; /* owned, nullable until loaded */
  GSource *wake;              /* owned: the writer has news */
  GQueue pending;     /* of Pending, owned: not known to be durable, oldest first */
  GPtrArray *reports; /* owned, of char *, NULL-terminated */
};

/* A change on its way to the disk. */
typedef struct
{
  uint64_t number;
  GTask *task;          /* owned */
  GSource *cancelled;   /* owned, nullable */
  BmaChange *undo;      /* owned */
  gboolean is_answered; /* the caller was told that it had cancelled */
} Pending;

static void
pending_free (gpointer data)
{
  Pending *self = data;

  if (self->cancelled != NULL)
    {
      g_source_destroy (self->cancelled);
      g_source_unref (self->cancelled);
    }
  g_object_unref (self->task);
  bma_change_unref (self->undo);
  g_free (self);
}

static gboolean
on_task_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  Pending *pending = g_task_get_task_data (task);

  pending->is_answered = g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static Pending *
pending_new (BmaStoreKeyfile *self,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (pending->task, bma_store_apply_async);
  g_task_set_name (pending->task, "bma_store_apply");
  g_task_set_task_data (pending->task, pending, NULL);
  /* The change is done or not done, whatever the caller would like by then. */
  g_task_set_check_cancellable (pending->task, FALSE);
  if (cancellable != NULL)
    {
      pending->cancelled = g_cancellable_source_new (cancellable);
      g_task_attach_source (pending->task, pending->cancelled,
                            G_SOURCE_FUNC (on_task_cancelled));
    }
  return pending;
}

/* Takes back what is pending, newest first. Listeners are told when all of it is gone:
 * they see the tables as they are, and may apply new changes. */
static void
take_back (BmaStoreKeyfile *self, GQueue *failed)
{
  for (GList *at = failed->tail; at != NULL; at = at->prev)
    bma_store_tables_apply (self->tables, ((Pending *) at->data)->undo);
  for (GList *at = failed->tail; at != NULL; at = at->prev)
    g_signal_emit_by_name (self, "changed", ((Pending *) at->data)->undo);
}

static void
answer_all (GQueue *settled, const GError *failure)
{
  Pending *pending;

  while ((pending = g_queue_pop_head (settled)) != NULL)
    {
      if (pending->is_answered)
        ;
      else if (failure != NULL)
        g_task_return_error (pending->task, g_error_copy (failure));
      else
        g_task_return_boolean (pending->task, TRUE);
      pending_free (pending);
    }
}

/* Learns how far the writer is, and answers. */
static gboolean
settle (BmaStoreKeyfile *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  uint64_t n_durable = bma_keyfile_journal_collect (self->journal, &failure);
  GQueue done = G_QUEUE_INIT;
  GQueue failed = G_QUEUE_INIT;
  Pending *pending;

  while ((pending = g_queue_peek_head (&self->pending)) != NULL &&
         pending->number <= n_durable)
    g_queue_push_tail (&done, g_queue_pop_head (&self->pending));
  if (failure != NULL)
    {
      failed = self->pending;
      g_queue_init (&self->pending);
      bma_log_warning ("store", "Changes were taken back (%u): %s", failed.length,
                       failure->message);
      take_back (self, &failed);
    }
  answer_all (&done, NULL);
  answer_all (&failed, failure);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
on_writer_news (gpointer user_data)
{
  g_autoptr (BmaStoreKeyfile) self = g_object_ref (user_data);

  (void) settle (self, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
wake_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback (user_data);
}

static GSourceFuncs wake_funcs = { .dispatch = wake_dispatch };

static gconstpointer
store_keyfile_lookup (BmaStore *store, const BmaRecordType *type, const char *id)
{
  return bma_store_tables_lookup (BMA_STORE_KEYFILE (store)->tables, type, id);
}

static GPtrArray *
store_keyfile_list (BmaStore *store, const BmaRecordType *type)
{
  return bma_store_tables_list (BMA_STORE_KEYFILE (store)->tables, type);
}

/* Nothing to write, but the answer waits for what may have led to it. */
static void
apply_nothing (BmaStoreKeyfile *self, Pending *pending)
{
  const Pending *last = g_queue_peek_tail (&self->pending);
  GQueue settled = G_QUEUE_INIT;

  pending->number = last != NULL ? last->number : 0;
  g_queue_push_tail (last != NULL ? &self->pending : &settled, pending);
  answer_all (&settled, NULL);
}

static void
store_keyfile_apply_async (BmaStore *store,
                           BmaChange *change,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  BmaStoreKeyfile *self = BMA_STORE_KEYFILE (store);
  g_autoptr (GString) frame = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Pending *pending;

  if (!bma_keyfile_encode_change (frame, change, &error))
    {
      g_task_report_error (self, callback, user_data, bma_store_apply_async,
                           g_steal_pointer (&error));
      return;
    }
  pending = pending_new (self, cancellable, callback, user_data);
  pending->undo = bma_store_tables_make_undo (self->tables, change);
  if (bma_change_get_n_ops (change) == 0)
    {
      apply_nothing (self, pending);
      return;
    }
  bma_store_tables_apply (self->tables, change);
  pending->number = bma_keyfile_journal_append (self->journal, frame);
  g_queue_push_tail (&self->pending, pending);
  /* One pass over all records, about 50 ns each, paid for by at least 4 times as many
   * bytes of changes since the last one. */
  if (bma_keyfile_journal_wants_rewrite (self->journal))
    bma_keyfile_journal_rewrite (self->journal, bma_store_tables_list_all (self->tables));
  g_signal_emit_by_name (self, "changed", change);
}

static gboolean
store_keyfile_apply_finish (BmaStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
store_iface_init (BmaStoreInterface *iface)
{
  iface->lookup = store_keyfile_lookup;
  iface->list = store_keyfile_list;
  iface->apply_async = store_keyfile_apply_async;
  iface->apply_finish = store_keyfile_apply_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaStoreKeyfile,
                               bma_store_keyfile,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_STORE, store_iface_init))

static void
store_keyfile_finalize (GObject *object)
{
  BmaStoreKeyfile *self = BMA_STORE_KEYFILE (object);

  /* Every pending change holds a reference to the store. */
  g_assert (g_queue_is_empty (&self->pending));
  g_clear_pointer (&self->journal, bma_keyfile_journal_free);
  g_clear_pointer (&self->folder, bma_keyfile_folder_free);
  g_source_destroy (self->wake);
  g_source_unref (self->wake);
  bma_store_tables_free (self->tables);
  g_ptr_array_unref (self->reports);
  G_OBJECT_CLASS (bma_store_keyfile_parent_class)->finalize (object);
}

static void
bma_store_keyfile_class_init (BmaStoreKeyfileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = store_keyfile_finalize;
}

static void
bma_store_keyfile_init (BmaStoreKeyfile *self)
{
  self->tables = bma_store_tables_new ();
  self->reports = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&self->pending);
  self->wake = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_static_name (self->wake, "bma-store");
  g_source_set_callback (self->wake, on_writer_news, self, NULL);
  g_source_attach (self->wake, g_main_context_get_thread_default ());
}

/**
 * bma_store_keyfile_new:
 * @folder: the state folder, created if need be
 * @clock: to name quarantine files
 * @error: return location for a #BmaStoreError
 *
 * Locks the folder and loads the store. Blocks.
 *
 * Returns: (transfer full) (nullable): the store
 * Errors: %BMA_STORE_ERROR_BUSY if another process uses the folder,
 *   %BMA_STORE_ERROR_UNUSABLE if it is not private or cannot be used,
 *   %BMA_STORE_ERROR_NEWER if a later version wrote it
 */
BmaStoreKeyfile *
bma_store_keyfile_new (const char *folder, BmaClock *clock, GError **error)
{
  return bma_store_keyfile_new_with_ops (folder, clock, &bma_keyfile_ops_system, error);
}

/**
 * bma_store_keyfile_new_with_ops:
 * @folder: the state folder, created if need be
 * @clock: to name quarantine files
 * @ops: how to change files; must outlive the store
 * @error: return location for a #BmaStoreError
 *
 * As [ctor@StoreKeyfile.new], with a file system of the caller's choice.
 *
 * Returns: (transfer full) (nullable): the store
 * Errors: as [ctor@StoreKeyfile.new]
 */
BmaStoreKeyfile *
bma_store_keyfile_new_with_ops (const char *folder,
                                BmaClock *clock,
                                const BmaKeyfileOps *ops,
                                GError **error)
{
  g_autoptr (BmaStoreKeyfile) self = NULL;
  BmaKeyfileWriter *writer;

  g_return_val_if_fail (folder != NULL, NULL);
  g_return_val_if_fail (BMA_IS_CLOCK (clock), NULL);

  self = g_object_new (BMA_TYPE_STORE_KEYFILE, NULL);
  self->folder = bma_keyfile_folder_open (folder, ops, error);
  if (self->folder == NULL)
    return NULL;
  writer = bma_keyfile_load (self->folder, clock, self->tables, self->reports, error);
  if (writer == NULL)
    return NULL;
  for (unsigned int i = 0; i < self->reports->len; i++)
    bma_log_warning ("store", "%s", (char *) g_ptr_array_index (self->reports, i));
  g_ptr_array_add (self->reports, NULL);
  self->journal = bma_keyfile_journal_new (writer, self->wake);
  return g_steal_pointer (&self);
}

/**
 * bma_store_keyfile_flush:
 * @self: a store
 * @error: return location for a #BmaStoreError
 *
 * Blocks until all changes so far are durable, or taken back. For the end of the program.
 *
 * Returns: whether all are durable
 * Errors: %BMA_STORE_ERROR_WRITE
 */
gboolean
bma_store_keyfile_flush (BmaStoreKeyfile *self, GError **error)
{
  g_return_val_if_fail (BMA_IS_STORE_KEYFILE (self), FALSE);

  bma_keyfile_journal_wait (self->journal);
  return settle (self, error);
}

/**
 * bma_store_keyfile_get_reports:
 * @self: a store
 *
 * Returns: (transfer none) (array zero-terminated=1): sentences for people about what was
 *   not as it should be when the store was loaded; often none
 */
const char *const *
bma_store_keyfile_get_reports (BmaStoreKeyfile *self)
{
  g_return_val_if_fail (BMA_IS_STORE_KEYFILE (self), NULL);

  return (const char *const *) self->reports->pdata;
}
