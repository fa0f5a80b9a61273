/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean bma_pkce_is_challenge (const char *challenge);
gboolean bma_pkce_is_verifier (const char *verifier);
gboolean bma_pkce_verify (const char *verifier, const char *challenge);

G_END_DECLS
