/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-record.h"

G_BEGIN_DECLS

#define BMA_CLIENT_ORIGIN_REGISTERED "registered"

/**
 * BmaClient:
 *
 * An OAuth client (RFC 7591). Its id is the client id.
 */
typedef struct
{
  BmaRecord record;
  char *name;             /* owned, nullable: client_name */
  char *client_uri;       /* owned, nullable */
  char **redirect_uris;   /* owned */
  char **grant_types;     /* owned */
  char *scope;            /* owned, nullable: what it registered for */
  char *application_type; /* owned, nullable: native, web */
  char *origin;           /* owned: BMA_CLIENT_ORIGIN_* */
  int64_t created_at_s;
  int64_t last_used_at_s;
} BmaClient;

extern const BmaRecordType bma_client_type;
BMA_DEFINE_RECORD_CLEANUP (BmaClient)

gboolean bma_client_has_grant_type (const BmaClient *self, const char *grant_type);

G_END_DECLS
