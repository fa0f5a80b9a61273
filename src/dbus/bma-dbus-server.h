/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-dbus-parts.h"

G_BEGIN_DECLS

/**
 * BmaDbusReloadFunc:
 * @user_data: what was given
 * @error: return location for what is wrong with the configuration
 *
 * Reads the configuration again.
 *
 * Returns: whether it is in use now
 */
typedef gboolean (*BmaDbusReloadFunc) (gpointer user_data, GError **error);

/**
 * BmaDbusServer:
 *
 * org.biomcp.Auth.Server1: looking after the service, for programs outside a sandbox.
 */
#define BMA_TYPE_DBUS_SERVER (bma_dbus_server_get_type ())
G_DECLARE_FINAL_TYPE (BmaDbusServer, bma_dbus_server, BMA, DBUS_SERVER, GObject)

BmaDbusServer *bma_dbus_server_new (const BmaDbusParts *parts,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_dbus_server_set_reload (BmaDbusServer *self,
                                 BmaDbusReloadFunc reload_func,
                                 gpointer user_data);

G_END_DECLS
