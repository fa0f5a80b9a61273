/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-change.h"

G_BEGIN_DECLS

/**
 * BmaStoreError:
 * @BMA_STORE_ERROR_BUSY: another process uses the state folder
 * @BMA_STORE_ERROR_UNUSABLE: the state folder cannot be read or written
 * @BMA_STORE_ERROR_NEWER: the file was written by a later version
 * @BMA_STORE_ERROR_WRITE: a change could not be made durable and was taken back
 */
typedef enum
{
  BMA_STORE_ERROR_BUSY,
  BMA_STORE_ERROR_UNUSABLE,
  BMA_STORE_ERROR_NEWER,
  BMA_STORE_ERROR_WRITE,
} BmaStoreError;

#define BMA_STORE_N_ERRORS (BMA_STORE_ERROR_WRITE + 1)
#define BMA_STORE_ERROR    (bma_store_error_quark ())
GQuark bma_store_error_quark (void);

#define BMA_TYPE_STORE (bma_store_get_type ())
G_DECLARE_INTERFACE (BmaStore, bma_store, BMA, STORE, GObject)

/**
 * BmaStoreInterface:
 * @lookup: see [method@Store.lookup]
 * @list: see [method@Store.list]
 * @apply_async: see [method@Store.apply_async]
 * @apply_finish: see [method@Store.apply_finish]
 *
 * Where records live. Lookups answer from memory at once. A change is visible to lookups
 * as soon as `apply_async` returns, and durable when its callback runs: an answer that
 * depends on it must wait for the callback.
 */
struct _BmaStoreInterface
{
  GTypeInterface parent_iface;

  gconstpointer (*lookup) (BmaStore *self, const BmaRecordType *type, const char *id);
  GPtrArray *(*list) (BmaStore *self, const BmaRecordType *type);
  void (*apply_async) (BmaStore *self,
                       BmaChange *change,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*apply_finish) (BmaStore *self, GAsyncResult *result, GError **error);
};

gconstpointer
bma_store_lookup (BmaStore *self, const BmaRecordType *type, const char *id);
GPtrArray *bma_store_list (BmaStore *self,
                           const BmaRecordType *type) G_GNUC_WARN_UNUSED_RESULT;
void bma_store_apply_async (BmaStore *self,
                            BmaChange *change,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean bma_store_apply_finish (BmaStore *self, GAsyncResult *result, GError **error);
void bma_store_apply_lazily (BmaStore *self, BmaChange *change);

G_END_DECLS
