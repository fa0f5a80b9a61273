/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *bma_http_qr_make_path (const char *text,
                             unsigned int *n_modules) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
