/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-key-cache.h"

G_BEGIN_DECLS

/**
 * BmaRemotePlace:
 *
 * A place where keys are, and what is known of it. Whoever fetches holds a reference, so
 * a place may be forgotten meanwhile.
 */
typedef struct
{
  grefcount refs;
  char *issuer;       /* owned, nullable */
  char *jwks_uri;     /* owned, nullable: given, or found out for the fetch under way */
  BmaKeyCache cache;  /* owned */
  GPtrArray *waiting; /* owned: of GTask, while a fetch is under way */
  int64_t used_at_s;
} BmaRemotePlace;

BmaRemotePlace *bma_remote_place_new (const BmaKeyPlace *from) G_GNUC_WARN_UNUSED_RESULT;
BmaRemotePlace *bma_remote_place_ref (BmaRemotePlace *self);
void bma_remote_place_unref (BmaRemotePlace *self);
const char *bma_remote_place_get_name (const BmaRemotePlace *self);
char *bma_remote_place_make_name (const BmaKeyPlace *place) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
