/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-roster.h"

struct _BmaRoster
{
  GPtrArray *keys; /* owned: of BmaRosterKey, at most BMA_ROSTER_MAX_KEYS */
};

static void
roster_key_free (gpointer data)
{
  BmaRosterKey *self = data;

  bma_key_unref (self->key);
  g_free (self);
}

/**
 * bma_roster_new:
 *
 * Returns: (transfer full): a roster without keys
 */
BmaRoster *
bma_roster_new (void)
{
  BmaRoster *self = g_new0 (BmaRoster, 1);

  self->keys = g_ptr_array_new_with_free_func (roster_key_free);
  return self;
}

static gpointer
copy_key (gconstpointer source, gpointer unused)
{
  BmaRosterKey *copy = g_memdup2 (source, sizeof (BmaRosterKey));

  bma_key_ref (copy->key);
  return copy;
}

/**
 * bma_roster_copy:
 * @self: a roster
 *
 * Returns: (transfer full): another one with the same keys
 */
BmaRoster *
bma_roster_copy (const BmaRoster *self)
{
  BmaRoster *copy = g_new0 (BmaRoster, 1);

  copy->keys = g_ptr_array_copy (self->keys, copy_key, NULL);
  g_ptr_array_set_free_func (copy->keys, roster_key_free);
  return copy;
}

/**
 * bma_roster_free:
 * @self: (transfer full): a roster
 *
 * Frees the roster and drops its keys.
 */
void
bma_roster_free (BmaRoster *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->keys);
  g_free (self);
}

/**
 * bma_roster_add:
 * @self: a roster
 * @key: (transfer none): a key of ES256 or RS256
 * @state: where it is in its life
 *
 * Returns: (transfer none): the entry, whose times are not known yet
 */
BmaRosterKey *
bma_roster_add (BmaRoster *self, BmaKey *key, BmaKeyState state)
{
  BmaRosterKey *entry = g_new0 (BmaRosterKey, 1);

  entry->key = bma_key_ref (key);
  entry->state = state;
  g_ptr_array_add (self->keys, entry);
  return entry;
}

/**
 * bma_roster_remove:
 * @self: a roster
 * @index: below its size
 *
 * Drops a key.
 */
void
bma_roster_remove (BmaRoster *self, unsigned int index)
{
  g_ptr_array_remove_index (self->keys, index);
}

/**
 * bma_roster_get_size:
 * @self: a roster
 *
 * Returns: how many keys it has
 */
unsigned int
bma_roster_get_size (const BmaRoster *self)
{
  return self->keys->len;
}

/**
 * bma_roster_get:
 * @self: a roster
 * @index: below its size
 *
 * Returns: (transfer none): an entry, in the order in which they were added
 */
BmaRosterKey *
bma_roster_get (const BmaRoster *self, unsigned int index)
{
  return g_ptr_array_index (self->keys, index);
}

/**
 * bma_roster_find:
 * @self: a roster
 * @state: a state
 *
 * Returns: (transfer none) (nullable): the first entry in that state
 */
BmaRosterKey *
bma_roster_find (const BmaRoster *self, BmaKeyState state)
{
  for (unsigned int i = 0; i < self->keys->len; i++)
    if (bma_roster_get (self, i)->state == state)
      return bma_roster_get (self, i);
  return NULL;
}

/**
 * bma_roster_make_keyset:
 * @self: a roster
 *
 * Returns: (transfer full): all its keys, to verify with and to publish; the active one
 *   signs
 */
BmaKeyset *
bma_roster_make_keyset (const BmaRoster *self)
{
  BmaKeyset *keys = bma_keyset_new ();

  /* States stand in the order in which the set is to have them. */
  for (unsigned int state = 0; state < BMA_KEY_STATE_N; state++)
    for (unsigned int i = 0; i < self->keys->len; i++)
      if (bma_roster_get (self, i)->state == state)
        bma_keyset_add (keys, bma_roster_get (self, i)->key);
  return keys;
}

/**
 * bma_key_state_to_text:
 * @state: a state
 *
 * Returns: "active", "next" or "retiring"
 */
const char *
bma_key_state_to_text (BmaKeyState state)
{
  static const char *const names[] = {
    [BMA_KEY_STATE_ACTIVE] = "active",
    [BMA_KEY_STATE_NEXT] = "next",
    [BMA_KEY_STATE_RETIRING] = "retiring",
  };

  g_return_val_if_fail ((size_t) state < G_N_ELEMENTS (names), NULL);

  return names[state];
}
