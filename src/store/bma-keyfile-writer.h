/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyfile-folder.h"

G_BEGIN_DECLS

/**
 * BmaKeyfileWriter:
 *
 * The state file while it is written: adds frames to its end and, between them, replaces
 * it by a compact one. Used from one thread at a time.
 */
typedef struct _BmaKeyfileWriter BmaKeyfileWriter;

BmaKeyfileWriter *
bma_keyfile_writer_new (BmaKeyfileFolder *folder,
                        int fd,
                        size_t length,
                        size_t compact_length) G_GNUC_WARN_UNUSED_RESULT;
void bma_keyfile_writer_prepare (BmaKeyfileWriter *self);
void bma_keyfile_writer_free (BmaKeyfileWriter *self);

gboolean bma_keyfile_writer_append (BmaKeyfileWriter *self,
                                    const GString *frames,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean bma_keyfile_writer_is_due (const BmaKeyfileWriter *self);
gboolean bma_keyfile_writer_is_rewriting (const BmaKeyfileWriter *self);
void bma_keyfile_writer_begin_rewrite (BmaKeyfileWriter *self,
                                       GPtrArray *records,
                                       const GString *frames);
void bma_keyfile_writer_continue_rewrite (BmaKeyfileWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaKeyfileWriter, bma_keyfile_writer_free)

G_END_DECLS
