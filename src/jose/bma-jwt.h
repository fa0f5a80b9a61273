/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-json.h"
#include "bma-jws.h"

G_BEGIN_DECLS

#define BMA_JWT_TYP_ACCESS "at+jwt"
#define BMA_JWT_TYP_ID     "JWT"

/**
 * BmaAccessClaims:
 *
 * The claims of our access tokens (RFC 9068 section 2.2) after verification.
 */
typedef struct
{
  char *issuer;    /* owned: iss */
  char *subject;   /* owned: sub */
  char *audience;  /* owned: aud */
  char *client_id; /* owned */
  char *token_id;  /* owned: jti, its first part is the token family */
  char **scopes;   /* owned */
  int64_t issued_at_s;
  int64_t expires_at_s;
} BmaAccessClaims;

void bma_access_claims_free (BmaAccessClaims *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaAccessClaims, bma_access_claims_free)

BmaSecret *bma_jwt_sign_access (BmaKey *key,
                                const BmaAccessClaims *claims,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaSecret *bma_jwt_sign (BmaKey *key, const char *typ, JsonObject *claims, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
JsonObject *bma_jwt_verify (const BmaKeyset *keys,
                            const char *typ,
                            const char *token,
                            size_t length,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *bma_jwt_check (JsonObject *claims,
                           const char *issuer,
                           const char *const *audiences,
                           int64_t now_s,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaAccessClaims *bma_jwt_verify_access (const BmaKeyset *keys,
                                        const char *token,
                                        size_t length,
                                        const char *issuer,
                                        const char *const *audiences,
                                        int64_t now_s,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
