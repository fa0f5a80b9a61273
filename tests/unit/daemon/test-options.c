/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-options.h"

static void
test_all (void)
{
  g_autoptr (GError) error = NULL;
  char *arguments[] = {
    "biomcp-authd", "--config=a.ini", "--state-dir", "/s",        "--listen",
    "[::1]:0",      "--verbose",      "--replace",   "--version", NULL
  };
  g_autoptr (BmaOptions) options = bma_options_parse (arguments, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (options->config_file, ==, "a.ini");
  g_assert_cmpstr (options->state_folder, ==, "/s");
  g_assert_cmpstr (options->listen, ==, "[::1]:0");
  g_assert_true (options->verbose);
  g_assert_true (options->replace);
  g_assert_true (options->version);
}

static void
test_none (void)
{
  g_autoptr (GError) error = NULL;
  char *arguments[] = { "biomcp-authd", NULL };
  g_autoptr (BmaOptions) options = bma_options_parse (arguments, &error);
  g_autofree char *folder =
      g_build_filename (g_get_user_state_dir (), "biomcp-auth", NULL);

  g_assert_no_error (error);
  g_assert_null (options->config_file);
  g_assert_null (options->listen);
  g_assert_cmpstr (options->state_folder, ==, folder);
  g_assert_false (options->replace);
}

static void
test_refused (void)
{
  static const char *const words[] = { "--secret=x", "--listen", "serve", "-x" };

  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (GError) error = NULL;
      char *arguments[] = { "biomcp-authd", (char *) words[i], NULL };
      g_autoptr (BmaOptions) options = bma_options_parse (arguments, &error);

      g_test_message ("%s", words[i]);
      g_assert_null (options);
      g_assert_nonnull (error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/options/all", test_all);
  g_test_add_func ("/daemon/options/none", test_none);
  g_test_add_func ("/daemon/options/refused", test_refused);
  return g_test_run ();
}
