/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsecret/secret.h>

#include "bma-keyring.h"

G_BEGIN_DECLS

/**
 * BmaKeyringPlace:
 *
 * Where libsecret keeps secrets at this moment, found without a prompt.
 */
typedef struct
{
  SecretService *service;       /* owned (nullable): without it libsecret uses its file */
  SecretCollection *collection; /* owned (nullable): the default one */
} BmaKeyringPlace;

void bma_keyring_place_free (BmaKeyringPlace *self);
BmaKeyringState bma_keyring_place_get_state (const BmaKeyringPlace *self);
gboolean bma_keyring_place_check (const BmaKeyringPlace *self, GError **error);

void bma_keyring_place_find_async (GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
BmaKeyringPlace *bma_keyring_place_find_finish (GAsyncResult *result,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

GError *bma_keyring_translate_error (GError *error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaKeyringPlace, bma_keyring_place_free)

G_END_DECLS
