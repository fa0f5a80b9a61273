/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

const char *bma_redirect_find_problem (const char *uri);
gboolean bma_redirect_is_registered (const BmaClient *client, const char *uri);

char *bma_redirect_make_error (const char *redirect_uri,
                               const char *issuer,
                               const char *state,
                               BmaOauthError error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_redirect_make_success (const char *redirect_uri,
                                 const char *issuer,
                                 const char *state,
                                 const char *code) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
