/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-record.h"

G_BEGIN_DECLS

/**
 * BmaSubject:
 *
 * A person as an identity provider knows them. Its id is derived from @provider and @sub.
 */
typedef struct
{
  BmaRecord record;
  char *provider;          /* owned: local, stytch, ... */
  char *sub;               /* owned: the claim `sub`, stable for @provider */
  char *name;              /* owned, nullable: for people to read */
  char *email;             /* owned, nullable */
  int64_t signed_in_at_s;  /* the last time they proved who they are */
  int64_t signed_out_at_s; /* 0 while they are signed in */
} BmaSubject;

extern const BmaRecordType bma_subject_type;
BMA_DEFINE_RECORD_CLEANUP (BmaSubject)

char *bma_subject_make_id (const char *provider,
                           const char *sub) G_GNUC_WARN_UNUSED_RESULT;
const char *bma_subject_get_label (const BmaSubject *self);

G_END_DECLS
