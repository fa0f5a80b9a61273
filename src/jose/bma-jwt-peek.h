/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BmaJwtPeek:
 *
 * What a JWT says of itself before anybody has verified it: good for choosing where to
 * look for the key, and for nothing else.
 */
typedef struct
{
  char *key_id; /* owned, nullable: kid */
  char *type;   /* owned, nullable: typ */
  char *issuer; /* owned, nullable: iss */
} BmaJwtPeek;

BmaJwtPeek *bma_jwt_peek (const char *token, size_t length) G_GNUC_WARN_UNUSED_RESULT;
void bma_jwt_peek_free (BmaJwtPeek *self);
gboolean bma_jwt_peek_is_type (const BmaJwtPeek *self, const char *type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaJwtPeek, bma_jwt_peek_free)

G_END_DECLS
