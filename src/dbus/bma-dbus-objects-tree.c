/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-objects-private.h"

#include "bma-dbus-access.h"
#include "bma-dbus-record.h"

/* What a caller sees in a folder. GDBus wants to know at once: those who have not been
 * identified see nothing yet, but will the next time. */
char **
bma_dbus_objects_enumerate (GDBusConnection *connection,
                            const char *sender,
                            const char *path,
                            gpointer user_data)
{
  BmaDbusObjects *self = BMA_DBUS_OBJECTS (user_data);
  const BmaDbusRecordKind *kind = bma_dbus_record_find_kind (path);
  g_autoptr (BmaPeer) peer = bma_peer_resolver_lookup (self->parts.resolver, sender);
  g_autoptr (GPtrArray) records = bma_store_list (self->store, kind->type);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  if (peer == NULL)
    bma_peer_resolver_resolve_async (self->parts.resolver, sender, NULL, NULL, NULL);
  for (unsigned int i = 0; peer != NULL && i < records->len; i++)
    {
      const BmaRecord *record = g_ptr_array_index (records, i);

      if (bma_dbus_access_may_see (peer, record))
        g_strv_builder_add (ids, record->id);
    }
  return g_strv_builder_end (ids);
}

/* Also asked before each call. Whoever has been identified is told about what they may
 * see; for others every object looks the same, whether it is there or not. */
GDBusInterfaceInfo **
bma_dbus_objects_introspect (GDBusConnection *connection,
                             const char *sender,
                             const char *path,
                             const char *node,
                             gpointer user_data)
{
  BmaDbusObjects *self = BMA_DBUS_OBJECTS (user_data);
  const BmaDbusRecordKind *kind = bma_dbus_record_find_kind (path);
  g_autoptr (BmaPeer) peer = bma_peer_resolver_lookup (self->parts.resolver, sender);
  const BmaRecord *record =
      node != NULL ? bma_store_lookup (self->store, kind->type, node) : NULL;
  GDBusInterfaceInfo **infos = NULL;

  if (node == NULL)
    return NULL;
  if (peer != NULL && (record == NULL || !bma_dbus_access_may_see (peer, record)))
    return NULL;
  infos = g_new0 (GDBusInterfaceInfo *, 2);
  infos[0] = g_dbus_interface_info_ref (bma_dbus_record_get_info (kind));
  return infos;
}
