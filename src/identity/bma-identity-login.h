/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaLoginMethod:
 *
 * A way to sign in that a provider offers.
 */
typedef struct
{
  char *name;           /* owned: google, email-otp, ... */
  char *label;          /* owned: what a button says */
  gboolean wants_email; /* a login begins with the person's address */
} BmaLoginMethod;

BmaLoginMethod *bma_login_method_new (const char *name,
                                      const char *label,
                                      gboolean wants_email) G_GNUC_WARN_UNUSED_RESULT;
void bma_login_method_free (BmaLoginMethod *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaLoginMethod, bma_login_method_free)

GPtrArray *bma_login_methods_new (void) G_GNUC_WARN_UNUSED_RESULT;
const BmaLoginMethod *bma_login_methods_find (const GPtrArray *methods, const char *name);

/**
 * BmaLoginRequest:
 * @tx: our transaction id, which a callback must bring back
 * @code_challenge: S256 challenge of the verifier given to the exchange (RFC 7636)
 * @method: (nullable): one of the offered ways to sign in; the first for %NULL
 * @email: (nullable): where to send a code or a link
 * @lifetime_s: how long we wait for the person, in seconds
 * @wants_other_account: whether to ask who they are even if the provider knows
 *
 * What a login begins with.
 */
typedef struct
{
  const char *tx;
  const char *code_challenge;
  const char *method;
  const char *email;
  int64_t lifetime_s;
  gboolean wants_other_account;
} BmaLoginRequest;

/**
 * BmaLoginReplyKind:
 * @BMA_LOGIN_REPLY_REDIRECT: the browser goes to the provider
 * @BMA_LOGIN_REPLY_CODE_SENT: a code was sent, which the person types into a page of ours
 * @BMA_LOGIN_REPLY_LINK_SENT: a link was mailed, which leads to our callback
 *
 * How a login goes on.
 */
typedef enum
{
  BMA_LOGIN_REPLY_REDIRECT,
  BMA_LOGIN_REPLY_CODE_SENT,
  BMA_LOGIN_REPLY_LINK_SENT,
} BmaLoginReplyKind;

/**
 * BmaLoginReply:
 *
 * What a provider made of a #BmaLoginRequest.
 */
typedef struct
{
  BmaLoginReplyKind kind;
  char *uri;       /* owned, nullable: where to send the browser */
  char *reference; /* owned, nullable: what the provider knows the sent code by */
  gboolean is_callback_fixed; /* the callback will bring no transaction back */
} BmaLoginReply;

BmaLoginReply *bma_login_reply_new_redirect (char *uri) G_GNUC_WARN_UNUSED_RESULT;
BmaLoginReply *
bma_login_reply_new_code_sent (const char *reference) G_GNUC_WARN_UNUSED_RESULT;
BmaLoginReply *bma_login_reply_new_link_sent (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_login_reply_free (BmaLoginReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaLoginReply, bma_login_reply_free)

G_END_DECLS
