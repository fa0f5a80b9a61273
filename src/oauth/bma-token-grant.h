/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-change.h"
#include "bma-client.h"
#include "bma-code.h"
#include "bma-config.h"
#include "bma-grant.h"
#include "bma-token-request.h"
#include "bma-token.h"

G_BEGIN_DECLS

/* How long a spent refresh token is still answered, because its answer may have been
 * lost. */
#define BMA_REFRESH_GRACE_S 30

/**
 * BmaTokenFacts:
 * @client: (nullable): the client the request names
 * @code: (nullable): the code, redeemed or not
 * @token: (nullable): the refresh token, spent or not
 * @successor: (nullable): what replaced @token
 * @family: (nullable): the family of @code or @token
 * @grant: (nullable): the grant behind it
 * @remembers_successor: whether the text of the successor is still known
 *
 * What was looked up for a token request.
 */
typedef struct
{
  const BmaClient *client;
  const BmaCode *code;
  const BmaToken *token;
  const BmaToken *successor;
  const BmaFamily *family;
  const BmaGrant *grant;
  gboolean remembers_successor;
} BmaTokenFacts;

/**
 * BmaTokenAction:
 * @BMA_TOKEN_REFUSE: answer the error; the change may revoke a family or burn a code
 * @BMA_TOKEN_ISSUE: sign an access token; with a new refresh token if `with_refresh`
 * @BMA_TOKEN_REPEAT: sign an access token; the refresh token is the one given before
 */
typedef enum
{
  BMA_TOKEN_REFUSE,
  BMA_TOKEN_ISSUE,
  BMA_TOKEN_REPEAT,
} BmaTokenAction;

/**
 * BmaTokenDecision:
 *
 * What to answer and what to change.
 */
typedef struct
{
  BmaTokenAction action;
  BmaOauthError error;
  const char *reason; /* static, for the log */
  gboolean with_refresh;
  gboolean with_id_token;
  char *family_id; /* owned */
  char *resource;  /* owned: becomes aud */
  char **scopes;   /* owned: of the access token */
  char *nonce;     /* owned, nullable */
  int64_t signed_in_at_s;
  gboolean reuse; /* somebody used a token twice */
} BmaTokenDecision;

void bma_token_decision_free (BmaTokenDecision *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaTokenDecision, bma_token_decision_free)

BmaTokenDecision *bma_token_grant_decide (const BmaTokenRequest *request,
                                          const BmaTokenFacts *facts,
                                          const BmaConfig *config,
                                          const char *refresh_id,
                                          int64_t now_s,
                                          BmaChange *change) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
