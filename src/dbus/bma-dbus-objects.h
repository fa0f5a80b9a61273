/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-dbus-parts.h"

G_BEGIN_DECLS

/**
 * BmaDbusObjects:
 *
 * Grants and clients as objects, and org.freedesktop.DBus.ObjectManager for them.
 * Everybody sees what they may see; the rest does not exist for them.
 */
#define BMA_TYPE_DBUS_OBJECTS (bma_dbus_objects_get_type ())
G_DECLARE_FINAL_TYPE (BmaDbusObjects, bma_dbus_objects, BMA, DBUS_OBJECTS, GObject)

BmaDbusObjects *bma_dbus_objects_new (const BmaDbusParts *parts,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
