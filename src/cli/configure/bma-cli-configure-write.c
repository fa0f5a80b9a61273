/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-configure.h"

#include <string.h>

#include "bma-cli-ask.h"
#include "bma-cli-diff.h"
#include "bma-cli-mcp-backup.h"
#include "bma-cli-mcp-entry.h"
#include "bma-cli-print.h"

#define NOTHING "/dev/null"
#define NEXT_STDIO                                                                       \
  "Start it again; its first use of the server asks you, in your browser."

static char *
make_diff (const BmaCliMcpFile *file,
           const char *after,
           gboolean is_there_after,
           gboolean colour)
{
  return bma_cli_diff (file->text, after, file->is_there ? file->path : NOTHING,
                       is_there_after ? file->path : NOTHING, colour);
}

/**
 * bma_cli_configure_read:
 * @self: what the command line says
 * @client: whose settings they are
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the settings that the command line means
 */
BmaCliMcpFile *
bma_cli_configure_read (const BmaCliConfigure *self,
                        const BmaCliMcpClient *client,
                        GError **error)
{
  g_autofree char *path = NULL;

  if (self->project != NULL && !g_file_test (self->project, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s is not a folder",
                   self->project);
      return NULL;
    }
  path = bma_cli_mcp_client_get_file (client, self->project);
  if (path == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "%s has no settings for projects; leave --project out", client->title);
      return NULL;
    }
  return bma_cli_mcp_file_read (path, error);
}

/**
 * bma_cli_configure_show:
 * @self: what the command line says
 * @file: the settings as they are
 * @after: the settings as they would be
 * @is_there_after: whether they would be there at all
 * @notice: (nullable): what else the person should know
 *
 * Shows a change and asks whether to make it. Without a terminal to ask on, somebody must
 * have said so on the command line.
 *
 * Returns: %BMA_CLI_EXIT_DONE to go on; what to exit with otherwise
 */
BmaCliExit
bma_cli_configure_show (const BmaCliConfigure *self,
                        const BmaCliMcpFile *file,
                        const char *after,
                        gboolean is_there_after,
                        const char *notice)
{
  g_autofree char *diff =
      make_diff (file, after, is_there_after, bma_cli_print_has_colour (1));
  g_autoptr (GError) error = NULL;

  if (!self->json)
    g_print ("%s", diff);
  if (notice != NULL)
    g_printerr ("%s\n", notice);
  if (self->yes || self->dry_run)
    return BMA_CLI_EXIT_DONE;
  if (!bma_cli_ask_is_person ())
    {
      g_printerr ("biomcp-auth: Nothing was written: there is no terminal to ask on. Add "
                  "--yes to write, or --dry-run to look only.\n");
      return BMA_CLI_EXIT_PERSON;
    }
  return bma_cli_ask_go_on (&error) ? BMA_CLI_EXIT_DONE : bma_cli_client_fail (error);
}

/**
 * bma_cli_configure_report:
 * @self: what the command line says
 * @client: whose settings they are
 * @file: the settings as they were
 * @result: "written", "unchanged", "undone" or "dry-run"
 * @after: (nullable): the settings as they are now
 * @backup: (nullable) (type filename): the copy of what was there
 *
 * Prints the JSON that a script reads.
 *
 * Returns: whether it could be written
 */
gboolean
bma_cli_configure_report (const BmaCliConfigure *self,
                          const BmaCliMcpClient *client,
                          const BmaCliMcpFile *file,
                          const char *result,
                          const char *after,
                          const char *backup)
{
  g_autofree char *diff =
      make_diff (file, after != NULL ? after : "", after != NULL, FALSE);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) value = NULL;

  g_variant_dict_insert (&dict, "client", "s", client->id);
  g_variant_dict_insert (&dict, "file", "s", file->path);
  g_variant_dict_insert (&dict, "name", "s", self->name);
  g_variant_dict_insert (&dict, "result", "s", result);
  g_variant_dict_insert (&dict, "diff", "s", diff);
  if (backup != NULL)
    g_variant_dict_insert (&dict, "backup", "s", backup);
  value = g_variant_ref_sink (g_variant_dict_end (&dict));
  return bma_cli_print_json (value);
}

static gboolean
is_stdio (const BmaCliConfigure *self, const BmaCliMcpClient *client)
{
  return self->wants_stdio || client->url_key == NULL;
}

static BmaCliExit
finish (const BmaCliConfigure *self,
        const BmaCliMcpClient *client,
        const BmaCliMcpFile *file,
        const char *result,
        const char *after,
        const char *backup)
{
  if (self->json)
    return bma_cli_configure_report (self, client, file, result, after, backup)
               ? BMA_CLI_EXIT_DONE
               : BMA_CLI_EXIT_FAILED;
  if (g_str_equal (result, "unchanged"))
    g_print ("%s is configured already: “%s” in %s.\n", client->title, self->name,
             file->path);
  else if (g_str_equal (result, "dry-run"))
    g_print ("Nothing was written.\n");
  else
    g_print ("%s is configured. %s\n“biomcp-auth configure %s%s%s --undo” takes it "
             "back.\n",
             client->title, is_stdio (self, client) ? NEXT_STDIO : client->next,
             client->id, self->project != NULL ? " --project " : "",
             self->project != NULL ? self->project : "");
  return BMA_CLI_EXIT_DONE;
}

/* What is about to be written is read as the client would, and compared. */
static gboolean
check (const BmaCliConfigure *self,
       const BmaCliMcpClient *client,
       const char *after,
       GVariant *entry,
       GError **error)
{
  g_autofree char *written = NULL;
  BmaCliMcpState state = BMA_CLI_MCP_ABSENT;

  if (!bma_cli_mcp_entry_compare (client, self->name, after, strlen (after), entry,
                                  &state, &written, error))
    return FALSE;
  if (state == BMA_CLI_MCP_SAME)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       "The entry cannot be put there; please report this");
  return FALSE;
}

static BmaCliExit
save (const BmaCliConfigure *self,
      const BmaCliMcpClient *client,
      const BmaCliMcpFile *file,
      const char *after,
      const char *written,
      GVariant *entry)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaCliMcpBackup)
      backup = bma_cli_mcp_backup_save (file, client->id, self->name, after, written,
                                        entry, &error);

  if (backup == NULL)
    return bma_cli_client_fail (error);
  if (bma_cli_mcp_file_write (file, after, strlen (after), &error))
    return finish (self, client, file, "written", after, backup->before_path);
  bma_cli_mcp_backup_forget (backup);
  return bma_cli_client_fail (error);
}

static BmaCliExit
change (const BmaCliConfigure *self,
        const BmaCliMcpClient *client,
        const BmaCliMcpFile *file,
        GVariant *entry,
        BmaCliMcpState state,
        const char *written)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *after =
      bma_cli_mcp_entry_put (client, self->name, file->text, file->length, entry, &error);
  g_autofree char *notice = NULL;
  BmaCliExit code = BMA_CLI_EXIT_DONE;

  if (after == NULL || !check (self, client, after, entry, &error))
    {
      g_prefix_error (&error, "%s: ", file->path);
      return bma_cli_client_fail (error);
    }
  if (state == BMA_CLI_MCP_OTHER && !self->replace)
    notice = g_strdup_printf ("An entry “%s” is there already and says something else.",
                              self->name);
  code = bma_cli_configure_show (self, file, after, TRUE, notice);
  if (code != BMA_CLI_EXIT_DONE)
    return code;
  if (self->dry_run)
    return finish (self, client, file, "dry-run", after, NULL);
  if (notice != NULL && self->yes)
    {
      g_printerr ("biomcp-auth: Nothing was written: add --replace, or choose another "
                  "--name.\n");
      return BMA_CLI_EXIT_FAILED;
    }
  return save (self, client, file, after, written, entry);
}

/**
 * bma_cli_configure_write:
 * @self: what the command line says
 * @client: whose settings are to be changed
 *
 * Puts the entry for our server into a client's settings.
 *
 * Returns: the exit code
 */
BmaCliExit
bma_cli_configure_write (const BmaCliConfigure *self, const BmaCliMcpClient *client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaCliMcpFile) file = bma_cli_configure_read (self, client, &error);
  g_autoptr (GVariant) entry = NULL;
  g_autofree char *written = NULL;
  BmaCliMcpState state = BMA_CLI_MCP_ABSENT;

  if (file == NULL)
    return bma_cli_client_fail (error);
  entry = bma_cli_configure_make_entry (self, client, &error);
  if (entry == NULL)
    return bma_cli_client_fail (error);
  if (!bma_cli_mcp_entry_compare (client, self->name, file->text, file->length, entry,
                                  &state, &written, &error))
    {
      g_prefix_error (&error, "%s is not as %s has it, and was left alone: ", file->path,
                      client->title);
      return bma_cli_client_fail (error);
    }
  if (state == BMA_CLI_MCP_SAME)
    return finish (self, client, file, "unchanged", file->text, NULL);
  return change (self, client, file, entry, state, written);
}
