/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-change.h"

G_BEGIN_DECLS

#define BMA_KEYFILE_FORMAT       1
#define BMA_KEYFILE_MAX_ID_CHARS 64

/* What decoding recognises. */
#define BMA_KEYFILE_HEADER  "\n[biomcp-auth]\nformat="
#define BMA_KEYFILE_DELETED "deleted=1"

gboolean bma_keyfile_is_id (const char *text, size_t length);

gboolean bma_keyfile_encode_change (GString *out,
                                    const BmaChange *change,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_keyfile_encode_record (GString *out,
                                    const BmaRecord *record,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_keyfile_encode_header (GString *out);

G_END_DECLS
