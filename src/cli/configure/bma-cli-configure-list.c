/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-configure.h"

#include "bma-cli-mcp-entry.h"
#include "bma-cli-print.h"

/* Owned: "yes", "no", or why it cannot be told. */
static char *
look (const BmaCliConfigure *self,
      const BmaCliMcpClient *client,
      const BmaCliMcpFile *file,
      const GError *problem)
{
  g_autoptr (GVariant) any = g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;
  BmaCliMcpState state = BMA_CLI_MCP_ABSENT;

  if (file == NULL)
    return g_strdup (problem->message);
  if (!bma_cli_mcp_entry_compare (client, self->name, file->text, file->length, any,
                                  &state, &written, &error))
    return g_strdup (error->message);
  return g_strdup (state == BMA_CLI_MCP_ABSENT ? "no" : "yes");
}

static void
add_row (GPtrArray *rows, const char *const *cells)
{
  g_ptr_array_add (rows, g_strdupv ((char **) cells));
}

static void
add_json (GVariantBuilder *list,
          const BmaCliMcpClient *client,
          gboolean is_there,
          const char *path,
          const char *state)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  gboolean is_known = g_str_equal (state, "yes") || g_str_equal (state, "no");

  g_variant_dict_insert (&dict, "client", "s", client->id);
  g_variant_dict_insert (&dict, "title", "s", client->title);
  g_variant_dict_insert (&dict, "installed", "b", is_there);
  g_variant_dict_insert (&dict, "file", "s", path);
  g_variant_dict_insert (&dict, "transport", "s",
                         client->url_key != NULL ? "http" : "stdio");
  g_variant_dict_insert (&dict, "configured", "b", g_str_equal (state, "yes"));
  if (!is_known)
    g_variant_dict_insert (&dict, "problem", "s", state);
  g_variant_builder_add_value (list, g_variant_dict_end (&dict));
}

/**
 * bma_cli_configure_list:
 * @self: what the command line says
 *
 * Shows the clients that are known, and which of them have an entry of the name.
 *
 * Returns: the exit code
 */
BmaCliExit
bma_cli_configure_list (const BmaCliConfigure *self)
{
  static const char *const headings[] = { "CLIENT", "THERE", "CONFIGURED", "SETTINGS",
                                          NULL };
  g_autoptr (GPtrArray)
      rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree char *table = NULL;
  g_autoptr (GVariant) value = NULL;
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (unsigned int i = 0; bma_cli_mcp_client_get (i) != NULL; i++)
    {
      const BmaCliMcpClient *client = bma_cli_mcp_client_get (i);
      g_autofree char *path = bma_cli_mcp_client_get_file (client, self->project);
      g_autoptr (GError) error = NULL;
      g_autoptr (BmaCliMcpFile) file = path != NULL ? bma_cli_mcp_file_read (path, &error)
                                                    : NULL;
      g_autofree char *state = path != NULL ? look (self, client, file, error) : NULL;
      gboolean is_there = bma_cli_mcp_client_is_there (client);
      const char *cells[] = { client->id, is_there ? "yes" : "no", state, path, NULL };

      if (path == NULL)
        continue;
      add_row (rows, cells);
      add_json (&list, client, is_there, path, state);
    }
  value = g_variant_ref_sink (g_variant_builder_end (&list));
  if (self->json)
    return bma_cli_print_json (value) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
  table = bma_cli_print_columns (headings, rows, bma_cli_print_has_colour (1));
  g_print ("%s", table);
  return BMA_CLI_EXIT_DONE;
}
