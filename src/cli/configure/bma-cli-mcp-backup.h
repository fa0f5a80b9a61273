/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-cli-mcp-file.h"

G_BEGIN_DECLS

/**
 * BmaCliMcpBackup:
 * @path: the settings file
 * @before_path: the copy of what was in it
 * @record_path: what else is known
 * @client: whose settings they are
 * @name: the entry that was written
 * @existed: whether the file was there
 * @after_hash: SHA-256 of what was written, hexadecimal
 * @written: the entry that was there before, as it was written
 * @entry: the entry that was written, as text
 * @folders: folders that were made for the file, the innermost first
 *
 * What it takes to undo one change.
 */
typedef struct
{
  char *path;        /* owned */
  char *before_path; /* owned */
  char *record_path; /* owned */
  char *client;      /* owned */
  char *name;        /* owned */
  char *after_hash;  /* owned */
  char *written;     /* owned, nullable */
  char *entry;       /* owned */
  char **folders;    /* owned */
  gboolean existed;
} BmaCliMcpBackup;

BmaCliMcpBackup *bma_cli_mcp_backup_save (const BmaCliMcpFile *file,
                                          const char *client,
                                          const char *name,
                                          const char *after,
                                          const char *written,
                                          GVariant *entry,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaCliMcpBackup *bma_cli_mcp_backup_load (const char *path,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_cli_mcp_backup_forget (const BmaCliMcpBackup *self);
void bma_cli_mcp_backup_free (BmaCliMcpBackup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaCliMcpBackup, bma_cli_mcp_backup_free)

G_END_DECLS
