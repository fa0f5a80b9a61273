/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

#define BMA_USER_CODE_CHARS 8

char *bma_user_code_make (const uint8_t *bytes, size_t n_bytes) G_GNUC_WARN_UNUSED_RESULT;
char *bma_user_code_parse (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_user_code_format (const char *code) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
