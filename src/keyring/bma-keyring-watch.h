/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaKeyringWatch:
 *
 * Tells when the Secret Service comes, goes or changes a collection.
 */
typedef struct _BmaKeyringWatch BmaKeyringWatch;

/**
 * BmaKeyringWatchFunc:
 * @present: whether the service has an owner
 * @user_data: what was given
 */
typedef void (*BmaKeyringWatchFunc) (gboolean present, gpointer user_data);

BmaKeyringWatch *bma_keyring_watch_new (BmaKeyringWatchFunc func,
                                        gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void bma_keyring_watch_free (BmaKeyringWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaKeyringWatch, bma_keyring_watch_free)

G_END_DECLS
