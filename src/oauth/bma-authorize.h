/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-authorize-request.h"
#include "bma-change.h"
#include "bma-code.h"
#include "bma-grant.h"
#include "bma-login.h"
#include "bma-subject.h"

G_BEGIN_DECLS

/**
 * BmaAuthorizeAction:
 * @BMA_AUTHORIZE_SHOW_ERROR: tell the person; no redirect
 * @BMA_AUTHORIZE_REDIRECT_ERROR: tell the client
 * @BMA_AUTHORIZE_ASK_CONSENT: show the consent page
 * @BMA_AUTHORIZE_SIGN_IN: send the browser to the identity provider
 * @BMA_AUTHORIZE_ISSUE_CODE: give the client a code
 */
typedef enum
{
  BMA_AUTHORIZE_SHOW_ERROR,
  BMA_AUTHORIZE_REDIRECT_ERROR,
  BMA_AUTHORIZE_ASK_CONSENT,
  BMA_AUTHORIZE_SIGN_IN,
  BMA_AUTHORIZE_ISSUE_CODE,
} BmaAuthorizeAction;

/**
 * BmaAuthorizeFacts:
 * @client: (nullable): the client the request names
 * @subject: (nullable): who is signed in
 * @grant: (nullable): what that person allowed that client for this resource
 * @consented: whether the person pressed Allow on our page for this very request
 * @wants_login: whether they chose to sign in as somebody else
 * @now_s: time
 *
 * What was looked up for a request.
 */
typedef struct
{
  const BmaClient *client;
  const BmaSubject *subject;
  const BmaGrant *grant;
  gboolean consented;
  gboolean wants_login;
  int64_t now_s;
} BmaAuthorizeFacts;

typedef struct
{
  BmaAuthorizeAction action;
  BmaOauthError error;
} BmaAuthorizeDecision;

BmaAuthorizeDecision
bma_authorize_decide (BmaAuthorizeRequest *request,
                      const BmaForm *form,
                      const BmaAuthorizeFacts *facts,
                      const BmaConfig *config) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_authorize_grant_covers (const BmaGrant *grant,
                                     const BmaAuthorizeRequest *request);

/**
 * BmaCodeTicket:
 * @code: the new authorization code
 * @family_id: id of the token family it will found
 *
 * Randomness for a new code.
 */
typedef struct
{
  const char *code;
  const char *family_id;
} BmaCodeTicket;

/* What was asked, from a request or from the login that remembers it. */
typedef struct
{
  const char *client_id;
  const char *redirect_uri; /* nullable: a device has none */
  const char *nonce;
  const char *code_challenge;
  const char *resource;
  const char *const *scopes;
} BmaCodeTerms;

BmaOauthError bma_authorize_limit_scopes (BmaAuthorizeRequest *request,
                                          const BmaForm *form,
                                          const BmaClient *client);
BmaGrant *bma_authorize_extend_grant (const BmaGrant *old,
                                      const char *grant_id,
                                      const BmaCodeTerms *terms,
                                      const BmaSubject *subject,
                                      const BmaConfig *config,
                                      int64_t now_s) G_GNUC_WARN_UNUSED_RESULT;
int64_t bma_authorize_get_sign_in_time (const BmaSubject *subject,
                                        const BmaConfig *config,
                                        int64_t now_s);
void bma_authorize_issue (BmaChange *change,
                          const BmaCodeTerms *terms,
                          const BmaSubject *subject,
                          const BmaGrant *old_grant,
                          const BmaCodeTicket *ticket,
                          const BmaConfig *config,
                          int64_t now_s);
BmaSubject *bma_authorize_make_subject (const char *provider,
                                        const char *sub,
                                        const char *name,
                                        const char *email,
                                        int64_t now_s) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
