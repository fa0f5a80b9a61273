/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean bma_uri_is_loopback_host (const char *host);
gboolean bma_uri_is_https_or_loopback (const char *uri);
char *bma_uri_get_origin (const char *uri) G_GNUC_WARN_UNUSED_RESULT;
char *bma_uri_get_display_host (const char *uri) G_GNUC_WARN_UNUSED_RESULT;
char *bma_uri_without_loopback_port (const char *uri) G_GNUC_WARN_UNUSED_RESULT;
char *bma_uri_append_query (const char *uri, const char *query) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
