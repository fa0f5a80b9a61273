/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-mcp-client.h"

#define LENIENT (BMA_CLI_JSONC_COMMENTS | BMA_CLI_JSONC_TRAILING_COMMAS)
#define FLATPAK "-flatpak"

#define NEXT_VSCODE "Open the command palette and run “MCP: List Servers” to start it."

/* tests/unit/cli/settings/README.md names the documentation of each. Visual Studio Code
 * and Zed from the Snap store are not confined: their settings are the usual ones. */
static const BmaCliMcpClient clients[] = {
  { .id = "claude-desktop",
    .title = "Claude Desktop",
    .section = "mcpServers",
    .folder = "Claude",
    .file = "Claude/claude_desktop_config.json" },
  { .id = "claude-code",
    .title = "Claude Code",
    .section = "mcpServers",
    .url_key = "url",
    .has_type = TRUE,
    .variable = "CLAUDE_CONFIG_DIR",
    .variable_file = ".claude.json",
    .is_in_home = TRUE,
    .folder = ".claude",
    .file = ".claude.json",
    .project_file = ".mcp.json",
    .next = "Start “claude” and choose the server in /mcp to sign in." },
  { .id = "vscode",
    .title = "Visual Studio Code",
    .flags = LENIENT,
    .section = "servers",
    .url_key = "url",
    .has_type = TRUE,
    .variable = "VSCODE_PORTABLE",
    .variable_file = "user-data/User/mcp.json",
    .folder = "Code",
    .file = "Code/User/mcp.json",
    .project_file = ".vscode/mcp.json",
    .next = NEXT_VSCODE },
  { .id = "vscode" FLATPAK,
    .title = "Visual Studio Code (Flatpak)",
    .flags = LENIENT,
    .section = "servers",
    .url_key = "url",
    .has_type = TRUE,
    .file = "Code/User/mcp.json",
    .project_file = ".vscode/mcp.json",
    .flatpak = "com.visualstudio.code",
    .next = NEXT_VSCODE },
  { .id = "vscode-insiders",
    .title = "Visual Studio Code Insiders",
    .flags = LENIENT,
    .section = "servers",
    .url_key = "url",
    .has_type = TRUE,
    .folder = "Code - Insiders",
    .file = "Code - Insiders/User/mcp.json",
    .project_file = ".vscode/mcp.json",
    .next = NEXT_VSCODE },
  { .id = "vscodium",
    .title = "VSCodium",
    .flags = LENIENT,
    .section = "servers",
    .url_key = "url",
    .has_type = TRUE,
    .folder = "VSCodium",
    .file = "VSCodium/User/mcp.json",
    .project_file = ".vscode/mcp.json",
    .next = NEXT_VSCODE },
  { .id = "vscodium" FLATPAK,
    .title = "VSCodium (Flatpak)",
    .flags = LENIENT,
    .section = "servers",
    .url_key = "url",
    .has_type = TRUE,
    .file = "VSCodium/User/mcp.json",
    .project_file = ".vscode/mcp.json",
    .flatpak = "com.vscodium.codium",
    .next = NEXT_VSCODE },
  { .id = "cursor",
    .title = "Cursor",
    .flags = LENIENT,
    .section = "mcpServers",
    .url_key = "url",
    .is_in_home = TRUE,
    .folder = ".cursor",
    .file = ".cursor/mcp.json",
    .project_file = ".cursor/mcp.json",
    .next = "Start Cursor again, and sign in where its settings list MCP servers." },
  { .id = "zed",
    .title = "Zed",
    .flags = LENIENT,
    .section = "context_servers",
    .url_key = "url",
    .folder = "zed",
    .file = "zed/settings.json",
    .project_file = ".zed/settings.json",
    .next = "Zed sees it at once, and asks you to sign in." },
  { .id = "zed" FLATPAK,
    .title = "Zed (Flatpak)",
    .flags = LENIENT,
    .section = "context_servers",
    .url_key = "url",
    .file = "zed/settings.json",
    .project_file = ".zed/settings.json",
    .flatpak = "dev.zed.Zed",
    .next = "Zed sees it at once, and asks you to sign in." },
  { .id = "codex",
    .title = "Codex",
    .is_toml = TRUE,
    .section = "mcp_servers",
    .url_key = "url",
    .variable = "CODEX_HOME",
    .variable_file = "config.toml",
    .is_in_home = TRUE,
    .folder = ".codex",
    .file = ".codex/config.toml",
    .project_file = ".codex/config.toml",
    .next = "Sign in with “codex mcp login” and the entry's name." },
  { .id = "gemini",
    .title = "Gemini CLI",
    .flags = BMA_CLI_JSONC_COMMENTS,
    .section = "mcpServers",
    .url_key = "httpUrl",
    .variable = "GEMINI_CLI_HOME",
    .variable_file = ".gemini/settings.json",
    .is_in_home = TRUE,
    .folder = ".gemini",
    .file = ".gemini/settings.json",
    .project_file = ".gemini/settings.json",
    .next = "Start “gemini” and sign in with /mcp auth and the entry's name." },
};

static const struct
{
  const char *name;
  const char *id;
} other_names[] = {
  { "claude", "claude-code" },
  { "code", "vscode" },
  { "codium", "vscodium" },
  { "gemini-cli", "gemini" },
};

/**
 * bma_cli_mcp_client_get:
 * @i: a number from 0
 *
 * Returns: (transfer none) (nullable): the client of that number; %NULL behind the last
 */
const BmaCliMcpClient *
bma_cli_mcp_client_get (unsigned int i)
{
  return i < G_N_ELEMENTS (clients) ? &clients[i] : NULL;
}

static const BmaCliMcpClient *
find_exactly (const char *id)
{
  for (size_t i = 0; i < G_N_ELEMENTS (clients); i++)
    if (g_str_equal (clients[i].id, id))
      return &clients[i];
  return NULL;
}

/**
 * bma_cli_mcp_client_find:
 * @id: what a person calls it
 *
 * Returns: (transfer none) (nullable): the client; its Flatpak when only that is there
 */
const BmaCliMcpClient *
bma_cli_mcp_client_find (const char *id)
{
  const BmaCliMcpClient *client = NULL;
  const BmaCliMcpClient *flatpak = NULL;
  g_autofree char *flatpak_id = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (other_names); i++)
    if (g_str_equal (other_names[i].name, id))
      id = other_names[i].id;
  flatpak_id = g_strconcat (id, FLATPAK, NULL);
  client = find_exactly (id);
  flatpak = find_exactly (flatpak_id);
  if (client != NULL && flatpak != NULL && !bma_cli_mcp_client_is_there (client) &&
      bma_cli_mcp_client_is_there (flatpak))
    return flatpak;
  return client;
}

static const char *
get_moved (const BmaCliMcpClient *self)
{
  const char *folder = self->variable != NULL ? g_getenv (self->variable) : NULL;

  return folder != NULL && *folder != '\0' ? folder : NULL;
}

static char *
build (const BmaCliMcpClient *self, const char *below)
{
  const char *home = g_get_home_dir ();

  if (self->flatpak != NULL)
    return g_build_filename (home, ".var/app", self->flatpak,
                             below != NULL ? "config" : NULL, below, NULL);
  return g_build_filename (self->is_in_home ? home : g_get_user_config_dir (), below,
                           NULL);
}

/**
 * bma_cli_mcp_client_is_there:
 * @self: a client
 *
 * Returns: whether the person seems to use it: it has a folder or settings
 */
gboolean
bma_cli_mcp_client_is_there (const BmaCliMcpClient *self)
{
  const char *moved = get_moved (self);
  g_autofree char *folder = moved != NULL ? g_strdup (moved) : build (self, self->folder);
  g_autofree char *file = bma_cli_mcp_client_get_file (self, NULL);

  return g_file_test (folder, G_FILE_TEST_IS_DIR) ||
         g_file_test (file, G_FILE_TEST_EXISTS);
}

/**
 * bma_cli_mcp_client_get_file:
 * @self: a client
 * @project: (nullable) (type filename): the folder of a project, %NULL for the person's
 *   own settings
 *
 * Returns: (transfer full) (nullable) (type filename): the settings; %NULL when projects
 *   have none
 */
char *
bma_cli_mcp_client_get_file (const BmaCliMcpClient *self, const char *project)
{
  const char *moved = get_moved (self);

  if (project != NULL)
    return self->project_file != NULL
               ? g_build_filename (project, self->project_file, NULL)
               : NULL;
  if (moved != NULL)
    return g_build_filename (moved, self->variable_file, NULL);
  return build (self, self->file);
}
