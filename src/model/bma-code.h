/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-record.h"

G_BEGIN_DECLS

/**
 * BmaCode:
 *
 * An authorization code (RFC 6749 section 4.1.2). Its id is the SHA-256 of the code. A
 * redeemed one stays until it expires, so that a second use is recognised.
 */
typedef struct
{
  BmaRecord record;
  char *client_id;      /* owned */
  char *redirect_uri;   /* owned */
  char *code_challenge; /* owned: S256 */
  char *nonce;          /* owned, nullable */
  char *grant_id;       /* owned */
  char *family_id;      /* owned: what its tokens belong to */
  char *resource;       /* owned */
  char **scopes;        /* owned */
  int64_t signed_in_at_s;
  int64_t redeemed_at_s; /* 0 while it is good */
  int64_t expires_at_s;
} BmaCode;

extern const BmaRecordType bma_code_type;
BMA_DEFINE_RECORD_CLEANUP (BmaCode)

G_END_DECLS
