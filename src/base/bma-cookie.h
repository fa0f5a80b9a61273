/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

char *bma_cookie_get (const char *header, const char *name) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cookie_make (const char *name,
                       const char *value,
                       int64_t max_age_s) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
