/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-change.h"

struct _BmaChange
{
  grefcount refs;
  GArray *ops; /* owned, of BmaChangeOp */
};

static void
op_clear (BmaChangeOp *op)
{
  g_free (op->id);
  g_clear_pointer (&op->record, bma_record_unref);
}

/**
 * bma_change_new:
 *
 * Returns: (transfer full): a change that does nothing yet
 */
BmaChange *
bma_change_new (void)
{
  BmaChange *self = g_new0 (BmaChange, 1);

  g_ref_count_init (&self->refs);
  self->ops = g_array_new (FALSE, FALSE, sizeof (BmaChangeOp));
  g_array_set_clear_func (self->ops, (GDestroyNotify) op_clear);
  return self;
}

/**
 * bma_change_ref:
 * @self: a change
 *
 * Returns: (transfer full): @self
 */
BmaChange *
bma_change_ref (BmaChange *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

/**
 * bma_change_unref:
 * @self: (transfer full): a change
 *
 * Drops a reference.
 */
void
bma_change_unref (BmaChange *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->ops);
  g_free (self);
}

/**
 * bma_change_put_take:
 * @self: a change
 * @record: (transfer full): a record, immutable from now on
 *
 * Adds or replaces @record.
 */
void
bma_change_put_take (BmaChange *self, gpointer record)
{
  BmaRecord *value = record;
  BmaChangeOp op = { value->type, g_strdup (value->id), value };

  g_array_append_val (self->ops, op);
}

/**
 * bma_change_put:
 * @self: a change
 * @record: (transfer none): a record, immutable from now on
 *
 * Adds or replaces @record.
 */
void
bma_change_put (BmaChange *self, gconstpointer record)
{
  bma_change_put_take (self, bma_record_ref (record));
}

/**
 * bma_change_delete:
 * @self: a change
 * @type: which table
 * @id: which record; it need not exist
 *
 * Deletes a record.
 */
void
bma_change_delete (BmaChange *self, const BmaRecordType *type, const char *id)
{
  BmaChangeOp op = { type, g_strdup (id), NULL };

  g_array_append_val (self->ops, op);
}

/**
 * bma_change_get_n_ops:
 * @self: a change
 *
 * Returns: how many puts and deletes it holds
 */
unsigned int
bma_change_get_n_ops (const BmaChange *self)
{
  return self->ops->len;
}

/**
 * bma_change_get_op:
 * @self: a change
 * @index: from 0
 *
 * Returns: (transfer none): one put or delete
 */
const BmaChangeOp *
bma_change_get_op (const BmaChange *self, unsigned int index)
{
  g_return_val_if_fail (index < self->ops->len, NULL);

  return &g_array_index (self->ops, BmaChangeOp, index);
}
