/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include <string.h>

#include "bma-cli-configure.h"
#include "bma-cli-options.h"

#define DEFAULT_NAME   "biomcp"
#define MAX_NAME_BYTES 64

typedef struct
{
  BmaCliConfigure base;
  gboolean undo;
  gboolean list;
} Command;

static void
command_clear (Command *self)
{
  g_clear_pointer (&self->base.name, g_free);
  g_clear_pointer (&self->base.project, g_free);
  g_clear_pointer (&self->base.url, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Command, command_clear)

/* Static, nullable: what is wrong with the command line. */
static const char *
check (const Command *self, const char *client)
{
  const char *name = self->base.name;

  if (*name == '\0' || strlen (name) > MAX_NAME_BYTES ||
      name[strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-")] != '\0')
    return "The name of an entry has letters, digits, “-” and “_”, at most 64";
  if (self->base.wants_stdio && self->base.wants_http)
    return "--stdio and --http exclude each other";
  if (self->base.wants_stdio && self->base.url != NULL)
    return "--url is for --http";
  if (self->list && (self->undo || client != NULL))
    return "--list is for itself";
  if (!self->list && client == NULL)
    return "Name a client: “biomcp-auth configure --list” shows them";
  return NULL;
}

static int
run (const Command *self, const char *id)
{
  const BmaCliMcpClient *client = NULL;
  g_autofree char *message = NULL;

  if (self->list)
    return bma_cli_configure_list (&self->base);
  client = bma_cli_mcp_client_find (id);
  if (client == NULL)
    {
      message = g_strdup_printf ("“%s” is not a client that is known here: “biomcp-auth "
                                 "configure --list” shows them",
                                 id);
      return bma_cli_options_refuse ("configure", message);
    }
  return self->undo ? bma_cli_configure_undo (&self->base, client)
                    : bma_cli_configure_write (&self->base, client);
}

/**
 * cmd_configure:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Writes the entry for our MCP server into a client's settings, or takes it back.
 *
 * Returns: the exit code
 */
int
cmd_configure (char **arguments)
{
  g_auto (Command) self = { 0 };
  const char *problem = NULL;
  const GOptionEntry entries[] = {
    { "list", 'l', 0, G_OPTION_ARG_NONE, &self.list, "Show the clients that are known",
      NULL },
    { "name", 'n', 0, G_OPTION_ARG_STRING, &self.base.name,
      "Name of the entry (" DEFAULT_NAME ")", "NAME" },
    { "http", 0, 0, G_OPTION_ARG_NONE, &self.base.wants_http,
      "The client connects and signs in itself (the default where it can)", NULL },
    { "stdio", 0, 0, G_OPTION_ARG_NONE, &self.base.wants_stdio,
      "The client starts “biomcp-auth connect”", NULL },
    { "url", 0, 0, G_OPTION_ARG_STRING, &self.base.url,
      "The MCP URL, instead of asking the service", "URL" },
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &self.base.project,
      "The settings of the project in this folder", "FOLDER" },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &self.base.replace,
      "Replace an entry of that name", NULL },
    { "undo", 0, 0, G_OPTION_ARG_NONE, &self.undo, "Take the last change back", NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &self.base.dry_run, "Show, but write nothing",
      NULL },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &self.base.yes, "Write without asking", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.base.json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) rest = bma_cli_options_parse (
      arguments, "CLIENT",
      "Writes the entry for the MCP server into the settings of a known MCP client, and "
      "shows first what it will write. Comments and layout stay as they are.",
      entries, 1);

  if (rest == NULL)
    return BMA_CLI_EXIT_USAGE;
  if (self.base.name == NULL)
    self.base.name = g_strdup (DEFAULT_NAME);
  problem = check (&self, rest[0]);
  if (problem != NULL)
    return bma_cli_options_refuse (arguments[0], problem);
  return run (&self, rest[0]);
}
