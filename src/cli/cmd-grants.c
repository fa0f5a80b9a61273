/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include "bma-cli-client.h"
#include "bma-cli-objects.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"

typedef struct
{
  gboolean all;
  gboolean json;
  char **words; /* owned: "list", or "revoke" and perhaps an id */
} Wish;

static gboolean
wish_parse (Wish *self, char **arguments)
{
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &self->all, "With revoke: every grant", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };

  self->words = bma_cli_options_parse (
      arguments, "[list | revoke ID | revoke --all]",
      "Lists what programs are allowed to do in your name, or takes it back.", entries,
      2);
  return self->words != NULL;
}

static gboolean
wish_is_list (const Wish *self)
{
  return self->words[0] == NULL || g_str_equal (self->words[0], "list");
}

static const char *
wish_check (const Wish *self)
{
  if (wish_is_list (self))
    return self->all || (self->words[0] != NULL && self->words[1] != NULL)
               ? "list takes no id and no --all"
               : NULL;
  if (!g_str_equal (self->words[0], "revoke"))
    return "What is known is list and revoke";
  return self->all == (self->words[1] != NULL) ? "revoke takes either an id or --all"
                                               : NULL;
}

/* The client's name in its own words says more to a person than its id. */
static const char *
find_name (GPtrArray *clients, const char *client_id)
{
  for (unsigned int i = 0; i < clients->len; i++)
    {
      const char *name = bma_cli_object_get_text (clients->pdata[i], "Name");

      if (*name != '\0' &&
          g_str_equal (bma_cli_object_get_text (clients->pdata[i], "ClientId"),
                       client_id))
        return name;
    }
  return client_id;
}

static char **
make_row (const BmaCliObject *grant, GPtrArray *clients)
{
  const char *app_id = bma_cli_object_get_text (grant, "AppId");
  const char *who =
      *app_id != '\0' ? app_id
                      : find_name (clients, bma_cli_object_get_text (grant, "ClientId"));
  uint64_t n_uses = 0;
  char **row = g_new0 (char *, 8);

  g_variant_lookup (grant->properties, "Uses", "t", &n_uses);
  row[0] = g_strdup (grant->id);
  row[1] = g_strdup (who);
  row[2] = g_strdup (bma_cli_object_get_text (grant, "Trust"));
  row[3] = bma_cli_object_get_list (grant, "Scopes");
  row[4] = g_strdup (bma_cli_object_get_text (grant, "Decision"));
  row[5] = bma_cli_object_get_time (grant, "LastUsedAt");
  row[6] = g_strdup_printf ("%" G_GUINT64_FORMAT, n_uses);
  return row;
}

static void
print_table (GVariant *managed, GPtrArray *grants)
{
  const char *const headings[] = { "ID",       "PROGRAM",   "KNOWN AS", "SCOPES",
                                   "DECISION", "LAST USED", "USES",     NULL };
  g_autoptr (GPtrArray) clients = bma_cli_objects_filter (managed, BMA_CLI_CLIENT);
  g_autoptr (GPtrArray)
      rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree char *table = NULL;

  if (grants->len == 0)
    {
      g_print ("No program is allowed anything.\n");
      return;
    }
  for (unsigned int i = 0; i < grants->len; i++)
    g_ptr_array_add (rows, make_row (grants->pdata[i], clients));
  table = bma_cli_print_columns (headings, rows, bma_cli_print_has_colour (1));
  g_print ("%s", table);
}

static int
list (GDBusConnection *bus, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) managed = bma_cli_objects_fetch (bus, &error);
  g_autoptr (GPtrArray) grants = NULL;
  g_autoptr (GVariant) value = NULL;

  if (managed == NULL)
    return bma_cli_client_fail (error);
  grants = bma_cli_objects_filter (managed, BMA_CLI_GRANT);
  if (!json)
    {
      print_table (managed, grants);
      return BMA_CLI_EXIT_DONE;
    }
  value = bma_cli_objects_to_json (grants);
  return bma_cli_print_json (value) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
}

/* Goes on after a failure, so that as much as possible is taken back. */
static int
revoke_each (GDBusConnection *bus, char **ids, gboolean json)
{
  GVariantBuilder revoked;
  g_autoptr (GVariant) value = NULL;
  int code = BMA_CLI_EXIT_DONE;

  g_variant_builder_init (&revoked, G_VARIANT_TYPE ("a{sas}"));
  g_variant_builder_open (&revoked, G_VARIANT_TYPE ("{sas}"));
  g_variant_builder_add (&revoked, "s", "revoked");
  g_variant_builder_open (&revoked, G_VARIANT_TYPE ("as"));
  for (unsigned int i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      if (bma_cli_objects_call (bus, "grant", ids[i], BMA_CLI_GRANT ".Revoke", &error))
        g_variant_builder_add (&revoked, "s", ids[i]);
      else
        code = bma_cli_client_fail (error);
    }
  g_variant_builder_close (&revoked);
  g_variant_builder_close (&revoked);
  value = g_variant_ref_sink (g_variant_builder_end (&revoked));
  if (json && !bma_cli_print_json (value))
    return BMA_CLI_EXIT_FAILED;
  if (!json && code == BMA_CLI_EXIT_DONE)
    g_print (ids[0] != NULL ? "Revoked.\n" : "There was nothing to revoke.\n");
  return code;
}

static int
revoke_all (GDBusConnection *bus, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) managed = bma_cli_objects_fetch (bus, &error);
  g_autoptr (GPtrArray) grants = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  if (managed == NULL)
    return bma_cli_client_fail (error);
  grants = bma_cli_objects_filter (managed, BMA_CLI_GRANT);
  for (unsigned int i = 0; i < grants->len; i++)
    g_strv_builder_add (builder, ((BmaCliObject *) grants->pdata[i])->id);
  ids = g_strv_builder_end (builder);
  return revoke_each (bus, ids, json);
}

static int
run (const Wish *wish)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = bma_cli_client_connect (&error);

  if (bus == NULL)
    return bma_cli_client_fail (error);
  if (wish_is_list (wish))
    return list (bus, wish->json);
  if (wish->all)
    return revoke_all (bus, wish->json);
  return revoke_each (bus, wish->words + 1, wish->json);
}

/**
 * cmd_grants:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Lists or revokes grants.
 *
 * Returns: the exit code
 */
int
cmd_grants (char **arguments)
{
  Wish wish = { 0 };
  const char *problem = NULL;
  int code = BMA_CLI_EXIT_USAGE;

  if (!wish_parse (&wish, arguments))
    return code;
  problem = wish_check (&wish);
  code = problem != NULL ? bma_cli_options_refuse (arguments[0], problem) : run (&wish);
  g_strfreev (wish.words);
  return code;
}
