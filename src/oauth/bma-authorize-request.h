/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-config.h"
#include "bma-form.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

/**
 * BmaAuthorizeRequest:
 *
 * A parsed authorization request (RFC 6749 section 4.1.1 with RFC 7636, RFC 8707 and
 * OpenID Connect). Its strings belong to the form it was read from, except the owned
 * ones.
 */
typedef struct
{
  const char *client_id;      /* nullable */
  const char *redirect_uri;   /* nullable */
  const char *state;          /* nullable */
  const char *nonce;          /* nullable */
  const char *code_challenge; /* nullable until checked */
  const char *resource;       /* our spelling of it; never NULL once checked */
  const char *prompt;         /* nullable */
  char **scopes;              /* owned: asked for, or the default */
  int64_t max_age_s;      /* how old the sign-in may be; -1 when that does not matter */
  BmaOauthError repeated; /* a parameter occurs twice */
} BmaAuthorizeRequest;

BmaAuthorizeRequest *
bma_authorize_request_parse (const BmaForm *form) G_GNUC_WARN_UNUSED_RESULT;
void bma_authorize_request_free (BmaAuthorizeRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaAuthorizeRequest, bma_authorize_request_free)

BmaOauthError bma_authorize_request_check_client (const BmaAuthorizeRequest *self,
                                                  const BmaClient *client);
BmaOauthError bma_authorize_request_check (BmaAuthorizeRequest *self,
                                           const BmaForm *form,
                                           const BmaConfig *config);
BmaOauthError bma_authorize_request_read_terms (BmaAuthorizeRequest *self,
                                                const BmaForm *form,
                                                const BmaConfig *config);
gboolean bma_authorize_request_has_prompt (const BmaAuthorizeRequest *self,
                                           const char *prompt);

G_END_DECLS
