/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bma-store.h"

struct _BmaKeyfileFolder
{
  char *path; /* owned */
  int fd;
  int lock_fd;
  const BmaKeyfileOps *ops; /* not owned */
};

static gboolean
check_owner (BmaKeyfileFolder *self, GError **error)
{
  struct stat info;

  if (fstat (self->fd, &info) != 0)
    g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_UNUSABLE,
                 "The state folder %s cannot be examined: %s", self->path,
                 g_strerror (errno));
  else if (info.st_uid != geteuid ())
    g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_UNUSABLE,
                 "The state folder %s belongs to another user: give it back with chown, "
                 "or move it away",
                 self->path);
  else if ((info.st_mode & 077) != 0)
    g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_UNUSABLE,
                 "Other users may enter the state folder %s: check what is in it, then "
                 "run chmod 700 on it",
                 self->path);
  else
    return TRUE;
  return FALSE;
}

static gboolean
lock_folder (BmaKeyfileFolder *self, GError **error)
{
  self->lock_fd = openat (self->fd, BMA_KEYFILE_LOCK_NAME,
                          O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd < 0)
    {
      g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_UNUSABLE,
                   "%s/" BMA_KEYFILE_LOCK_NAME " cannot be opened: %s", self->path,
                   g_strerror (errno));
      return FALSE;
    }
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  if (errno == EWOULDBLOCK)
    g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_BUSY,
                 "Another daemon uses the state folder %s: stop it first", self->path);
  else
    g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_UNUSABLE,
                 "The state folder %s cannot be locked: %s; put it on a local disk",
                 self->path, g_strerror (errno));
  return FALSE;
}

/* A new folder must outlast a power cut as much as what is in it. */
static void
sync_parent (const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  int fd = open (parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
}

/**
 * bma_keyfile_folder_open:
 * @path: where
 * @ops: how to change files; must outlive the folder
 * @error: return location for a #BmaStoreError
 *
 * Creates the folder if need be, checks that nobody else may enter it, and locks it.
 *
 * Returns: (transfer full) (nullable): the folder
 * Errors: %BMA_STORE_ERROR_BUSY, %BMA_STORE_ERROR_UNUSABLE
 */
BmaKeyfileFolder *
bma_keyfile_folder_open (const char *path, const BmaKeyfileOps *ops, GError **error)
{
  g_autoptr (BmaKeyfileFolder) self = g_new0 (BmaKeyfileFolder, 1);
  gboolean is_new = !g_file_test (path, G_FILE_TEST_EXISTS);

  self->path = g_strdup (path);
  self->ops = ops;
  self->fd = self->lock_fd = -1;
  if (g_mkdir_with_parents (path, 0700) == 0)
    self->fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->fd < 0)
    {
      g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_UNUSABLE,
                   "The state folder %s cannot be opened: %s", path, g_strerror (errno));
      return NULL;
    }
  if (is_new)
    sync_parent (path);
  if (!check_owner (self, error) || !lock_folder (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * bma_keyfile_folder_free:
 * @self: (transfer full): a folder
 *
 * Unlocks and closes it.
 */
void
bma_keyfile_folder_free (BmaKeyfileFolder *self)
{
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self);
}

/**
 * bma_keyfile_folder_open_file:
 * @self: a folder
 * @name: which file
 * @was_open_to_others: (out): whether its mode let others in, until now
 * @error: return location for a #BmaStoreError
 *
 * Opens a file to read and write, and makes it private.
 *
 * Returns: a descriptor; -1 without @error if there is no such file
 * Errors: %BMA_STORE_ERROR_UNUSABLE
 */
int
bma_keyfile_folder_open_file (BmaKeyfileFolder *self,
                              const char *name,
                              gboolean *was_open_to_others,
                              GError **error)
{
  int fd = openat (self->fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat info;

  *was_open_to_others = FALSE;
  if (fd < 0 && errno == ENOENT)
    return -1;
  if (fd >= 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode) &&
      info.st_uid == geteuid ())
    {
      *was_open_to_others = (info.st_mode & 077) != 0;
      if (!*was_open_to_others || fchmod (fd, 0600) == 0)
        return fd;
    }
  g_set_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_UNUSABLE,
               "%s/%s is not a file that this user may read and write", self->path, name);
  if (fd >= 0)
    close (fd);
  return -1;
}

/**
 * bma_keyfile_folder_create_file:
 * @self: a folder
 * @name: a name that is not taken
 * @error: return location for a #GFileError, so that a taken name can be told
 *
 * Creates an empty private file.
 *
 * Returns: a descriptor, or -1
 */
int
bma_keyfile_folder_create_file (BmaKeyfileFolder *self, const char *name, GError **error)
{
  int fd =
      openat (self->fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0 && fchmod (fd, 0600) == 0)
    return fd;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               "%s/%s cannot be created: %s", self->path, name, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/**
 * bma_keyfile_folder_remove_file:
 * @self: a folder
 * @name: which file; it need not exist
 *
 * Removes a file that nobody needs.
 */
void
bma_keyfile_folder_remove_file (BmaKeyfileFolder *self, const char *name)
{
  (void) unlinkat (self->fd, name, 0);
}

static gboolean
fail (BmaKeyfileFolder *self, BmaStoreError code, const char *what, GError **error)
{
  int saved = errno;

  g_set_error (error, BMA_STORE_ERROR, code, "%s in %s failed: %s", what, self->path,
               g_strerror (saved));
  return FALSE;
}

/**
 * bma_keyfile_folder_read:
 * @self: a folder
 * @fd: a file in it
 * @n_bytes: (out): its size
 * @error: return location for a #BmaStoreError
 *
 * Returns: (transfer full) (nullable): all of the file
 * Errors: %BMA_STORE_ERROR_UNUSABLE
 */
char *
bma_keyfile_folder_read (BmaKeyfileFolder *self, int fd, size_t *n_bytes, GError **error)
{
  g_autofree char *bytes = NULL;
  struct stat info;
  size_t size;

  if (fstat (fd, &info) != 0 ||
      (bytes = g_try_malloc ((size_t) info.st_size + 1)) == NULL)
    {
      fail (self, BMA_STORE_ERROR_UNUSABLE, "Reading", error);
      return NULL;
    }
  size = (size_t) info.st_size;
  *n_bytes = 0;
  while (*n_bytes < size)
    {
      ssize_t n = pread (fd, bytes + *n_bytes, size - *n_bytes, (off_t) *n_bytes);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          fail (self, BMA_STORE_ERROR_UNUSABLE, "Reading", error);
          return NULL;
        }
      if (n == 0)
        break;
      *n_bytes += (size_t) n;
    }
  return g_steal_pointer (&bytes);
}

/**
 * bma_keyfile_folder_write:
 * @self: a folder
 * @fd: a file in it
 * @bytes: what to write
 * @n_bytes: how much
 * @offset: where in the file
 * @error: return location for a #BmaStoreError
 *
 * Writes all of @bytes and waits until they are on the disk.
 *
 * Returns: whether they are; if not, the file holds anything from @offset on
 * Errors: %BMA_STORE_ERROR_WRITE
 */
gboolean
bma_keyfile_folder_write (BmaKeyfileFolder *self,
                          int fd,
                          const char *bytes,
                          size_t n_bytes,
                          size_t offset,
                          GError **error)
{
  while (n_bytes > 0)
    {
      ssize_t n =
          self->ops->write (fd, bytes, n_bytes, (off_t) offset, self->ops->user_data);

      if (n < 0 && errno == EINTR)
        continue;
      if (n == 0)
        errno = ENOSPC;
      if (n <= 0)
        return fail (self, BMA_STORE_ERROR_WRITE, "Writing", error);
      bytes += n;
      offset += (size_t) n;
      n_bytes -= (size_t) n;
    }
  if (self->ops->sync (fd, self->ops->user_data) != 0)
    return fail (self, BMA_STORE_ERROR_WRITE, "Writing to the disk", error);
  return TRUE;
}

/**
 * bma_keyfile_folder_truncate:
 * @self: a folder
 * @fd: a file in it
 * @length: its new size, in bytes
 * @error: return location for a #BmaStoreError
 *
 * Returns: whether the file ends at @length, on the disk too
 * Errors: %BMA_STORE_ERROR_WRITE
 */
gboolean
bma_keyfile_folder_truncate (BmaKeyfileFolder *self,
                             int fd,
                             size_t length,
                             GError **error)
{
  if (self->ops->truncate (fd, (off_t) length, self->ops->user_data) != 0 ||
      self->ops->sync (fd, self->ops->user_data) != 0)
    return fail (self, BMA_STORE_ERROR_WRITE, "Truncating a file", error);
  return TRUE;
}

/**
 * bma_keyfile_folder_rename:
 * @self: a folder
 * @from: which file
 * @to: which file it replaces
 * @error: return location for a #BmaStoreError
 *
 * Replaces a file. Not yet durable: see [func@KeyfileFolder.sync].
 *
 * Returns: whether it was replaced
 * Errors: %BMA_STORE_ERROR_WRITE
 */
gboolean
bma_keyfile_folder_rename (BmaKeyfileFolder *self,
                           const char *from,
                           const char *to,
                           GError **error)
{
  if (self->ops->rename (self->fd, from, to, self->ops->user_data) != 0)
    return fail (self, BMA_STORE_ERROR_WRITE, "Replacing a file", error);
  return TRUE;
}

/**
 * bma_keyfile_folder_sync:
 * @self: a folder
 * @error: return location for a #BmaStoreError
 *
 * Returns: whether all file names are on the disk
 * Errors: %BMA_STORE_ERROR_WRITE
 */
gboolean
bma_keyfile_folder_sync (BmaKeyfileFolder *self, GError **error)
{
  if (self->ops->sync_folder (self->fd, self->ops->user_data) != 0)
    return fail (self, BMA_STORE_ERROR_WRITE, "Writing file names", error);
  return TRUE;
}
