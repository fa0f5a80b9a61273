/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-source.h"

G_DEFINE_INTERFACE (BmaKeySource, bma_key_source, G_TYPE_OBJECT)

static void
bma_key_source_default_init (BmaKeySourceInterface *iface)
{
}

/**
 * bma_key_source_find:
 * @self: a source
 * @place: whose keys
 * @kid: the key that is needed
 * @keys: (out) (transfer none) (nullable): the whole set, for %BMA_KEY_FOUND; good until
 *   control returns to the main loop
 *
 * Never waits.
 *
 * Returns: what is known
 */
BmaKeyFinding
bma_key_source_find (BmaKeySource *self,
                     const BmaKeyPlace *place,
                     const char *kid,
                     const BmaKeyset **keys)
{
  g_return_val_if_fail (BMA_IS_KEY_SOURCE (self), BMA_KEY_UNREACHABLE);
  g_return_val_if_fail ((place->issuer == NULL) != (place->jwks_uri == NULL),
                        BMA_KEY_UNREACHABLE);
  g_return_val_if_fail (kid != NULL && keys != NULL, BMA_KEY_UNREACHABLE);

  *keys = NULL;
  return BMA_KEY_SOURCE_GET_IFACE (self)->find (self, place, kid, keys);
}

/**
 * bma_key_source_get_retry_after_s:
 * @self: a source
 * @place: whose keys
 *
 * Returns: in how many seconds fetching may be tried again, at least 1; for
 *   %BMA_KEY_UNREACHABLE
 */
int64_t
bma_key_source_get_retry_after_s (BmaKeySource *self, const BmaKeyPlace *place)
{
  g_return_val_if_fail (BMA_IS_KEY_SOURCE (self), 1);

  return BMA_KEY_SOURCE_GET_IFACE (self)->get_retry_after_s (self, place);
}

/**
 * bma_key_source_load_async:
 * @self: a source
 * @place: whose keys; read before this returns
 * @cancellable: (nullable): ends the waiting
 * @callback: called when they were fetched, or not
 * @user_data: for @callback
 *
 * Fetches the keys; those who ask meanwhile wait for the same answer. After
 * %BMA_KEY_WANTED, or when a person waits; there is no floor in here.
 */
void
bma_key_source_load_async (BmaKeySource *self,
                           const BmaKeyPlace *place,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (BMA_IS_KEY_SOURCE (self));
  g_return_if_fail ((place->issuer == NULL) != (place->jwks_uri == NULL));

  BMA_KEY_SOURCE_GET_IFACE (self)->load_async (self, place, cancellable, callback,
                                               user_data);
}

/**
 * bma_key_source_load_finish:
 * @self: a source
 * @result: what the callback got
 * @error: return location; its text is for people and says what to do
 *
 * Returns: whether there are keys fetched just now; older ones may still be usable
 */
gboolean
bma_key_source_load_finish (BmaKeySource *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BMA_IS_KEY_SOURCE (self), FALSE);

  return BMA_KEY_SOURCE_GET_IFACE (self)->load_finish (self, result, error);
}

/**
 * bma_key_source_refresh_early:
 * @self: a source
 *
 * Fetches now what could not be fetched, or will have to be soon, before somebody waits
 * for it.
 */
void
bma_key_source_refresh_early (BmaKeySource *self)
{
  g_return_if_fail (BMA_IS_KEY_SOURCE (self));

  if (BMA_KEY_SOURCE_GET_IFACE (self)->refresh_early != NULL)
    BMA_KEY_SOURCE_GET_IFACE (self)->refresh_early (self);
}
