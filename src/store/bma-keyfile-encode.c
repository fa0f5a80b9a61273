/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-encode.h"

#include <string.h>

#include "bma-keyfile-frame.h"
#include "bma-keyfile-value.h"
#include "bma-store.h"

/* One frame of the file:
 *
 *   (empty line)
 *   [client 0a1b2c]
 *   name=An example
 *   redirect_uris=http://127.0.0.1/;
 *   (empty line)
 *   [code 77ff]
 *   deleted=1
 *   #c 87 0123456789abcdef
 *
 * Every group is one put or delete; all groups of a frame belong to one change. A string
 * that is NULL, and a number that is 0, has no line. */

/**
 * bma_keyfile_is_id:
 * @text: an id, or not
 * @length: its length in bytes
 *
 * Returns: whether it is 1 to 64 lower-case hexadecimal digits
 */
gboolean
bma_keyfile_is_id (const char *text, size_t length)
{
  if (length == 0 || length > BMA_KEYFILE_MAX_ID_CHARS)
    return FALSE;
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isdigit (text[i]) && !(text[i] >= 'a' && text[i] <= 'f'))
      return FALSE;
  return TRUE;
}

static gboolean
are_utf8 (char *const *values)
{
  for (; *values != NULL; values++)
    if (!g_utf8_validate (*values, -1, NULL))
      return FALSE;
  return TRUE;
}

static gboolean
encode_field (GString *out, gconstpointer record, const BmaRecordField *field)
{
  gconstpointer at = (const char *) record + field->offset;

  if (field->kind == BMA_FIELD_INTEGER)
    {
      if (*(const int64_t *) at != 0)
        g_string_append_printf (out, "%s=%" G_GINT64_FORMAT "\n", field->name,
                                *(const int64_t *) at);
      return TRUE;
    }
  if (*(char *const *) at == NULL)
    return TRUE;
  g_string_append_printf (out, "%s=", field->name);
  if (field->kind == BMA_FIELD_STRING)
    {
      if (!g_utf8_validate (*(char *const *) at, -1, NULL))
        return FALSE;
      bma_keyfile_value_append_string (out, *(char *const *) at);
    }
  else
    {
      if (!are_utf8 (*(char **const *) at))
        return FALSE;
      bma_keyfile_value_append_strings (out, *(char **const *) at);
    }
  g_string_append_c (out, '\n');
  return TRUE;
}

static gboolean
encode_op (GString *out,
           const BmaRecordType *type,
           const char *id,
           const BmaRecord *record,
           GError **error)
{
  if (!bma_keyfile_is_id (id, strlen (id)))
    {
      g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_WRITE,
                   "A %s cannot be saved: its id is not hexadecimal", type->name);
      return FALSE;
    }
  g_string_append_printf (out, "\n[%s %s]\n", type->name, id);
  if (record == NULL)
    g_string_append (out, BMA_KEYFILE_DELETED "\n");
  for (size_t i = 0; record != NULL && i < type->n_fields; i++)
    if (!encode_field (out, record, &type->fields[i]))
      {
        g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_WRITE,
                     "The %s %s cannot be saved: its %s is not UTF-8", type->name, id,
                     type->fields[i].name);
        return FALSE;
      }
  return TRUE;
}

/**
 * bma_keyfile_encode_change:
 * @out: text to append to
 * @change: puts and deletes
 * @error: return location for a #BmaStoreError
 *
 * Appends @change as one frame, or nothing.
 *
 * Returns: whether @change can be stored
 * Errors: %BMA_STORE_ERROR_WRITE if an id is not hexadecimal or a text not UTF-8
 */
gboolean
bma_keyfile_encode_change (GString *out, const BmaChange *change, GError **error)
{
  size_t start = out->len;

  for (unsigned int i = 0; i < bma_change_get_n_ops (change); i++)
    {
      const BmaChangeOp *op = bma_change_get_op (change, i);

      if (!encode_op (out, op->type, op->id, op->record, error))
        {
          g_string_truncate (out, start);
          return FALSE;
        }
    }
  bma_keyfile_frame_seal (out, start);
  return TRUE;
}

/**
 * bma_keyfile_encode_record:
 * @out: text to append to
 * @record: a record
 * @error: return location for a #BmaStoreError
 *
 * Appends one put as one frame, or nothing. For any thread.
 *
 * Returns: whether @record can be stored
 * Errors: %BMA_STORE_ERROR_WRITE if its id is not hexadecimal or a text not UTF-8
 */
gboolean
bma_keyfile_encode_record (GString *out, const BmaRecord *record, GError **error)
{
  size_t start = out->len;

  if (!encode_op (out, record->type, record->id, record, error))
    {
      g_string_truncate (out, start);
      return FALSE;
    }
  bma_keyfile_frame_seal (out, start);
  return TRUE;
}

/**
 * bma_keyfile_encode_header:
 * @out: text to append to
 *
 * Appends the frame that every file begins with.
 */
void
bma_keyfile_encode_header (GString *out)
{
  size_t start = out->len;

  g_string_append_printf (out, BMA_KEYFILE_HEADER "%d\n", BMA_KEYFILE_FORMAT);
  bma_keyfile_frame_seal (out, start);
}
