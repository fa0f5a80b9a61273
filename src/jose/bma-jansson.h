/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <jansson.h>
#include <jose/jose.h>

#include "bma-json-scan.h"

G_BEGIN_DECLS

/* jansson and json-glib both declare json_object_iter_next: no file includes both, and
 * nobody calls json_object_iter_* or json_object_foreach (docs/architecture.md). */

jose_cfg_t *bma_jansson_get_jose (void);
json_t *bma_jansson_parse_object (const char *text,
                                  size_t length,
                                  const BmaJsonLimits *limits,
                                  const char **problem) G_GNUC_WARN_UNUSED_RESULT;
char *bma_jansson_to_text (const json_t *json) G_GNUC_WARN_UNUSED_RESULT;
json_t *bma_jansson_pick (const json_t *object,
                          const char *const *names) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
