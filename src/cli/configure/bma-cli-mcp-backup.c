/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Below the state folder each settings file has a folder, named by the hash of its path,
 * with two files for each change: NUMBER.before and NUMBER.record. */

#include "bma-cli-mcp-backup.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "bma-names.h"
#include "bma-text.h"

#define FOLDER     "configure"
#define GROUP      "change"
#define RECORD     ".record"
#define BEFORE     ".before"
#define MAX_NUMBER 9999
#define MAX_KEPT   20

static char *
get_folder (const char *path)
{
  g_autofree char *hash = bma_text_sha256_hex (path);

  return g_build_filename (g_get_user_state_dir (), BMA_CONFIG_FOLDER, FOLDER, hash,
                           NULL);
}

/* 0 when there is none. */
static unsigned int
find_last (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;
  unsigned int last = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      guint64 number = g_ascii_strtoull (name, NULL, 10);

      if (g_str_has_suffix (name, RECORD) && number <= MAX_NUMBER && number > last)
        last = (unsigned int) number;
    }
  return last;
}

static void
set_names (BmaCliMcpBackup *self, const char *folder, unsigned int number)
{
  self->before_path = g_strdup_printf ("%s/%04u" BEFORE, folder, number);
  self->record_path = g_strdup_printf ("%s/%04u" RECORD, folder, number);
}

/* The oldest goes; it may hold secrets of other servers. */
static void
prune (const char *folder, unsigned int last)
{
  for (unsigned int i = 0; last > MAX_KEPT && i < 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%04u%s", folder, last - MAX_KEPT,
                                               i == 0 ? RECORD : BEFORE);

      unlink (path);
    }
}

static gboolean
write_private (const char *path, const char *text, size_t length, GError **error)
{
  return g_file_set_contents_full (path, text, (gssize) length,
                                   G_FILE_SET_CONTENTS_CONSISTENT |
                                       G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

static char *
make_record (const BmaCliMcpBackup *self)
{
  g_autoptr (GKeyFile) record = g_key_file_new ();

  g_key_file_set_string (record, GROUP, "path", self->path);
  g_key_file_set_string (record, GROUP, "client", self->client);
  g_key_file_set_string (record, GROUP, "name", self->name);
  g_key_file_set_boolean (record, GROUP, "existed", self->existed);
  g_key_file_set_string (record, GROUP, "after", self->after_hash);
  g_key_file_set_string (record, GROUP, "entry", self->entry);
  if (self->written != NULL)
    g_key_file_set_string (record, GROUP, "written", self->written);
  g_key_file_set_string_list (record, GROUP, "folders",
                              (const char *const *) self->folders,
                              g_strv_length (self->folders));
  return g_key_file_to_data (record, NULL, NULL);
}

/**
 * bma_cli_mcp_backup_save:
 * @file: a settings file as it was read
 * @client: whose settings they are
 * @name: the entry that will be written
 * @after: what will be in the file
 * @written: (nullable): the entry that is there, as it is written
 * @entry: the entry that will be written
 * @error: return location for a #GFileError
 *
 * Keeps what it takes to undo a change, where only the person can read it: settings may
 * hold secrets of other servers.
 *
 * Returns: (transfer full) (nullable): what was kept
 */
BmaCliMcpBackup *
bma_cli_mcp_backup_save (const BmaCliMcpFile *file,
                         const char *client,
                         const char *name,
                         const char *after,
                         const char *written,
                         GVariant *entry,
                         GError **error)
{
  g_autoptr (BmaCliMcpBackup) self = g_new0 (BmaCliMcpBackup, 1);
  g_autofree char *folder = get_folder (file->path);
  g_autofree char *record = NULL;
  unsigned int number = find_last (folder) + 1;

  self->path = g_strdup (file->path);
  self->client = g_strdup (client);
  self->name = g_strdup (name);
  self->existed = file->is_there;
  self->after_hash = bma_text_sha256_hex (after);
  self->written = g_strdup (written);
  self->entry = g_variant_print (entry, TRUE);
  self->folders = bma_cli_mcp_file_list_missing (file);
  set_names (self, folder, number);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "The folder %s for backups cannot be made: %s", folder,
                   g_strerror (errno));
      return NULL;
    }
  record = make_record (self);
  if (!write_private (self->before_path, file->text, file->length, error) ||
      !write_private (self->record_path, record, strlen (record), error))
    return NULL;
  prune (folder, number);
  return g_steal_pointer (&self);
}

/**
 * bma_cli_mcp_backup_load:
 * @path: (type filename): a settings file, behind links
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): what it takes to undo the last change
 *
 * Errors: %G_IO_ERROR_NOT_FOUND when there is none.
 */
BmaCliMcpBackup *
bma_cli_mcp_backup_load (const char *path, GError **error)
{
  g_autoptr (BmaCliMcpBackup) self = g_new0 (BmaCliMcpBackup, 1);
  g_autoptr (GKeyFile) record = g_key_file_new ();
  g_autofree char *folder = get_folder (path);
  unsigned int last = find_last (folder);

  if (last == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "There is nothing to undo: biomcp-auth has not changed %s", path);
      return NULL;
    }
  set_names (self, folder, last);
  if (!g_key_file_load_from_file (record, self->record_path, G_KEY_FILE_NONE, error))
    return NULL;
  self->path = g_key_file_get_string (record, GROUP, "path", NULL);
  self->client = g_key_file_get_string (record, GROUP, "client", NULL);
  self->name = g_key_file_get_string (record, GROUP, "name", NULL);
  self->existed = g_key_file_get_boolean (record, GROUP, "existed", NULL);
  self->after_hash = g_key_file_get_string (record, GROUP, "after", NULL);
  self->entry = g_key_file_get_string (record, GROUP, "entry", NULL);
  self->written = g_key_file_get_string (record, GROUP, "written", NULL);
  self->folders = g_key_file_get_string_list (record, GROUP, "folders", NULL, NULL);
  if (g_strcmp0 (self->path, path) == 0 && self->client != NULL && self->name != NULL &&
      self->after_hash != NULL && self->entry != NULL && self->folders != NULL)
    return g_steal_pointer (&self);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s is damaged; what was there before is in %s", self->record_path,
               self->before_path);
  return NULL;
}

/**
 * bma_cli_mcp_backup_forget:
 * @self: a change that was undone, or did not happen
 *
 * Deletes what was kept.
 */
void
bma_cli_mcp_backup_forget (const BmaCliMcpBackup *self)
{
  g_autofree char *folder = g_path_get_dirname (self->record_path);

  unlink (self->record_path);
  unlink (self->before_path);
  rmdir (folder);
}

/**
 * bma_cli_mcp_backup_free:
 * @self: (transfer full): what was kept
 */
void
bma_cli_mcp_backup_free (BmaCliMcpBackup *self)
{
  g_free (self->path);
  g_free (self->before_path);
  g_free (self->record_path);
  g_free (self->client);
  g_free (self->name);
  g_free (self->after_hash);
  g_free (self->written);
  g_free (self->entry);
  g_strfreev (self->folders);
  g_free (self);
}
