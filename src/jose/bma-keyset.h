/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-key.h"

G_BEGIN_DECLS

#define BMA_KEYSET_MAX_KEYS  32
#define BMA_KEYSET_MAX_BYTES (64 * 1024)

/**
 * BmaKeyset:
 *
 * Keys by `kid`. The first one added that is private signs. A shared secret (HS256) is
 * alone in its set.
 */
typedef struct _BmaKeyset BmaKeyset;

BmaKeyset *bma_keyset_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_keyset_free (BmaKeyset *self);
gboolean bma_keyset_add (BmaKeyset *self, BmaKey *key);
BmaKey *bma_keyset_lookup (const BmaKeyset *self, const char *kid);
BmaKey *bma_keyset_lookup_only (const BmaKeyset *self, const char *algorithm);
BmaKey *bma_keyset_get_signer (const BmaKeyset *self);
unsigned int bma_keyset_get_size (const BmaKeyset *self);
char *bma_keyset_to_jwks (const BmaKeyset *self) G_GNUC_WARN_UNUSED_RESULT;
BmaKeyset *bma_keyset_new_from_jwks (const char *jwks,
                                     size_t length,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaKeyset, bma_keyset_free)

G_END_DECLS
