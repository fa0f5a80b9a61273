/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-desktop-watch.h"

#include <stdint.h>
#include <unistd.h>

#define LOGIN   "org.freedesktop.login1"
#define SESSION "/org/freedesktop/login1/session/_32"

/* A network that a test switches. */
#define TEST_TYPE_NETWORK (test_network_get_type ())
G_DECLARE_FINAL_TYPE (TestNetwork, test_network, TEST, NETWORK, GObject)

struct _TestNetwork
{
  GObject parent_instance;
  gboolean is_available;
};

enum
{
  PROP_AVAILABLE = 1,
  PROP_METERED,
  PROP_CONNECTIVITY,
};

static void
network_initable_init (GInitableIface *iface)
{
}

static void
network_monitor_init (GNetworkMonitorInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestNetwork,
                               test_network,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                      network_initable_init)
                                   G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR,
                                                          network_monitor_init))

static void
test_network_get_property (GObject *object,
                           unsigned int id,
                           GValue *value,
                           GParamSpec *spec)
{
  if (id == PROP_AVAILABLE)
    g_value_set_boolean (value, TEST_NETWORK (object)->is_available);
  else if (id == PROP_CONNECTIVITY)
    g_value_set_enum (value, G_NETWORK_CONNECTIVITY_FULL);
}

static void
test_network_class_init (TestNetworkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = test_network_get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
test_network_init (TestNetwork *self)
{
}

/* One bus stands for both, with somebody who is logind and the screen saver. */
typedef struct
{
  GTestDBus *daemon;      /* owned */
  GDBusConnection *mine;  /* owned */
  GDBusConnection *login; /* owned */
  GDBusConnection *liar;  /* owned */
  TestNetwork *network;   /* owned */
  BmaDesktopWatch *watch; /* owned */
  unsigned int object_ids[4];
  gboolean hint;
  gboolean is_saver_on;
  unsigned int n_hints; /* asked for */
  unsigned int n_changes;
  unsigned int n_wakes;
} Fixture;

static const char *const interfaces[] = {
  "<node><interface name='org.freedesktop.login1.Manager'><method name='GetUser'>"
  "<arg type='u' direction='in'/><arg type='o' direction='out'/></method>"
  "</interface></node>",
  "<node><interface name='org.freedesktop.login1.User'>"
  "<property name='Display' type='(so)' access='read'/></interface></node>",
  "<node><interface name='org.freedesktop.login1.Session'>"
  "<property name='LockedHint' type='b' access='read'/></interface></node>",
  "<node><interface name='org.freedesktop.ScreenSaver'><method name='GetActive'>"
  "<arg type='b' direction='out'/></method></interface></node>",
};

static const char *const paths[] = { "/org/freedesktop/login1",
                                     "/org/freedesktop/login1/user/_1", SESSION,
                                     "/org/freedesktop/ScreenSaver" };

static void
on_method_call (GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *arguments,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  Fixture *self = user_data;
  uint32_t uid = 0;

  if (g_str_equal (method, "GetActive"))
    {
      g_dbus_method_invocation_return_value (invocation,
                                             g_variant_new ("(b)", self->is_saver_on));
      return;
    }
  g_variant_get (arguments, "(u)", &uid);
  g_assert_cmpuint (uid, ==, getuid ());
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", paths[1]));
}

static GVariant *
on_get_property (GDBusConnection *bus,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *property,
                 GError **error,
                 gpointer user_data)
{
  Fixture *self = user_data;

  if (g_str_equal (property, "Display"))
    return g_variant_new ("(so)", "2", SESSION);
  self->n_hints++;
  return g_variant_new_boolean (self->hint);
}

static GDBusConnection *
connect_to (GTestDBus *daemon)
{
  return g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (daemon),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);
}

static void
own (GDBusConnection *bus, const char *name)
{
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                   "org.freedesktop.DBus", "RequestName",
                                   g_variant_new ("(su)", name, 4u), NULL, 0, -1, NULL,
                                   NULL);

  g_assert_nonnull (reply);
}

static void
on_locked_changed (Fixture *self)
{
  self->n_changes++;
}

static void
on_woken (Fixture *self)
{
  self->n_wakes++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_method_call,
                                               .get_property = on_get_property };

  self->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->daemon);
  self->mine = connect_to (self->daemon);
  self->login = connect_to (self->daemon);
  self->liar = connect_to (self->daemon);
  own (self->login, LOGIN);
  own (self->login, "org.freedesktop.ScreenSaver");
  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interfaces[i], NULL);

      self->object_ids[i] = g_dbus_connection_register_object (self->login, paths[i],
                                                               node->interfaces[0],
                                                               &vtable, self, NULL, NULL);
    }
  self->network = g_object_new (TEST_TYPE_NETWORK, NULL);
  self->watch = bma_desktop_watch_new (G_NETWORK_MONITOR (self->network));
  g_signal_connect_swapped (self->watch, "locked-changed", G_CALLBACK (on_locked_changed),
                            self);
  g_signal_connect_swapped (self->watch, "woken", G_CALLBACK (on_woken), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->watch);
  g_object_unref (self->network);
  for (size_t i = 0; i < G_N_ELEMENTS (self->object_ids); i++)
    g_dbus_connection_unregister_object (self->login, self->object_ids[i]);
  g_clear_object (&self->mine);
  g_clear_object (&self->login);
  g_clear_object (&self->liar);
  g_test_dbus_down (self->daemon);
  g_object_unref (self->daemon);
}

static void
await_changes (Fixture *self, unsigned int n_changes)
{
  while (self->n_changes < n_changes)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_changes, ==, n_changes);
}

static void
tell (GDBusConnection *from,
      const char *path,
      const char *interface,
      const char *signal,
      GVariant *arguments)
{
  g_assert_true (g_dbus_connection_emit_signal (from, NULL, path, interface, signal,
                                                arguments, NULL));
}

static void
tell_saver (GDBusConnection *from, gboolean is_on)
{
  tell (from, "/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged",
        g_variant_new ("(b)", is_on));
}

static void
test_saver (Fixture *self, gconstpointer data)
{
  bma_desktop_watch_follow_session (self->watch, self->mine);
  g_assert_false (bma_desktop_watch_is_locked (self->watch));
  /* Asks the bus, so that all subscriptions are in place. */
  own (self->mine, "org.biomcp.Test");
  tell_saver (self->login, TRUE);
  await_changes (self, 1);
  g_assert_true (bma_desktop_watch_is_locked (self->watch));
  /* Somebody who is not the screen saver opens nothing. */
  tell_saver (self->liar, FALSE);
  own (self->liar, "org.biomcp.Liar");
  tell_saver (self->login, TRUE);
  tell_saver (self->login, FALSE);
  await_changes (self, 2);
  g_assert_false (bma_desktop_watch_is_locked (self->watch));
}

/* It was locked before anybody listened: the bus may start the service at any time. */
static void
test_saver_is_on (Fixture *self, gconstpointer data)
{
  self->is_saver_on = TRUE;
  bma_desktop_watch_follow_session (self->watch, self->mine);
  await_changes (self, 1);
  g_assert_true (bma_desktop_watch_is_locked (self->watch));
  tell_saver (self->login, FALSE);
  await_changes (self, 2);
  g_assert_false (bma_desktop_watch_is_locked (self->watch));
}

static void
follow_login (Fixture *self)
{
  bma_desktop_watch_follow_system (self->watch, self->mine);
  while (self->n_hints == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_login (Fixture *self, gconstpointer data)
{
  self->hint = TRUE;
  follow_login (self);
  await_changes (self, 1);
  g_assert_true (bma_desktop_watch_is_locked (self->watch));
  tell (self->login, SESSION, LOGIN ".Session", "Unlock", NULL);
  await_changes (self, 2);
  tell (self->login, SESSION, LOGIN ".Session", "Lock", NULL);
  await_changes (self, 3);
  tell (self->login, SESSION, "org.freedesktop.DBus.Properties", "PropertiesChanged",
        g_variant_new_parsed ("(%s, {'LockedHint': <false>}, @as [])", LOGIN ".Session"));
  await_changes (self, 4);
  /* Of another person. */
  tell (self->login, "/org/freedesktop/login1/session/_33", LOGIN ".Session", "Lock",
        NULL);
  tell (self->login, SESSION, LOGIN ".Session", "Lock", NULL);
  await_changes (self, 5);
  tell (self->login, SESSION, LOGIN ".Session", "Unlock", NULL);
  await_changes (self, 6);
}

static void
test_resume (Fixture *self, gconstpointer data)
{
  follow_login (self);
  tell (self->login, paths[0], LOGIN ".Manager", "PrepareForSleep",
        g_variant_new ("(b)", TRUE));
  tell (self->login, paths[0], LOGIN ".Manager", "PrepareForSleep",
        g_variant_new ("(b)", FALSE));
  while (self->n_wakes == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_wakes, ==, 1);
}

/* However often it comes and goes. */
static void
test_network (Fixture *self, gconstpointer data)
{
  g_assert_false (bma_desktop_watch_is_online (self->watch));
  for (unsigned int i = 0; i < 5; i++)
    {
      self->network->is_available = !self->network->is_available;
      g_signal_emit_by_name (self->network, "network-changed",
                             self->network->is_available);
    }
  while (self->n_wakes == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_wakes, ==, 1);
  g_assert_true (bma_desktop_watch_is_online (self->watch));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                  \
  g_test_add ("/daemon/desktop-watch/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("screen-saver", test_saver);
  ADD ("screen-saver-is-on-already", test_saver_is_on);
  ADD ("session-of-logind", test_login);
  ADD ("resume", test_resume);
  ADD ("network-settles", test_network);
  return g_test_run ();
}
