/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GError *bma_oidc_error_from_callback (const char *code) G_GNUC_WARN_UNUSED_RESULT;
GError *bma_oidc_error_from_token (unsigned int status,
                                   const char *code) G_GNUC_WARN_UNUSED_RESULT;
GError *bma_oidc_error_from_transport (const GError *raw) G_GNUC_WARN_UNUSED_RESULT;
GError *bma_oidc_error_from_keyring (const GError *raw) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
