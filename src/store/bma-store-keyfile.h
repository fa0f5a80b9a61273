/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-keyfile-ops.h"
#include "bma-store.h"

G_BEGIN_DECLS

#define BMA_TYPE_STORE_KEYFILE (bma_store_keyfile_get_type ())
G_DECLARE_FINAL_TYPE (BmaStoreKeyfile, bma_store_keyfile, BMA, STORE_KEYFILE, GObject)

BmaStoreKeyfile *bma_store_keyfile_new (const char *folder,
                                        BmaClock *clock,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaStoreKeyfile *
bma_store_keyfile_new_with_ops (const char *folder,
                                BmaClock *clock,
                                const BmaKeyfileOps *ops,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean bma_store_keyfile_flush (BmaStoreKeyfile *self, GError **error);
const char *const *bma_store_keyfile_get_reports (BmaStoreKeyfile *self);

G_END_DECLS
