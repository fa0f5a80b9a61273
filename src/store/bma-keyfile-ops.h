/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * BmaKeyfileOps:
 * @write: as `pwrite(2)`
 * @sync: as `fdatasync(2)`
 * @truncate: as `ftruncate(2)`
 * @rename: as `renameat(2)` inside one folder
 * @sync_folder: as `fsync(2)` of a folder
 * @user_data: given to each
 *
 * What the store asks of the file system to change it. Called from the writer thread, and
 * from the main thread while the store is loaded.
 */
typedef struct
{
  ssize_t (*write) (
      int fd, const void *bytes, size_t n_bytes, off_t offset, gpointer user_data);
  int (*sync) (int fd, gpointer user_data);
  int (*truncate) (int fd, off_t length, gpointer user_data);
  int (*rename) (int folder_fd, const char *from, const char *to, gpointer user_data);
  int (*sync_folder) (int folder_fd, gpointer user_data);
  gpointer user_data;
} BmaKeyfileOps;

extern const BmaKeyfileOps bma_keyfile_ops_system;

G_END_DECLS
