/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-keyfile-folder.h"

G_BEGIN_DECLS

/**
 * BmaKeyfileQuarantine:
 *
 * The ranges of a state file that cannot be used. They are copied to a file of their own
 * before the state file loses them.
 */
typedef struct _BmaKeyfileQuarantine BmaKeyfileQuarantine;

BmaKeyfileQuarantine *
bma_keyfile_quarantine_new (const char *bytes) G_GNUC_WARN_UNUSED_RESULT;
void bma_keyfile_quarantine_free (BmaKeyfileQuarantine *self);

void bma_keyfile_quarantine_add (BmaKeyfileQuarantine *self,
                                 size_t offset,
                                 size_t length,
                                 const char *problem);
gboolean bma_keyfile_quarantine_is_empty (const BmaKeyfileQuarantine *self);
gboolean bma_keyfile_quarantine_save (BmaKeyfileQuarantine *self,
                                      BmaKeyfileFolder *folder,
                                      BmaClock *clock,
                                      GPtrArray *reports);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaKeyfileQuarantine, bma_keyfile_quarantine_free)

G_END_DECLS
