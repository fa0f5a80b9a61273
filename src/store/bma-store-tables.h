/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-change.h"

G_BEGIN_DECLS

/**
 * BmaStoreTables:
 *
 * All records in memory: one hash table for each kind, from id to record. Every store
 * keeps its truth in one of these. Used from one thread only.
 */
typedef struct _BmaStoreTables BmaStoreTables;

BmaStoreTables *bma_store_tables_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_store_tables_free (BmaStoreTables *self);

gconstpointer bma_store_tables_lookup (const BmaStoreTables *self,
                                       const BmaRecordType *type,
                                       const char *id);
GPtrArray *bma_store_tables_list (const BmaStoreTables *self,
                                  const BmaRecordType *type) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *
bma_store_tables_list_all (const BmaStoreTables *self) G_GNUC_WARN_UNUSED_RESULT;
size_t bma_store_tables_count (const BmaStoreTables *self);

void bma_store_tables_apply (BmaStoreTables *self, const BmaChange *change);
BmaChange *bma_store_tables_make_undo (const BmaStoreTables *self,
                                       const BmaChange *change) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaStoreTables, bma_store_tables_free)

G_END_DECLS
