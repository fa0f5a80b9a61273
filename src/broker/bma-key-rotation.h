/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-roster.h"

G_BEGIN_DECLS

/* How long others may keep our key set, seconds: the max-age of it over HTTP. */
#define BMA_KEY_MAX_AGE_S 300

/* How long a key is published before it signs: whoever keeps the set as long as that
 * allows has the new one when the first token of the key arrives. */
#define BMA_KEY_LEAD_S 300

G_STATIC_ASSERT (BMA_KEY_LEAD_S >= BMA_KEY_MAX_AGE_S);

/**
 * BmaKeyPolicy:
 * @algorithm: what tokens are to be signed with
 * @rotate_after_s: how long a key signs before another one follows
 * @lifetime_s: how long tokens live
 *
 * What the configuration wants.
 */
typedef struct
{
  BmaAlgorithm algorithm;
  int64_t rotate_after_s;
  int64_t lifetime_s;
} BmaKeyPolicy;

/**
 * BmaKeyAction:
 * @BMA_KEY_ACTION_WAIT: nothing to do
 * @BMA_KEY_ACTION_ANNOUNCE: make a key and publish it as the next one
 * @BMA_KEY_ACTION_PROMOTE: let the next key sign
 * @BMA_KEY_ACTION_WITHDRAW: drop the next key, which is not wanted any more
 */
typedef enum
{
  BMA_KEY_ACTION_WAIT,
  BMA_KEY_ACTION_ANNOUNCE,
  BMA_KEY_ACTION_PROMOTE,
  BMA_KEY_ACTION_WITHDRAW,
} BmaKeyAction;

/**
 * BmaKeyDecision:
 * @action: what to do now
 * @look_again_s: for %BMA_KEY_ACTION_WAIT: when something may be due, epoch seconds
 */
typedef struct
{
  BmaKeyAction action;
  int64_t look_again_s;
} BmaKeyDecision;

BmaKeyDecision bma_key_rotation_decide (const BmaRoster *keys,
                                        const BmaKeyPolicy *policy,
                                        int64_t now_s);
gboolean bma_key_rotation_has_room (const BmaRoster *keys);
gboolean
bma_key_rotation_settle (BmaRoster *keys, const BmaKeyPolicy *policy, int64_t now_s);

BmaRoster *bma_key_rotation_begin (BmaKey *key,
                                   const BmaKeyPolicy *policy,
                                   int64_t now_s) G_GNUC_WARN_UNUSED_RESULT;
BmaRoster *bma_key_rotation_announce (const BmaRoster *keys,
                                      BmaKey *key,
                                      int64_t now_s) G_GNUC_WARN_UNUSED_RESULT;
BmaRoster *bma_key_rotation_promote (const BmaRoster *keys,
                                     const BmaKeyPolicy *policy,
                                     int64_t now_s) G_GNUC_WARN_UNUSED_RESULT;
BmaRoster *bma_key_rotation_withdraw (const BmaRoster *keys) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
