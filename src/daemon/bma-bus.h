/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaBusOutcome:
 * @BMA_BUS_OWNED: the name is ours
 * @BMA_BUS_TAKEN: another process has it
 * @BMA_BUS_BROKEN: the bus does not answer
 *
 * What came of asking for a name.
 */
typedef enum
{
  BMA_BUS_OWNED,
  BMA_BUS_TAKEN,
  BMA_BUS_BROKEN,
} BmaBusOutcome;

GDBusConnection *bma_bus_connect (GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_bus_has_owner (GDBusConnection *bus, const char *name);
BmaBusOutcome bma_bus_take_name (GDBusConnection *bus, const char *name, GError **error);
BmaBusOutcome bma_bus_replace (GDBusConnection *bus, const char *name, GError **error);
void bma_bus_take_name_async (GDBusConnection *bus,
                              const char *name,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
BmaBusOutcome bma_bus_take_name_finish (GDBusConnection *bus,
                                        const char *name,
                                        GAsyncResult *result,
                                        GError **error);
void bma_bus_release_name_async (GDBusConnection *bus,
                                 const char *name,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
unsigned int bma_bus_watch_loss (GDBusConnection *bus,
                                 const char *name,
                                 GDBusSignalCallback callback,
                                 gpointer user_data);

G_END_DECLS
