/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Another program owns these files and may write them at any moment: a file is exchanged
 * with its successor in one step, and what comes out must be what was read. */

#include "bma-cli-mcp-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES (8 * 1024 * 1024)

static gboolean
fail (GError **error, const char *path, const char *what)
{
  int saved = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), "%s: %s: %s", path,
               what, g_strerror (saved));
  return FALSE;
}

static gboolean
refuse (GError **error, const char *path, const char *why)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s %s", path, why);
  return FALSE;
}

static gboolean
read_all (int fd, BmaCliMcpFile *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  uint8_t block[65536];
  ssize_t n = 0;

  while ((n = read (fd, block, sizeof block)) > 0 || (n < 0 && errno == EINTR))
    {
      if (n > 0)
        g_byte_array_append (bytes, block, (unsigned int) n);
      if (bytes->len > MAX_BYTES)
        return refuse (error, self->path, "is larger than settings can be");
    }
  if (n < 0)
    return fail (error, self->path, "it cannot be read");
  self->length = bytes->len;
  g_byte_array_append (bytes, (const uint8_t *) "", 1);
  self->text = (char *) g_byte_array_free (g_steal_pointer (&bytes), FALSE);
  return TRUE;
}

static gboolean
read_file (BmaCliMcpFile *self, int fd, GError **error)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    return fail (error, self->path, "it cannot be looked at");
  if (!S_ISREG (info.st_mode))
    return refuse (error, self->path, "is not a regular file");
  if (info.st_nlink > 1)
    return refuse (error, self->path,
                   "has several names (hard links), which would come apart");
  self->is_there = TRUE;
  self->mode = info.st_mode & 07777;
  self->owner = info.st_uid;
  self->group = info.st_gid;
  return read_all (fd, self, error);
}

static int
open_for_reading (const char *path)
{
  return open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

/**
 * bma_cli_mcp_file_read:
 * @path: (type filename): a settings file
 * @error: return location for a #GFileError or #GIOErrorEnum
 *
 * Reads it, through symbolic links. It need not be there.
 *
 * Returns: (transfer full) (nullable): the file
 */
BmaCliMcpFile *
bma_cli_mcp_file_read (const char *path, GError **error)
{
  g_autoptr (BmaCliMcpFile) self = g_new0 (BmaCliMcpFile, 1);
  char *real = realpath (path, NULL);
  gboolean is_missing = real == NULL && errno == ENOENT;
  gboolean is_good = FALSE;
  int fd = -1;

  self->path = real != NULL ? g_strdup (real) : g_canonicalize_filename (path, NULL);
  free (real);
  if (is_missing && g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    {
      refuse (error, path, "is a link to nothing");
      return NULL;
    }
  if (is_missing)
    {
      self->text = g_strdup ("");
      return g_steal_pointer (&self);
    }
  fd = open_for_reading (self->path);
  if (fd < 0)
    {
      fail (error, self->path, "it cannot be opened");
      return NULL;
    }
  is_good = read_file (self, fd, error);
  close (fd);
  return is_good ? g_steal_pointer (&self) : NULL;
}

/**
 * bma_cli_mcp_file_free:
 * @self: (transfer full): a file
 */
void
bma_cli_mcp_file_free (BmaCliMcpFile *self)
{
  g_free (self->path);
  g_free (self->text);
  g_free (self);
}

/**
 * bma_cli_mcp_file_list_missing:
 * @self: a file
 *
 * Returns: (transfer full) (array zero-terminated=1) (type filename): the folders that
 *   must be made for it, the innermost first
 */
char **
bma_cli_mcp_file_list_missing (const BmaCliMcpFile *self)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  g_autofree char *folder = g_path_get_dirname (self->path);

  while (!g_file_test (folder, G_FILE_TEST_EXISTS))
    {
      char *parent = g_path_get_dirname (folder);

      g_strv_builder_add (list, folder);
      g_free (folder);
      folder = parent;
    }
  return g_strv_builder_end (list);
}

static gboolean
fill (const BmaCliMcpFile *self, int fd, const char *text, size_t length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      text += n;
      length -= (size_t) n;
    }
  if (self->is_there && (self->owner != geteuid () || self->group != getegid ()) &&
      fchown (fd, self->owner, self->group) != 0)
    return FALSE;
  return fchmod (fd, self->is_there ? self->mode : 0600) == 0 && fsync (fd) == 0;
}

static gboolean
holds (const char *path, const char *text, size_t length)
{
  g_autoptr (BmaCliMcpFile) now = bma_cli_mcp_file_read (path, NULL);

  return now != NULL && now->is_there && now->length == length &&
         memcmp (now->text, text, length) == 0;
}

/* Whether what is there now is what was read. */
static gboolean
is_unchanged (const BmaCliMcpFile *self, const char *path)
{
  return holds (path, self->text, self->length);
}

static gboolean
has_changed (const BmaCliMcpFile *self, GError **error)
{
  return refuse (error, self->path,
                 "was changed by another program just now; nothing was written, please "
                 "try again");
}

/* The old file comes out as @other. */
static gboolean
exchange (const BmaCliMcpFile *self, const char *other, GError **error)
{
  if (renameat2 (AT_FDCWD, other, AT_FDCWD, self->path, RENAME_EXCHANGE) == 0)
    {
      if (is_unchanged (self, other))
        return TRUE;
      if (renameat2 (AT_FDCWD, other, AT_FDCWD, self->path, RENAME_EXCHANGE) != 0)
        return fail (error, other, "what another program wrote just now is here");
      return has_changed (self, error);
    }
  if (errno == ENOENT)
    return has_changed (self, error);
  if (errno != EINVAL && errno != ENOSYS)
    return fail (error, self->path, "it cannot be replaced");
  if (!is_unchanged (self, self->path))
    return has_changed (self, error);
  return rename (other, self->path) == 0 ||
         fail (error, self->path, "it cannot be replaced");
}

static gboolean
put_new (const BmaCliMcpFile *self, const char *from, GError **error)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, self->path, RENAME_NOREPLACE) == 0)
    return TRUE;
  if ((errno == EINVAL || errno == ENOSYS) && link (from, self->path) == 0)
    return TRUE;
  return errno == EEXIST ? has_changed (self, error)
                         : fail (error, self->path, "it cannot be made");
}

static void
sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/**
 * bma_cli_mcp_file_write:
 * @self: a file as it was read
 * @text: what is to be in it
 * @length: its length in bytes
 * @error: return location for a #GFileError or #GIOErrorEnum
 *
 * Replaces the file in one step, if it still is as it was read. It keeps permissions and
 * owner; a new one is for the person only.
 *
 * Returns: whether it worked; if not, the file is as it was
 */
gboolean
bma_cli_mcp_file_write (const BmaCliMcpFile *self,
                        const char *text,
                        size_t length,
                        GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *name = g_path_get_basename (self->path);
  g_autofree char *other = g_strdup_printf ("%s/.%s.XXXXXX", folder, name);
  gboolean is_good = FALSE;
  int fd = -1;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return fail (error, folder, "the folder cannot be made");
  fd = g_mkstemp_full (other, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail (error, folder, "nothing can be written in the folder");
  is_good = fill (self, fd, text, length) || fail (error, other, "it cannot be written");
  close (fd);
  if (!is_good)
    {
      unlink (other);
      return FALSE;
    }
  is_good = self->is_there ? exchange (self, other, error) : put_new (self, other, error);
  /* What another program put in our way stays. */
  if (is_good || holds (other, text, length))
    unlink (other);
  sync_folder (folder);
  return is_good;
}

/**
 * bma_cli_mcp_file_remove:
 * @self: a file as it was read
 * @error: return location for a #GFileError or #GIOErrorEnum
 *
 * Removes the file, if it still is as it was read.
 *
 * Returns: whether it worked; if not, the file is as it was
 */
gboolean
bma_cli_mcp_file_remove (const BmaCliMcpFile *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *name = g_path_get_basename (self->path);
  g_autofree char *aside = g_strdup_printf ("%s/.%s.XXXXXX", folder, name);
  int fd = g_mkstemp_full (aside, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    return fail (error, folder, "nothing can be written in the folder");
  close (fd);
  if (rename (self->path, aside) != 0)
    return fail (error, self->path, "it cannot be removed");
  if (!is_unchanged (self, aside))
    {
      if (link (aside, self->path) == 0 || errno == EEXIST)
        unlink (aside);
      return has_changed (self, error);
    }
  unlink (aside);
  sync_folder (folder);
  return TRUE;
}
