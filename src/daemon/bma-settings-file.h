/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GKeyFile *bma_settings_file_load (const char *path,
                                  gboolean required,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_settings_file_check (GKeyFile *file,
                                  const char *path,
                                  gboolean is_system,
                                  GError **error);
gboolean bma_settings_file_is_locked (GKeyFile *file, const char *group, const char *key);

G_END_DECLS
