/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-options.h"

#include "bma-cli-client.h"

/**
 * bma_cli_options_refuse:
 * @verb: what was asked for
 * @why: what is wrong with the command line
 *
 * Tells the person.
 *
 * Returns: the exit code
 */
int
bma_cli_options_refuse (const char *verb, const char *why)
{
  g_printerr ("biomcp-auth: %s\nTry “biomcp-auth %s --help”.\n", why, verb);
  return BMA_CLI_EXIT_USAGE;
}

/**
 * bma_cli_options_parse:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 * @parameters: (nullable): what may follow the options, for the help
 * @summary: what the verb does, for the help
 * @entries: (array zero-terminated=1): its options
 * @max_parameters: how many texts that are not options may follow
 *
 * Parses the command line of a verb; if it is wrong, tells the person. `--help` prints
 * and exits.
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): the parameters
 */
char **
bma_cli_options_parse (char **arguments,
                       const char *parameters,
                       const char *summary,
                       const GOptionEntry *entries,
                       unsigned int max_parameters)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autofree char *name = g_strconcat ("biomcp-auth ", arguments[0], NULL);
  g_auto (GStrv) rest = g_strdupv (arguments);
  g_autofree char *surplus = NULL;
  g_autoptr (GError) error = NULL;
  unsigned int n = 0;

  g_set_prgname (name);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &rest, &error))
    {
      bma_cli_options_refuse (arguments[0], error->message);
      return NULL;
    }
  for (n = 1; rest[0] != NULL && rest[n] != NULL; n++)
    {
      if (n <= max_parameters)
        continue;
      surplus = g_strdup_printf ("“%s” is not expected here", rest[n]);
      bma_cli_options_refuse (arguments[0], surplus);
      return NULL;
    }
  return g_strdupv (rest[0] != NULL ? rest + 1 : rest);
}
