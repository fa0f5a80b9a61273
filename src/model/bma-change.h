/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-record.h"

G_BEGIN_DECLS

/**
 * BmaChangeOp:
 * @type: which table
 * @id: (owned): which record
 * @record: (owned) (nullable): the new value, or %NULL to delete
 *
 * One put or delete.
 */
typedef struct
{
  const BmaRecordType *type;
  char *id;
  BmaRecord *record;
} BmaChangeOp;

/**
 * BmaChange:
 *
 * Puts and deletes that the store applies as one: all or none, also across a crash.
 */
typedef struct _BmaChange BmaChange;

BmaChange *bma_change_new (void) G_GNUC_WARN_UNUSED_RESULT;
BmaChange *bma_change_ref (BmaChange *self);
void bma_change_unref (BmaChange *self);

void bma_change_put (BmaChange *self, gconstpointer record);
void bma_change_put_take (BmaChange *self, gpointer record);
void bma_change_delete (BmaChange *self, const BmaRecordType *type, const char *id);
unsigned int bma_change_get_n_ops (const BmaChange *self);
const BmaChangeOp *bma_change_get_op (const BmaChange *self, unsigned int index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaChange, bma_change_unref)

G_END_DECLS
