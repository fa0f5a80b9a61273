/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-rewrite.h"

#include <unistd.h>

#include "bma-keyfile-encode.h"

/* How much is written at a time, so that changes do not wait long. */
#define SLICE_BYTES (128 * 1024)

struct _BmaKeyfileRewrite
{
  BmaKeyfileFolder *folder; /* not owned */
  GPtrArray *records;       /* owned, of BmaRecord */
  GString *text;            /* owned: not written yet */
  GString *carried;         /* owned: changes that came after @records were listed */
  unsigned int n_encoded;   /* of @records */
  size_t length;            /* bytes written so far */
  int fd;                   /* owned; -1 after it was handed out */
};

/**
 * bma_keyfile_rewrite_new:
 * @folder: where; must outlive this
 * @records: (transfer full) (element-type BmaRecord): everything to keep
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a rewrite that has not written anything yet
 */
BmaKeyfileRewrite *
bma_keyfile_rewrite_new (BmaKeyfileFolder *folder, GPtrArray *records, GError **error)
{
  g_autoptr (BmaKeyfileRewrite) self = g_new0 (BmaKeyfileRewrite, 1);

  self->folder = folder;
  self->records = records;
  self->text = g_string_sized_new (SLICE_BYTES + 4096);
  self->carried = g_string_new (NULL);
  bma_keyfile_folder_remove_file (folder, BMA_KEYFILE_NEW_NAME);
  self->fd = bma_keyfile_folder_create_file (folder, BMA_KEYFILE_NEW_NAME, error);
  if (self->fd < 0)
    return NULL;
  bma_keyfile_encode_header (self->text);
  return g_steal_pointer (&self);
}

/**
 * bma_keyfile_rewrite_free:
 * @self: (transfer full): a rewrite
 *
 * Ends it. If it was not installed, the old file stays and the new one is removed.
 */
void
bma_keyfile_rewrite_free (BmaKeyfileRewrite *self)
{
  if (self->fd >= 0)
    {
      close (self->fd);
      bma_keyfile_folder_remove_file (self->folder, BMA_KEYFILE_NEW_NAME);
    }
  g_ptr_array_unref (self->records);
  g_string_free (self->text, TRUE);
  g_string_free (self->carried, TRUE);
  g_free (self);
}

/**
 * bma_keyfile_rewrite_carry:
 * @self: a rewrite
 * @bytes: frames that were added to the old file
 * @n_bytes: their size
 *
 * Has changes that came after the records were listed added to the new file. Frames that
 * came earlier do no harm, if all that follow are carried too: every frame states whole
 * records, so doing them again ends in the same state.
 */
void
bma_keyfile_rewrite_carry (BmaKeyfileRewrite *self, const char *bytes, size_t n_bytes)
{
  g_string_append_len (self->carried, bytes, (gssize) n_bytes);
}

static gboolean
write_out (BmaKeyfileRewrite *self, GString *text, GError **error)
{
  if (!bma_keyfile_folder_write (self->folder, self->fd, text->str, text->len,
                                 self->length, error))
    return FALSE;
  self->length += text->len;
  g_string_truncate (text, 0);
  return TRUE;
}

/**
 * bma_keyfile_rewrite_step:
 * @self: a rewrite
 * @is_complete: (out): whether all records are written, and it may be installed
 * @error: return location for a #BmaStoreError
 *
 * Writes the next slice.
 *
 * Returns: whether that worked
 * Errors: %BMA_STORE_ERROR_WRITE
 */
gboolean
bma_keyfile_rewrite_step (BmaKeyfileRewrite *self, gboolean *is_complete, GError **error)
{
  while (self->n_encoded < self->records->len && self->text->len < SLICE_BYTES)
    {
      const BmaRecord *record = g_ptr_array_index (self->records, self->n_encoded);

      if (!bma_keyfile_encode_record (self->text, record, error))
        return FALSE;
      self->n_encoded++;
    }
  *is_complete = self->n_encoded == self->records->len;
  return write_out (self, self->text, error);
}

/**
 * bma_keyfile_rewrite_install:
 * @self: a complete rewrite
 * @length: (out): size of the new file, in bytes
 * @error: return location for a #BmaStoreError
 *
 * Lets the new file take the place of the old one. What is added to it later is not
 * durable before [func@KeyfileFolder.sync] has succeeded.
 *
 * Returns: (transfer full): the new file's descriptor, or -1
 * Errors: %BMA_STORE_ERROR_WRITE
 */
int
bma_keyfile_rewrite_install (BmaKeyfileRewrite *self, size_t *length, GError **error)
{
  int fd;

  if (!write_out (self, self->carried, error) ||
      !bma_keyfile_folder_rename (self->folder, BMA_KEYFILE_NEW_NAME,
                                  BMA_KEYFILE_STATE_NAME, error))
    return -1;
  *length = self->length;
  fd = self->fd;
  self->fd = -1;
  return fd;
}
