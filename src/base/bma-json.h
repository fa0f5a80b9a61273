/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "bma-json-scan.h"

G_BEGIN_DECLS

JsonObject *bma_json_parse_object (const char *text,
                                   size_t length,
                                   const BmaJsonLimits *limits,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_json_to_text (JsonObject *object) G_GNUC_WARN_UNUSED_RESULT;

const char *bma_json_get_string (JsonObject *object, const char *name);
gboolean bma_json_is_true (JsonObject *object, const char *name);
gboolean bma_json_get_int (JsonObject *object, const char *name, int64_t *value);
gboolean bma_json_get_strings (JsonObject *object, const char *name, char ***values);
void
bma_json_set_strings (JsonObject *object, const char *name, const char *const *values);
void bma_json_set_string (JsonObject *object, const char *name, const char *value);

G_END_DECLS
