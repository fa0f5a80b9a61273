/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyring.h"

G_BEGIN_DECLS

/**
 * BmaKeyringFiles:
 *
 * Secrets in files that somebody else writes: `$CREDENTIALS_DIRECTORY` of systemd, or a
 * folder named in the configuration. A file is named by the kind of its secret; there is
 * one issuer. Read-only.
 */
#define BMA_TYPE_KEYRING_FILES (bma_keyring_files_get_type ())
G_DECLARE_FINAL_TYPE (BmaKeyringFiles, bma_keyring_files, BMA, KEYRING_FILES, GObject)

BmaKeyring *bma_keyring_files_new (const char *folder) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
