/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <stdint.h>

#include "bma-keyset.h"

G_BEGIN_DECLS

#define BMA_ROSTER_MAX_KEYS  16
#define BMA_ROSTER_MAX_BYTES (64 * 1024)

/* What is assumed of tokens about whose key nothing was written down: the longest life
 * that can be configured. */
#define BMA_ROSTER_LONGEST_LIFETIME_S 86400

/**
 * BmaKeyState:
 * @BMA_KEY_STATE_ACTIVE: signs
 * @BMA_KEY_STATE_NEXT: published, does not sign yet
 * @BMA_KEY_STATE_RETIRING: signs no more; verifies until its last token has expired
 */
typedef enum
{
  BMA_KEY_STATE_ACTIVE,
  BMA_KEY_STATE_NEXT,
  BMA_KEY_STATE_RETIRING,
} BmaKeyState;

#define BMA_KEY_STATE_N (BMA_KEY_STATE_RETIRING + 1)

/**
 * BmaRosterKey:
 *
 * A key of ours and where it is in its life. Times are epoch seconds; 0 is: not known.
 */
typedef struct
{
  BmaKey *key; /* owned: private unless it is retiring */
  BmaKeyState state;
  int64_t created_at_s;
  int64_t signs_from_s;
  int64_t retires_at_s;
  int64_t lifetime_s; /* longest life of a token that it signed, or may have signed */
} BmaRosterKey;

/**
 * BmaRoster:
 *
 * All our asymmetric signing keys: one that is active, perhaps one that comes next, and
 * those that retire. What the keyring holds as one item.
 */
typedef struct _BmaRoster BmaRoster;

BmaRoster *bma_roster_new (void) G_GNUC_WARN_UNUSED_RESULT;
BmaRoster *bma_roster_copy (const BmaRoster *self) G_GNUC_WARN_UNUSED_RESULT;
void bma_roster_free (BmaRoster *self);

BmaRosterKey *bma_roster_add (BmaRoster *self, BmaKey *key, BmaKeyState state);
void bma_roster_remove (BmaRoster *self, unsigned int index);
unsigned int bma_roster_get_size (const BmaRoster *self);
BmaRosterKey *bma_roster_get (const BmaRoster *self, unsigned int index);
BmaRosterKey *bma_roster_find (const BmaRoster *self, BmaKeyState state);
BmaKeyset *bma_roster_make_keyset (const BmaRoster *self) G_GNUC_WARN_UNUSED_RESULT;

BmaRoster *bma_roster_parse (const char *text,
                             size_t length,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaSecret *bma_roster_write (const BmaRoster *self,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *bma_key_state_to_text (BmaKeyState state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaRoster, bma_roster_free)

G_END_DECLS
