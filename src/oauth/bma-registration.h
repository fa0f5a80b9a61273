/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-json.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

#define BMA_REGISTRATION_MAX_BYTES (16 * 1024)

BmaClient *bma_registration_decide (JsonObject *metadata,
                                    const char *const *scopes_supported,
                                    const char *client_id,
                                    int64_t now_s,
                                    BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;
JsonObject *
bma_registration_make_answer (const BmaClient *client) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
