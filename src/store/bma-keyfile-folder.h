/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyfile-ops.h"

G_BEGIN_DECLS

#define BMA_KEYFILE_STATE_NAME "state.ini"
#define BMA_KEYFILE_NEW_NAME   "state.ini.new"
#define BMA_KEYFILE_LOCK_NAME  "lock"

/**
 * BmaKeyfileFolder:
 *
 * The state folder, checked and locked for as long as this lives. For any thread.
 */
typedef struct _BmaKeyfileFolder BmaKeyfileFolder;

BmaKeyfileFolder *bma_keyfile_folder_open (const char *path,
                                           const BmaKeyfileOps *ops,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_keyfile_folder_free (BmaKeyfileFolder *self);

int bma_keyfile_folder_open_file (BmaKeyfileFolder *self,
                                  const char *name,
                                  gboolean *was_open_to_others,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
int bma_keyfile_folder_create_file (BmaKeyfileFolder *self,
                                    const char *name,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_keyfile_folder_remove_file (BmaKeyfileFolder *self, const char *name);
char *bma_keyfile_folder_read (BmaKeyfileFolder *self,
                               int fd,
                               size_t *n_bytes,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_keyfile_folder_write (BmaKeyfileFolder *self,
                                   int fd,
                                   const char *bytes,
                                   size_t n_bytes,
                                   size_t offset,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_keyfile_folder_truncate (BmaKeyfileFolder *self,
                                      int fd,
                                      size_t length,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_keyfile_folder_rename (BmaKeyfileFolder *self,
                                    const char *from,
                                    const char *to,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_keyfile_folder_sync (BmaKeyfileFolder *self,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaKeyfileFolder, bma_keyfile_folder_free)

G_END_DECLS
