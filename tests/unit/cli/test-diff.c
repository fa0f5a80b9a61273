/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-diff.h"

#define HEAD "--- a\n+++ b\n"

static void
test_unified (void)
{
  static const struct
  {
    const char *before;
    const char *after;
    const char *diff;
  } cases[] = {
    { "x\n", "x\n", "" },
    { "", "", "" },
    { "", "x\ny\n", HEAD "@@ -0,0 +1,2 @@\n+x\n+y\n" },
    { "x\n", "", HEAD "@@ -1,1 +0,0 @@\n-x\n" },
    { "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
      HEAD "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n" },
    { "x", "x\ny",
      HEAD "@@ -1,1 +1,2 @@\n-x\n\\ No newline at end of file\n+x\n+y\n\\ No "
           "newline at end of file\n" },
    { "a\n", "a\n\x1b[31m\xe2\x80\xae\n",
      HEAD "@@ -1,1 +1,2 @@\n a\n+\xef\xbf\xbd[31m"
           "\xef\xbf\xbd\n" },
    { "\ta\r\n", "\ta\r\n\tb\r\n", HEAD "@@ -1,1 +1,2 @@\n \ta\n+\tb\n" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *diff =
          bma_cli_diff (cases[i].before, cases[i].after, "a", "b", FALSE);

      g_assert_cmpstr (diff, ==, cases[i].diff);
    }
}

static void
test_colour (void)
{
  g_autofree char *diff = bma_cli_diff ("a\n", "b\n", "a", "b", TRUE);

  g_assert_cmpstr (diff, ==,
                   "\033[1m--- a\n+++ b\033[0m\n\033[33m@@ -1,1 +1,1 @@\033[0m\n"
                   "\033[31m-a\033[0m\n\033[32m+b\033[0m\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/diff/is-unified-and-harmless", test_unified);
  g_test_add_func ("/cli/diff/is-coloured-when-asked", test_colour);
  return g_test_run ();
}
