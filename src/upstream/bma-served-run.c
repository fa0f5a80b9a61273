/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-served-run.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "bma-command.h"

#define SECRET_BYTES 32
#define SOCKET_NAME  "mcp"
#define SECRET_NAME  "secret"

/**
 * bma_served_run_free:
 * @self: (transfer full): a run
 *
 * Removes its folder.
 */
void
bma_served_run_free (BmaServedRun *self)
{
  static const char *const names[] = { SOCKET_NAME, SECRET_NAME };

  for (size_t i = 0; self->folder != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, names[i], NULL);

      g_unlink (path);
    }
  if (self->folder != NULL)
    g_rmdir (self->folder);
  g_strfreev (self->words);
  g_free (self->address);
  g_clear_object (&self->socket);
  g_clear_object (&self->connectable);
  g_clear_pointer (&self->secret, bma_secret_unref);
  g_free (self->folder);
  g_free (self);
}

/* The kernel gives no port away again soon after. */
static char *
find_port (GError **error)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, error);
  g_autoptr (GSocketAddress) real = NULL;

  if (socket == NULL || !g_socket_bind (socket, any, FALSE, error))
    return NULL;
  real = g_socket_get_local_address (socket, error);
  if (real == NULL)
    return NULL;
  return g_strdup_printf ("%u",
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (real)));
}

static gboolean
make_folder (BmaServedRun *self, const char *runtime_folder, GError **error)
{
  self->folder = g_build_filename (runtime_folder, "upstream-XXXXXX", NULL);
  if (g_mkdir_with_parents (runtime_folder, 0700) == 0 &&
      g_mkdtemp_full (self->folder, 0700) != NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               "no folder can be made in %s: %s", runtime_folder, g_strerror (errno));
  g_clear_pointer (&self->folder, g_free);
  return FALSE;
}

static gboolean
write_secret (BmaServedRun *self, const char *path, BmaEntropy *entropy, GError **error)
{
  self->secret = bma_secret_new_take (bma_entropy_hex (entropy, SECRET_BYTES));
  return g_file_set_contents_full (path, bma_secret_peek (self->secret),
                                   (gssize) bma_secret_get_size (self->secret),
                                   G_FILE_SET_CONTENTS_NONE, 0600, error);
}

/* The path and query of the URL of the settings, at another host. */
static char *
move_address (const char *address, const char *host)
{
  const char *path = strstr (address, "://") + strlen ("://");

  return g_strconcat ("http://", host, path + strcspn (path, "/?"), NULL);
}

static gboolean
place (BmaServedRun *self,
       const BmaServedRunParts *parts,
       const BmaCommandPlaces *places,
       GError **error)
{
  g_autofree char *host = NULL;

  if (places->socket != NULL)
    {
      self->address = move_address (parts->address, "localhost");
      self->socket = g_unix_socket_address_new (places->socket);
      self->connectable = G_SOCKET_CONNECTABLE (g_object_ref (self->socket));
      return TRUE;
    }
  host = places->port != NULL ? g_strconcat ("127.0.0.1:", places->port, NULL) : NULL;
  self->address = host != NULL ? move_address (parts->address, host)
                               : g_strdup (parts->address);
  self->connectable = g_network_address_parse_uri (self->address, 80, error);
  return self->connectable != NULL;
}

/**
 * bma_served_run_new:
 * @parts: what it is made of
 * @error: return location for a #GIOErrorEnum or #GFileError
 *
 * Returns: (transfer full) (nullable): a run that nobody has had before
 */
BmaServedRun *
bma_served_run_new (const BmaServedRunParts *parts, GError **error)
{
  g_autoptr (BmaServedRun) self = g_new0 (BmaServedRun, 1);
  gboolean has_port = bma_command_has (parts->words, BMA_COMMAND_PORT);
  gboolean has_socket = bma_command_has (parts->words, BMA_COMMAND_SOCKET);
  gboolean has_secret = bma_command_has (parts->words, BMA_COMMAND_SECRET_FILE);
  g_autofree char *port = NULL;
  g_autofree char *socket = NULL;
  g_autofree char *secret_file = NULL;

  if (has_port && (port = find_port (error)) == NULL)
    return NULL;
  if ((has_socket || has_secret) && !make_folder (self, parts->runtime_folder, error))
    return NULL;
  if (has_socket)
    socket = g_build_filename (self->folder, SOCKET_NAME, NULL);
  if (has_secret)
    {
      secret_file = g_build_filename (self->folder, SECRET_NAME, NULL);
      if (!write_secret (self, secret_file, parts->entropy, error))
        return NULL;
    }
  {
    const BmaCommandPlaces places = { port, socket, secret_file };

    self->words = bma_command_fill (parts->words, &places);
    if (!place (self, parts, &places, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}
