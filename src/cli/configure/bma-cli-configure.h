/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-cli-client.h"
#include "bma-cli-mcp-client.h"
#include "bma-cli-mcp-file.h"

G_BEGIN_DECLS

/**
 * BmaCliConfigure:
 * @name: of the entry
 * @project: the folder of a project, %NULL for the person's own settings
 * @url: the address of our MCP server, %NULL to ask the service
 * @wants_stdio: whether the client shall start a program
 * @wants_http: whether the client shall connect itself
 * @yes: write without asking
 * @dry_run: only show
 * @replace: replace an entry that says something else
 * @json: print JSON
 *
 * What the command line says.
 */
typedef struct
{
  char *name;    /* owned, nullable */
  char *project; /* owned, nullable */
  char *url;     /* owned, nullable */
  gboolean wants_stdio;
  gboolean wants_http;
  gboolean yes;
  gboolean dry_run;
  gboolean replace;
  gboolean json;
} BmaCliConfigure;

GVariant *bma_cli_configure_make_entry (const BmaCliConfigure *self,
                                        const BmaCliMcpClient *client,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaCliMcpFile *bma_cli_configure_read (const BmaCliConfigure *self,
                                       const BmaCliMcpClient *client,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaCliExit bma_cli_configure_show (const BmaCliConfigure *self,
                                   const BmaCliMcpFile *file,
                                   const char *after,
                                   gboolean is_there_after,
                                   const char *notice);
gboolean bma_cli_configure_report (const BmaCliConfigure *self,
                                   const BmaCliMcpClient *client,
                                   const BmaCliMcpFile *file,
                                   const char *result,
                                   const char *after,
                                   const char *backup);
BmaCliExit bma_cli_configure_write (const BmaCliConfigure *self,
                                    const BmaCliMcpClient *client);
BmaCliExit bma_cli_configure_undo (const BmaCliConfigure *self,
                                   const BmaCliMcpClient *client);
BmaCliExit bma_cli_configure_list (const BmaCliConfigure *self);

G_END_DECLS
