/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the entry for our server says: an address, or a program. */

#include "bma-cli-configure.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bma-cli-mcp-entry.h"
#include "bma-names.h"

#define PROGRAM "biomcp-auth"

static char *
ask_service (GError **error)
{
  g_autoptr (GDBusConnection) bus = bma_cli_client_connect (error);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) status = NULL;
  char *url = NULL;

  if (bus != NULL)
    reply = bma_cli_client_call (bus, BMA_OBJECT_PATH, BMA_CLI_SERVER ".GetStatus", NULL,
                                 "(a{sv})", BMA_CLI_CALL_LIMIT_MS, error);
  if (reply == NULL)
    return NULL;
  status = g_variant_get_child_value (reply, 0);
  if (!g_variant_lookup (status, "mcp-url", "s", &url))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         "The service does not say its MCP URL; give it with --url");
  return url;
}

static gboolean
check_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  if ((g_str_equal (scheme, "http") || g_str_equal (scheme, "https")) &&
      g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' &&
      g_uri_get_userinfo (uri) == NULL && g_uri_get_fragment (uri) == NULL &&
      g_str_is_ascii (url) && strpbrk (url, " \t\r\n\"\\") == NULL)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "The MCP URL must be http:// or https:// with a host, and without "
                       "a user, a password or a fragment");
  return FALSE;
}

/* Owned: this program, by the name that stays when it is updated. */
static char *
find_program (GError **error)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", error);
  g_autofree char *found = g_find_program_in_path (PROGRAM);
  char *real = found != NULL ? realpath (found, NULL) : NULL;
  gboolean is_same = real != NULL && g_strcmp0 (real, self) == 0;

  free (real);
  if (self == NULL)
    g_prefix_error (error, "Where this program is cannot be told: ");
  return is_same && g_path_is_absolute (found) ? g_steal_pointer (&found)
                                               : g_steal_pointer (&self);
}

/* Owned, nullable: what a client that clears the environment must be told. */
static char *
get_unusual_bus (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *usual = g_strdup_printf ("unix:path=/run/user/%u/bus", getuid ());

  if (address == NULL || *address == '\0' || g_str_has_prefix (address, usual))
    return NULL;
  return g_strdup (address);
}

static GVariant *
make_stdio (const BmaCliMcpClient *client, GError **error)
{
  g_autoptr (GStrvBuilder) command = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  g_autofree char *program = NULL;
  g_autofree char *bus = get_unusual_bus ();

  if (client->flatpak != NULL)
    g_strv_builder_add_many (command, "flatpak-spawn", "--host", NULL);
  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    g_strv_builder_add_many (command, "flatpak", "run", "--command=" PROGRAM, BMA_APP_ID,
                             NULL);
  else
    {
      program = find_program (error);
      if (program == NULL)
        return NULL;
      g_strv_builder_add (command, program);
    }
  g_strv_builder_add (command, "connect");
  words = g_strv_builder_end (command);
  return bma_cli_mcp_entry_new_stdio (client, (const char *const *) words, bus);
}

/**
 * bma_cli_configure_make_entry:
 * @self: what the command line says
 * @client: whose settings are to be changed
 * @error: return location for an error
 *
 * Makes the best entry that the client can do: HTTP, for which the client signs in
 * itself, else a program that the client starts.
 *
 * Returns: (transfer full) (nullable): the entry
 *
 * Errors: %G_IO_ERROR_NOT_SUPPORTED when the client cannot do what was asked for;
 * %G_IO_ERROR_INVALID_ARGUMENT for a bad URL.
 */
GVariant *
bma_cli_configure_make_entry (const BmaCliConfigure *self,
                              const BmaCliMcpClient *client,
                              GError **error)
{
  g_autofree char *url = NULL;

  if (self->wants_http && client->url_key == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "%s can only start programs; leave --http out", client->title);
      return NULL;
    }
  if (self->wants_stdio || client->url_key == NULL)
    return make_stdio (client, error);
  url = self->url != NULL ? g_strdup (self->url) : ask_service (error);
  if (url == NULL || !check_url (url, error))
    return NULL;
  return bma_cli_mcp_entry_new_http (client, url);
}
