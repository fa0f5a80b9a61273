/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-session-table.h"

static void
test_binds (void)
{
  g_autoptr (BmaSessionTable) table = bma_session_table_new (10);

  g_assert_null (bma_session_table_lookup (table, "s", 1));
  bma_session_table_bind (table, "s", "ann", 1);
  bma_session_table_bind (table, "S", "bob", 1);
  g_assert_cmpstr (bma_session_table_lookup (table, "s", 2), ==, "ann");
  g_assert_cmpstr (bma_session_table_lookup (table, "S", 2), ==, "bob");
  /* Given anew by the server. */
  bma_session_table_bind (table, "s", "bob", 3);
  g_assert_cmpstr (bma_session_table_lookup (table, "s", 4), ==, "bob");
  bma_session_table_unbind (table, "s");
  bma_session_table_unbind (table, "s");
  g_assert_null (bma_session_table_lookup (table, "s", 5));
  g_assert_cmpuint (bma_session_table_get_size (table), ==, 1);
}

static void
test_idle (void)
{
  g_autoptr (BmaSessionTable) table = bma_session_table_new (10);
  const int64_t day_us = (int64_t) BMA_SESSION_IDLE_S * G_USEC_PER_SEC;

  bma_session_table_bind (table, "s", "ann", 0);
  g_assert_nonnull (bma_session_table_lookup (table, "s", day_us - 1));
  bma_session_table_bind (table, "s", "ann", day_us - 1);
  g_assert_nonnull (bma_session_table_lookup (table, "s", 2 * day_us - 2));
  g_assert_null (bma_session_table_lookup (table, "s", 2 * day_us - 1));
  g_assert_cmpuint (bma_session_table_get_size (table), ==, 0);
}

static void
test_empty (void)
{
  g_autoptr (BmaSessionTable) table = bma_session_table_new (10);
  const int64_t day_us = (int64_t) BMA_SESSION_IDLE_S * G_USEC_PER_SEC;

  g_assert_true (bma_session_table_is_empty (table, 0));
  bma_session_table_bind (table, "s", "ann", 0);
  bma_session_table_bind (table, "t", "ann", 5);
  g_assert_false (bma_session_table_is_empty (table, day_us + 4));
  g_assert_true (bma_session_table_is_empty (table, day_us + 5));
}

static void
test_fair (void)
{
  g_autoptr (BmaSessionTable) table = bma_session_table_new (100);

  bma_session_table_bind (table, "of-ann", "ann", 0);
  bma_session_table_bind (table, "of-eve", "eve", 1);
  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *id = g_strdup_printf ("noise-%d", i);

      bma_session_table_bind (table, id, "bob", 2 + i);
      g_assert_cmpstr (bma_session_table_lookup (table, id, 2 + i), ==, "bob");
      g_assert_cmpuint (bma_session_table_get_size (table), <=, 100);
    }
  g_assert_cmpstr (bma_session_table_lookup (table, "of-ann", 2000), ==, "ann");
  g_assert_cmpstr (bma_session_table_lookup (table, "of-eve", 2000), ==, "eve");
  g_assert_null (bma_session_table_lookup (table, "noise-901", 2000));
  g_assert_nonnull (bma_session_table_lookup (table, "noise-902", 2000));
  /* Somebody new has room. */
  bma_session_table_bind (table, "of-dan", "dan", 2000);
  g_assert_cmpstr (bma_session_table_lookup (table, "of-dan", 2001), ==, "dan");
  g_assert_null (bma_session_table_lookup (table, "noise-902", 2001));
}

static void
test_unused_first (void)
{
  g_autoptr (BmaSessionTable) table = bma_session_table_new (3);

  bma_session_table_bind (table, "1", "ann", 1);
  bma_session_table_bind (table, "2", "bob", 2);
  bma_session_table_bind (table, "3", "eve", 3);
  bma_session_table_bind (table, "1", "ann", 4);
  bma_session_table_bind (table, "4", "dan", 5);
  g_assert_nonnull (bma_session_table_lookup (table, "1", 6));
  g_assert_null (bma_session_table_lookup (table, "2", 6));
  g_assert_nonnull (bma_session_table_lookup (table, "3", 6));
  g_assert_nonnull (bma_session_table_lookup (table, "4", 6));
}

static void
test_ids (void)
{
  g_autofree char *longest = g_strnfill (512, 'a');
  g_autofree char *too_long = g_strnfill (513, 'a');

  g_assert_true (bma_session_table_is_id ("01J-~!\"x"));
  g_assert_true (bma_session_table_is_id (longest));
  g_assert_false (bma_session_table_is_id (too_long));
  g_assert_false (bma_session_table_is_id (""));
  g_assert_false (bma_session_table_is_id ("a b"));
  g_assert_false (bma_session_table_is_id ("a\tb"));
  g_assert_false (bma_session_table_is_id ("\xc3\xa9"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/session-table/binds-and-unbinds", test_binds);
  g_test_add_func ("/broker/session-table/forgets-the-unused", test_idle);
  g_test_add_func ("/broker/session-table/is-empty-after-a-day", test_empty);
  g_test_add_func ("/broker/session-table/noise-pushes-out-noise", test_fair);
  g_test_add_func ("/broker/session-table/longest-unused-goes-first", test_unused_first);
  g_test_add_func ("/broker/session-table/ids-are-visible-ascii", test_ids);
  return g_test_run ();
}
