/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-dbus-endpoint.h"
#include "bma-dbus-parts.h"
#include "bma-dbus-server.h"

G_BEGIN_DECLS

/**
 * BmaDbusService:
 *
 * The front on the bus: everything at /org/biomcp/Auth and below. Owns no bus name.
 */
#define BMA_TYPE_DBUS_SERVICE (bma_dbus_service_get_type ())
G_DECLARE_FINAL_TYPE (BmaDbusService, bma_dbus_service, BMA, DBUS_SERVICE, GObject)

BmaDbusService *bma_dbus_service_new (const BmaDbusParts *parts,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_dbus_service_set_reload (BmaDbusService *self,
                                  BmaDbusReloadFunc reload,
                                  gpointer user_data);
void bma_dbus_service_set_adopt (BmaDbusService *self,
                                 BmaDbusAdoptFunc adopt,
                                 gpointer user_data);

G_END_DECLS
