/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-secret.h"

G_BEGIN_DECLS

#define BMA_DBUS_MAX_SECRET_BYTES (64 * 1024)
#define BMA_DBUS_SECRET_LIMIT_MS  (30 * 1000)

void bma_dbus_secret_read_async (int fd,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
BmaSecret *bma_dbus_secret_read_finish (GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
