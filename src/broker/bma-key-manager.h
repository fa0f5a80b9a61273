/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-jwt.h"
#include "bma-key-rotation.h"
#include "bma-keyring.h"

G_BEGIN_DECLS

/* The `kid` of HS256. A constant: whatever followed from the secret would let everybody
 * who has a token check guesses of the secret. */
#define BMA_KEY_SHARED_ID "hs256"

/**
 * BmaKeyManager:
 *
 * Holds the keys that tokens are signed with. Those of ES256 and RS256 are made here,
 * kept in the keyring as one item and rotated; the secret of HS256 comes from the keyring
 * and is never made. While the keyring is locked or missing there is no key, and none is
 * made in its place.
 *
 * A key signs only after the keyring has it, and a key that follows another one only
 * after it has been published for %BMA_KEY_LEAD_S.
 *
 * Signals: `changed` () when keys come or go, or the reason for their absence changes.
 */
#define BMA_TYPE_KEY_MANAGER (bma_key_manager_get_type ())
G_DECLARE_FINAL_TYPE (BmaKeyManager, bma_key_manager, BMA, KEY_MANAGER, GObject)

BmaKeyManager *bma_key_manager_new (BmaKeyring *keyring,
                                    BmaClock *clock,
                                    const char *issuer,
                                    const BmaKeyPolicy *policy) G_GNUC_WARN_UNUSED_RESULT;
void bma_key_manager_load (BmaKeyManager *self);
void bma_key_manager_reload_secret (BmaKeyManager *self);
void bma_key_manager_set_policy (BmaKeyManager *self, const BmaKeyPolicy *policy);

const BmaKeyset *bma_key_manager_get_keys (BmaKeyManager *self);
const BmaRoster *bma_key_manager_get_roster (BmaKeyManager *self);
const GError *bma_key_manager_get_problem (BmaKeyManager *self);
const GError *bma_key_manager_get_trouble (BmaKeyManager *self);

void bma_key_manager_rotate_async (BmaKeyManager *self,
                                   gboolean revoke_now,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean
bma_key_manager_rotate_finish (BmaKeyManager *self, GAsyncResult *result, GError **error);

G_END_DECLS
