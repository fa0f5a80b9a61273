/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the keyring holds: a roster of signing keys, or one key. */

#include "bma-roster.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static void
check_same (const BmaRosterKey *one, const BmaRosterKey *two)
{
  g_assert (g_str_equal (bma_key_get_id (one->key), bma_key_get_id (two->key)));
  g_assert (bma_key_is_private (one->key) == bma_key_is_private (two->key));
  g_assert (bma_key_get_algorithm (one->key) == bma_key_get_algorithm (two->key));
  g_assert (one->state == two->state);
  g_assert (one->created_at_s == two->created_at_s);
  g_assert (one->signs_from_s == two->signs_from_s);
  g_assert (one->retires_at_s == two->retires_at_s);
  g_assert (one->lifetime_s == two->lifetime_s);
}

/* What was taken is written so that all of it is taken again, and can be used. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autoptr (BmaRoster) roster = bma_roster_parse ((const char *) data, n_bytes, NULL);
  g_autoptr (BmaRoster) again = NULL;
  g_autoptr (BmaKeyset) keys = NULL;
  g_autoptr (BmaSecret) text = NULL;

  if (roster == NULL)
    return 0;
  text = bma_roster_write (roster, NULL);
  g_assert (text != NULL);
  again = bma_roster_parse (bma_secret_peek (text), bma_secret_get_size (text), NULL);
  g_assert (again != NULL);
  g_assert (bma_roster_get_size (again) == bma_roster_get_size (roster));
  for (unsigned int i = 0; i < bma_roster_get_size (roster); i++)
    check_same (bma_roster_get (roster, i), bma_roster_get (again, i));
  keys = bma_roster_make_keyset (roster);
  g_assert (bma_keyset_get_size (keys) == bma_roster_get_size (roster));
  g_assert (bma_keyset_get_signer (keys) ==
            bma_roster_find (roster, BMA_KEY_STATE_ACTIVE)->key);
  return 0;
}
