/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-identity-provider.h"
#include "bma-jwt.h"

G_BEGIN_DECLS

/**
 * BmaOidcExpected:
 * @issuer: what `iss` must be, byte for byte
 * @client_id: who `aud` must be
 * @nonce: the one that was sent
 * @access_token: what came along, for `at_hash`
 * @now_s: the time, epoch seconds
 *
 * What an ID token is held against.
 */
typedef struct
{
  const char *issuer;
  const char *client_id;
  const char *nonce;
  const BmaSecret *access_token;
  int64_t now_s;
} BmaOidcExpected;

BmaIdentity *bma_oidc_token_check (JsonObject *claims,
                                   const BmaOidcExpected *expected,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
