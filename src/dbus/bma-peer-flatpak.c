/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer-flatpak.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bma-peer-file.h"

/* Only a regular file: whatever else is there may have been made to fool us. */
static char *
read_info (int root, gboolean *is_missing, GError **error)
{
  const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
  g_auto (BmaPeerFd) fd = openat (root, ".flatpak-info", flags);
  struct stat status;
  char *text = NULL;

  *is_missing = fd < 0 && errno == ENOENT;
  if (fd < 0 || fstat (fd, &status) != 0)
    {
      bma_peer_refuse (error, ".flatpak-info");
      return NULL;
    }
  if (!S_ISREG (status.st_mode))
    {
      bma_peer_refuse_for (error, ".flatpak-info is no file");
      return NULL;
    }
  text = bma_peer_read (fd);
  if (text == NULL)
    bma_peer_refuse (error, ".flatpak-info");
  return text;
}

/* Flatpak notes each sandbox that it makes where sandboxes cannot write. */
static gboolean
is_running (const char *instances, const char *id, const char *text)
{
  g_autofree char *path = NULL;
  g_autofree char *noted = NULL;

  if (id == NULL || *id == '\0' || strspn (id, G_CSET_DIGITS) != strlen (id))
    return FALSE;
  path = g_build_filename (instances, id, "info", NULL);
  noted = bma_peer_read_at (AT_FDCWD, path);
  return g_strcmp0 (noted, text) == 0;
}

/**
 * bma_peer_flatpak_read_app_id:
 * @root: root folder of a process
 * @instances: where Flatpak notes the sandboxes that run, `.flatpak` in the user's
 *   runtime folder
 * @app_id: (out) (transfer full) (nullable): its Flatpak app id, %NULL outside Flatpak
 * @error: return location for an error
 *
 * Looks for .flatpak-info, which Flatpak puts where the sandbox cannot change it. It must
 * be that of a sandbox that Flatpak knows to run, so that a container cannot bring one
 * along.
 *
 * Returns: whether it is certain
 */
gboolean
bma_peer_flatpak_read_app_id (int root,
                              const char *instances,
                              char **app_id,
                              GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GKeyFile) info = g_key_file_new ();
  gboolean is_missing = FALSE;
  g_autofree char *text = read_info (root, &is_missing, &problem);
  g_autofree char *name = NULL;
  g_autofree char *id = NULL;

  *app_id = NULL;
  if (is_missing)
    return TRUE;
  if (text == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (g_key_file_load_from_data (info, text, strlen (text), G_KEY_FILE_NONE, NULL))
    {
      name = g_key_file_get_string (info, "Application", "name", NULL);
      id = g_key_file_get_string (info, "Instance", "instance-id", NULL);
    }
  if (name == NULL || !g_dbus_is_name (name) || g_dbus_is_unique_name (name))
    return bma_peer_refuse_for (error, ".flatpak-info names no application");
  if (!is_running (instances, id, text))
    return bma_peer_refuse_for (error, ".flatpak-info is of no sandbox that runs");
  *app_id = g_steal_pointer (&name);
  return TRUE;
}

/**
 * bma_peer_flatpak_is_here:
 *
 * Returns: whether we are in a sandbox ourselves, where the process ids that the bus
 * tells mean nothing; also when that is not certain
 */
gboolean
bma_peer_flatpak_is_here (void)
{
  return access ("/.flatpak-info", F_OK) == 0 || errno != ENOENT;
}
