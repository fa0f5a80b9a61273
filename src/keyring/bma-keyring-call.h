/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyring.h"

G_BEGIN_DECLS

/**
 * BmaKeyringCall:
 *
 * A [class@Gio.Task] that answers once, at the latest when its time is over: the secret
 * service may wait for a person, or hang. What comes later is ignored. Reference-counted:
 * one reference for each step under way.
 */
typedef struct _BmaKeyringCall BmaKeyringCall;

BmaKeyringCall *bma_keyring_call_new (gpointer source,
                                      gpointer tag,
                                      unsigned int limit_ms,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
BmaKeyringCall *bma_keyring_call_ref (BmaKeyringCall *self);
void bma_keyring_call_unref (BmaKeyringCall *self);

gpointer bma_keyring_call_get_source (BmaKeyringCall *self);
GCancellable *bma_keyring_call_get_cancellable (BmaKeyringCall *self);
void
bma_keyring_call_set_data (BmaKeyringCall *self, gpointer data, GDestroyNotify free_data);
gpointer bma_keyring_call_get_data (BmaKeyringCall *self);

void bma_keyring_call_succeed (BmaKeyringCall *self,
                               gpointer value,
                               GDestroyNotify free_value);
void bma_keyring_call_fail (BmaKeyringCall *self, GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaKeyringCall, bma_keyring_call_unref)

G_END_DECLS
