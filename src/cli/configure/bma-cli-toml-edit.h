/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stddef.h>

G_BEGIN_DECLS

char *bma_cli_toml_set (const char *text,
                        size_t length,
                        const char *const *path,
                        const char *const *pairs,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_toml_put_back (const char *text,
                             size_t length,
                             const char *const *path,
                             const char *written,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_toml_remove (const char *text,
                           size_t length,
                           const char *const *path,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_toml_get_written (const char *text,
                                   size_t length,
                                   const char *const *path,
                                   gboolean *is_there,
                                   char **written,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
