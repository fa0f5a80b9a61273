/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

#include "bma-identity-login.h"
#include "bma-oauth-error.h"
#include "bma-page-ticket.h"
#include "bma-sign-in.h"

G_BEGIN_DECLS

/**
 * BmaBrowserStepKind:
 * @BMA_STEP_ERROR: show an error page
 * @BMA_STEP_REDIRECT: send the browser on
 * @BMA_STEP_ASK: show a page with a question of ours
 * @BMA_STEP_SIGN_IN: show a page of the sign-in
 * @BMA_STEP_DEVICE: show the page where the code of a device is typed
 * @BMA_STEP_DONE: show that it is finished
 *
 * What the browser gets.
 */
typedef enum
{
  BMA_STEP_ERROR,
  BMA_STEP_REDIRECT,
  BMA_STEP_ASK,
  BMA_STEP_SIGN_IN,
  BMA_STEP_DEVICE,
  BMA_STEP_DONE,
} BmaBrowserStepKind;

/**
 * BmaPromptLine:
 *
 * One of several questions on a page: what a local program asks.
 */
typedef struct
{
  char *who;           /* owned: its name */
  char *who_detail;    /* owned: its program */
  char *how_known;     /* owned: what its name rests on */
  char *reason;        /* owned, nullable: its own words */
  char *resource;      /* owned, nullable: what the token would be for */
  char **scopes;       /* owned */
  char **decisions;    /* owned: for how long it can be allowed */
  gboolean can_refuse; /* never can be said to it */
  gboolean is_sign_in;
} BmaPromptLine;

/**
 * BmaQuestion:
 *
 * What a page of ours shows and asks. Texts of strangers are fit to be shown, but not
 * escaped.
 */
typedef struct
{
  char *who;           /* owned: name of the client or app */
  char *who_detail;    /* owned: client id or app id */
  char *how_known;     /* owned: how it identified itself */
  char *client_host;   /* owned, nullable: of a client whose id is a URL */
  char *client_uri;    /* owned, nullable */
  char *redirect_host; /* owned, nullable: where the person will be sent */
  char *redirect_uri;  /* owned, nullable */
  char *reason;        /* owned, nullable: the app's own words */
  char *subject;       /* owned, nullable: who is signed in */
  char *user_code;     /* owned, nullable: of a device, as it shows it */
  char **scopes;       /* owned */
  GPtrArray *methods;  /* owned, of BmaLoginMethod: ways to sign in that are offered */
  char **decisions;    /* owned, nullable: for how long it can be allowed */
  char *resource;      /* owned, nullable: what a token for an app would be for */
  GPtrArray *lines;    /* owned, nullable, of BmaPromptLine: several questions at once;
                          then nothing above but subject and methods is set */
  gboolean is_app;     /* a local program asks */
  gboolean can_refuse; /* and never can be said to it */
  gboolean is_loopback_redirect;
  gboolean is_loopback_only; /* none of its redirect URIs leads to its host */
  gboolean is_sign_in;       /* only a sign-in, nothing is asked for */
  char *request;             /* owned: what the form sends back */
  BmaPageTicket *ticket;     /* owned */
} BmaQuestion;

/**
 * BmaSignInPage:
 *
 * What a page of the sign-in shows and asks.
 */
typedef struct
{
  char *stage;            /* owned: see BmaLogin */
  GPtrArray *methods;     /* owned, of BmaLoginMethod: what is offered */
  char *method;           /* owned, nullable: what was chosen */
  char *tx;               /* owned, secret */
  int64_t turn;           /* number of this page */
  char *email;            /* owned, nullable: what the person typed, checked */
  BmaSignInNotice notice; /* what to tell */
  char *message;          /* owned, nullable: what the provider says */
  unsigned int n_tries_left;
  gboolean has_code; /* a code was sent and can be typed */
  gboolean may_send; /* another mail may be asked for */
} BmaSignInPage;

/**
 * BmaDeviceNotice:
 * @BMA_DEVICE_NOTICE_NONE: nothing
 * @BMA_DEVICE_NOTICE_MALFORMED: what was typed cannot be a code
 * @BMA_DEVICE_NOTICE_UNKNOWN: no device waits with this code
 * @BMA_DEVICE_NOTICE_TOO_MANY: too many wrong codes were tried just now
 *
 * What the page for codes of devices tells.
 */
typedef enum
{
  BMA_DEVICE_NOTICE_NONE,
  BMA_DEVICE_NOTICE_MALFORMED,
  BMA_DEVICE_NOTICE_UNKNOWN,
  BMA_DEVICE_NOTICE_TOO_MANY,
} BmaDeviceNotice;

/**
 * BmaDevicePage:
 *
 * What the page for codes of devices shows.
 */
typedef struct
{
  char *user_code; /* owned, nullable: what is typed already */
  char *uri;       /* owned, nullable: this page with the code of a device that waits */
  BmaDeviceNotice notice;
} BmaDevicePage;

/**
 * BmaBrowserStep:
 *
 * The next step of a browser, as a value for the HTTP front to carry out.
 */
typedef struct
{
  BmaBrowserStepKind kind;
  unsigned int status;   /* HTTP status of an error or final page */
  BmaOauthError error;   /* for BMA_STEP_ERROR */
  char *title;           /* owned, nullable */
  char *message;         /* owned, nullable: for the person */
  char *location;        /* owned, nullable: for BMA_STEP_REDIRECT; may hold a code */
  char *set_cookie;      /* owned, nullable: a Set-Cookie value */
  char *clear_cookie;    /* owned, nullable: a Set-Cookie value */
  BmaQuestion *question; /* owned, nullable: for BMA_STEP_ASK */
  BmaSignInPage *page;   /* owned, nullable: for BMA_STEP_SIGN_IN */
  BmaDevicePage *device; /* owned, nullable: for BMA_STEP_DEVICE */
} BmaBrowserStep;

BmaBrowserStep *
bma_browser_step_new_error (unsigned int status,
                            BmaOauthError error,
                            const char *title,
                            const char *message) G_GNUC_WARN_UNUSED_RESULT;
BmaBrowserStep *bma_browser_step_new_redirect (char *location) G_GNUC_WARN_UNUSED_RESULT;
BmaBrowserStep *bma_browser_step_new_done (const char *title,
                                           const char *message) G_GNUC_WARN_UNUSED_RESULT;
BmaBrowserStep *
bma_browser_step_new_ask (BmaQuestion *question) G_GNUC_WARN_UNUSED_RESULT;
BmaBrowserStep *
bma_browser_step_new_sign_in (BmaSignInPage *page) G_GNUC_WARN_UNUSED_RESULT;
BmaBrowserStep *bma_browser_step_new_device (unsigned int status, BmaDevicePage *page)
    G_GNUC_WARN_UNUSED_RESULT;
void bma_browser_step_free (BmaBrowserStep *self);
void bma_prompt_line_free (BmaPromptLine *self);
void bma_question_free (BmaQuestion *self);
void bma_sign_in_page_free (BmaSignInPage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaBrowserStep, bma_browser_step_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaQuestion, bma_question_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaSignInPage, bma_sign_in_page_free)

G_END_DECLS
