/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BMA_SCOPE_OFFLINE_ACCESS "offline_access"
#define BMA_SCOPE_OPENID         "openid"

char **bma_scope_parse (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_scope_join (const char *const *scopes) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_scope_is_subset (const char *const *subset, const char *const *of);
gboolean bma_scope_includes (const char *scope, const char *other);
gboolean bma_scope_are_covered (const char *const *wanted, const char *const *granted);
char **bma_scope_union (const char *const *a,
                        const char *const *b) G_GNUC_WARN_UNUSED_RESULT;
char **bma_scope_without (const char *const *scopes,
                          const char *name) G_GNUC_WARN_UNUSED_RESULT;
char **
bma_scope_list_supported (const char *const *of_resource) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
