/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

#include "bma-cli-jsonc.h"

G_BEGIN_DECLS

/**
 * BmaCliMcpClient:
 * @id: what a person calls it on the command line
 * @title: its name
 * @is_toml: whether its settings are TOML, else JSON
 * @flags: of JSON: what else it accepts
 * @section: the member, or table, that holds its MCP servers
 * @url_key: what the address of an HTTP server is called; %NULL: it can only start
 *   programs
 * @has_type: whether an entry names its transport
 * @variable: the environment variable that moves its folder
 * @variable_file: the settings in that folder
 * @is_in_home: whether @folder and @file are below the home folder, else below
 *   `XDG_CONFIG_HOME`
 * @folder: it is there if this is
 * @file: the settings of the person
 * @project_file: the settings of a project, in the project's folder
 * @flatpak: the id of the Flatpak that this row is for
 * @next: what to do when an entry for HTTP is written; %NULL: it can only start programs
 *
 * A known MCP client: how its documentation says that its settings look.
 */
typedef struct
{
  const char *id;
  const char *title;
  gboolean is_toml;
  BmaCliJsoncFlags flags;
  const char *section;
  const char *url_key; /* nullable */
  gboolean has_type;
  const char *variable;      /* nullable */
  const char *variable_file; /* nullable */
  gboolean is_in_home;
  const char *folder;
  const char *file;
  const char *project_file; /* nullable */
  const char *flatpak;      /* nullable */
  const char *next;         /* nullable */
} BmaCliMcpClient;

const BmaCliMcpClient *bma_cli_mcp_client_get (unsigned int i);
const BmaCliMcpClient *bma_cli_mcp_client_find (const char *id);
gboolean bma_cli_mcp_client_is_there (const BmaCliMcpClient *self);
char *bma_cli_mcp_client_get_file (const BmaCliMcpClient *self,
                                   const char *project) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
