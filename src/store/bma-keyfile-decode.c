/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-decode.h"

#include <string.h>

#include "bma-keyfile-encode.h"
#include "bma-keyfile-value.h"
#include "bma-tables.h"

/**
 * bma_keyfile_notes_clear:
 * @self: notes
 *
 * Frees what the notes own.
 */
void
bma_keyfile_notes_clear (BmaKeyfileNotes *self)
{
  g_clear_pointer (&self->unknown_key, g_free);
  self->n_unknown_keys = 0;
}

static const BmaRecordType *
find_type (const char *name, size_t length)
{
  for (size_t i = 0; i < BMA_N_TABLES; i++)
    if (strlen (bma_tables[i]->name) == length &&
        memcmp (bma_tables[i]->name, name, length) == 0)
      return bma_tables[i];
  return NULL;
}

static const BmaRecordField *
find_field (const BmaRecordType *type, const char *name, size_t length)
{
  for (size_t i = 0; i < type->n_fields; i++)
    if (strlen (type->fields[i].name) == length &&
        memcmp (type->fields[i].name, name, length) == 0)
      return &type->fields[i];
  return NULL;
}

/**
 * bma_keyfile_decode_header:
 * @text: the text of one frame
 * @length: its length in bytes
 * @format: (out): which version of the format it names
 *
 * Returns: whether it is a header
 */
gboolean
bma_keyfile_decode_header (const char *text, size_t length, int64_t *format)
{
  size_t prefix = strlen (BMA_KEYFILE_HEADER);
  const char *end;
  g_autofree char *number = NULL;

  if (length <= prefix || memcmp (text, BMA_KEYFILE_HEADER, prefix) != 0)
    return FALSE;
  end = memchr (text + prefix, '\n', length - prefix);
  if (end == NULL)
    return FALSE;
  number = g_strndup (text + prefix, (size_t) (end - text) - prefix);
  return g_ascii_string_to_signed (number, 10, 1, G_MAXINT32, format, NULL);
}

static gboolean
decode_value (gpointer record,
              const BmaRecordField *field,
              const char *text,
              size_t length)
{
  gpointer at = (char *) record + field->offset;
  g_autofree char *value = bma_keyfile_value_parse_string (text, length);

  switch (field->kind)
    {
    case BMA_FIELD_INTEGER:
      return value != NULL &&
             g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, at, NULL);
    case BMA_FIELD_STRING:
      if (*(char **) at != NULL)
        return FALSE;
      *(char **) at = g_steal_pointer (&value);
      return *(char **) at != NULL;
    case BMA_FIELD_STRINGS:
      if (*(char ***) at != NULL)
        return FALSE;
      *(char ***) at = bma_keyfile_value_parse_strings (text, length);
      return *(char ***) at != NULL;
    default:
      g_assert_not_reached ();
    }
}

static void
note_unknown_key (BmaKeyfileNotes *notes,
                  const BmaRecordType *type,
                  const char *key,
                  size_t length)
{
  if (notes->n_unknown_keys++ == 0)
    notes->unknown_key =
        g_strdup_printf ("%.*s of %s", (int) MIN (length, 64), key, type->name);
}

static const char *
decode_line (BmaRecord *record, const char *line, size_t length, BmaKeyfileNotes *notes)
{
  const char *equals = memchr (line, '=', length);
  const BmaRecordField *field;
  size_t key_length;

  if (equals == NULL)
    return "a line is neither a group nor a key";
  key_length = (size_t) (equals - line);
  field = find_field (record->type, line, key_length);
  if (field == NULL)
    note_unknown_key (notes, record->type, line, key_length);
  else if (!decode_value (record, field, equals + 1, length - key_length - 1))
    return "a value cannot be read";
  return NULL;
}

static const char *
decode_group (BmaRecord **record, const char *line, size_t length)
{
  const char *space = memchr (line, ' ', length);
  const BmaRecordType *type;
  g_autofree char *id = NULL;
  size_t id_length;

  if (line[length - 1] != ']' || space == NULL)
    return "a group name is broken";
  type = find_type (line + 1, (size_t) (space - line) - 1);
  if (type == NULL)
    return "it belongs to an unknown table";
  id_length = (size_t) (line + length - 1 - (space + 1));
  if (!bma_keyfile_is_id (space + 1, id_length))
    return "an id is not hexadecimal";
  id = g_strndup (space + 1, id_length);
  *record = bma_record_new (type, id);
  return NULL;
}

static void
add_op (BmaChange *change, BmaRecord **record, gboolean is_deleted)
{
  if (*record == NULL)
    return;
  if (is_deleted)
    {
      bma_change_delete (change, (*record)->type, (*record)->id);
      g_clear_pointer (record, bma_record_unref);
    }
  else
    bma_change_put_take (change, g_steal_pointer (record));
}

/**
 * bma_keyfile_decode_change:
 * @text: the text of one frame
 * @length: its length in bytes
 * @notes: (inout): told about unknown keys
 * @problem: (out) (transfer none): why it was refused, for people
 *
 * Returns: (transfer full) (nullable): the change, or %NULL when any part of it cannot be
 *   read
 */
BmaChange *
bma_keyfile_decode_change (const char *text,
                           size_t length,
                           BmaKeyfileNotes *notes,
                           const char **problem)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (BmaRecord) record = NULL;
  const char *end = text + length;
  gboolean is_deleted = FALSE;

  *problem = NULL;
  for (const char *line = text; line < end && *problem == NULL;)
    {
      const char *newline = memchr (line, '\n', (size_t) (end - line));
      size_t line_length = (size_t) ((newline != NULL ? newline : end) - line);

      if (line_length > 0 && *line == '[')
        {
          add_op (change, &record, is_deleted);
          is_deleted = FALSE;
          *problem = decode_group (&record, line, line_length);
        }
      else if (line_length > 0 && *line != '#')
        {
          if (record == NULL)
            *problem = "a key is outside of a group";
          else if (line_length == strlen (BMA_KEYFILE_DELETED) &&
                   memcmp (line, BMA_KEYFILE_DELETED, line_length) == 0)
            is_deleted = TRUE;
          else
            *problem = decode_line (record, line, line_length, notes);
        }
      line += line_length + 1;
    }
  if (*problem != NULL)
    return NULL;
  add_op (change, &record, is_deleted);
  return g_steal_pointer (&change);
}
