/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-journal.h"

struct _BmaKeyfileJournal
{
  GSource *wake;            /* owned: made ready when there is something to collect */
  GThread *thread;          /* owned */
  BmaKeyfileWriter *writer; /* owned, used by the thread only */

  GMutex lock;         /* guards all that follows */
  GCond work;          /* the thread waits for it */
  GCond news;          /* bma_keyfile_journal_wait() waits for it */
  GString *waiting;    /* owned: frames not yet taken by the thread */
  GPtrArray *records;  /* owned, nullable: the rewrite asked for */
  GError *failure;     /* owned, nullable: nothing is written until it is collected */
  uint64_t n_appended; /* frames so far */
  uint64_t n_durable;  /* of these, in order */
  gboolean is_due;     /* a rewrite would be good */
  gboolean is_writing; /* the thread has taken frames or records */
  gboolean is_rewriting;
  gboolean is_quitting;
};

static void
handle_batch (BmaKeyfileJournal *self,
              const GString *batch,
              GPtrArray *records,
              GError **error)
{
  if (batch->len > 0 && !bma_keyfile_writer_append (self->writer, batch, error))
    g_clear_pointer (&records, g_ptr_array_unref);
  else if (records != NULL)
    bma_keyfile_writer_begin_rewrite (self->writer, records, batch);
}

/* Called with the lock held; gives it back in between. */
static void
do_work (BmaKeyfileJournal *self)
{
  g_autoptr (GString) batch = g_steal_pointer (&self->waiting);
  g_autoptr (GPtrArray) records = g_steal_pointer (&self->records);
  uint64_t last = self->n_appended;
  GError *error = NULL;

  self->waiting = g_string_new (NULL);
  self->is_writing = TRUE;
  g_mutex_unlock (&self->lock);

  if (batch->len > 0 || records != NULL)
    handle_batch (self, batch, g_steal_pointer (&records), &error);
  else
    bma_keyfile_writer_continue_rewrite (self->writer);

  g_mutex_lock (&self->lock);
  self->is_writing = FALSE;
  /* Records asked for meanwhile are still to come. */
  self->is_rewriting = bma_keyfile_writer_is_rewriting (self->writer) ||
                       self->records != NULL;
  self->is_due = bma_keyfile_writer_is_due (self->writer);
  if (error != NULL)
    self->failure = error;
  else
    self->n_durable = last;
  g_cond_broadcast (&self->news);
  if (batch->len > 0)
    g_source_set_ready_time (self->wake, 0);
}

static gboolean
has_work (const BmaKeyfileJournal *self)
{
  if (self->failure != NULL)
    return FALSE;
  return self->waiting->len > 0 || (self->is_rewriting && !self->is_quitting);
}

static gpointer
journal_run (gpointer user_data)
{
  BmaKeyfileJournal *self = user_data;

  g_mutex_lock (&self->lock);
  while (has_work (self) || !self->is_quitting)
    if (has_work (self))
      do_work (self);
    else
      g_cond_wait (&self->work, &self->lock);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/**
 * bma_keyfile_journal_new:
 * @writer: (transfer full): the state file
 * @wake: made ready whenever there is something to collect
 *
 * Returns: (transfer full): a journal, ready for frames
 */
BmaKeyfileJournal *
bma_keyfile_journal_new (BmaKeyfileWriter *writer, GSource *wake)
{
  BmaKeyfileJournal *self = g_new0 (BmaKeyfileJournal, 1);

  self->writer = writer;
  self->wake = g_source_ref (wake);
  self->waiting = g_string_new (NULL);
  self->is_due = bma_keyfile_writer_is_due (writer);
  g_mutex_init (&self->lock);
  g_cond_init (&self->work);
  g_cond_init (&self->news);
  self->thread = g_thread_new ("bma-store", journal_run, self);
  return self;
}

/**
 * bma_keyfile_journal_free:
 * @self: (transfer full): a journal
 *
 * Writes what still waits, gives up a rewrite, and closes the file.
 */
void
bma_keyfile_journal_free (BmaKeyfileJournal *self)
{
  g_mutex_lock (&self->lock);
  self->is_quitting = TRUE;
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  bma_keyfile_writer_free (self->writer);
  g_string_free (self->waiting, TRUE);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_error (&self->failure);
  g_source_unref (self->wake);
  g_cond_clear (&self->news);
  g_cond_clear (&self->work);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * bma_keyfile_journal_append:
 * @self: a journal
 * @frame: one sealed frame
 *
 * Has @frame written soon.
 *
 * Returns: its number, one more than the last one's
 */
uint64_t
bma_keyfile_journal_append (BmaKeyfileJournal *self, const GString *frame)
{
  uint64_t number;

  g_mutex_lock (&self->lock);
  g_string_append_len (self->waiting, frame->str, (gssize) frame->len);
  number = ++self->n_appended;
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->lock);
  return number;
}

/**
 * bma_keyfile_journal_wants_rewrite:
 * @self: a journal
 *
 * Returns: whether so much of the file is outdated that it should be rewritten
 */
gboolean
bma_keyfile_journal_wants_rewrite (BmaKeyfileJournal *self)
{
  gboolean wants;

  g_mutex_lock (&self->lock);
  wants = self->is_due && !self->is_rewriting && self->failure == NULL;
  g_mutex_unlock (&self->lock);
  return wants;
}

/**
 * bma_keyfile_journal_rewrite:
 * @self: a journal that wants it
 * @records: (transfer full) (element-type BmaRecord): everything to keep, with all frames
 *   appended so far applied
 *
 * Has the file replaced by a compact one. When a frame before this call fails, the
 * rewrite is dropped. Frames that follow do not wait for it.
 */
void
bma_keyfile_journal_rewrite (BmaKeyfileJournal *self, GPtrArray *records)
{
  g_mutex_lock (&self->lock);
  g_assert (!self->is_rewriting);
  self->is_rewriting = TRUE;
  self->records = records;
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->lock);
}

/**
 * bma_keyfile_journal_collect:
 * @self: a journal
 * @failure: (out) (transfer full) (nullable): why all later frames are lost, if they are
 *
 * Asks how far the writer is. After a failure, all frames after the durable ones are
 * forgotten, and the journal is ready for new ones.
 *
 * Returns: the number of the last durable frame
 */
uint64_t
bma_keyfile_journal_collect (BmaKeyfileJournal *self, GError **failure)
{
  uint64_t n_durable;

  g_mutex_lock (&self->lock);
  n_durable = self->n_durable;
  *failure = g_steal_pointer (&self->failure);
  if (*failure != NULL)
    {
      g_string_truncate (self->waiting, 0);
      g_clear_pointer (&self->records, g_ptr_array_unref);
      self->is_rewriting = FALSE;
    }
  g_mutex_unlock (&self->lock);
  return n_durable;
}

/**
 * bma_keyfile_journal_wait:
 * @self: a journal
 *
 * Blocks until everything is durable and no rewrite is under way, or until a failure
 * waits to be collected.
 */
void
bma_keyfile_journal_wait (BmaKeyfileJournal *self)
{
  g_mutex_lock (&self->lock);
  while (self->failure == NULL &&
         (self->waiting->len > 0 || self->is_writing || self->is_rewriting))
    g_cond_wait (&self->news, &self->lock);
  g_mutex_unlock (&self->lock);
}
