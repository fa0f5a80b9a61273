/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-jwt.h"
#include "bma-keyring.h"

G_BEGIN_DECLS

/**
 * BmaKeyManager:
 *
 * Holds the signing key. It is made once, at first start, and kept in the keyring; while
 * the keyring is locked or missing there is none, and none is ever made in its place.
 *
 * Signals: `changed` () when a key arrives or the reason for its absence changes.
 */
#define BMA_TYPE_KEY_MANAGER (bma_key_manager_get_type ())
G_DECLARE_FINAL_TYPE (BmaKeyManager, bma_key_manager, BMA, KEY_MANAGER, GObject)

BmaKeyManager *bma_key_manager_new (BmaKeyring *keyring,
                                    const char *issuer) G_GNUC_WARN_UNUSED_RESULT;
void bma_key_manager_load (BmaKeyManager *self);
const BmaKeyset *bma_key_manager_get_keys (BmaKeyManager *self);
const GError *bma_key_manager_get_problem (BmaKeyManager *self);

G_END_DECLS
