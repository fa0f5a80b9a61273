/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GError *bma_http_failure_describe (const GError *raw,
                                   const char *host) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
