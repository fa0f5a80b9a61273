/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-record.h"

G_BEGIN_DECLS

/* Where the person is: at a page of ours, at the provider's, or reading mail. */
#define BMA_LOGIN_STAGE_CHOOSE "choose"
#define BMA_LOGIN_STAGE_EMAIL  "email"
#define BMA_LOGIN_STAGE_CODE   "code"
#define BMA_LOGIN_STAGE_LINK   "link"
#define BMA_LOGIN_STAGE_AWAY   "away"

#define BMA_LOGIN_CALLBACK_FIXED "fixed"

/**
 * BmaLogin:
 *
 * An authorisation in flight, from the person's consent to the code or to the identity
 * provider's callback. Its id is the SHA-256 of the transaction id, which only the
 * browser knows. A finished one stays until it expires, so that a repeated form is
 * recognised.
 */
typedef struct
{
  BmaRecord record;
  char *client_id;       /* owned, nullable: NULL when a bus caller asked */
  char *redirect_uri;    /* owned, nullable */
  char *state;           /* owned, nullable: the client's, echoed */
  char *nonce;           /* owned, nullable: the client's, for the id_token */
  char *code_challenge;  /* owned, nullable: S256 */
  char *resource;        /* owned: RFC 8707 */
  char **scopes;         /* owned */
  char *cookie_hash;     /* owned: SHA-256 of the cookie that binds the browser */
  char *approval_id;     /* owned, nullable: the question of a local app it answers */
  char *decision;        /* owned, nullable: for how long that app was allowed */
  char *device_id;       /* owned, nullable: the device it answers */
  char *method;          /* owned, nullable: the way to sign in that it began with */
  char *stage;           /* owned, nullable: one of the above; away for NULL */
  char *callback;        /* owned, nullable: fixed when it brings no transaction back */
  char *reference;       /* owned, nullable: what the provider knows the code by */
  int64_t turn;          /* number of the page of ours that may be used next */
  int64_t n_sent;        /* mails asked for */
  int64_t n_tries;       /* codes tried against the present one */
  int64_t is_owner;      /* 1 = began in a browser of the person at this desktop */
  int64_t wants_account; /* 1 = the person chooses who they are, whoever is signed in */
  int64_t finished_at_s; /* 0 while it goes on */
  int64_t expires_at_s;
} BmaLogin;

extern const BmaRecordType bma_login_type;
BMA_DEFINE_RECORD_CLEANUP (BmaLogin)

G_END_DECLS
