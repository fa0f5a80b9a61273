/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-ops.h"

#include <stdio.h>
#include <unistd.h>

static ssize_t
system_write (int fd, const void *bytes, size_t n_bytes, off_t offset, gpointer user_data)
{
  return pwrite (fd, bytes, n_bytes, offset);
}

static int
system_sync (int fd, gpointer user_data)
{
  return fdatasync (fd);
}

static int
system_truncate (int fd, off_t length, gpointer user_data)
{
  return ftruncate (fd, length);
}

static int
system_rename (int folder_fd, const char *from, const char *to, gpointer user_data)
{
  return renameat (folder_fd, from, folder_fd, to);
}

static int
system_sync_folder (int folder_fd, gpointer user_data)
{
  return fsync (folder_fd);
}

const BmaKeyfileOps bma_keyfile_ops_system = {
  system_write, system_sync, system_truncate, system_rename, system_sync_folder, NULL,
};
