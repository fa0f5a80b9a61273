/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-store.h"

#include "bma-log.h"

/* clang-format off */
G_DEFINE_QUARK (bma_store_error_quark, bma_store_error)
/* clang-format on */
G_DEFINE_INTERFACE (BmaStore, bma_store, G_TYPE_OBJECT)

/**
 * BmaStore::changed:
 * @self: a store
 * @change: (type gpointer): what was applied
 *
 * A change was applied to memory. Runs inside `apply_async`, before it returns.
 */
static void
bma_store_default_init (BmaStoreInterface *iface)
{
  g_signal_new ("changed", BMA_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_POINTER);
}

/**
 * bma_store_lookup:
 * @self: a store
 * @type: which table
 * @id: which record
 *
 * Returns: (transfer none) (nullable): the record, good until the next change; take a
 *   reference to keep it longer
 */
gconstpointer
bma_store_lookup (BmaStore *self, const BmaRecordType *type, const char *id)
{
  g_return_val_if_fail (BMA_IS_STORE (self), NULL);

  return BMA_STORE_GET_IFACE (self)->lookup (self, type, id);
}

/**
 * bma_store_list:
 * @self: a store
 * @type: which table
 *
 * Returns: (transfer full) (element-type BmaRecord): references to all records of @type,
 *   in no particular order
 */
GPtrArray *
bma_store_list (BmaStore *self, const BmaRecordType *type)
{
  g_return_val_if_fail (BMA_IS_STORE (self), NULL);

  return BMA_STORE_GET_IFACE (self)->list (self, type);
}

/**
 * bma_store_apply_async:
 * @self: a store
 * @change: (transfer none): what to do
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: (nullable): called when the change is durable
 * @user_data: for @callback
 *
 * Applies a change to memory at once and makes it durable. When it cannot be made durable
 * it is taken back, together with every change that came after it. An empty change only
 * waits for those before it.
 */
void
bma_store_apply_async (BmaStore *self,
                       BmaChange *change,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (BMA_IS_STORE (self));

  BMA_STORE_GET_IFACE (self)->apply_async (self, change, cancellable, callback,
                                           user_data);
}

/**
 * bma_store_apply_finish:
 * @self: a store
 * @result: what the callback got
 * @error: return location for a #BmaStoreError
 *
 * Returns: whether the change is durable
 */
gboolean
bma_store_apply_finish (BmaStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BMA_IS_STORE (self), FALSE);

  return BMA_STORE_GET_IFACE (self)->apply_finish (self, result, error);
}

static void
on_lazy_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!bma_store_apply_finish (BMA_STORE (source), result, &error))
    bma_log_warning ("store", "%s", error->message);
}

/**
 * bma_store_apply_lazily:
 * @self: a store
 * @change: (transfer none): what to do
 *
 * Applies a change that no answer depends on, such as a time of last use.
 */
void
bma_store_apply_lazily (BmaStore *self, BmaChange *change)
{
  bma_store_apply_async (self, change, NULL, on_lazy_applied, NULL);
}
