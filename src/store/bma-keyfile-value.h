/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void bma_keyfile_value_append_string (GString *out, const char *value);
void bma_keyfile_value_append_strings (GString *out, char *const *values);

char *bma_keyfile_value_parse_string (const char *text,
                                      size_t length) G_GNUC_WARN_UNUSED_RESULT;
char **bma_keyfile_value_parse_strings (const char *text,
                                        size_t length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
