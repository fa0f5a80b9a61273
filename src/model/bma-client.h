/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-record.h"

G_BEGIN_DECLS

#define BMA_CLIENT_ORIGIN_REGISTERED "registered"        /* RFC 7591 */
#define BMA_CLIENT_ORIGIN_DOCUMENT   "metadata-document" /* its id is a URL */
#define BMA_CLIENT_ORIGIN_CONFIGURED "configured"        /* in the settings */
#define BMA_CLIENT_ORIGIN_OWNER      "owner"             /* made by command */
#define BMA_CLIENT_ORIGIN_STYTCH     "stytch"            /* kept at Stytch */

#define BMA_CLIENT_AUTH_NONE        "none"
#define BMA_CLIENT_AUTH_BASIC       "client_secret_basic"
#define BMA_CLIENT_AUTH_POST        "client_secret_post"
#define BMA_CLIENT_AUTH_PRIVATE_KEY "private_key_jwt"

/**
 * BmaClient:
 *
 * An OAuth client (RFC 7591). Make one with [func@Client.new], and ask
 * [method@Client.get_id] for its client id: the id of the record is hexadecimal.
 */
typedef struct
{
  BmaRecord record;
  char *client_id;        /* owned, nullable: where it is not the record's id */
  char *name;             /* owned, nullable: client_name */
  char *client_uri;       /* owned, nullable */
  char *logo_uri;         /* owned, nullable: echoed, never fetched or shown */
  char *tos_uri;          /* owned, nullable: echoed */
  char *policy_uri;       /* owned, nullable: echoed */
  char **contacts;        /* owned, nullable: echoed */
  char *software_id;      /* owned, nullable: echoed */
  char *software_version; /* owned, nullable: echoed */
  char **redirect_uris;   /* owned */
  char **grant_types;     /* owned */
  char *scope;            /* owned, nullable: what it registered for */
  char *application_type; /* owned, nullable: native, web */
  char *origin;           /* owned: BMA_CLIENT_ORIGIN_* */
  char *auth_method;      /* owned, nullable: BMA_CLIENT_AUTH_*, none if NULL */
  char *secret_hash;      /* owned, nullable: SHA-256 of its secret */
  char *jwks;             /* owned, nullable: public keys; a public client with keys may
                             also use private_key_jwt */
  char *jwks_uri;         /* owned, nullable: where they are published */
  char *management_hash;  /* owned, nullable: SHA-256 of its RFC 7592 token */
  int64_t is_resource_server; /* may ask about everybody's tokens */
  int64_t fetched_at_s;       /* of a metadata document */
  int64_t fresh_until_s;      /* of a metadata document: fetched again later */
  int64_t created_at_s;
  int64_t last_used_at_s;
} BmaClient;

extern const BmaRecordType bma_client_type;
BMA_DEFINE_RECORD_CLEANUP (BmaClient)

BmaClient *bma_client_new (const char *client_id) G_GNUC_WARN_UNUSED_RESULT;
char *bma_client_make_record_id (const char *client_id) G_GNUC_WARN_UNUSED_RESULT;
const char *bma_client_get_id (const BmaClient *self);
gboolean bma_client_has_grant_type (const BmaClient *self, const char *grant_type);
gboolean bma_client_is_public (const BmaClient *self);
gboolean bma_client_is_by_owner (const BmaClient *self);

G_END_DECLS
