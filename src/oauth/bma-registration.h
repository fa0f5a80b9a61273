/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-json.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

#define BMA_REGISTRATION_MAX_BYTES (16 * 1024)
#define BMA_REGISTRATION_PATH      "/register/"

/**
 * BmaRegistrationTicket:
 * @client_id: id for a new client
 * @secret: secret for a client that wants one
 * @management_token: registration access token (RFC 7592 section 1.2)
 *
 * Randomness for a registration.
 */
typedef struct
{
  const char *client_id;
  const char *secret;
  const char *management_token;
} BmaRegistrationTicket;

BmaClient *bma_registration_decide (JsonObject *metadata,
                                    const char *const *scopes_supported,
                                    const BmaRegistrationTicket *ticket,
                                    int64_t now_s,
                                    BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;
BmaClient *
bma_registration_decide_update (const BmaClient *old,
                                JsonObject *metadata,
                                const char *const *scopes_supported,
                                const BmaRegistrationTicket *ticket,
                                BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_registration_may_manage (const BmaClient *client, const char *token);
JsonObject *
bma_registration_make_answer (const BmaClient *client,
                              const char *issuer,
                              const char *secret,
                              const char *management_token) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
