/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-load.h"

#include <unistd.h>

#include "bma-keyfile-decode.h"
#include "bma-keyfile-encode.h"
#include "bma-keyfile-frame.h"
#include "bma-keyfile-quarantine.h"
#include "bma-keyfile-rewrite.h"
#include "bma-store.h"

/* What was found in the state file. */
typedef struct
{
  BmaStoreTables *tables;       /* not owned */
  BmaKeyfileQuarantine *broken; /* not owned */
  BmaKeyfileNotes notes;
  int64_t format; /* 0 without a header */
  size_t n_ops;
} Found;

/* When a later format means something else by the same text, found->format tells here
 * which one is read; the rewrite that follows makes the file current. */
static void
use_frame (Found *found, const char *text, const BmaKeyfileFrame *frame, size_t end)
{
  g_autoptr (BmaChange) change = NULL;
  const char *problem;
  int64_t format;

  if (bma_keyfile_decode_header (text, frame->length, &format))
    {
      found->format = MAX (found->format, format);
      return;
    }
  change = bma_keyfile_decode_change (text, frame->length, &found->notes, &problem);
  if (change == NULL)
    {
      bma_keyfile_quarantine_add (found->broken, frame->offset, end - frame->offset,
                                  problem);
      return;
    }
  found->n_ops += bma_change_get_n_ops (change);
  bma_store_tables_apply (found->tables, change);
}

static gboolean
read_frames (Found *found, const char *bytes, size_t n_bytes, GError **error)
{
  BmaKeyfileScan scan = { bytes, n_bytes, 0 };
  BmaKeyfileFrame frame;

  while (bma_keyfile_scan_next (&scan, &frame))
    {
      if (frame.problem != NULL)
        bma_keyfile_quarantine_add (found->broken, frame.offset, frame.length,
                                    frame.problem);
      else
        use_frame (found, bytes + frame.offset, &frame, scan.start);
      if (found->format > BMA_KEYFILE_FORMAT)
        {
          g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_NEWER,
                       BMA_KEYFILE_STATE_NAME
                       " has format %" G_GINT64_FORMAT
                       ", this version reads up to %d: update biomcp-auth",
                       found->format, BMA_KEYFILE_FORMAT);
          return FALSE;
        }
    }
  return TRUE;
}

static BmaKeyfileWriter *
write_compact (BmaKeyfileFolder *folder, BmaStoreTables *tables, GError **error)
{
  g_autoptr (BmaKeyfileRewrite) rewrite = NULL;
  gboolean is_complete = FALSE;
  size_t length;
  int fd;

  rewrite = bma_keyfile_rewrite_new (folder, bma_store_tables_list_all (tables), error);
  if (rewrite == NULL)
    return NULL;
  while (!is_complete)
    if (!bma_keyfile_rewrite_step (rewrite, &is_complete, error))
      return NULL;
  fd = bma_keyfile_rewrite_install (rewrite, &length, error);
  if (fd < 0)
    return NULL;
  return bma_keyfile_writer_new (folder, fd, length, length);
}

static void
add_notes (Found *found, GPtrArray *reports)
{
  if (found->notes.n_unknown_keys > 0)
    g_ptr_array_add (
        reports,
        g_strdup_printf ("%" G_GSIZE_FORMAT " values of " BMA_KEYFILE_STATE_NAME
                         " were ignored because nothing is known about them: first, %s",
                         found->notes.n_unknown_keys, found->notes.unknown_key));
}

/* Estimates how long the file would be without outdated frames. */
static size_t
guess_compact_length (const Found *found, size_t n_bytes)
{
  double live = (double) bma_store_tables_count (found->tables);

  return found->n_ops > 0 ? (size_t) ((double) n_bytes * (live / (double) found->n_ops))
                          : 0;
}

/* Replaces a file that is not as it should be, as soon as no byte of it can be lost. */
static BmaKeyfileWriter *
repair (BmaKeyfileFolder *folder,
        BmaClock *clock,
        Found *found,
        int fd,
        size_t n_bytes,
        GPtrArray *reports)
{
  g_autoptr (GError) error = NULL;
  BmaKeyfileWriter *writer;

  if (!bma_keyfile_quarantine_is_empty (found->broken) &&
      !bma_keyfile_quarantine_save (found->broken, folder, clock, reports))
    return bma_keyfile_writer_new (folder, fd, n_bytes, G_MAXSIZE);
  if (n_bytes > 0 && found->format == 0)
    g_ptr_array_add (reports, g_strdup (BMA_KEYFILE_STATE_NAME " had no header"));
  writer = write_compact (folder, found->tables, &error);
  if (writer == NULL)
    {
      g_ptr_array_add (reports, g_strdup_printf (BMA_KEYFILE_STATE_NAME
                                                 " could not be repaired yet: %s",
                                                 error->message));
      return bma_keyfile_writer_new (folder, fd, n_bytes, n_bytes);
    }
  close (fd);
  return writer;
}

static BmaKeyfileWriter *
load_file (BmaKeyfileFolder *folder,
           BmaClock *clock,
           BmaStoreTables *tables,
           int fd,
           GPtrArray *reports,
           GError **error)
{
  size_t n_bytes;
  g_autofree char *bytes = bma_keyfile_folder_read (folder, fd, &n_bytes, error);
  g_autoptr (BmaKeyfileQuarantine) broken = bma_keyfile_quarantine_new (bytes);
  Found found = { .tables = tables, .broken = broken };
  BmaKeyfileWriter *writer = NULL;

  if (bytes == NULL || !read_frames (&found, bytes, n_bytes, error))
    close (fd);
  else if (bma_keyfile_quarantine_is_empty (broken) && found.format != 0)
    writer = bma_keyfile_writer_new (folder, fd, n_bytes,
                                     guess_compact_length (&found, n_bytes));
  else
    writer = repair (folder, clock, &found, fd, n_bytes, reports);
  add_notes (&found, reports);
  bma_keyfile_notes_clear (&found.notes);
  return writer;
}

/**
 * bma_keyfile_load:
 * @folder: the state folder; must outlive the writer
 * @clock: to name quarantine files
 * @tables: empty tables to fill
 * @reports: (element-type utf8): sentences for people are added to it
 * @error: return location for a #BmaStoreError
 *
 * Reads the state file, or creates it. Broken parts are set aside and reported.
 *
 * Returns: (transfer full) (nullable): the state file, ready to be written
 * Errors: %BMA_STORE_ERROR_NEWER, %BMA_STORE_ERROR_UNUSABLE
 */
BmaKeyfileWriter *
bma_keyfile_load (BmaKeyfileFolder *folder,
                  BmaClock *clock,
                  BmaStoreTables *tables,
                  GPtrArray *reports,
                  GError **error)
{
  g_autoptr (GError) problem = NULL;
  BmaKeyfileWriter *writer;
  gboolean was_open_to_others;
  int fd = bma_keyfile_folder_open_file (folder, BMA_KEYFILE_STATE_NAME,
                                         &was_open_to_others, &problem);

  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (was_open_to_others)
    g_ptr_array_add (reports, g_strdup (BMA_KEYFILE_STATE_NAME
                                        " was open to other users; it is private again"));
  if (fd >= 0)
    writer = load_file (folder, clock, tables, fd, reports, error);
  else if ((writer = write_compact (folder, tables, &problem)) == NULL)
    g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_UNUSABLE,
                 "The state file cannot be created: %s", problem->message);
  if (writer != NULL)
    bma_keyfile_writer_prepare (writer);
  return writer;
}
