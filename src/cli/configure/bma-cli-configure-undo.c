/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-configure.h"

#include <string.h>
#include <unistd.h>

#include "bma-cli-mcp-backup.h"
#include "bma-cli-mcp-entry.h"
#include "bma-text.h"

/* The file is as we left it: what was there before comes back, byte for byte. */
static gboolean
restore_all (const BmaCliMcpBackup *backup, char **after, GError **error)
{
  if (!backup->existed)
    return TRUE;
  return g_file_get_contents (backup->before_path, after, NULL, error);
}

/* The file was changed since: only our entry is taken back, if it is still ours. */
static gboolean
restore_entry (const BmaCliMcpClient *client,
               const BmaCliMcpFile *file,
               const BmaCliMcpBackup *backup,
               char **after,
               GError **error)
{
  g_autoptr (GVariant)
      entry = g_variant_parse (G_VARIANT_TYPE_VARDICT, backup->entry, NULL, NULL, NULL);
  g_autofree char *written = NULL;
  BmaCliMcpState state = BMA_CLI_MCP_ABSENT;

  if (entry != NULL && file->is_there &&
      bma_cli_mcp_entry_compare (client, backup->name, file->text, file->length, entry,
                                 &state, &written, NULL) &&
      state == BMA_CLI_MCP_SAME)
    *after = bma_cli_mcp_entry_take_back (client, backup->name, file->text, file->length,
                                          backup->written, NULL);
  if (*after != NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "%s was changed after biomcp-auth wrote it, and the entry “%s” is not as "
               "it was; nothing was touched. What was there before is in %s: compare the "
               "two, and take the entry out by hand.",
               file->path, backup->name, backup->before_path);
  return FALSE;
}

static void
remove_folders (const BmaCliMcpBackup *backup)
{
  for (size_t i = 0; backup->folders[i] != NULL; i++)
    if (rmdir (backup->folders[i]) != 0)
      return;
}

static BmaCliExit
apply (const BmaCliConfigure *self,
       const BmaCliMcpClient *client,
       const BmaCliMcpFile *file,
       const BmaCliMcpBackup *backup,
       const char *after)
{
  g_autoptr (GError) error = NULL;
  gboolean is_good = FALSE;

  if (after != NULL)
    is_good = bma_cli_mcp_file_write (file, after, strlen (after), &error);
  else
    is_good = bma_cli_mcp_file_remove (file, &error);
  if (!is_good)
    return bma_cli_client_fail (error);
  if (after == NULL)
    remove_folders (backup);
  bma_cli_mcp_backup_forget (backup);
  if (self->json)
    return bma_cli_configure_report (self, client, file, "undone", after, NULL)
               ? BMA_CLI_EXIT_DONE
               : BMA_CLI_EXIT_FAILED;
  g_print ("%s: taken back.\n", client->title);
  return BMA_CLI_EXIT_DONE;
}

/**
 * bma_cli_configure_undo:
 * @self: what the command line says
 * @client: whose settings were changed
 *
 * Undoes the last change to a client's settings.
 *
 * Returns: the exit code
 */
BmaCliExit
bma_cli_configure_undo (const BmaCliConfigure *self, const BmaCliMcpClient *client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaCliMcpFile) file = bma_cli_configure_read (self, client, &error);
  g_autoptr (BmaCliMcpBackup) backup = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *after = NULL;
  BmaCliExit code = BMA_CLI_EXIT_DONE;
  gboolean is_good = FALSE;

  if (file != NULL)
    backup = bma_cli_mcp_backup_load (file->path, &error);
  if (backup == NULL)
    return bma_cli_client_fail (error);
  hash = bma_text_sha256_hex (file->text);
  if (file->is_there && strlen (file->text) == file->length &&
      g_str_equal (hash, backup->after_hash))
    is_good = restore_all (backup, &after, &error);
  else
    is_good = restore_entry (client, file, backup, &after, &error);
  if (!is_good)
    return bma_cli_client_fail (error);
  code = bma_cli_configure_show (self, file, after != NULL ? after : "", after != NULL,
                                 NULL);
  if (code != BMA_CLI_EXIT_DONE)
    return code;
  if (!self->dry_run)
    return apply (self, client, file, backup, after);
  if (!self->json)
    g_print ("Nothing was written.\n");
  else if (!bma_cli_configure_report (self, client, file, "dry-run", after, NULL))
    return BMA_CLI_EXIT_FAILED;
  return BMA_CLI_EXIT_DONE;
}
