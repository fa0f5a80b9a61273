/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean bma_cli_secret_store (GDBusConnection *bus,
                               const char *kind,
                               const char *secret,
                               GError **error);

G_END_DECLS
