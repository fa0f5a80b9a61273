/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyfile-folder.h"

G_BEGIN_DECLS

/**
 * BmaKeyfileRewrite:
 *
 * Compaction under way: a new state file that is written slice by slice beside the old
 * one, and then takes its place. Until then nothing of the old one is touched.
 */
typedef struct _BmaKeyfileRewrite BmaKeyfileRewrite;

BmaKeyfileRewrite *bma_keyfile_rewrite_new (BmaKeyfileFolder *folder,
                                            GPtrArray *records,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_keyfile_rewrite_free (BmaKeyfileRewrite *self);

void
bma_keyfile_rewrite_carry (BmaKeyfileRewrite *self, const char *bytes, size_t n_bytes);
gboolean bma_keyfile_rewrite_step (BmaKeyfileRewrite *self,
                                   gboolean *is_complete,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
int bma_keyfile_rewrite_install (BmaKeyfileRewrite *self,
                                 size_t *length,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaKeyfileRewrite, bma_keyfile_rewrite_free)

G_END_DECLS
