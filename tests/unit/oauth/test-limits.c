/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-limits.h"

#include <string.h>

#define S           INT64_C (1000000)
#define MAX_BUCKETS 64

static BmaLimitPeer
make_peer (unsigned int number)
{
  BmaLimitPeer peer = { FALSE, { 0x20, 0x01 } };

  memcpy (peer.address + 4, &number, sizeof number);
  return peer;
}

/* How many requests in a row are let through. */
static unsigned int
count_takes (BmaLimits *limits,
             const BmaLimitPeer *peer,
             uint32_t per_minute,
             int64_t now_us)
{
  unsigned int n = 0;

  while (n < 100000 &&
         bma_limits_take (limits, BMA_LIMIT_TOKEN, peer, per_minute, now_us) == 0)
    n++;
  return n;
}

static void
test_burst (void)
{
  g_autoptr (BmaLimits) limits = bma_limits_new (MAX_BUCKETS);
  BmaLimitPeer peer = make_peer (1);

  g_assert_cmpuint (count_takes (limits, &peer, 30, 5 * S), ==, 30);
  /* One every two seconds. */
  g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_TOKEN, &peer, 30, 5 * S), ==, 3);
  g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_TOKEN, &peer, 30, 6 * S), ==, 2);
  g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_TOKEN, &peer, 30, 7 * S - 1), ==,
                    1);
  g_assert_cmpuint (count_takes (limits, &peer, 30, 7 * S), ==, 1);
  g_assert_cmpuint (count_takes (limits, &peer, 30, 27 * S), ==, 10);
  /* However long nothing comes, no more than a minute's worth gathers. */
  g_assert_cmpuint (count_takes (limits, &peer, 30, 5000 * S), ==, 30);
}

/* Whoever waits as told is let through. */
static void
test_retry_after (void)
{
  static const uint32_t rates[] = { 1, 7, 59, 60, 61, 1000, 1000000 };

  for (size_t i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autoptr (BmaLimits) limits = bma_limits_new (MAX_BUCKETS);
      BmaLimitPeer peer = make_peer (1);
      int64_t now_us = 12345;
      unsigned int wait_s = 0;

      bma_limits_charge (limits, BMA_LIMIT_TOKEN, &peer, 1, now_us);
      g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_TOKEN, &peer, rates[i],
                                         now_us),
                        ==, 0);
      bma_limits_charge (limits, BMA_LIMIT_TOKEN, &peer, rates[i], now_us);
      wait_s = bma_limits_take (limits, BMA_LIMIT_TOKEN, &peer, rates[i], now_us);
      g_assert_cmpuint (wait_s, >=, 1);
      g_assert_cmpuint (wait_s, <=, 61);
      g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_TOKEN, &peer, rates[i],
                                         now_us + wait_s * S),
                        ==, 0);
    }
}

static void
test_kinds_and_peers (void)
{
  g_autoptr (BmaLimits) limits = bma_limits_new (MAX_BUCKETS);
  BmaLimitPeer one = make_peer (1);
  BmaLimitPeer other = make_peer (2);
  BmaLimitPeer owner = { TRUE, { 1 } };
  BmaLimitPeer same_owner = { TRUE, { 2 } };

  g_assert_cmpuint (count_takes (limits, &one, 10, S), ==, 10);
  g_assert_cmpuint (count_takes (limits, &other, 10, S), ==, 10);
  g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_REGISTER, &one, 10, S), ==, 0);
  g_assert_cmpuint (count_takes (limits, &owner, 10, S), ==, 10);
  g_assert_cmpuint (count_takes (limits, &same_owner, 10, S), ==, 0);
  g_assert_cmpuint (count_takes (limits, &one, 0, S), ==, 100000);
}

static void
test_failures_count_more (void)
{
  g_autoptr (BmaLimits) limits = bma_limits_new (MAX_BUCKETS);
  BmaLimitPeer peer = make_peer (1);
  unsigned int n = 0;

  while (bma_limits_take (limits, BMA_LIMIT_TOKEN, &peer, 100, S) == 0)
    {
      bma_limits_charge (limits, BMA_LIMIT_TOKEN, &peer, 4, S);
      n++;
    }
  g_assert_cmpuint (n, ==, 20);
  /* Never into debt: the wait stays short. */
  bma_limits_charge (limits, BMA_LIMIT_TOKEN, &peer, 1000000, S);
  g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_TOKEN, &peer, 100, 2 * S), ==, 0);
}

/* Many addresses do not push out the one that is over its limit. */
static void
test_many_peers (void)
{
  g_autoptr (BmaLimits) limits = bma_limits_new (MAX_BUCKETS);
  BmaLimitPeer greedy = make_peer (0);

  g_assert_cmpuint (count_takes (limits, &greedy, 60, S), ==, 60);
  for (unsigned int i = 1; i < 1000; i++)
    {
      BmaLimitPeer peer = make_peer (i);

      g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_TOKEN, &peer, 60, S), ==, 0);
      g_assert_cmpuint (bma_limits_get_n_buckets (limits), <=, MAX_BUCKETS);
    }
  g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_TOKEN, &greedy, 60, S), >, 0);
  /* Those that are full again make room all at once. */
  {
    BmaLimitPeer late = make_peer (1000);

    g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_TOKEN, &late, 60, 100 * S), ==,
                      0);
    g_assert_cmpuint (bma_limits_get_n_buckets (limits), ==, 1);
  }
}

static void
test_changed_rate (void)
{
  g_autoptr (BmaLimits) limits = bma_limits_new (MAX_BUCKETS);
  BmaLimitPeer peer = make_peer (1);

  g_assert_cmpuint (bma_limits_take (limits, BMA_LIMIT_TOKEN, &peer, 1000, S), ==, 0);
  g_assert_cmpuint (count_takes (limits, &peer, 5, S), ==, 5);
  /* A clock that goes back gives nothing away. */
  g_assert_cmpuint (count_takes (limits, &peer, 5, 0), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/limits/burst-then-steadily", test_burst);
  g_test_add_func ("/oauth/limits/waiting-as-told-is-enough", test_retry_after);
  g_test_add_func ("/oauth/limits/kinds-and-peers-count-apart", test_kinds_and_peers);
  g_test_add_func ("/oauth/limits/failures-count-more", test_failures_count_more);
  g_test_add_func ("/oauth/limits/many-peers-do-not-hide-one", test_many_peers);
  g_test_add_func ("/oauth/limits/changed-rate", test_changed_rate);
  return g_test_run ();
}
