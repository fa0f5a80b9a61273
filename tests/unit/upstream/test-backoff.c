/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-backoff.h"

#define SECOND G_USEC_PER_SEC

static void
test_doubles (void)
{
  static const int64_t waits[] = { 1, 2, 4, 8, 16, 32, 60, 60 };
  BmaBackoff backoff = { 0, 0 };
  int64_t now_us = 5 * SECOND;

  g_assert_cmpint (bma_backoff_get_wait_s (&backoff, now_us), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      bma_backoff_fail (&backoff, now_us);
      g_assert_cmpint (bma_backoff_get_wait_s (&backoff, now_us), ==, waits[i]);
    }
  for (unsigned int i = 0; i < 100; i++)
    bma_backoff_fail (&backoff, now_us);
  g_assert_cmpint (bma_backoff_get_wait_s (&backoff, now_us), ==, 60);
  g_assert_cmpint (bma_backoff_get_wait_s (&backoff, now_us + 60 * SECOND - 1), ==, 1);
  g_assert_cmpint (bma_backoff_get_wait_s (&backoff, now_us + 60 * SECOND), ==, 0);
}

static void
test_begins_anew (void)
{
  BmaBackoff backoff = { 0, 0 };

  bma_backoff_fail (&backoff, 0);
  bma_backoff_fail (&backoff, 0);
  bma_backoff_succeed (&backoff);
  g_assert_cmpint (bma_backoff_get_wait_s (&backoff, 0), ==, 0);
  bma_backoff_fail (&backoff, 0);
  g_assert_cmpint (bma_backoff_get_wait_s (&backoff, 0), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upstream/backoff/doubles-up-to-a-minute", test_doubles);
  g_test_add_func ("/upstream/backoff/begins-anew-after-a-success", test_begins_anew);
  return g_test_run ();
}
