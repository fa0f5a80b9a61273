/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyring-dummy.h"
#include "bma-stytch.h"

#define STYTCH_PROJECT_ID   "project-test-1"
#define STYTCH_PUBLIC_TOKEN "public-token-test-1"
#define STYTCH_SECRET       "secret-test-canary"
#define STYTCH_VERIFIER     "canary-verifier-canary-verifier-canary-verifier"

/* Stytch as identity provider, with a keyring in memory. */
typedef struct
{
  BmaConfig *config;             /* owned: may still be changed */
  BmaKeyringDummy *keyring;      /* owned: holds the secret */
  BmaHttpClient *client;         /* owned */
  BmaIdentityProvider *provider; /* owned */
  const char *method;            /* static, nullable: what exchanges are begun with */
} StytchFixture;

/* How an exchange or a check ended. */
typedef struct
{
  BmaIdentity *identity; /* owned, nullable */
  GError *error;         /* owned, nullable */
  gboolean is_done;
} StytchOutcome;

void stytch_fixture_start (StytchFixture *self, const char *api_url);
void stytch_fixture_stop (StytchFixture *self);

/* Where a login begins, for methods that send the browser away. */
char *stytch_begin_uri (StytchFixture *self,
                        const char *tx,
                        const char *code_challenge,
                        const char *method,
                        GError **error);
/* What a login of any kind begins with. */
BmaLoginReply *
stytch_begin (StytchFixture *self, const BmaLoginRequest *request, GError **error);
void stytch_verify (StytchFixture *self,
                    const char *reference,
                    const char *code,
                    StytchOutcome *outcome);
void stytch_exchange_begin (StytchFixture *self,
                            const char *query,
                            const char *verifier,
                            GCancellable *cancellable,
                            StytchOutcome *outcome);
void stytch_await (StytchOutcome *outcome);
void stytch_exchange (StytchFixture *self, const char *query, StytchOutcome *outcome);
void stytch_check (StytchFixture *self, StytchOutcome *outcome);

void stytch_outcome_clear (StytchOutcome *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StytchOutcome, stytch_outcome_clear)

void stytch_assert_failed (const StytchOutcome *outcome, BmaIdentityError expected);
