/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-change.h"
#include "bma-client.h"
#include "bma-code.h"
#include "bma-config.h"
#include "bma-device.h"
#include "bma-grant.h"
#include "bma-subject.h"
#include "bma-token-request.h"
#include "bma-token.h"

G_BEGIN_DECLS

/* How long a spent refresh token is still answered, because its answer may have been
 * lost; how often; and how long repeats are not counted, because a program that refreshes
 * in many places at once is not a thief. */
#define BMA_REFRESH_GRACE_S     30
#define BMA_REFRESH_MAX_REPEATS 5
#define BMA_REFRESH_BURST_S     10

/**
 * BmaTokenFacts:
 * @client: (nullable): the client the request names
 * @code: (nullable): the code, redeemed or not
 * @device: (nullable): the device that a device code stands for
 * @token: (nullable): the refresh token, spent or not
 * @successor: (nullable): what replaced @token
 * @predecessor: (nullable): what @token replaced
 * @family: (nullable): the family of @code or @token
 * @grant: (nullable): the grant behind it
 *
 * What was looked up for a token request.
 */
typedef struct
{
  const BmaClient *client;
  const BmaCode *code;
  const BmaDevice *device;
  const BmaToken *token;
  const BmaToken *successor;
  const BmaToken *predecessor;
  const BmaFamily *family;
  const BmaGrant *grant;
} BmaTokenFacts;

/**
 * BmaTokenTicket:
 * @refresh_id: id (hash) of the refresh token to give, should one be given
 * @salt: what that token was made of, if it replaces another
 * @family_id: id of a token family, should one be founded
 *
 * Randomness for new tokens.
 */
typedef struct
{
  const char *refresh_id;
  const char *salt;
  const char *family_id;
} BmaTokenTicket;

/**
 * BmaTokenAction:
 * @BMA_TOKEN_REFUSE: answer the error; the change may revoke a family or burn a code
 * @BMA_TOKEN_ISSUE: sign an access token; with a new refresh token if `with_refresh`
 * @BMA_TOKEN_REPEAT: sign an access token; the refresh token is the one given before,
 *   made again of the spent one and its salt
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
  BmaSubject *subject; /* owned, nullable: whom it is for, if that was not known before */
  BmaGrant *grant;     /* owned, nullable: as it will be, if it was made or changed */
  gboolean is_new_grant;
  gboolean reuse; /* somebody used a token twice */
} BmaTokenDecision;

BmaTokenDecision *
bma_token_decision_new_refusal (BmaOauthErrorCode code,
                                const char *description,
                                const char *reason) G_GNUC_WARN_UNUSED_RESULT;
BmaTokenDecision *
bma_token_decision_new_reuse (const BmaTokenFacts *facts,
                              const char *family_id,
                              const char *reason,
                              int64_t now_s,
                              BmaChange *change) G_GNUC_WARN_UNUSED_RESULT;
void bma_token_decision_put_refresh (BmaChange *change,
                                     const char *refresh_id,
                                     const char *predecessor,
                                     const char *family_id,
                                     const BmaConfig *config,
                                     int64_t now_s);
void bma_token_decision_put_use (BmaChange *change, const BmaGrant *old, int64_t now_s);
void bma_token_decision_found_family (BmaTokenDecision *self,
                                      const BmaTokenFacts *facts,
                                      const BmaConfig *config,
                                      const BmaTokenTicket *ticket,
                                      int64_t now_s,
                                      BmaChange *change);
void bma_token_decision_free (BmaTokenDecision *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaTokenDecision, bma_token_decision_free)

BmaTokenDecision *bma_token_grant_decide (const BmaTokenRequest *request,
                                          const BmaTokenFacts *facts,
                                          const BmaConfig *config,
                                          const BmaTokenTicket *ticket,
                                          int64_t now_s,
                                          BmaChange *change) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
