/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-suggest.h"

static void
test_suggest (void)
{
  static const char *const known[] = { "status", "token",     "sign-in", "sign-out",
                                       "grants", "configure", "connect", NULL };
  static const struct
  {
    const char *word;
    const char *expected;
  } cases[] = {
    { "statu", "status" },
    { "statsu", "status" },
    { "sattus", "status" },
    { "signin", "sign-in" },
    { "signout", "sign-out" },
    { "grant", "grants" },
    { "tokens", "token" },
    { "conf", "configure" },
    { "con", "configure" },
    { "conect", "connect" },
    { "Status", "status" },
    { "sign", "sign-in" },
    { "frobnicate", NULL },
    { "s", NULL },
    { "", NULL },
    { "tk", NULL },
    { "xx", NULL },
    { "grünts", "grants" },
    { "statusstatusstatusstatusstatusstatus", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("“%s”", cases[i].word);
      g_assert_cmpstr (bma_cli_suggest (cases[i].word, known), ==, cases[i].expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/suggest/what-was-meant", test_suggest);
  return g_test_run ();
}
