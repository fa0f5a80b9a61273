/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-secret.h"

G_BEGIN_DECLS

int bma_secret_file_new (const BmaSecret *secret);
BmaSecret *bma_secret_file_read (int fd, size_t max_bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
