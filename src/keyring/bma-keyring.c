/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring.h"

G_DEFINE_INTERFACE (BmaKeyring, bma_keyring, G_TYPE_OBJECT)

G_DEFINE_QUARK (bma_keyring_error_quark, bma_keyring_error)

static void
bma_keyring_default_init (BmaKeyringInterface *iface)
{
  /**
   * BmaKeyring::state-changed:
   *
   * [method@Keyring.get_state] answers differently than before.
   */
  g_signal_new ("state-changed", BMA_TYPE_KEYRING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

/**
 * bma_keyring_get_state:
 * @self: a keyring
 *
 * Returns: what is known without asking anybody
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
 * Returns: "unknown", "ready", "locked" or "missing"
 */
const char *
bma_keyring_state_to_text (BmaKeyringState state)
{
  static const char *const names[] = {
    [BMA_KEYRING_STATE_UNKNOWN] = "unknown",
    [BMA_KEYRING_STATE_READY] = "ready",
    [BMA_KEYRING_STATE_LOCKED] = "locked",
    [BMA_KEYRING_STATE_MISSING] = "missing",
  };

  g_return_val_if_fail ((size_t) state < G_N_ELEMENTS (names), NULL);

  return names[state];
}

/**
 * bma_keyring_load_async:
 * @self: a keyring
 * @kind: what it is, such as %BMA_KEYRING_KIND_SIGNING_KEY
 * @issuer: whose it is: our issuer
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Looks a secret up. Never shows a prompt: a locked keyring is an error.
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
  g_return_if_fail (kind != NULL && issuer != NULL);

  BMA_KEYRING_GET_IFACE (self)->load_async (self, kind, issuer, cancellable, callback,
                                            user_data);
}

/**
 * bma_keyring_load_finish:
 * @self: a keyring
 * @result: what the callback got
 * @error: return location for a [error@KeyringError] or %G_IO_ERROR_CANCELLED
 *
 * Only %BMA_KEYRING_ERROR_NOT_FOUND means that there is no such secret.
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
 * @kind: what it is
 * @issuer: whose it is: our issuer
 * @label: its name for people
 * @secret: what to keep; replaces what was kept for @kind and @issuer
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Keeps a secret. Never shows a prompt: a locked keyring is an error.
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
  g_return_if_fail (kind != NULL && issuer != NULL && label != NULL && secret != NULL);

  BMA_KEYRING_GET_IFACE (self)->save_async (self, kind, issuer, label, secret,
                                            cancellable, callback, user_data);
}

/**
 * bma_keyring_save_finish:
 * @self: a keyring
 * @result: what the callback got
 * @error: return location for a [error@KeyringError] or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether the secret is kept
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
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Unlocks the keyring; the only call that may show a prompt, so call it when the person
 * asked for something.
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
 * @error: return location for a [error@KeyringError] or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether the keyring is unlocked
 */
gboolean
bma_keyring_unlock_finish (BmaKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BMA_IS_KEYRING (self), FALSE);

  return BMA_KEYRING_GET_IFACE (self)->unlock_finish (self, result, error);
}
