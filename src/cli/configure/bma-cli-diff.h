/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *bma_cli_diff (const char *old_text,
                    const char *new_text,
                    const char *old_name,
                    const char *new_name,
                    gboolean colour) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
