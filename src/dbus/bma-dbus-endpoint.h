/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-dbus-call.h"
#include "bma-endpoint.h"

G_BEGIN_DECLS

/**
 * BmaDbusAdoptFunc:
 * @fd: (transfer full): the service's end of a socket pair, non-blocking
 * @endpoint: what the other end is good for
 * @user_data: what was given
 * @error: return location for an error
 *
 * Serves HTTP on a socket.
 *
 * Returns: whether it is served
 */
typedef gboolean (*BmaDbusAdoptFunc) (int fd,
                                      BmaEndpoint *endpoint,
                                      gpointer user_data,
                                      GError **error);

void bma_dbus_endpoint_open (BmaDbusCall *call,
                             BmaBroker *broker,
                             BmaDbusAdoptFunc adopt,
                             gpointer user_data);

G_END_DECLS
