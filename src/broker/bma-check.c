/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-check.h"

G_DEFINE_INTERFACE (BmaCheck, bma_check, G_TYPE_OBJECT)

static void
bma_check_default_init (BmaCheckInterface *iface)
{
}

/**
 * bma_check_run_async:
 * @self: a check
 * @config: settings
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the findings
 * @user_data: for @callback
 *
 * Looks. Ends by itself in bounded time.
 */
void
bma_check_run_async (BmaCheck *self,
                     const BmaConfig *config,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_return_if_fail (BMA_IS_CHECK (self) && config != NULL);

  BMA_CHECK_GET_IFACE (self)->run_async (self, config, cancellable, callback, user_data);
}

/**
 * bma_check_run_finish:
 * @self: a check
 * @result: what the callback got
 *
 * Returns: (transfer full): a(ssss): level, check, what was found, what to do
 */
GVariant *
bma_check_run_finish (BmaCheck *self, GAsyncResult *result)
{
  return BMA_CHECK_GET_IFACE (self)->run_finish (self, result);
}
