/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GVariant *bma_cli_findings_fetch (GDBusConnection *bus,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *bma_cli_findings_select (GVariant *findings,
                                   const char *check) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_findings_are_ok (GVariant *findings);
char *bma_cli_findings_to_text (GVariant *findings,
                                gboolean colour) G_GNUC_WARN_UNUSED_RESULT;
GVariant *bma_cli_findings_to_json (GVariant *findings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
