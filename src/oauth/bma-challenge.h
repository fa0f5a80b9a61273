/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"

G_BEGIN_DECLS

/**
 * BmaChallenge:
 * @error: (nullable): its error code (RFC 6750 section 3.1)
 * @scope: (nullable): what the server says is needed, separated by spaces
 *
 * The first Bearer challenge of a WWW-Authenticate value.
 */
typedef struct
{
  char *error; /* owned, nullable */
  char *scope; /* owned, nullable */
} BmaChallenge;

/**
 * BmaAdvice:
 * @BMA_ADVICE_RETRY: ask for a token again, and use that
 * @BMA_ADVICE_REQUEST: the person has to allow more
 * @BMA_ADVICE_GIVE_UP: no token will help
 *
 * What somebody whose token was rejected can do.
 */
typedef enum
{
  BMA_ADVICE_RETRY,
  BMA_ADVICE_REQUEST,
  BMA_ADVICE_GIVE_UP,
} BmaAdvice;

gboolean bma_challenge_parse (const char *text,
                              BmaChallenge *challenge) G_GNUC_WARN_UNUSED_RESULT;
void bma_challenge_clear (BmaChallenge *self);
BmaAdvice bma_challenge_decide (const BmaChallenge *challenge,
                                const char *const *granted,
                                const BmaConfig *config,
                                char ***scopes);
const char *bma_advice_to_text (BmaAdvice advice);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmaChallenge, bma_challenge_clear)

G_END_DECLS
