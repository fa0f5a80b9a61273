/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-secret-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * bma_secret_file_new:
 * @secret: what to hand over
 *
 * Makes a memory file that can be read and nothing else, so that a secret need be in no
 * message, argument or environment.
 *
 * Returns: (transfer full): its descriptor, which does not outlive exec(); -1 with errno
 *   set
 */
int
bma_secret_file_new (const BmaSecret *secret)
{
  int fd = memfd_create ("biomcp-auth-secret", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  size_t size = bma_secret_get_size (secret);

  if (fd < 0)
    return -1;
  if (TEMP_FAILURE_RETRY (write (fd, bma_secret_peek (secret), size)) == (ssize_t) size &&
      lseek (fd, 0, SEEK_SET) == 0 &&
      fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) ==
          0)
    return fd;
  close (fd);
  return -1;
}

/**
 * bma_secret_file_read:
 * @fd: a file that bma_secret_file_new() made, maybe in another process
 * @max_bytes: the largest that is taken
 *
 * Returns: (transfer full) (nullable): what is in it; %NULL with errno set, to EINVAL for
 *   a file of another size or kind
 */
BmaSecret *
bma_secret_file_read (int fd, size_t max_bytes)
{
  struct stat info;
  g_autoptr (BmaSecretText) text = NULL;

  if (fstat (fd, &info) != 0)
    return NULL;
  if (!S_ISREG (info.st_mode) || info.st_size <= 0 || (size_t) info.st_size > max_bytes)
    {
      errno = EINVAL;
      return NULL;
    }
  text = g_malloc0 ((size_t) info.st_size + 1);
  if (TEMP_FAILURE_RETRY (pread (fd, text, (size_t) info.st_size, 0)) != info.st_size)
    return NULL;
  return bma_secret_new_bytes (text, (size_t) info.st_size);
}
