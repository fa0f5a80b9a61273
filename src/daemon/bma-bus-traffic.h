/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaBusTraffic:
 *
 * Counts the calls that arrive on a bus connection, and those that wait for their answer.
 */
typedef struct _BmaBusTraffic BmaBusTraffic;

BmaBusTraffic *bma_bus_traffic_new (GDBusConnection *bus) G_GNUC_WARN_UNUSED_RESULT;
void bma_bus_traffic_free (BmaBusTraffic *self);
unsigned int bma_bus_traffic_get_n_calls (BmaBusTraffic *self);
gboolean bma_bus_traffic_is_answered (BmaBusTraffic *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaBusTraffic, bma_bus_traffic_free)

G_END_DECLS
