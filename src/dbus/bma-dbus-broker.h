/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-dbus-endpoint.h"
#include "bma-dbus-parts.h"

G_BEGIN_DECLS

/**
 * BmaDbusBroker:
 *
 * org.biomcp.Auth.Broker1: tokens for programs on the bus.
 */
#define BMA_TYPE_DBUS_BROKER (bma_dbus_broker_get_type ())
G_DECLARE_FINAL_TYPE (BmaDbusBroker, bma_dbus_broker, BMA, DBUS_BROKER, GObject)

BmaDbusBroker *bma_dbus_broker_new (const BmaDbusParts *parts,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_dbus_broker_set_adopt (BmaDbusBroker *self,
                                BmaDbusAdoptFunc adopt,
                                gpointer user_data);
void bma_dbus_broker_add_capability (BmaDbusBroker *self, const char *capability);

G_END_DECLS
