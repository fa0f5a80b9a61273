/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-record.h"

G_BEGIN_DECLS

#define BMA_GRANT_KIND_HTTP_CLIENT "http-client"
#define BMA_GRANT_KIND_DBUS_APP    "dbus-app"

#define BMA_DECISION_ONCE    "once"
#define BMA_DECISION_SESSION "session"
#define BMA_DECISION_ALWAYS  "always"
#define BMA_DECISION_NEVER   "never"

/**
 * BmaGrant:
 *
 * What a person allowed one client or one local app: the memory of a consent. Its id is
 * derived from who, to whom and for what, so a second consent of the same kind extends
 * it.
 */
typedef struct
{
  BmaRecord record;
  char *kind;           /* owned: BMA_GRANT_KIND_* */
  char *client_id;      /* owned, nullable: for http-client */
  char *app_id;         /* owned, nullable: for dbus-app */
  char *trust;          /* owned: sandbox, unit, paired, claimed, http-client */
  char *subject_id;     /* owned: record id of the BmaSubject */
  char *resource;       /* owned: canonical resource */
  char **scopes;        /* owned */
  char **redirect_uris; /* owned, nullable: consented to, loopback ports removed */
  char *decision;       /* owned: BMA_DECISION_* */
  char *caller;         /* owned, nullable: bus connection that a `once` grant is for */
  char *pairing_hash;   /* owned, nullable: SHA-256 of the key, for paired */
  int64_t created_at_s;
  int64_t last_used_at_s;
  int64_t n_uses;
  int64_t reused_at_s; /* when one of its tokens was used twice, else 0 */
} BmaGrant;

extern const BmaRecordType bma_grant_type;
BMA_DEFINE_RECORD_CLEANUP (BmaGrant)

char *bma_grant_make_id (const char *kind,
                         const char *holder,
                         const char *subject_id,
                         const char *resource) G_GNUC_WARN_UNUSED_RESULT;

/**
 * BmaFamily:
 *
 * The tokens that descend from one sign-in or one approval (RFC 9700 section 4.14.2).
 * They live and die together.
 */
typedef struct
{
  BmaRecord record;
  char *grant_id; /* owned */
  char *resource; /* owned: becomes `aud` */
  char **scopes;  /* owned */
  int64_t signed_in_at_s;
  int64_t created_at_s;
  int64_t expires_at_s; /* when the last token that may exist ends */
} BmaFamily;

extern const BmaRecordType bma_family_type;
BMA_DEFINE_RECORD_CLEANUP (BmaFamily)

G_END_DECLS
