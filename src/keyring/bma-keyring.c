/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring.h"

G_DEFINE_QUARK (bma-keyring-error-quark, bma_keyring_error)
G_DEFINE_INTERFACE (BmaKeyring, bma_keyring, G_TYPE_OBJECT)

static void
bma_keyring_default_init (BmaKeyringInterface *iface)
{
  g_signal_new ("state-changed", BMA_TYPE_KEYRING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

/**
 * bma_keyring_get_state:
 * @self: a keyring
 *
 * Returns: what is known of it without asking
 */
BmaKeyringState
bma_keyring_get_state (BmaKeyring *self)
{
  g_return_val_if_fail (BMA_IS_KEYRING (self), BMA_KEYRING_STATE_UNKNOWN);

  return BMA_KEYRING_GET_IFACE (self)->get_state (self);
}

/**
 * bma_keyring_state_to_text:
 * @state: a state
 *
 * Returns: (transfer none): unknown, ready, locked or missing
 */
const char *
bma_keyring_state_to_text (BmaKeyringState state)
{
  static const char *const texts[] = { "unknown", "ready", "locked", "missing" };

  g_return_val_if_fail ((size_t) state < G_N_ELEMENTS (texts), NULL);

  return texts[state];
}

/**
 * bma_keyring_load_async:
 * @self: a keyring
 * @kind: which kind of secret
 * @issuer: whose
 * @cancellable: (nullable): cancels it
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Looks a secret up. Never shows a prompt.
 */
void
bma_keyring_load_async (BmaKeyring *self,
                        const char *kind,
                        const char *issuer,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (BMA_IS_KEYRING (self));

  BMA_KEYRING_GET_IFACE (self)->load_async (self, kind, issuer, cancellable, callback,
                                            user_data);
}

/**
 * bma_keyring_load_finish:
 * @self: a keyring
 * @result: what the callback got
 * @error: return location for a #BmaKeyringError
 *
 * Returns: (transfer full) (nullable): the secret
 */
BmaSecret *
bma_keyring_load_finish (BmaKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BMA_IS_KEYRING (self), NULL);

  return BMA_KEYRING_GET_IFACE (self)->load_finish (self, result, error);
}

/**
 * bma_keyring_save_async:
 * @self: a keyring
 * @kind: which kind of secret
 * @issuer: whose
 * @label: what a keyring browser shows
 * @secret: the secret
 * @cancellable: (nullable): cancels it
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Keeps a secret, replacing one of the same kind and issuer.
 */
void
bma_keyring_save_async (BmaKeyring *self,
                        const char *kind,
                        const char *issuer,
                        const char *label,
                        BmaSecret *secret,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (BMA_IS_KEYRING (self));

  BMA_KEYRING_GET_IFACE (self)->save_async (self, kind, issuer, label, secret, cancellable,
                                            callback, user_data);
}

/**
 * bma_keyring_save_finish:
 * @self: a keyring
 * @result: what the callback got
 * @error: return location for a #BmaKeyringError
 *
 * Returns: whether it is kept
 */
gboolean
bma_keyring_save_finish (BmaKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BMA_IS_KEYRING (self), FALSE);

  return BMA_KEYRING_GET_IFACE (self)->save_finish (self, result, error);
}

/**
 * bma_keyring_unlock_async:
 * @self: a keyring
 * @cancellable: (nullable): cancels it
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks the person to unlock it; may show a prompt.
 */
void
bma_keyring_unlock_async (BmaKeyring *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (BMA_IS_KEYRING (self));

  BMA_KEYRING_GET_IFACE (self)->unlock_async (self, cancellable, callback, user_data);
}

/**
 * bma_keyring_unlock_finish:
 * @self: a keyring
 * @result: what the callback got
 * @error: return location for a #BmaKeyringError
 *
 * Returns: whether it is unlocked
 */
gboolean
bma_keyring_unlock_finish (BmaKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BMA_IS_KEYRING (self), FALSE);

  return BMA_KEYRING_GET_IFACE (self)->unlock_finish (self, result, error);
}
