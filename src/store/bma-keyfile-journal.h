/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <stdint.h>

#include "bma-keyfile-writer.h"

G_BEGIN_DECLS

/**
 * BmaKeyfileJournal:
 *
 * The state file while the daemon runs, and the thread that writes it. Frames that wait
 * while the disk is busy are written together.
 */
typedef struct _BmaKeyfileJournal BmaKeyfileJournal;

BmaKeyfileJournal *bma_keyfile_journal_new (BmaKeyfileWriter *writer,
                                            GSource *wake) G_GNUC_WARN_UNUSED_RESULT;
void bma_keyfile_journal_free (BmaKeyfileJournal *self);

uint64_t bma_keyfile_journal_append (BmaKeyfileJournal *self, const GString *frame);
gboolean bma_keyfile_journal_wants_rewrite (BmaKeyfileJournal *self);
void bma_keyfile_journal_rewrite (BmaKeyfileJournal *self, GPtrArray *records);
uint64_t bma_keyfile_journal_collect (BmaKeyfileJournal *self, GError **failure);
void bma_keyfile_journal_wait (BmaKeyfileJournal *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaKeyfileJournal, bma_keyfile_journal_free)

G_END_DECLS
