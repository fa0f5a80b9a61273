/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-record.h"

G_BEGIN_DECLS

#define BMA_DEVICE_PENDING  "pending"
#define BMA_DEVICE_APPROVED "approved"
#define BMA_DEVICE_DENIED   "denied"
#define BMA_DEVICE_REDEEMED "redeemed"

/**
 * BmaDevice:
 *
 * A device that waits for a person to allow it elsewhere (RFC 8628). Its id is the
 * SHA-256 of the device code. A redeemed one stays until it expires, so that a second use
 * is recognised.
 */
typedef struct
{
  BmaRecord record;
  char *client_id;      /* owned */
  char *user_code_hash; /* owned: SHA-256 of what the person types */
  char *resource;       /* owned */
  char **scopes;        /* owned */
  char *state;          /* owned: BMA_DEVICE_* */
  char *grant_id;       /* owned, nullable: once approved */
  char *family_id;      /* owned, nullable: once redeemed */
  int64_t signed_in_at_s;
  int64_t interval_s;  /* how long the device has to wait between two questions */
  int64_t polled_at_s; /* 0 before the first question */
  int64_t created_at_s;
  int64_t expires_at_s;
} BmaDevice;

extern const BmaRecordType bma_device_type;
BMA_DEFINE_RECORD_CLEANUP (BmaDevice)

G_END_DECLS
