/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-record.h"

#include <string.h>

static inline gpointer
field_at (gconstpointer record, const BmaRecordField *field)
{
  return (char *) record + field->offset;
}

/**
 * bma_record_new:
 * @type: what it is
 * @id: its id, lower-case hexadecimal
 *
 * Returns: (transfer full): a record whose fields are all empty, to be filled in before
 *   anybody else sees it
 */
gpointer
bma_record_new (const BmaRecordType *type, const char *id)
{
  BmaRecord *record = g_atomic_rc_box_alloc0 (type->size_bytes);

  record->type = type;
  record->id = g_strdup (id);
  return record;
}

/**
 * bma_record_copy:
 * @record: a record
 *
 * Returns: (transfer full): a deep copy that may be altered
 */
gpointer
bma_record_copy (gconstpointer record)
{
  const BmaRecord *self = record;
  gpointer copy = bma_record_new (self->type, self->id);

  for (size_t i = 0; i < self->type->n_fields; i++)
    {
      const BmaRecordField *field = &self->type->fields[i];

      switch (field->kind)
        {
        case BMA_FIELD_STRING:
          *(char **) field_at (copy, field) =
              g_strdup (*(char **) field_at (self, field));
          break;
        case BMA_FIELD_STRINGS:
          *(char ***) field_at (copy, field) =
              g_strdupv (*(char ***) field_at (self, field));
          break;
        case BMA_FIELD_INTEGER:
          *(int64_t *) field_at (copy, field) = *(int64_t *) field_at (self, field);
          break;
        }
    }
  return copy;
}

/**
 * bma_record_ref:
 * @record: a record
 *
 * Returns: (transfer full): @record
 */
gpointer
bma_record_ref (gconstpointer record)
{
  return g_atomic_rc_box_acquire ((gpointer) record);
}

static void
record_clear (gpointer record)
{
  BmaRecord *self = record;

  for (size_t i = 0; i < self->type->n_fields; i++)
    {
      const BmaRecordField *field = &self->type->fields[i];

      if (field->kind == BMA_FIELD_STRING)
        g_free (*(char **) field_at (self, field));
      else if (field->kind == BMA_FIELD_STRINGS)
        g_strfreev (*(char ***) field_at (self, field));
    }
  g_free (self->id);
}

/**
 * bma_record_unref:
 * @record: (transfer full): a record
 *
 * Drops a reference.
 */
void
bma_record_unref (gpointer record)
{
  g_atomic_rc_box_release_full (record, record_clear);
}

static gboolean
strings_equal (char **a, char **b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

/**
 * bma_record_equal:
 * @a: a record
 * @b: another
 *
 * Returns: whether type, id and every field are the same
 */
gboolean
bma_record_equal (gconstpointer a, gconstpointer b)
{
  const BmaRecord *x = a;
  const BmaRecord *y = b;

  if (x->type != y->type || strcmp (x->id, y->id) != 0)
    return FALSE;
  for (size_t i = 0; i < x->type->n_fields; i++)
    {
      const BmaRecordField *field = &x->type->fields[i];
      gpointer p = field_at (x, field);
      gpointer q = field_at (y, field);

      if (field->kind == BMA_FIELD_STRING && g_strcmp0 (*(char **) p, *(char **) q) != 0)
        return FALSE;
      if (field->kind == BMA_FIELD_STRINGS &&
          !strings_equal (*(char ***) p, *(char ***) q))
        return FALSE;
      if (field->kind == BMA_FIELD_INTEGER && *(int64_t *) p != *(int64_t *) q)
        return FALSE;
    }
  return TRUE;
}
