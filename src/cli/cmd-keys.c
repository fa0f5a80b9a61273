/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include "bma-cli-client.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"
#include "bma-names.h"

static char *
get_text (GVariant *key, const char *name)
{
  const char *text = "";

  g_variant_lookup (key, name, "&s", &text);
  return g_strdup (text);
}

static char *
get_time (GVariant *key, const char *name)
{
  int64_t time_s = 0;

  return g_variant_lookup (key, name, "x", &time_s) ? bma_cli_print_time (time_s)
                                                    : g_strdup ("");
}

static void
print_table (GVariant *keys)
{
  const char *const headings[] = { "ID",         "ALGORITHM", "STATE", "CREATED",
                                   "SIGNS FROM", "RETIRES",   NULL };
  g_autoptr (GPtrArray)
      rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree char *table = NULL;

  for (size_t i = 0; i < g_variant_n_children (keys); i++)
    {
      g_autoptr (GVariant) key = g_variant_get_child_value (keys, i);
      char **row = g_new0 (char *, G_N_ELEMENTS (headings));

      row[0] = get_text (key, "id");
      row[1] = get_text (key, "algorithm");
      row[2] = get_text (key, "state");
      row[3] = get_time (key, "created-at");
      row[4] = get_time (key, "signs-from");
      row[5] = get_time (key, "retires-at");
      g_ptr_array_add (rows, row);
    }
  table = bma_cli_print_columns (headings, rows, bma_cli_print_has_colour (1));
  g_print ("%s", table);
}

static int
list (GDBusConnection *bus, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant)
      reply = bma_cli_client_call (bus, BMA_OBJECT_PATH, BMA_CLI_SERVER ".ListKeys", NULL,
                                   "(aa{sv})", BMA_CLI_CALL_LIMIT_MS, &error);
  g_autoptr (GVariant) keys = NULL;

  if (reply == NULL)
    return bma_cli_client_fail (error);
  keys = g_variant_get_child_value (reply, 0);
  if (json)
    return bma_cli_print_json (keys) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
  print_table (keys);
  return BMA_CLI_EXIT_DONE;
}

/* Making a key and keeping it may take a while on a slow machine. */
static int
rotate (GDBusConnection *bus, gboolean now, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant)
      reply = bma_cli_client_call (bus, BMA_OBJECT_PATH, BMA_CLI_SERVER ".RotateKeys",
                                   g_variant_new ("(b)", now), "()",
                                   BMA_CLI_LONG_LIMIT_MS, &error);

  if (reply == NULL)
    return bma_cli_client_fail (error);
  if (json)
    return list (bus, TRUE);
  g_print (
      now ? "A new key signs. All access tokens have ended; clients fetch new ones "
            "by themselves.\n"
          : "The next key is published and signs in a few minutes. No token ends.\n");
  return BMA_CLI_EXIT_DONE;
}

static const char *
check_words (char **words, gboolean now)
{
  gboolean is_list = words[0] == NULL || g_str_equal (words[0], "list");

  if (!is_list && !g_str_equal (words[0], "rotate"))
    return "What is known is list and rotate";
  return is_list && now ? "--now goes with rotate" : NULL;
}

/**
 * cmd_keys:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Lists or rotates the keys that tokens are signed with.
 *
 * Returns: the exit code
 */
int
cmd_keys (char **arguments)
{
  gboolean json = FALSE;
  gboolean now = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
    { "now", 0, 0, G_OPTION_ARG_NONE, &now,
      "Drop all earlier keys at once: every access token ends", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) words =
      bma_cli_options_parse (arguments, "[list | rotate [--now]]",
                             "Lists the keys that tokens are signed with, or lets a new "
                             "one follow.",
                             entries, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  const char *problem = NULL;

  if (words == NULL)
    return BMA_CLI_EXIT_USAGE;
  problem = check_words (words, now);
  if (problem != NULL)
    return bma_cli_options_refuse (arguments[0], problem);
  bus = bma_cli_client_connect (&error);
  if (bus == NULL)
    return bma_cli_client_fail (error);
  if (words[0] == NULL || g_str_equal (words[0], "list"))
    return list (bus, json);
  return rotate (bus, now, json);
}
