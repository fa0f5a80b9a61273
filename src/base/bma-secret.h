/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * BmaSecret:
 *
 * Reference-counted bytes that are wiped when the last reference goes. The only place
 * for tokens, codes, provider secrets and private keys.
 */
typedef struct _BmaSecret BmaSecret;

#define BMA_TYPE_SECRET (bma_secret_get_type ())
GType bma_secret_get_type (void);

BmaSecret *bma_secret_new (const char *text) G_GNUC_WARN_UNUSED_RESULT;
BmaSecret *bma_secret_new_bytes (const void *bytes,
                                 size_t n_bytes) G_GNUC_WARN_UNUSED_RESULT;
BmaSecret *bma_secret_new_take (char *text) G_GNUC_WARN_UNUSED_RESULT;
BmaSecret *bma_secret_ref (BmaSecret *self);
void bma_secret_unref (BmaSecret *self);

const char *bma_secret_peek (const BmaSecret *self);
size_t bma_secret_get_size (const BmaSecret *self);
gboolean bma_secret_equal (const BmaSecret *a, const BmaSecret *b);
gboolean bma_secret_equal_text (const BmaSecret *self, const char *text);

void bma_secret_wipe_text (char *text);
void bma_secret_free_text (char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaSecret, bma_secret_unref)

/* A character buffer that holds secret text for a moment: wiped, then freed. */
typedef char BmaSecretText;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaSecretText, bma_secret_free_text)

G_END_DECLS
