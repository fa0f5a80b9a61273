/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define MAX_FILE_BYTES (64 * 1024)

/**
 * bma_peer_fd_close:
 * @fd: (transfer full): a descriptor, or -1
 */
void
bma_peer_fd_close (BmaPeerFd *fd)
{
  if (*fd >= 0)
    close (*fd);
}

/**
 * bma_peer_refuse:
 * @error: return location for an error
 * @what: what failed, with `errno` set
 *
 * Returns: %FALSE
 */
gboolean
bma_peer_refuse (GError **error, const char *what)
{
  int number = errno;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
               "The caller cannot be identified: %s: %s", what, g_strerror (number));
  return FALSE;
}

/**
 * bma_peer_refuse_for:
 * @error: return location for an error
 * @what: why
 *
 * Returns: %FALSE
 */
gboolean
bma_peer_refuse_for (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
               "The caller cannot be identified: %s", what);
  return FALSE;
}

/**
 * bma_peer_read:
 * @fd: a small text file
 *
 * Returns: (transfer full) (nullable): all of it; %NULL with `errno` set
 */
char *
bma_peer_read (int fd)
{
  g_autofree char *text = g_malloc (MAX_FILE_BYTES + 1);
  size_t length = 0;
  ssize_t n_read = 0;

  do
    {
      n_read = TEMP_FAILURE_RETRY (read (fd, text + length, MAX_FILE_BYTES - length));
      if (n_read > 0)
        length += (size_t) n_read;
    }
  while (n_read > 0 && length < MAX_FILE_BYTES);
  if (n_read < 0)
    return NULL;
  if (length == MAX_FILE_BYTES || memchr (text, 0, length) != NULL)
    {
      errno = EINVAL;
      return NULL;
    }
  text[length] = '\0';
  return g_steal_pointer (&text);
}

/**
 * bma_peer_read_at:
 * @folder: a folder, or `AT_FDCWD`
 * @name: a small text file in it
 *
 * Returns: (transfer full) (nullable): all of it; %NULL with `errno` set
 */
char *
bma_peer_read_at (int folder, const char *name)
{
  g_auto (BmaPeerFd) fd = openat (folder, name, O_RDONLY | O_CLOEXEC);

  return fd >= 0 ? bma_peer_read (fd) : NULL;
}

/**
 * bma_peer_read_link_at:
 * @folder: a folder
 * @name: a symbolic link in it
 *
 * Returns: (transfer full) (nullable): where it leads; %NULL with `errno` set
 */
char *
bma_peer_read_link_at (int folder, const char *name)
{
  char target[PATH_MAX];
  ssize_t length = readlinkat (folder, name, target, sizeof target);

  if (length <= 0 || (size_t) length >= sizeof target)
    return NULL;
  return g_strndup (target, (size_t) length);
}
