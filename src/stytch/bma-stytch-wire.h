/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-form.h"
#include "bma-identity-provider.h"
#include "bma-secret.h"

G_BEGIN_DECLS

char *bma_stytch_wire_make_api_url (const char *project_id,
                                    const char *api_url,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_stytch_wire_check_environment (const char *project_id,
                                            const char *public_token,
                                            const char *api_url,
                                            GError **error);
gboolean bma_stytch_wire_check_secret (const char *project_id,
                                       const BmaSecret *secret,
                                       GError **error);
char *bma_stytch_wire_make_callback_uri (const char *issuer,
                                         const char *tx) G_GNUC_WARN_UNUSED_RESULT;
char *
bma_stytch_wire_make_start_uri (const char *api_url,
                                const char *method,
                                const char *public_token,
                                const char *callback_uri,
                                const char *code_challenge) G_GNUC_WARN_UNUSED_RESULT;
BmaSecret *bma_stytch_wire_read_callback (const BmaForm *query,
                                          const char *token_type,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

BmaSecret *bma_stytch_wire_make_basic (const char *project_id,
                                       const BmaSecret *secret) G_GNUC_WARN_UNUSED_RESULT;
GBytes *
bma_stytch_wire_make_exchange (const BmaSecret *token,
                               const BmaSecret *code_verifier) G_GNUC_WARN_UNUSED_RESULT;

GBytes *bma_stytch_wire_make_otp_send (const char *email,
                                       int64_t lifetime_s) G_GNUC_WARN_UNUSED_RESULT;
GBytes *bma_stytch_wire_make_link_send (const char *email,
                                        const char *callback_uri,
                                        const char *code_challenge,
                                        int64_t lifetime_s) G_GNUC_WARN_UNUSED_RESULT;
GBytes *bma_stytch_wire_make_otp_verify (const char *method_id,
                                         const BmaSecret *code) G_GNUC_WARN_UNUSED_RESULT;

BmaIdentity *bma_stytch_wire_read_identity (unsigned int status,
                                            const char *body,
                                            size_t length,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_stytch_wire_read_sent (unsigned int status,
                                 const char *body,
                                 size_t length,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_stytch_wire_read_whoami (unsigned int status,
                                      const char *body,
                                      size_t length,
                                      const char *project_id,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
