/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean bma_http_headers_forward_request (const char *name, const char *connection);
gboolean bma_http_headers_forward_response (const char *name, const char *connection);

G_END_DECLS
