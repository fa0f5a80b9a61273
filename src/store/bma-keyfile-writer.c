/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-writer.h"

#include <unistd.h>

#include "bma-keyfile-rewrite.h"
#include "bma-log.h"

/* The file is rewritten when it is this many times as long as it was when compact. */
#define REWRITE_FACTOR    4
#define REWRITE_MIN_BYTES (256 * 1024)

struct _BmaKeyfileWriter
{
  BmaKeyfileFolder *folder;   /* not owned */
  BmaKeyfileRewrite *rewrite; /* owned, nullable */
  int fd;                     /* owned */
  size_t length;              /* durable bytes of the file */
  size_t compact_length;      /* how long it was after the last rewrite */
  size_t rewrite_floor;       /* no rewrite before it is as long as this */
  gboolean is_tail_dirty;     /* something unwanted may follow @length */
  gboolean are_names_dirty;   /* a rename may not be durable yet */
};

/**
 * bma_keyfile_writer_new:
 * @folder: the state folder; must outlive the writer
 * @fd: (transfer full): the state file
 * @length: its size in bytes
 * @compact_length: about how long it would be if it were compact; %G_MAXSIZE to never
 *   rewrite it
 *
 * Returns: (transfer full): a writer
 */
BmaKeyfileWriter *
bma_keyfile_writer_new (BmaKeyfileFolder *folder,
                        int fd,
                        size_t length,
                        size_t compact_length)
{
  BmaKeyfileWriter *self = g_new0 (BmaKeyfileWriter, 1);

  self->folder = folder;
  self->fd = fd;
  self->length = length;
  self->compact_length = compact_length;
  /* The process before may have died between writing and syncing. */
  self->is_tail_dirty = TRUE;
  self->are_names_dirty = TRUE;
  return self;
}

/**
 * bma_keyfile_writer_free:
 * @self: (transfer full): a writer
 *
 * Gives up a rewrite and closes the file.
 */
void
bma_keyfile_writer_free (BmaKeyfileWriter *self)
{
  g_clear_pointer (&self->rewrite, bma_keyfile_rewrite_free);
  close (self->fd);
  g_free (self);
}

/* Nothing after the last durable frame may stay: it would be read after a restart. */
static gboolean
clean_tail (BmaKeyfileWriter *self, GError **error)
{
  if (self->is_tail_dirty &&
      !bma_keyfile_folder_truncate (self->folder, self->fd, self->length, error))
    return FALSE;
  self->is_tail_dirty = FALSE;
  return TRUE;
}

static gboolean
sync_names (BmaKeyfileWriter *self, GError **error)
{
  if (self->are_names_dirty && !bma_keyfile_folder_sync (self->folder, error))
    return FALSE;
  self->are_names_dirty = FALSE;
  return TRUE;
}

/**
 * bma_keyfile_writer_prepare:
 * @self: a new writer
 *
 * Makes what was read durable. If that fails, it is tried again before the next change.
 */
void
bma_keyfile_writer_prepare (BmaKeyfileWriter *self)
{
  g_autoptr (GError) error = NULL;

  if (!clean_tail (self, &error) || !sync_names (self, &error))
    bma_log_warning ("store", "%s", error->message);
}

static void
end_rewrite (BmaKeyfileWriter *self, const GError *error)
{
  g_clear_pointer (&self->rewrite, bma_keyfile_rewrite_free);
  if (error == NULL)
    return;
  bma_log_warning ("store", "The state file was not compacted: %s", error->message);
  self->rewrite_floor = 2 * self->length;
}

/**
 * bma_keyfile_writer_append:
 * @self: a writer
 * @frames: sealed frames
 * @error: return location for a #BmaStoreError
 *
 * Adds @frames to the file.
 *
 * Returns: whether they are on the disk; if not, the file is as before
 * Errors: %BMA_STORE_ERROR_WRITE
 */
gboolean
bma_keyfile_writer_append (BmaKeyfileWriter *self, const GString *frames, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (clean_tail (self, &problem) && sync_names (self, &problem))
    {
      if (bma_keyfile_folder_write (self->folder, self->fd, frames->str, frames->len,
                                    self->length, &problem))
        {
          self->length += frames->len;
          if (self->rewrite != NULL)
            bma_keyfile_rewrite_carry (self->rewrite, frames->str, frames->len);
          return TRUE;
        }
      self->is_tail_dirty = TRUE;
      (void) clean_tail (self, NULL);
    }
  /* A rewrite takes space, which may be what is lacking. */
  if (self->rewrite != NULL)
    end_rewrite (self, problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * bma_keyfile_writer_is_due:
 * @self: a writer
 *
 * Returns: whether so much of the file is outdated that it should be rewritten
 */
gboolean
bma_keyfile_writer_is_due (const BmaKeyfileWriter *self)
{
  return self->rewrite == NULL && self->length > REWRITE_MIN_BYTES &&
         self->length >= self->rewrite_floor &&
         self->length / REWRITE_FACTOR > self->compact_length;
}

/**
 * bma_keyfile_writer_is_rewriting:
 * @self: a writer
 *
 * Returns: whether a rewrite is to be continued
 */
gboolean
bma_keyfile_writer_is_rewriting (const BmaKeyfileWriter *self)
{
  return self->rewrite != NULL;
}

/**
 * bma_keyfile_writer_begin_rewrite:
 * @self: a writer
 * @records: (transfer full) (element-type BmaRecord): everything to keep
 * @frames: appended already, but perhaps not part of @records; all frames after these
 * will be carried over too
 *
 * Begins to write a compact file beside the state file.
 */
void
bma_keyfile_writer_begin_rewrite (BmaKeyfileWriter *self,
                                  GPtrArray *records,
                                  const GString *frames)
{
  g_autoptr (GError) error = NULL;

  g_assert (self->rewrite == NULL);
  self->rewrite = bma_keyfile_rewrite_new (self->folder, records, &error);
  if (self->rewrite == NULL)
    end_rewrite (self, error);
  else
    bma_keyfile_rewrite_carry (self->rewrite, frames->str, frames->len);
}

static gboolean
install_rewrite (BmaKeyfileWriter *self, GError **error)
{
  size_t length;
  int fd = bma_keyfile_rewrite_install (self->rewrite, &length, error);

  if (fd < 0)
    return FALSE;
  close (self->fd);
  self->fd = fd;
  self->length = self->compact_length = length;
  self->rewrite_floor = 0;
  self->is_tail_dirty = FALSE;
  self->are_names_dirty = TRUE;
  /* If this fails, the next change tries again, and fails if it must. */
  return sync_names (self, error);
}

/**
 * bma_keyfile_writer_continue_rewrite:
 * @self: a writer that is rewriting
 *
 * Writes the next slice; after the last one, the new file takes the old one's place. If
 * anything fails, the old one stays and the rewrite ends.
 */
void
bma_keyfile_writer_continue_rewrite (BmaKeyfileWriter *self)
{
  g_autoptr (GError) error = NULL;
  gboolean is_complete = FALSE;

  if (bma_keyfile_rewrite_step (self->rewrite, &is_complete, &error))
    {
      if (!is_complete)
        return;
      (void) install_rewrite (self, &error);
    }
  end_rewrite (self, error);
}
