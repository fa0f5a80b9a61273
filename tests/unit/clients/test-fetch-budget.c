/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-fetch-budget.h"

#define S(n) ((int64_t) (n) *G_USEC_PER_SEC)

static void
test_running (void)
{
  g_autoptr (BmaFetchBudget) budget = bma_fetch_budget_new ();

  for (unsigned int i = 0; i < BMA_FETCH_BUDGET_MAX_RUNNING; i++)
    {
      g_autofree char *host = g_strdup_printf ("h%u", i);

      g_assert_true (bma_fetch_budget_take (budget, host, host, 0));
    }
  g_assert_false (bma_fetch_budget_take (budget, "other", "other", 0));
  bma_fetch_budget_give_back (budget, "h0", TRUE, 0);
  g_assert_true (bma_fetch_budget_take (budget, "other", "other", 0));
}

static gboolean
fetch (BmaFetchBudget *budget,
       const char *url,
       const char *host,
       gboolean is_success,
       int64_t now_us)
{
  if (!bma_fetch_budget_take (budget, url, host, now_us))
    return FALSE;
  bma_fetch_budget_give_back (budget, url, is_success, now_us);
  return TRUE;
}

static void
test_host (void)
{
  g_autoptr (BmaFetchBudget) budget = bma_fetch_budget_new ();

  for (unsigned int i = 0; i < BMA_FETCH_BUDGET_MAX_PER_HOST; i++)
    {
      g_autofree char *url = g_strdup_printf ("u%u", i);

      g_assert_true (fetch (budget, url, "victim", i % 2 == 0, S (i)));
    }
  g_assert_false (fetch (budget, "fresh", "victim", TRUE, S (30)));
  g_assert_false (fetch (budget, "fresh", "victim", TRUE, S (59)));
  g_assert_true (fetch (budget, "fresh", "other", TRUE, S (59)));
  g_assert_true (fetch (budget, "fresh", "victim", TRUE, S (60)));
}

static void
test_total (void)
{
  g_autoptr (BmaFetchBudget) budget = bma_fetch_budget_new ();

  for (unsigned int i = 0; i < BMA_FETCH_BUDGET_MAX_TOTAL; i++)
    {
      g_autofree char *host = g_strdup_printf ("h%u", i);

      g_assert_true (fetch (budget, host, host, TRUE, S (1)));
    }
  g_assert_false (fetch (budget, "more", "more", TRUE, S (60)));
  g_assert_true (fetch (budget, "more", "more", TRUE, S (61)));
}

static void
test_pause (void)
{
  /* From one failure to the next attempt that is let through. */
  static const int64_t pauses_s[] = { 5, 10, 20, 40, 60, 60 };
  g_autoptr (BmaFetchBudget) budget = bma_fetch_budget_new ();
  int64_t now_s = 0;

  g_assert_true (fetch (budget, "u", "h", FALSE, S (now_s)));
  for (size_t i = 0; i < G_N_ELEMENTS (pauses_s); i++)
    {
      now_s += pauses_s[i] - 1;
      g_assert_false (fetch (budget, "u", "h", FALSE, S (now_s)));
      /* Another document of the host does not wait. */
      g_assert_true (fetch (budget, "other", "h2", TRUE, S (now_s)));
      now_s++;
      g_assert_true (fetch (budget, "u", "h", FALSE, S (now_s)));
    }
  now_s += BMA_FETCH_BUDGET_MAX_PAUSE_S;
  g_assert_true (fetch (budget, "u", "h", TRUE, S (now_s)));
  g_assert_true (fetch (budget, "u", "h", FALSE, S (now_s)));
  g_assert_true (fetch (budget, "u", "h", TRUE, S (now_s + 5)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clients/fetch-budget/few-at-once", test_running);
  g_test_add_func ("/clients/fetch-budget/a-host-is-not-hammered", test_host);
  g_test_add_func ("/clients/fetch-budget/all-hosts-together-neither", test_total);
  g_test_add_func ("/clients/fetch-budget/a-failure-pauses-longer-each-time", test_pause);
  return g_test_run ();
}
