/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-options.h"

#include "bma-names.h"

/**
 * bma_options_free:
 * @self: (transfer full): options
 *
 * Frees them.
 */
void
bma_options_free (BmaOptions *self)
{
  g_free (self->config_file);
  g_free (self->state_folder);
  g_free (self->listen);
  g_free (self);
}

static GOptionContext *
make_context (BmaOptions *self)
{
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &self->config_file,
      "Read FILE instead of the user's configuration", "FILE" },
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &self->state_folder,
      "Keep records in DIR", "DIR" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &self->listen,
      "Listen on HOST:PORT, port 0 for any free one", "HOST:PORT" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &self->verbose, "Log more", NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &self->replace,
      "Take over from a running service", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version", NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context, "Hands out access tokens to the programs of this desktop, and lets them "
               "reach an MCP server with them.");
  g_option_context_add_main_entries (context, entries, NULL);
  return context;
}

/**
 * bma_options_parse:
 * @arguments: (array zero-terminated=1): the command line with the program's name
 * @error: return location for a #GOptionError
 *
 * Parses a command line. `--help` prints and exits.
 *
 * Returns: (transfer full) (nullable): what was asked for
 */
BmaOptions *
bma_options_parse (char **arguments, GError **error)
{
  g_autoptr (BmaOptions) self = g_new0 (BmaOptions, 1);
  g_autoptr (GOptionContext) context = make_context (self);
  g_auto (GStrv) rest = g_strdupv (arguments);

  if (!g_option_context_parse_strv (context, &rest, error))
    return NULL;
  if (rest[0] != NULL && rest[1] != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "“%s” is not an option",
                   rest[1]);
      return NULL;
    }
  if (self->state_folder == NULL)
    self->state_folder =
        g_build_filename (g_get_user_state_dir (), BMA_CONFIG_FOLDER, NULL);
  return g_steal_pointer (&self);
}
