/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

/**
 * BmaJsonLimits:
 * @max_bytes: size of the text
 * @max_depth: nesting of arrays and objects
 * @max_members: members of all objects and elements of all arrays together
 *
 * What untrusted JSON may cost.
 */
typedef struct
{
  size_t max_bytes;
  unsigned int max_depth;
  unsigned int max_members;
} BmaJsonLimits;

#define BMA_JSON_LIMITS_DEFAULT                                                          \
  {                                                                                      \
    64 * 1024, 16, 1000                                                                  \
  }

gboolean bma_json_scan (const char *text,
                        size_t length,
                        const BmaJsonLimits *limits,
                        const char **problem);
char *bma_json_decode_string (const char *at, size_t length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
