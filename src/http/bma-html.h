/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void bma_html_append (GString *out, const char *format, ...);
char *bma_html_page (const char *title, const char *body) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
