/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stddef.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * BmaCliMcpFile:
 * @path: where it really is, behind links
 * @text: what is in it, with a NUL behind it; empty when it is not there
 * @length: its length in bytes
 * @is_there: whether it is
 * @mode: its permissions
 * @owner: whose it is
 * @group: whose it is
 *
 * A settings file as it was read.
 */
typedef struct
{
  char *path; /* owned */
  char *text; /* owned */
  size_t length;
  gboolean is_there;
  mode_t mode;
  uid_t owner;
  gid_t group;
} BmaCliMcpFile;

BmaCliMcpFile *bma_cli_mcp_file_read (const char *path,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_cli_mcp_file_free (BmaCliMcpFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaCliMcpFile, bma_cli_mcp_file_free)

char **
bma_cli_mcp_file_list_missing (const BmaCliMcpFile *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_mcp_file_write (const BmaCliMcpFile *self,
                                 const char *text,
                                 size_t length,
                                 GError **error);
gboolean bma_cli_mcp_file_remove (const BmaCliMcpFile *self, GError **error);

G_END_DECLS
