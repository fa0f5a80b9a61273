/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean bma_cli_ask_is_person (void);
gboolean bma_cli_ask_go_on (GError **error);
char *bma_cli_ask (const char *question,
                   gboolean secret,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
