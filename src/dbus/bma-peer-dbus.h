/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-peer-resolver.h"

G_BEGIN_DECLS

/**
 * BmaPeerDbus:
 *
 * Asks the bus for the process of a connection and looks at that process, at the first
 * question. Answers are kept as long as the connection lives, whatever becomes of the
 * process; who asks meanwhile waits for the same answer.
 */
#define BMA_TYPE_PEER_DBUS (bma_peer_dbus_get_type ())
G_DECLARE_FINAL_TYPE (BmaPeerDbus, bma_peer_dbus, BMA, PEER_DBUS, GObject)

BmaPeerResolver *
bma_peer_dbus_new (GDBusConnection *connection) G_GNUC_WARN_UNUSED_RESULT;
void bma_peer_dbus_set_blind (BmaPeerDbus *self, gboolean is_blind);

G_END_DECLS
