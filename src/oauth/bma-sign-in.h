/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-form.h"
#include "bma-login.h"
#include "bma-secret.h"

G_BEGIN_DECLS

#define BMA_SIGN_IN_MAX_MAILS 3
#define BMA_SIGN_IN_MAX_TRIES 5

/**
 * BmaSignInAction:
 * @BMA_SIGN_IN_SHOW: show the page of the stage
 * @BMA_SIGN_IN_BEGIN: ask the identity provider to begin
 * @BMA_SIGN_IN_VERIFY: ask the identity provider about the code
 * @BMA_SIGN_IN_CANCEL: the person wants no sign-in any more
 */
typedef enum
{
  BMA_SIGN_IN_SHOW,
  BMA_SIGN_IN_BEGIN,
  BMA_SIGN_IN_VERIFY,
  BMA_SIGN_IN_CANCEL,
} BmaSignInAction;

/**
 * BmaSignInNotice:
 * @BMA_SIGN_IN_NOTICE_NONE: nothing
 * @BMA_SIGN_IN_NOTICE_STALE: the form was used already
 * @BMA_SIGN_IN_NOTICE_BAD_ADDRESS: that is no e-mail address
 * @BMA_SIGN_IN_NOTICE_BAD_CODE: that cannot be a code; it does not count as a try
 * @BMA_SIGN_IN_NOTICE_WRONG_CODE: it is another code
 * @BMA_SIGN_IN_NOTICE_CODE_OVER: the code is too old or was used
 * @BMA_SIGN_IN_NOTICE_NO_TRIES: there were too many wrong codes
 * @BMA_SIGN_IN_NOTICE_NO_MAILS: there were too many mails
 * @BMA_SIGN_IN_NOTICE_NOT_SENT: no mail goes to this address just now
 * @BMA_SIGN_IN_NOTICE_AGAIN: the provider could not be asked
 *
 * What a page of ours tells on top of its question.
 */
typedef enum
{
  BMA_SIGN_IN_NOTICE_NONE,
  BMA_SIGN_IN_NOTICE_STALE,
  BMA_SIGN_IN_NOTICE_BAD_ADDRESS,
  BMA_SIGN_IN_NOTICE_BAD_CODE,
  BMA_SIGN_IN_NOTICE_WRONG_CODE,
  BMA_SIGN_IN_NOTICE_CODE_OVER,
  BMA_SIGN_IN_NOTICE_NO_TRIES,
  BMA_SIGN_IN_NOTICE_NO_MAILS,
  BMA_SIGN_IN_NOTICE_NOT_SENT,
  BMA_SIGN_IN_NOTICE_AGAIN,
} BmaSignInNotice;

#define BMA_SIGN_IN_N_NOTICES (BMA_SIGN_IN_NOTICE_AGAIN + 1)

/**
 * BmaSignInForm:
 * @tx: transaction of the login
 * @turn: number of the page it comes from
 * @action: method, choose, other, send, check or cancel
 * @method: (nullable): a way to sign in
 * @email: (nullable): an address
 * @code: (nullable): what stands in the mail
 *
 * A form of a sign-in page. The strings belong to the form it was read from.
 */
typedef struct
{
  const char *tx;
  int64_t turn;
  const char *action;
  const char *method;
  const char *email;
  const char *code;
} BmaSignInForm;

gboolean bma_sign_in_form_read (BmaSignInForm *self, const BmaForm *form);

/**
 * BmaSignInFacts:
 * @method: (nullable): the way to sign in that the form names, if it is offered
 * @method_wants_email: whether that one begins with an address
 * @login_wants_email: whether the one chosen before does
 * @may_mail: whether the address of the form may get another mail
 * @expires_at_s: until when a login that goes on now waits
 *
 * What was looked up for a form.
 */
typedef struct
{
  const char *method;
  gboolean method_wants_email;
  gboolean login_wants_email;
  gboolean may_mail;
  int64_t expires_at_s;
} BmaSignInFacts;

/**
 * BmaSignInDecision:
 *
 * What a form of a sign-in page leads to.
 */
typedef struct
{
  BmaSignInAction action;
  BmaSignInNotice notice;
  BmaLogin *next;  /* owned, nullable: the login from now on, if it changes */
  char *email;     /* owned, nullable: where to send mail */
  BmaSecret *code; /* owned, nullable: what to verify */
} BmaSignInDecision;

BmaSignInDecision
bma_sign_in_decide (const BmaLogin *login,
                    const BmaSignInForm *form,
                    const BmaSignInFacts *facts) G_GNUC_WARN_UNUSED_RESULT;
void bma_sign_in_decision_clear (BmaSignInDecision *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmaSignInDecision, bma_sign_in_decision_clear)

gboolean bma_sign_in_awaits_callback (const BmaLogin *login);
BmaLogin *bma_sign_in_note_sent (const BmaLogin *login,
                                 const char *reference) G_GNUC_WARN_UNUSED_RESULT;
BmaLogin *bma_sign_in_note_code_over (const BmaLogin *login) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
