/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-rotation.h"

#define NOW 1000000
#define DAY 86400
#define POLICY                                                                           \
  {                                                                                      \
    BMA_ALGORITHM_ES256, 90 * DAY, 3600                                                  \
  }

static BmaKey *es256[BMA_ROSTER_MAX_KEYS]; /* owned */
static BmaKey *rs256;                      /* owned */

/* What a roster of the table has: times are relative to NOW, NONE is: no such key. */
#define NONE G_MININT64

typedef struct
{
  const char *what;
  gboolean active_is_rsa;
  int64_t active_from;
  gboolean next_is_rsa;
  int64_t next_from;
  int64_t retires_at;
  BmaAlgorithm wanted;
  BmaKeyAction action;
  int64_t look_again; /* relative to NOW; for waiting */
} Row;

static const Row rows[] = {
  { "a young key", FALSE, -DAY, FALSE, NONE, NONE, BMA_ALGORITHM_ES256,
    BMA_KEY_ACTION_WAIT, 89 * DAY },
  { "a second before its age", FALSE, -90 * DAY + 1, FALSE, NONE, NONE,
    BMA_ALGORITHM_ES256, BMA_KEY_ACTION_WAIT, 1 },
  { "of age", FALSE, -90 * DAY, FALSE, NONE, NONE, BMA_ALGORITHM_ES256,
    BMA_KEY_ACTION_ANNOUNCE, 0 },
  { "of age long ago", FALSE, -900 * DAY, FALSE, NONE, NONE, BMA_ALGORITHM_ES256,
    BMA_KEY_ACTION_ANNOUNCE, 0 },
  { "of age, another one is announced", FALSE, -90 * DAY, FALSE, 200, NONE,
    BMA_ALGORITHM_ES256, BMA_KEY_ACTION_WAIT, 200 },
  { "announced, the lead is not over", FALSE, -DAY, FALSE, 1, NONE, BMA_ALGORITHM_ES256,
    BMA_KEY_ACTION_WAIT, 1 },
  { "announced, the lead is over", FALSE, -DAY, FALSE, 0, NONE, BMA_ALGORITHM_ES256,
    BMA_KEY_ACTION_PROMOTE, 0 },
  { "one retires before anything else", FALSE, -DAY, FALSE, NONE, 60, BMA_ALGORITHM_ES256,
    BMA_KEY_ACTION_WAIT, 60 },
  { "one retires after the lead", FALSE, -DAY, FALSE, 50, 60, BMA_ALGORITHM_ES256,
    BMA_KEY_ACTION_WAIT, 50 },
  { "another algorithm is wanted", FALSE, -DAY, FALSE, NONE, NONE, BMA_ALGORITHM_RS256,
    BMA_KEY_ACTION_ANNOUNCE, 0 },
  { "another algorithm is announced", FALSE, -DAY, TRUE, 100, NONE, BMA_ALGORITHM_RS256,
    BMA_KEY_ACTION_WAIT, 100 },
  { "another algorithm takes over", FALSE, -DAY, TRUE, 0, NONE, BMA_ALGORITHM_RS256,
    BMA_KEY_ACTION_PROMOTE, 0 },
  { "another algorithm than announced", FALSE, -DAY, FALSE, 0, NONE, BMA_ALGORITHM_RS256,
    BMA_KEY_ACTION_ANNOUNCE, 0 },
  { "wanted back before the other signed", FALSE, -DAY, TRUE, 0, NONE,
    BMA_ALGORITHM_ES256, BMA_KEY_ACTION_WITHDRAW, 0 },
  { "wanted back after the other signed", TRUE, -DAY, FALSE, NONE, 60,
    BMA_ALGORITHM_ES256, BMA_KEY_ACTION_ANNOUNCE, 0 },
};

static BmaRoster *
make_roster (const Row *row)
{
  BmaRoster *roster = bma_roster_new ();
  BmaRosterKey *active = bma_roster_add (roster, row->active_is_rsa ? rs256 : es256[0],
                                         BMA_KEY_STATE_ACTIVE);

  active->created_at_s = MAX (NOW + row->active_from, 1);
  active->signs_from_s = NOW + row->active_from;
  active->lifetime_s = 3600;
  if (row->next_from != NONE)
    bma_roster_add (roster, row->next_is_rsa ? rs256 : es256[1], BMA_KEY_STATE_NEXT)
        ->signs_from_s = NOW + row->next_from;
  if (row->retires_at != NONE)
    bma_roster_add (roster, es256[2], BMA_KEY_STATE_RETIRING)->retires_at_s =
        NOW + row->retires_at;
  return roster;
}

static void
test_table (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BmaRoster) roster = make_roster (&rows[i]);
      BmaKeyPolicy policy = POLICY;
      BmaKeyDecision decision;

      policy.algorithm = rows[i].wanted;
      g_test_message ("%s", rows[i].what);
      decision = bma_key_rotation_decide (roster, &policy, NOW);
      g_assert_cmpint (decision.action, ==, rows[i].action);
      if (decision.action == BMA_KEY_ACTION_WAIT)
        g_assert_cmpint (decision.look_again_s, ==, NOW + rows[i].look_again);
    }
}

static void
test_no_room (void)
{
  BmaKeyPolicy policy = POLICY;
  g_autoptr (BmaRoster)
      roster = bma_key_rotation_begin (es256[0], &policy, NOW - 100 * DAY);
  BmaKeyDecision decision;

  for (unsigned int i = 1; i < BMA_ROSTER_MAX_KEYS; i++)
    {
      g_assert_true (bma_key_rotation_has_room (roster));
      bma_roster_add (roster, es256[i], BMA_KEY_STATE_RETIRING)->retires_at_s = NOW +
                                                                                100 + i;
    }
  g_assert_false (bma_key_rotation_has_room (roster));
  decision = bma_key_rotation_decide (roster, &policy, NOW);
  g_assert_cmpint (decision.action, ==, BMA_KEY_ACTION_WAIT);
  g_assert_cmpint (decision.look_again_s, ==, NOW + 101);
}

/* What was left open is filled in, once, from the moment it took effect. */
static void
test_settle (void)
{
  BmaKeyPolicy policy = POLICY;
  g_autoptr (BmaRoster) roster = bma_roster_new ();
  BmaRosterKey *active = bma_roster_add (roster, es256[0], BMA_KEY_STATE_ACTIVE);
  BmaRosterKey *next = bma_roster_add (roster, es256[1], BMA_KEY_STATE_NEXT);
  BmaRosterKey *retiring = bma_roster_add (roster, es256[2], BMA_KEY_STATE_RETIRING);

  retiring->lifetime_s = 7200;
  g_assert_true (bma_key_rotation_settle (roster, &policy, NOW));
  g_assert_cmpint (active->created_at_s, ==, NOW);
  g_assert_cmpint (active->signs_from_s, ==, NOW);
  g_assert_cmpint (active->lifetime_s, ==, 3600);
  g_assert_cmpint (next->signs_from_s, ==, NOW + BMA_KEY_LEAD_S);
  g_assert_cmpint (retiring->retires_at_s, ==, NOW + 7200);
  g_assert_false (bma_key_rotation_settle (roster, &policy, NOW));
  g_assert_false (bma_key_rotation_settle (roster, &policy, NOW + 7199));
  g_assert_cmpint (retiring->retires_at_s, ==, NOW + 7200);
  g_assert_true (bma_key_rotation_settle (roster, &policy, NOW + 7200));
  g_assert_cmpuint (bma_roster_get_size (roster), ==, 2);

  /* Tokens that live longer are noted; that they live shorter again changes nothing. */
  policy.lifetime_s = 86400;
  g_assert_true (bma_key_rotation_settle (roster, &policy, NOW));
  policy.lifetime_s = 60;
  g_assert_false (bma_key_rotation_settle (roster, &policy, NOW));
  g_assert_cmpint (active->lifetime_s, ==, 86400);
}

/* A clock that was wrong by years does not hold anything up for years. */
static void
test_clock_was_ahead (void)
{
  BmaKeyPolicy policy = POLICY;
  g_autoptr (BmaRoster) roster = bma_roster_new ();
  BmaRosterKey *active = bma_roster_add (roster, es256[0], BMA_KEY_STATE_ACTIVE);
  BmaRosterKey *next = bma_roster_add (roster, es256[1], BMA_KEY_STATE_NEXT);
  BmaRosterKey *retiring = bma_roster_add (roster, es256[2], BMA_KEY_STATE_RETIRING);

  active->created_at_s = active->signs_from_s = NOW + 3000 * DAY;
  next->created_at_s = next->signs_from_s = NOW + 3000 * DAY;
  retiring->created_at_s = retiring->retires_at_s = NOW + 3000 * DAY;
  retiring->lifetime_s = 3600;
  g_assert_true (bma_key_rotation_settle (roster, &policy, NOW));
  g_assert_cmpint (active->created_at_s, ==, NOW);
  g_assert_cmpint (active->signs_from_s, ==, NOW);
  g_assert_cmpint (next->created_at_s, ==, NOW);
  g_assert_cmpint (next->signs_from_s, ==, NOW + BMA_KEY_LEAD_S);
  g_assert_cmpint (retiring->retires_at_s, ==, NOW + 3600);
}

static void
test_steps (void)
{
  BmaKeyPolicy policy = POLICY;
  g_autoptr (BmaRoster) first = bma_key_rotation_begin (es256[0], &policy, NOW);
  g_autoptr (BmaRoster) second = bma_key_rotation_announce (first, es256[1], NOW + 10);
  g_autoptr (BmaRoster) instead = bma_key_rotation_announce (second, es256[2], NOW + 20);
  g_autoptr (BmaRoster) withdrawn = bma_key_rotation_withdraw (instead);
  g_autoptr (BmaRoster) promoted = bma_key_rotation_promote (instead, &policy, NOW + 30);
  const BmaRosterKey *old = bma_roster_find (promoted, BMA_KEY_STATE_RETIRING);

  g_assert_cmpuint (bma_roster_get_size (second), ==, 2);
  g_assert_cmpuint (bma_roster_get_size (instead), ==, 2);
  g_assert_true (bma_roster_find (instead, BMA_KEY_STATE_NEXT)->key == es256[2]);
  g_assert_cmpint (bma_roster_find (instead, BMA_KEY_STATE_NEXT)->signs_from_s, ==, 0);
  g_assert_cmpuint (bma_roster_get_size (withdrawn), ==, 1);
  g_assert_true (bma_roster_find (promoted, BMA_KEY_STATE_ACTIVE)->key == es256[2]);
  g_assert_cmpint (bma_roster_find (promoted, BMA_KEY_STATE_ACTIVE)->signs_from_s, ==,
                   NOW + 30);
  g_assert_cmpstr (bma_key_get_id (old->key), ==, bma_key_get_id (es256[0]));
  g_assert_false (bma_key_is_private (old->key));
  g_assert_cmpint (old->retires_at_s, ==, 0);
  g_assert_cmpint (old->lifetime_s, ==, 3600);
  /* Each is another roster: the one in use stays as it is until the keyring has the next.
   */
  g_assert_cmpuint (bma_roster_get_size (first), ==, 1);
  g_assert_true (bma_key_is_private (bma_roster_find (first, BMA_KEY_STATE_ACTIVE)->key));
}

int
main (int argc, char *argv[])
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (es256); i++)
    es256[i] = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  rs256 = bma_key_generate (BMA_ALGORITHM_RS256, NULL);
  g_test_add_func ("/broker/key-rotation/decides-by-table", test_table);
  g_test_add_func ("/broker/key-rotation/waits-while-there-is-no-room", test_no_room);
  g_test_add_func ("/broker/key-rotation/settles-open-times-once", test_settle);
  g_test_add_func ("/broker/key-rotation/outlives-a-clock-that-was-ahead",
                   test_clock_was_ahead);
  g_test_add_func ("/broker/key-rotation/steps-make-other-rosters", test_steps);
  status = g_test_run ();
  for (size_t i = 0; i < G_N_ELEMENTS (es256); i++)
    bma_key_unref (es256[i]);
  bma_key_unref (rs256);
  return status;
}
