/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* What an answer says that does not say how long it is good. */
#define BMA_HTTP_MAX_AGE_UNKNOWN (-1)

int64_t bma_http_freshness_parse (const char *cache_control, const char *age);
int64_t bma_http_freshness_bound (int64_t max_age_s,
                                  int64_t fallback_s,
                                  int64_t minimum_s,
                                  int64_t maximum_s);

G_END_DECLS
