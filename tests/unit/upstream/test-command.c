/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-command.h"

static void
test_words (void)
{
  g_auto (GStrv) words = bma_command_parse ("run 'a b' \"$HOME;\" `id` --port={port}");

  g_assert_cmpstrv (words, ((const char *[]){ "run", "a b", "$HOME;", "`id`",
                                              "--port={port}", NULL }));
  g_assert_true (bma_command_has ((const char *const *) words, BMA_COMMAND_PORT));
  g_assert_false (bma_command_has ((const char *const *) words, BMA_COMMAND_SOCKET));
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "", "  ", "'a", "''", "a {port} {socket}", "a\nb", "a \xff",
  };
  g_autofree char *long_text = g_strnfill (4097, 'a');

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto (GStrv) words = bma_command_parse (texts[i]);

      g_test_message ("%s", texts[i]);
      g_assert_null (words);
    }
  {
    g_auto (GStrv) words = bma_command_parse (long_text);

    g_assert_null (words);
  }
}

static void
test_fill (void)
{
  static const char *const words[] = { "run", "{port}", "-s={secret-file}", "{other}",
                                       NULL };
  const BmaCommandPlaces places = { .port = "81", .secret_file = "/run/{port}" };
  g_auto (GStrv) filled = bma_command_fill (words, &places);

  g_assert_cmpstrv (filled,
                    ((const char *[]){ "run", "81", "-s=/run/{port}", "{other}", NULL }));
}

static void
test_environment (void)
{
  static const char *const from[] = { "PATH=/bin",
                                      "CREDENTIALS_DIRECTORY=/run/credentials/x",
                                      "LISTEN_FDS=1",
                                      "NOTIFY_SOCKET=/run/notify",
                                      "LISTEN_FDS_OF_MINE=2",
                                      NULL };
  g_auto (GStrv) kept = bma_command_make_environment (from);

  g_assert_cmpstrv (kept,
                    ((const char *[]){ "PATH=/bin", "LISTEN_FDS_OF_MINE=2", NULL }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upstream/command/words-without-a-shell", test_words);
  g_test_add_func ("/upstream/command/what-is-no-command", test_refused);
  g_test_add_func ("/upstream/command/placeholders", test_fill);
  g_test_add_func ("/upstream/command/environment-without-ours", test_environment);
  return g_test_run ();
}
