/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-record.h"

G_BEGIN_DECLS

#define BMA_TOKEN_KIND_REFRESH   "refresh"
#define BMA_TOKEN_KIND_REVOKED   "revoked-access"
#define BMA_TOKEN_KIND_ASSERTION "client-assertion"

/**
 * BmaToken:
 *
 * A refresh token, an access token that was revoked before its time, or an assertion of a
 * client that was used. Its id is the SHA-256 of the refresh token, of the access token's
 * `jti`, or of the client and the assertion's `jti`.
 */
typedef struct
{
  BmaRecord record;
  char *kind;        /* owned: BMA_TOKEN_KIND_* */
  char *family_id;   /* owned, nullable: no assertion has one */
  char *successor;   /* owned, nullable: id of the refresh token that replaced it */
  char *salt;        /* owned, nullable: the successor is made of it and of the token */
  char *predecessor; /* owned, nullable: id of the refresh token that it replaced */
  int64_t issued_at_s;
  int64_t spent_at_s; /* 0 while it is good */
  int64_t n_repeats;  /* how often its successor was given again */
  int64_t expires_at_s;
} BmaToken;

extern const BmaRecordType bma_token_type;
BMA_DEFINE_RECORD_CLEANUP (BmaToken)

G_END_DECLS
