/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

gboolean bma_http_target_is_good (const char *target, size_t n_bytes);
gboolean bma_http_host_is_good (const char *host, size_t n_bytes);

G_END_DECLS
