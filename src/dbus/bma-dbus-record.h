/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-store.h"

G_BEGIN_DECLS

/**
 * BmaDbusRecordKind:
 *
 * A kind of record that is an object on the bus.
 */
typedef struct
{
  const BmaRecordType *type;
  const char *folder; /* path of the objects, without the id */
} BmaDbusRecordKind;

#define BMA_DBUS_N_RECORD_KINDS 2
extern const BmaDbusRecordKind bma_dbus_record_kinds[BMA_DBUS_N_RECORD_KINDS];

const BmaDbusRecordKind *bma_dbus_record_find_kind (const char *path);
GDBusInterfaceInfo *bma_dbus_record_get_info (const BmaDbusRecordKind *kind);
gconstpointer bma_dbus_record_lookup (BmaStore *store, const char *path);
char *bma_dbus_record_make_path (gconstpointer record) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
bma_dbus_record_get_property (BmaStore *store, gconstpointer record, const char *name);
GVariant *bma_dbus_record_get_all (BmaStore *store, gconstpointer record);

G_END_DECLS
