/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyring.h"

G_BEGIN_DECLS

/**
 * BmaKeyringDummy:
 *
 * A keyring in memory, unlocked at first. Its state, its failures and when it answers are
 * for the test to say.
 */
#define BMA_TYPE_KEYRING_DUMMY (bma_keyring_dummy_get_type ())
G_DECLARE_FINAL_TYPE (BmaKeyringDummy, bma_keyring_dummy, BMA, KEYRING_DUMMY, GObject)

BmaKeyringDummy *bma_keyring_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;

void bma_keyring_dummy_set_state (BmaKeyringDummy *self, BmaKeyringState state);
void bma_keyring_dummy_set_paused (BmaKeyringDummy *self, gboolean paused);
void bma_keyring_dummy_set_failing (BmaKeyringDummy *self, gboolean failing);
void bma_keyring_dummy_set_fatal_save (BmaKeyringDummy *self,
                                       unsigned int number,
                                       gboolean takes_effect);
gboolean bma_keyring_dummy_is_dead (BmaKeyringDummy *self);
void bma_keyring_dummy_set_read_only (BmaKeyringDummy *self, gboolean read_only);
void bma_keyring_dummy_set_dismissing (BmaKeyringDummy *self, gboolean dismissing);
void bma_keyring_dummy_put (BmaKeyringDummy *self,
                            const char *kind,
                            const char *issuer,
                            const char *text);
BmaSecret *
bma_keyring_dummy_peek (BmaKeyringDummy *self, const char *kind, const char *issuer);
unsigned int bma_keyring_dummy_get_n_loads (BmaKeyringDummy *self);
unsigned int bma_keyring_dummy_get_n_saves (BmaKeyringDummy *self);
unsigned int bma_keyring_dummy_get_n_waiting (BmaKeyringDummy *self);

G_END_DECLS
