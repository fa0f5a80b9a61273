/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GVariant *bma_cli_request_token (GDBusConnection *bus,
                                 const char *const *scopes,
                                 GVariantDict *options,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *bma_cli_request_sign_in (GDBusConnection *bus,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

char *bma_cli_request_make_path (const char *unique_name,
                                 const char *handle_token) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
