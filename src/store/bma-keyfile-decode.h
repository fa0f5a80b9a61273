/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-change.h"

G_BEGIN_DECLS

/**
 * BmaKeyfileNotes:
 * @n_unknown_keys: how many keys were ignored
 * @unknown_key: (owned) (nullable): the first of them, as "key of table"
 *
 * What decoding did not understand, although it is whole.
 */
typedef struct
{
  size_t n_unknown_keys;
  char *unknown_key;
} BmaKeyfileNotes;

void bma_keyfile_notes_clear (BmaKeyfileNotes *self);

gboolean bma_keyfile_decode_header (const char *text, size_t length, int64_t *format);
BmaChange *bma_keyfile_decode_change (const char *text,
                                      size_t length,
                                      BmaKeyfileNotes *notes,
                                      const char **problem) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmaKeyfileNotes, bma_keyfile_notes_clear)

G_END_DECLS
