/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyring-call.h"
#include "bma-keyring-libsecret.h"
#include "bma-keyring-place.h"

G_BEGIN_DECLS

/* For the files of [class@KeyringLibsecret] only. */

void bma_keyring_libsecret_note (BmaKeyringLibsecret *self,
                                 const BmaKeyringPlace *place,
                                 const GError *error);
BmaKeyringPlace *
bma_keyring_libsecret_take_place (BmaKeyringCall *call,
                                  GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;

void bma_keyring_libsecret_load (BmaKeyring *keyring,
                                 const char *kind,
                                 const char *issuer,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void bma_keyring_libsecret_save (BmaKeyring *keyring,
                                 const char *kind,
                                 const char *issuer,
                                 const char *label,
                                 BmaSecret *secret,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void bma_keyring_libsecret_unlock (BmaKeyring *keyring,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);

G_END_DECLS
