/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-objects-private.h"

#include <string.h>

#include "bma-client.h"
#include "bma-dbus-access.h"
#include "bma-dbus-call.h"
#include "bma-dbus-record.h"
#include "bma-log.h"
#include "bma-names.h"

#define MANAGER_INTERFACE    "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

G_DEFINE_FINAL_TYPE (BmaDbusObjects, bma_dbus_objects, G_TYPE_OBJECT)

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusCall) call = user_data;
  GError *error = NULL;

  if (bma_broker_revoke_grant_finish (BMA_BROKER (source), result, &error))
    bma_dbus_call_return (call, NULL, NULL);
  else
    bma_dbus_call_fail (call, error);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusCall) call = user_data;
  GError *error = NULL;

  if (bma_broker_remove_client_finish (BMA_BROKER (source), result, &error))
    bma_dbus_call_return (call, NULL, NULL);
  else
    bma_dbus_call_fail (call, error);
}

static void
carry_out (BmaDbusObjects *self, BmaDbusCall *call, const BmaRecord *record)
{
  if (record->type == &bma_grant_type)
    bma_broker_revoke_grant_async (self->parts.broker, record->id, NULL, on_revoked,
                                   bma_dbus_call_ref (call));
  else
    bma_broker_remove_client_async (self->parts.broker, record->id, NULL, on_removed,
                                    bma_dbus_call_ref (call));
}

static void
get_property (BmaDbusObjects *self, BmaDbusCall *call, const BmaRecord *record)
{
  const char *name = NULL;
  GVariant *value = NULL;

  g_variant_get (bma_dbus_call_get_arguments (call), "(&s&s)", NULL, &name);
  value = bma_dbus_record_get_property (self->store, record, name);
  if (value != NULL)
    bma_dbus_call_return (call, g_variant_new ("(v)", value), NULL);
  else
    bma_dbus_call_fail_missing (call);
}

static void
call_object (BmaDbusCall *call, gpointer object)
{
  BmaDbusObjects *self = BMA_DBUS_OBJECTS (object);
  GDBusMethodInvocation *invocation = bma_dbus_call_get_invocation (call);
  const char *method = g_dbus_method_invocation_get_method_name (invocation);
  const BmaRecord *record = NULL;

  bma_broker_flush_uses (self->parts.broker);
  record = bma_dbus_record_lookup (self->store,
                                   g_dbus_method_invocation_get_object_path (invocation));
  if (record == NULL || !bma_dbus_access_may_see (bma_dbus_call_get_peer (call), record))
    bma_dbus_call_fail_missing (call);
  else if (!g_str_equal (g_dbus_method_invocation_get_interface_name (invocation),
                         PROPERTIES_INTERFACE))
    carry_out (self, call, record);
  else if (g_str_equal (method, "Get"))
    get_property (self, call, record);
  else if (g_str_equal (method, "GetAll"))
    bma_dbus_call_return (call,
                          g_variant_new ("(@a{sv})",
                                         bma_dbus_record_get_all (self->store, record)),
                          NULL);
  else
    bma_dbus_call_fail_missing (call);
}

static void
on_method_call (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *arguments,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  BmaDbusObjects *self = BMA_DBUS_OBJECTS (user_data);

  bma_dbus_call_begin (self->parts.resolver, invocation, 0, call_object, self);
}

static const GDBusInterfaceVTable *
dispatch (GDBusConnection *connection,
          const char *sender,
          const char *path,
          const char *interface,
          const char *node,
          gpointer *out_user_data,
          gpointer user_data)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_method_call };

  *out_user_data = user_data;
  return &vtable;
}

static const GDBusSubtreeVTable subtree_vtable = {
  .enumerate = bma_dbus_objects_enumerate,
  .introspect = bma_dbus_objects_introspect,
  .dispatch = dispatch,
};

/* a{sa{sv}} of one object. */
static GVariant *
make_interfaces (BmaDbusObjects *self, const BmaRecord *record, const char *path)
{
  const BmaDbusRecordKind *kind = bma_dbus_record_find_kind (path);

  return g_variant_new_parsed ("{%s: %@a{sv}}", bma_dbus_record_get_info (kind)->name,
                               bma_dbus_record_get_all (self->store, record));
}

static void
list_objects (BmaDbusCall *call, gpointer object)
{
  BmaDbusObjects *self = BMA_DBUS_OBJECTS (object);
  BmaPeer *peer = bma_dbus_call_get_peer (call);
  GVariantBuilder objects;

  bma_broker_flush_uses (self->parts.broker);
  g_variant_builder_init (&objects, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  for (size_t kind = 0; kind < BMA_DBUS_N_RECORD_KINDS; kind++)
    {
      g_autoptr (GPtrArray)
          records = bma_store_list (self->store, bma_dbus_record_kinds[kind].type);

      for (unsigned int i = 0; i < records->len; i++)
        {
          const BmaRecord *record = g_ptr_array_index (records, i);
          g_autofree char *path = bma_dbus_record_make_path (record);

          if (bma_dbus_access_may_see (peer, record))
            g_variant_builder_add (&objects, "{o@a{sa{sv}}}", path,
                                   make_interfaces (self, record, path));
        }
    }
  g_hash_table_add (self->watchers, g_strdup (peer->sender));
  bma_dbus_call_return (
      call, g_variant_new ("(@a{oa{sa{sv}}})", g_variant_builder_end (&objects)), NULL);
}

static gboolean
on_get_managed_objects (BmaDbusObjects *self, GDBusMethodInvocation *invocation)
{
  bma_dbus_call_begin (self->parts.resolver, invocation, 0, list_objects, self);
  return TRUE;
}

/* To each watcher that may see the record, and to nobody else. */
static void
tell_watchers (BmaDbusObjects *self,
               const BmaRecord *record,
               const char *name,
               GVariant *body)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (body);
  g_autoptr (GPtrArray) peers = bma_peer_resolver_list (self->parts.resolver);

  for (unsigned int i = 0; i < peers->len; i++)
    {
      const BmaPeer *peer = g_ptr_array_index (peers, i);

      if (g_hash_table_contains (self->watchers, peer->sender) &&
          bma_dbus_access_may_see (peer, record))
        g_dbus_connection_emit_signal (self->parts.connection, peer->sender,
                                       BMA_OBJECT_PATH, MANAGER_INTERFACE, name, owned,
                                       NULL);
    }
}

static void
tell_of_record (BmaDbusObjects *self, const BmaRecord *record)
{
  char *path = bma_dbus_record_make_path (record);

  if (!g_hash_table_contains (self->known, path))
    tell_watchers (self, record, "InterfacesAdded",
                   g_variant_new ("(o@a{sa{sv}})", path,
                                  make_interfaces (self, record, path)));
  g_hash_table_replace (self->known, path, bma_record_ref (record));
}

static void
tell_of_absence (BmaDbusObjects *self, const char *path)
{
  const BmaDbusRecordKind *kind = bma_dbus_record_find_kind (path);
  const char *interfaces[] = { bma_dbus_record_get_info (kind)->name, NULL };
  const BmaRecord *record = g_hash_table_lookup (self->known, path);

  if (record == NULL)
    return;
  tell_watchers (self, record, "InterfacesRemoved",
                 g_variant_new ("(o^as)", path, interfaces));
  g_hash_table_remove (self->known, path);
}

static void
on_store_changed (BmaStore *store, const BmaChange *change, BmaDbusObjects *self)
{
  for (unsigned int i = 0; i < bma_change_get_n_ops (change); i++)
    {
      const BmaChangeOp *op = bma_change_get_op (change, i);

      for (size_t kind = 0; kind < BMA_DBUS_N_RECORD_KINDS; kind++)
        {
          g_autofree char *path =
              g_strconcat (bma_dbus_record_kinds[kind].folder, "/", op->id, NULL);

          if (bma_dbus_record_kinds[kind].type != op->type)
            continue;
          if (op->record != NULL)
            tell_of_record (self, op->record);
          else
            tell_of_absence (self, path);
        }
    }
}

static void
on_peer_gone (BmaPeerResolver *resolver, const char *sender, BmaDbusObjects *self)
{
  g_hash_table_remove (self->watchers, sender);
}

static void
bma_dbus_objects_dispose (GObject *object)
{
  BmaDbusObjects *self = BMA_DBUS_OBJECTS (object);

  for (size_t i = 0; i < BMA_DBUS_N_RECORD_KINDS; i++)
    {
      if (self->subtree_ids[i] != 0)
        g_dbus_connection_unregister_subtree (self->parts.connection,
                                              self->subtree_ids[i]);
      self->subtree_ids[i] = 0;
    }
  if (self->manager != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->manager));
  g_clear_object (&self->manager);
  g_clear_object (&self->store);
  bma_dbus_parts_clear (&self->parts);
  G_OBJECT_CLASS (bma_dbus_objects_parent_class)->dispose (object);
}

static void
bma_dbus_objects_finalize (GObject *object)
{
  BmaDbusObjects *self = BMA_DBUS_OBJECTS (object);

  g_hash_table_unref (self->known);
  g_hash_table_unref (self->watchers);
  G_OBJECT_CLASS (bma_dbus_objects_parent_class)->finalize (object);
}

static void
bma_dbus_objects_class_init (BmaDbusObjectsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_dbus_objects_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_dbus_objects_finalize;
}

static void
bma_dbus_objects_init (BmaDbusObjects *self)
{
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, bma_record_unref);
  self->watchers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->manager = bma_dbus_object_manager_skeleton_new ();
}

static gboolean export(BmaDbusObjects *self, GError **error)
{
  for (size_t i = 0; i < BMA_DBUS_N_RECORD_KINDS; i++)
    {
      g_autoptr (GPtrArray)
          records = bma_store_list (self->store, bma_dbus_record_kinds[i].type);

      for (unsigned int n = 0; n < records->len; n++)
        g_hash_table_replace (self->known, bma_dbus_record_make_path (records->pdata[n]),
                              bma_record_ref (records->pdata[n]));
      self->subtree_ids[i] = g_dbus_connection_register_subtree (
          self->parts.connection, bma_dbus_record_kinds[i].folder, &subtree_vtable,
          G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES, self, NULL, error);
      if (self->subtree_ids[i] == 0)
        return FALSE;
    }
  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->manager),
                                           self->parts.connection, BMA_OBJECT_PATH,
                                           error);
}

/**
 * bma_dbus_objects_new:
 * @parts: what it works with
 * @error: return location for an error
 *
 * Puts grants and clients on the bus.
 *
 * Returns: (transfer full) (nullable): them
 */
BmaDbusObjects *
bma_dbus_objects_new (const BmaDbusParts *parts, GError **error)
{
  g_autoptr (BmaDbusObjects) self = g_object_new (BMA_TYPE_DBUS_OBJECTS, NULL);

  bma_dbus_parts_copy (&self->parts, parts);
  self->store = g_object_ref (bma_broker_get_store (parts->broker));
  if (!export(self, error))
    return NULL;
  g_signal_connect_object (self->manager, "handle-get-managed-objects",
                           G_CALLBACK (on_get_managed_objects), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->store, "changed", G_CALLBACK (on_store_changed), self,
                           0);
  g_signal_connect_object (parts->resolver, "gone", G_CALLBACK (on_peer_gone), self, 0);
  return g_steal_pointer (&self);
}
