/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "notification-server.h"

#define INTERFACE   "org.freedesktop.Notifications"
#define PATH        "/org/freedesktop/Notifications"
#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL      "org.freedesktop.portal.Notification"

static const char xml[] =
    "<node><interface name='" INTERFACE "'>"
    "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
    "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "</interface><interface name='" PORTAL "'>"
    "<method name='AddNotification'><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/></method>"
    "<method name='RemoveNotification'><arg type='s' direction='in'/></method>"
    "</interface></node>";

static void
take_notice (NotificationServer *self, GVariant *arguments)
{
  g_autoptr (GVariantIter) actions = NULL;
  const char *key = NULL;
  const char *label = NULL;

  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->body, g_free);
  g_hash_table_remove_all (self->keys);
  g_variant_get (arguments, "(&su&sssasa{sv}i)", NULL, &self->replaces_id, NULL,
                 &self->title, &self->body, &actions, NULL, NULL);
  while (g_variant_iter_next (actions, "&s", &key) &&
         g_variant_iter_next (actions, "&s", &label))
    if (!g_str_equal (key, "default"))
      g_hash_table_insert (self->keys, g_strdup (label), g_strdup (key));
  self->last_id = self->replaces_id != 0 ? self->replaces_id : self->last_id + 1;
  self->n_shown++;
}

static void
take_portal_notice (NotificationServer *self, GVariant *arguments)
{
  g_autoptr (GVariant) dict = NULL;
  g_autoptr (GVariantIter) buttons = NULL;
  GVariant *button = NULL;

  g_clear_pointer (&self->portal_id, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->body, g_free);
  g_clear_pointer (&self->default_action, g_free);
  g_hash_table_remove_all (self->keys);
  g_variant_get (arguments, "(s@a{sv})", &self->portal_id, &dict);
  g_assert_true (g_variant_lookup (dict, "title", "s", &self->title));
  g_assert_true (g_variant_lookup (dict, "body", "s", &self->body));
  g_assert_true (g_variant_lookup (dict, "default-action", "s", &self->default_action));
  g_assert_true (g_variant_lookup (dict, "buttons", "aa{sv}", &buttons));
  while ((button = g_variant_iter_next_value (buttons)) != NULL)
    {
      char *label = NULL;
      char *action = NULL;

      g_assert_true (g_variant_lookup (button, "label", "s", &label));
      g_assert_true (g_variant_lookup (button, "action", "s", &action));
      g_hash_table_insert (self->keys, label, action);
      g_variant_unref (button);
    }
  self->n_shown++;
}

static void
on_call (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  NotificationServer *self = user_data;
  g_auto (GStrv) words = g_strsplit (self->capabilities, " ", -1);
  GVariant *answer = NULL;

  if (g_str_equal (method, "GetCapabilities"))
    {
      answer = g_variant_new ("(^as)", words);
      if (self->closes_next != 0)
        notification_server_close (self, self->closes_next);
    }
  else if (g_str_equal (method, "Notify"))
    {
      take_notice (self, arguments);
      answer = g_variant_new ("(u)", self->last_id);
    }
  else if (g_str_equal (method, "AddNotification"))
    take_portal_notice (self, arguments);
  else
    self->n_withdrawn++;
  g_dbus_method_invocation_return_value (invocation, answer);
}

/* Takes @bus. */
NotificationServer *
notification_server_new (GDBusConnection *bus, gboolean is_portal)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (xml, NULL);
  NotificationServer *self = g_new0 (NotificationServer, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  self->bus = bus;
  self->is_portal = is_portal;
  self->capabilities = "actions body";
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->object_id =
      g_dbus_connection_register_object (bus, is_portal ? PORTAL_PATH : PATH,
                                         info->interfaces[is_portal ? 1 : 0], &vtable,
                                         self, NULL, &error);
  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "RequestName", g_variant_new ("(su)", is_portal ? PORTAL_NAME : INTERFACE, 4),
      G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  return self;
}

void
notification_server_free (NotificationServer *self)
{
  g_dbus_connection_unregister_object (self->bus, self->object_id);
  if (!g_dbus_connection_is_closed (self->bus))
    g_dbus_connection_close_sync (self->bus, NULL, NULL);
  g_object_unref (self->bus);
  g_free (self->portal_id);
  g_free (self->title);
  g_free (self->body);
  g_free (self->default_action);
  g_hash_table_unref (self->keys);
  g_free (self);
}

/* The nth notification, counting those that take the place of others. */
void
notification_server_await (NotificationServer *self, unsigned int n_shown)
{
  while (self->n_shown < n_shown)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_shown, ==, n_shown);
}

const char *
notification_server_get_key (NotificationServer *self, const char *label)
{
  const char *key = g_hash_table_lookup (self->keys, label);

  g_assert_nonnull (key);
  return key;
}

/* @to is NULL for everybody. */
void
notification_server_send (GDBusConnection *from,
                          const char *to,
                          const char *signal,
                          GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  gboolean is_portal = g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ssav)"));

  g_dbus_connection_emit_signal (from, to, is_portal ? PORTAL_PATH : PATH,
                                 is_portal ? PORTAL : INTERFACE, signal, arguments,
                                 &error);
  g_assert_no_error (error);
}

void
notification_server_press (NotificationServer *self, const char *key)
{
  notification_server_send (self->bus, NULL, "ActionInvoked",
                            self->is_portal
                                ? g_variant_new ("(ssav)", self->portal_id, key, NULL)
                                : g_variant_new ("(us)", self->last_id, key));
}

void
notification_server_close (NotificationServer *self, uint32_t reason)
{
  notification_server_send (self->bus, NULL, "NotificationClosed",
                            g_variant_new ("(uu)", self->last_id, reason));
}
