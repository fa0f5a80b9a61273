/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-oauth-error.h"
#include "bma-secret.h"

G_BEGIN_DECLS

gboolean bma_stytch_clients_wire_is_id (const char *client_id);
GBytes *bma_stytch_clients_wire_make_registration (const BmaClient *wanted)
    G_GNUC_WARN_UNUSED_RESULT;
BmaClient *bma_stytch_clients_wire_read_registration (unsigned int status,
                                                      const char *body,
                                                      size_t length,
                                                      const BmaClient *wanted,
                                                      BmaSecret **secret,
                                                      BmaOauthError *error)
    G_GNUC_WARN_UNUSED_RESULT;
BmaClient *
bma_stytch_clients_wire_read_app (unsigned int status,
                                  const char *body,
                                  size_t length,
                                  const char *client_id,
                                  BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
