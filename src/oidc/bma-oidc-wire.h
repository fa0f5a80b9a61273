/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-form.h"
#include "bma-identity-provider.h"
#include "bma-issuer-metadata.h"
#include "bma-json.h"
#include "bma-secret.h"

G_BEGIN_DECLS

/**
 * BmaOidcStart:
 * @client_id: our name at the provider
 * @redirect_uri: where it sends the browser back to
 * @scopes: what is asked for; `openid` is added if it is missing
 * @tx: our transaction id, sent as `state`
 * @code_challenge: S256 challenge (RFC 7636)
 * @wants_other_account: whether the person wants to choose who they are
 *
 * What an authentication request is made of.
 */
typedef struct
{
  const char *client_id;
  const char *redirect_uri;
  const char *const *scopes;
  const char *tx;
  const char *code_challenge;
  gboolean wants_other_account;
} BmaOidcStart;

/**
 * BmaOidcCallback:
 *
 * What a callback brought (RFC 6749 section 4.1.2, RFC 9207).
 */
typedef struct
{
  BmaSecret *code; /* owned, nullable */
  char *error;     /* owned, nullable */
  char *issuer;    /* owned, nullable: iss */
} BmaOidcCallback;

/**
 * BmaOidcTokens:
 *
 * What a token endpoint answered.
 */
typedef struct
{
  BmaSecret *access_token; /* owned */
  BmaSecret *id_token;     /* owned */
} BmaOidcTokens;

char *bma_oidc_wire_make_redirect_uri (const char *issuer) G_GNUC_WARN_UNUSED_RESULT;
char *bma_oidc_wire_make_nonce (const char *code_challenge) G_GNUC_WARN_UNUSED_RESULT;
char *bma_oidc_wire_make_start_uri (const BmaIssuerMetadata *metadata,
                                    const BmaOidcStart *start,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

BmaOidcCallback *
bma_oidc_wire_read_callback (const BmaForm *query) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_oidc_wire_check_callback (const BmaOidcCallback *callback,
                                       const BmaIssuerMetadata *metadata,
                                       GError **error);
void bma_oidc_callback_free (BmaOidcCallback *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaOidcCallback, bma_oidc_callback_free)

GBytes *
bma_oidc_wire_make_exchange (const BmaOidcCallback *callback,
                             const char *redirect_uri,
                             const BmaSecret *code_verifier,
                             const char *client_id,
                             const BmaSecret *post_secret) G_GNUC_WARN_UNUSED_RESULT;
BmaSecret *bma_oidc_wire_make_basic (const char *client_id,
                                     const BmaSecret *secret) G_GNUC_WARN_UNUSED_RESULT;
BmaOidcTokens *bma_oidc_wire_read_tokens (unsigned int status,
                                          const char *body,
                                          size_t length,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_oidc_tokens_free (BmaOidcTokens *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaOidcTokens, bma_oidc_tokens_free)

gboolean bma_oidc_wire_read_userinfo (BmaIdentity *identity,
                                      unsigned int status,
                                      const char *body,
                                      size_t length,
                                      GError **error);
void bma_oidc_wire_take_profile (BmaIdentity *identity, JsonObject *claims);

G_END_DECLS
