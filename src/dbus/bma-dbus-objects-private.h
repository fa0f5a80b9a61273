/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The inside of BmaDbusObjects, for bma-dbus-objects*.c only. */

#include "bma-dbus-standard-generated.h"
#include "bma-dbus-objects.h"
#include "bma-dbus-record.h"

G_BEGIN_DECLS

struct _BmaDbusObjects
{
  GObject parent_instance;

  BmaDbusParts parts;            /* owned */
  BmaStore *store;               /* owned */
  BmaDbusObjectManager *manager; /* owned */
  GHashTable *known;             /* owned: path -> record, owned, as it was last seen */
  GHashTable *watchers;          /* owned: set of senders that asked for all objects */
  unsigned int subtree_ids[BMA_DBUS_N_RECORD_KINDS]; /* registrations */
};

char **bma_dbus_objects_enumerate (GDBusConnection *connection,
                                   const char *sender,
                                   const char *path,
                                   gpointer user_data);
GDBusInterfaceInfo **bma_dbus_objects_introspect (GDBusConnection *connection,
                                                  const char *sender,
                                                  const char *path,
                                                  const char *node,
                                                  gpointer user_data);

G_END_DECLS
