/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-freshness.h"

static void
test_parse (void)
{
  static const struct
  {
    const char *cache_control;
    const char *age;
    int64_t expected;
  } cases[] = {
    { NULL, NULL, BMA_HTTP_MAX_AGE_UNKNOWN },
    { "", "60", BMA_HTTP_MAX_AGE_UNKNOWN },
    { "public", NULL, BMA_HTTP_MAX_AGE_UNKNOWN },
    { "s-maxage=5", NULL, BMA_HTTP_MAX_AGE_UNKNOWN },
    { "max-age=300", NULL, 300 },
    { "public, MAX-AGE=300, must-revalidate", NULL, 300 },
    { "max-age=\"300\"", NULL, 300 },
    { "max-age=300, max-age=20", NULL, 20 },
    { "max-age=99999999999999999999", NULL, G_MAXINT32 },
    { "max-age=300", "100", 200 },
    { "max-age=300", "1000", 0 },
    { "max-age=300", "soon", 300 },
    { "max-age=0", "10", 0 },
    { "max-age", NULL, 0 },
    { "max-age=", NULL, 0 },
    { "max-age=-5", NULL, 0 },
    { "max-age=x", NULL, 0 },
    { "no-store", NULL, 0 },
    { "max-age=300, no-cache", NULL, 0 },
    { "no-cache=\"set-cookie\", max-age=300", NULL, 0 },
    { "max-ages=300, no-stores", NULL, BMA_HTTP_MAX_AGE_UNKNOWN },
    { ",,,", NULL, BMA_HTTP_MAX_AGE_UNKNOWN },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].cache_control);
      g_assert_cmpint (bma_http_freshness_parse (cases[i].cache_control, cases[i].age),
                       ==, cases[i].expected);
    }
}

static void
test_bound (void)
{
  g_assert_cmpint (bma_http_freshness_bound (BMA_HTTP_MAX_AGE_UNKNOWN, 60, 5, 100), ==,
                   60);
  g_assert_cmpint (bma_http_freshness_bound (0, 60, 5, 100), ==, 5);
  g_assert_cmpint (bma_http_freshness_bound (50, 60, 5, 100), ==, 50);
  g_assert_cmpint (bma_http_freshness_bound (5000, 60, 5, 100), ==, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/http-freshness/what-an-answer-says", test_parse);
  g_test_add_func ("/net/http-freshness/is-bounded", test_bound);
  return g_test_run ();
}
