/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"
#include "bma-grant.h"
#include "bma-peer.h"
#include "bma-subject.h"

G_BEGIN_DECLS

/**
 * BmaLocalAction:
 * @BMA_LOCAL_ISSUE: give a token
 * @BMA_LOCAL_ASK: the person must allow it first
 * @BMA_LOCAL_SIGN_IN: the person must sign in first
 * @BMA_LOCAL_DENY: the person said never
 * @BMA_LOCAL_BAD_SCOPE: a scope is not supported
 * @BMA_LOCAL_BAD_RESOURCE: the resource is not served here
 *
 * What happens to a local caller's request for a token.
 */
typedef enum
{
  BMA_LOCAL_ISSUE,
  BMA_LOCAL_ASK,
  BMA_LOCAL_SIGN_IN,
  BMA_LOCAL_DENY,
  BMA_LOCAL_BAD_SCOPE,
  BMA_LOCAL_BAD_RESOURCE,
} BmaLocalAction;

/**
 * BmaLocalFacts:
 * @peer: who asks
 * @session_id: (nullable): the desktop session
 * @subject: (nullable): who is signed in
 * @grant: (nullable): what that person allowed that app
 * @is_refused: whether the person said never, whoever is signed in
 *
 * What was looked up for a local request.
 */
typedef struct
{
  const BmaPeer *peer;
  const char *session_id;
  const BmaSubject *subject;
  const BmaGrant *grant;
  gboolean is_refused;
} BmaLocalFacts;

/* A shorter life is none: it would end on its way. */
#define BMA_LOCAL_TOKEN_MIN_LIFE_S 10

int64_t bma_local_token_decide_life (uint32_t max_valid_s, const BmaConfig *config);
int64_t bma_local_token_decide_rest (uint32_t min_valid_s, int64_t life_s);
BmaLocalAction bma_local_token_decide (const char *const *scopes,
                                       const char *resource,
                                       const BmaLocalFacts *facts,
                                       const BmaConfig *config);
gboolean bma_local_token_is_bound (const BmaGrant *grant,
                                   const BmaPeer *peer,
                                   const char *session_id);
gboolean bma_local_token_outlasts (const BmaGrant *grant,
                                   const BmaPeer *peer,
                                   const char *session_id,
                                   const char *decision);
const char *bma_local_token_pick_decision (const char *wanted,
                                           const BmaPeer *peer,
                                           gboolean wants_pairing);
char *bma_local_token_make_binding (const char *decision,
                                    const BmaPeer *peer,
                                    const char *session_id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
