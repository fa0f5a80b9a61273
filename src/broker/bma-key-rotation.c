/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-rotation.h"

/* Pure. Each step makes another roster, which is saved before it is used. A time that
 * counts from the moment a step took effect is left open in it and filled in afterwards
 * (bma_key_rotation_settle()), be it that process or the next one that does so: however
 * long a save takes, and wherever a process dies, no lead and no retirement is cut short.
 */

static BmaKeyDecision
act (BmaKeyAction action)
{
  return (BmaKeyDecision){ .action = action };
}

static int64_t
find_first_retirement (const BmaRoster *keys)
{
  int64_t first_s = G_MAXINT64;

  for (unsigned int i = 0; i < bma_roster_get_size (keys); i++)
    {
      const BmaRosterKey *entry = bma_roster_get (keys, i);

      if (entry->state == BMA_KEY_STATE_RETIRING)
        first_s = MIN (first_s, entry->retires_at_s);
    }
  return first_s;
}

static BmaKeyDecision
decide_next (const BmaRosterKey *active,
             const BmaRosterKey *next,
             const BmaKeyPolicy *policy,
             int64_t now_s)
{
  if (bma_key_get_algorithm (next->key) != policy->algorithm)
    return act (bma_key_get_algorithm (active->key) == policy->algorithm
                    ? BMA_KEY_ACTION_WITHDRAW
                    : BMA_KEY_ACTION_ANNOUNCE);
  if (now_s >= next->signs_from_s)
    return act (BMA_KEY_ACTION_PROMOTE);
  return (BmaKeyDecision){ BMA_KEY_ACTION_WAIT, next->signs_from_s };
}

/**
 * bma_key_rotation_decide:
 * @keys: our keys, settled at @now_s
 * @policy: what the configuration wants
 * @now_s: time
 *
 * Returns: what to do with the keys now
 */
BmaKeyDecision
bma_key_rotation_decide (const BmaRoster *keys, const BmaKeyPolicy *policy, int64_t now_s)
{
  const BmaRosterKey *active = bma_roster_find (keys, BMA_KEY_STATE_ACTIVE);
  const BmaRosterKey *next = bma_roster_find (keys, BMA_KEY_STATE_NEXT);
  BmaKeyDecision decision = { BMA_KEY_ACTION_WAIT, G_MAXINT64 };
  int64_t due_s = active->signs_from_s + policy->rotate_after_s;

  if (next != NULL)
    decision = decide_next (active, next, policy, now_s);
  else if (bma_key_get_algorithm (active->key) == policy->algorithm && now_s < due_s)
    decision.look_again_s = due_s;
  else if (bma_key_rotation_has_room (keys))
    return act (BMA_KEY_ACTION_ANNOUNCE);
  decision.look_again_s = MIN (decision.look_again_s, find_first_retirement (keys));
  return decision;
}

/**
 * bma_key_rotation_has_room:
 * @keys: our keys
 *
 * Returns: whether there may be another one; if not, one has to retire first
 */
gboolean
bma_key_rotation_has_room (const BmaRoster *keys)
{
  return bma_roster_get_size (keys) < BMA_ROSTER_MAX_KEYS;
}

static int64_t
fill (int64_t time_s, int64_t open_s, int64_t latest_s)
{
  return MIN (time_s != 0 ? time_s : open_s, latest_s);
}

static void
settle_key (BmaRosterKey *entry, const BmaKeyPolicy *policy, int64_t now_s)
{
  entry->created_at_s = fill (entry->created_at_s, now_s, now_s);
  if (entry->state == BMA_KEY_STATE_ACTIVE)
    {
      entry->signs_from_s = fill (entry->signs_from_s, entry->created_at_s, now_s);
      entry->lifetime_s = MAX (entry->lifetime_s, policy->lifetime_s);
    }
  else if (entry->state == BMA_KEY_STATE_NEXT)
    entry->signs_from_s =
        fill (entry->signs_from_s, now_s + BMA_KEY_LEAD_S, now_s + BMA_KEY_LEAD_S);
  else
    entry->retires_at_s =
        fill (entry->retires_at_s, now_s + entry->lifetime_s, now_s + entry->lifetime_s);
}

/**
 * bma_key_rotation_settle:
 * @keys: our keys
 * @policy: what the configuration wants
 * @now_s: time
 *
 * Fills in times that were left open, sets right those that a wrong clock put too far
 * into the future, notes the lifetime of tokens, and drops keys whose last token has
 * expired.
 *
 * Returns: whether anything changed
 */
gboolean
bma_key_rotation_settle (BmaRoster *keys, const BmaKeyPolicy *policy, int64_t now_s)
{
  gboolean changed = FALSE;

  for (unsigned int i = bma_roster_get_size (keys); i-- > 0;)
    {
      BmaRosterKey *entry = bma_roster_get (keys, i);
      const BmaRosterKey before = *entry;

      settle_key (entry, policy, now_s);
      changed = changed || before.created_at_s != entry->created_at_s ||
                before.signs_from_s != entry->signs_from_s ||
                before.retires_at_s != entry->retires_at_s ||
                before.lifetime_s != entry->lifetime_s;
      if (entry->state == BMA_KEY_STATE_RETIRING && now_s >= entry->retires_at_s)
        {
          bma_roster_remove (keys, i);
          changed = TRUE;
        }
    }
  return changed;
}

/**
 * bma_key_rotation_begin:
 * @key: a private key
 * @policy: what the configuration wants
 * @now_s: time
 *
 * Returns: (transfer full): a roster in which @key signs and no other key is known
 */
BmaRoster *
bma_key_rotation_begin (BmaKey *key, const BmaKeyPolicy *policy, int64_t now_s)
{
  BmaRoster *keys = bma_roster_new ();
  BmaRosterKey *entry = bma_roster_add (keys, key, BMA_KEY_STATE_ACTIVE);

  entry->created_at_s = now_s;
  entry->signs_from_s = now_s;
  entry->lifetime_s = policy->lifetime_s;
  return keys;
}

/**
 * bma_key_rotation_announce:
 * @keys: our keys
 * @key: a private key
 * @now_s: time
 *
 * Returns: (transfer full): a roster in which @key is the next one, in place of one that
 *   was to be
 */
BmaRoster *
bma_key_rotation_announce (const BmaRoster *keys, BmaKey *key, int64_t now_s)
{
  BmaRoster *after = bma_key_rotation_withdraw (keys);

  bma_roster_add (after, key, BMA_KEY_STATE_NEXT)->created_at_s = now_s;
  return after;
}

/* The private half goes as soon as it does not sign any more. */
static void
retire (BmaRosterKey *entry)
{
  BmaKey *public_half = bma_key_make_public (entry->key);

  bma_key_unref (entry->key);
  entry->key = public_half;
  entry->state = BMA_KEY_STATE_RETIRING;
  entry->retires_at_s = 0;
}

/**
 * bma_key_rotation_promote:
 * @keys: our keys, one of which is next
 * @policy: what the configuration wants
 * @now_s: time
 *
 * Returns: (transfer full): a roster in which the next key signs and the active one
 *   retires
 */
BmaRoster *
bma_key_rotation_promote (const BmaRoster *keys,
                          const BmaKeyPolicy *policy,
                          int64_t now_s)
{
  BmaRoster *after = bma_roster_copy (keys);
  BmaRosterKey *next = bma_roster_find (after, BMA_KEY_STATE_NEXT);

  retire (bma_roster_find (after, BMA_KEY_STATE_ACTIVE));
  next->state = BMA_KEY_STATE_ACTIVE;
  next->signs_from_s = now_s;
  next->lifetime_s = policy->lifetime_s;
  return after;
}

/**
 * bma_key_rotation_withdraw:
 * @keys: our keys
 *
 * Returns: (transfer full): a roster without a next key
 */
BmaRoster *
bma_key_rotation_withdraw (const BmaRoster *keys)
{
  BmaRoster *after = bma_roster_copy (keys);

  for (unsigned int i = bma_roster_get_size (after); i-- > 0;)
    if (bma_roster_get (after, i)->state == BMA_KEY_STATE_NEXT)
      bma_roster_remove (after, i);
  return after;
}
