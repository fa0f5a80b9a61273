/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-store.h"

G_BEGIN_DECLS

#define BMA_TYPE_STORE_MEMORY (bma_store_memory_get_type ())
G_DECLARE_FINAL_TYPE (BmaStoreMemory, bma_store_memory, BMA, STORE_MEMORY, GObject)

BmaStoreMemory *bma_store_memory_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_store_memory_set_failing (BmaStoreMemory *self, gboolean failing);
void bma_store_memory_set_paused (BmaStoreMemory *self, gboolean paused);
unsigned int bma_store_memory_get_n_applied (BmaStoreMemory *self);

G_END_DECLS
