/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-secret.h"

G_BEGIN_DECLS

/* What is kept: attribute `kind` of an item. */
#define BMA_KEYRING_KIND_SIGNING_KEY    "signing-key"
#define BMA_KEYRING_KIND_JWT_SECRET     "jwt-secret"
#define BMA_KEYRING_KIND_STYTCH_SECRET  "stytch-secret"
#define BMA_KEYRING_KIND_OIDC_SECRET    "oidc-client-secret"
#define BMA_KEYRING_KIND_UPSTREAM_TOKEN "upstream-token"

/**
 * BmaKeyringError:
 * @BMA_KEYRING_ERROR_LOCKED: it is there and locked
 * @BMA_KEYRING_ERROR_MISSING: there is no secret service, bus or collection
 * @BMA_KEYRING_ERROR_DISMISSED: the person closed the prompt that would unlock it
 * @BMA_KEYRING_ERROR_NOT_FOUND: it is unlocked and has no such secret
 * @BMA_KEYRING_ERROR_READ_ONLY: secrets come from files and cannot be changed here
 * @BMA_KEYRING_ERROR_TIMED_OUT: it did not answer in time
 * @BMA_KEYRING_ERROR_FAILED: anything else
 *
 * Only @BMA_KEYRING_ERROR_NOT_FOUND means that a secret does not exist.
 */
typedef enum
{
  BMA_KEYRING_ERROR_LOCKED,
  BMA_KEYRING_ERROR_MISSING,
  BMA_KEYRING_ERROR_DISMISSED,
  BMA_KEYRING_ERROR_NOT_FOUND,
  BMA_KEYRING_ERROR_READ_ONLY,
  BMA_KEYRING_ERROR_TIMED_OUT,
  BMA_KEYRING_ERROR_FAILED,
} BmaKeyringError;

#define BMA_KEYRING_N_ERRORS (BMA_KEYRING_ERROR_FAILED + 1)
#define BMA_KEYRING_ERROR    (bma_keyring_error_quark ())
GQuark bma_keyring_error_quark (void);

/**
 * BmaKeyringState:
 * @BMA_KEYRING_STATE_UNKNOWN: not asked yet
 * @BMA_KEYRING_STATE_READY: unlocked
 * @BMA_KEYRING_STATE_LOCKED: there, locked
 * @BMA_KEYRING_STATE_MISSING: no secret service
 */
typedef enum
{
  BMA_KEYRING_STATE_UNKNOWN,
  BMA_KEYRING_STATE_READY,
  BMA_KEYRING_STATE_LOCKED,
  BMA_KEYRING_STATE_MISSING,
} BmaKeyringState;

#define BMA_KEYRING_N_STATES (BMA_KEYRING_STATE_MISSING + 1)

#define BMA_TYPE_KEYRING (bma_keyring_get_type ())
G_DECLARE_INTERFACE (BmaKeyring, bma_keyring, BMA, KEYRING, GObject)

/**
 * BmaKeyringInterface:
 * @get_state: see [method@Keyring.get_state]
 * @load_async: see [method@Keyring.load_async]
 * @load_finish: see [method@Keyring.load_finish]
 * @save_async: see [method@Keyring.save_async]
 * @save_finish: see [method@Keyring.save_finish]
 * @unlock_async: see [method@Keyring.unlock_async]
 * @unlock_finish: see [method@Keyring.unlock_finish]
 *
 * Where secrets live. Emits `state-changed` when [method@Keyring.get_state] would answer
 * differently, for example because the person unlocked it.
 */
struct _BmaKeyringInterface
{
  GTypeInterface parent_iface;

  BmaKeyringState (*get_state) (BmaKeyring *self);
  void (*load_async) (BmaKeyring *self,
                      const char *kind,
                      const char *issuer,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  BmaSecret *(*load_finish) (BmaKeyring *self, GAsyncResult *result, GError **error);
  void (*save_async) (BmaKeyring *self,
                      const char *kind,
                      const char *issuer,
                      const char *label,
                      BmaSecret *secret,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*save_finish) (BmaKeyring *self, GAsyncResult *result, GError **error);
  void (*unlock_async) (BmaKeyring *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*unlock_finish) (BmaKeyring *self, GAsyncResult *result, GError **error);
};

BmaKeyringState bma_keyring_get_state (BmaKeyring *self);
const char *bma_keyring_state_to_text (BmaKeyringState state);
void bma_keyring_load_async (BmaKeyring *self,
                             const char *kind,
                             const char *issuer,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
BmaSecret *bma_keyring_load_finish (BmaKeyring *self,
                                    GAsyncResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_keyring_save_async (BmaKeyring *self,
                             const char *kind,
                             const char *issuer,
                             const char *label,
                             BmaSecret *secret,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean bma_keyring_save_finish (BmaKeyring *self, GAsyncResult *result, GError **error);
void bma_keyring_unlock_async (BmaKeyring *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean
bma_keyring_unlock_finish (BmaKeyring *self, GAsyncResult *result, GError **error);

G_END_DECLS
