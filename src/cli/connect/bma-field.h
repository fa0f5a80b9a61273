/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean
bma_field_parse (const char *line, char **name, char **value) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_field_may_repeat (const char *name);
gboolean bma_field_has_word (const char *list, const char *word);
gboolean bma_field_is_plain (const char *value);
char *bma_field_encode (const char *value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
