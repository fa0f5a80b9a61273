/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BmaKeyfileFrame:
 * @offset: where it begins
 * @length: its length in bytes, without the seal
 * @problem: (nullable): why it is not to be trusted, for people; %NULL for a whole frame
 *
 * A range of a store file: a whole frame, or a broken range.
 */
typedef struct
{
  size_t offset;
  size_t length;
  const char *problem;
} BmaKeyfileFrame;

/**
 * BmaKeyfileScan:
 * @bytes: (not owned): the file
 * @n_bytes: its size
 * @start: (private): first byte not reported yet
 *
 * Walks through the frames of a store file. Begin with `{ bytes, n_bytes }`.
 */
typedef struct
{
  const char *bytes;
  size_t n_bytes;
  size_t start;
} BmaKeyfileScan;

void bma_keyfile_frame_seal (GString *out, size_t start);
gboolean bma_keyfile_scan_next (BmaKeyfileScan *self, BmaKeyfileFrame *frame);

G_END_DECLS
