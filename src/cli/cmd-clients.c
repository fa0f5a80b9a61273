/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include "bma-cli-client.h"
#include "bma-cli-objects.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"

static char **
make_row (const BmaCliObject *client)
{
  char **row = g_new0 (char *, 6);

  row[0] = g_strdup (client->id);
  row[1] = g_strdup (bma_cli_object_get_text (client, "Name"));
  row[2] = g_strdup (bma_cli_object_get_text (client, "Origin"));
  row[3] = bma_cli_object_get_list (client, "RedirectUris");
  row[4] = bma_cli_object_get_time (client, "LastUsedAt");
  return row;
}

static void
print_table (GPtrArray *clients)
{
  const char *const headings[] = { "ID",           "NAME",      "ORIGIN",
                                   "REDIRECTS TO", "LAST USED", NULL };
  g_autoptr (GPtrArray)
      rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree char *table = NULL;

  if (clients->len == 0)
    {
      g_print ("No client is known.\n");
      return;
    }
  for (unsigned int i = 0; i < clients->len; i++)
    g_ptr_array_add (rows, make_row (clients->pdata[i]));
  table = bma_cli_print_columns (headings, rows, bma_cli_print_has_colour (1));
  g_print ("%s", table);
}

static int
list (GDBusConnection *bus, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) managed = bma_cli_objects_fetch (bus, &error);
  g_autoptr (GPtrArray) clients = NULL;
  g_autoptr (GVariant) value = NULL;

  if (managed == NULL)
    return bma_cli_client_fail (error);
  clients = bma_cli_objects_filter (managed, BMA_CLI_CLIENT);
  if (!json)
    {
      print_table (clients);
      return BMA_CLI_EXIT_DONE;
    }
  value = bma_cli_objects_to_json (clients);
  return bma_cli_print_json (value) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
}

static int
remove_one (GDBusConnection *bus, const char *id, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;

  if (!bma_cli_objects_call (bus, "client", id, BMA_CLI_CLIENT ".Remove", &error))
    return bma_cli_client_fail (error);
  if (!json)
    {
      g_print ("Removed.\n");
      return BMA_CLI_EXIT_DONE;
    }
  value = g_variant_ref_sink (g_variant_new_parsed ("{'removed': [%s]}", id));
  return bma_cli_print_json (value) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
}

static const char *
check_words (char **words)
{
  if (words[0] == NULL || g_str_equal (words[0], "list"))
    return words[0] != NULL && words[1] != NULL ? "list takes no id" : NULL;
  if (!g_str_equal (words[0], "remove"))
    return "What is known is list, add and remove";
  return words[1] == NULL ? "remove takes an id" : NULL;
}

/**
 * cmd_clients:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Lists, makes or removes clients.
 *
 * Returns: the exit code
 */
int
cmd_clients (char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;

  if (g_strcmp0 (arguments[1], "add") == 0)
    return cmd_clients_add (arguments);
  words = bma_cli_options_parse (arguments, "[list | add --name N | remove ID]",
                                 "Lists the programs that use the service over HTTP, "
                                 "makes one that has credentials of its own, or forgets "
                                 "one.",
                                 entries, 2);
  if (words == NULL)
    return BMA_CLI_EXIT_USAGE;
  if (check_words (words) != NULL)
    return bma_cli_options_refuse (arguments[0], check_words (words));
  bus = bma_cli_client_connect (&error);
  if (bus == NULL)
    return bma_cli_client_fail (error);
  if (words[0] == NULL || g_str_equal (words[0], "list"))
    return list (bus, json);
  return remove_one (bus, words[1], json);
}
