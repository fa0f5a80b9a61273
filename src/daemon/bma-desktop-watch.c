/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-desktop-watch.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "bma-ear.h"

#define LOGIN      "org.freedesktop.login1"
#define LOGIN_PATH "/org/freedesktop/login1"
#define MANAGER    LOGIN ".Manager"
#define SESSION    LOGIN ".Session"
#define PROPERTIES "org.freedesktop.DBus.Properties"
/* Networks come and go several times before they stay. */
#define SETTLE_S 2

struct _BmaDesktopWatch
{
  GObject parent_instance;

  GNetworkMonitor *network; /* owned */
  BmaEar session;
  BmaEar system;
  BmaEar login_session;      /* on the system bus: the session that has the screen */
  GCancellable *cancellable; /* owned */
  gboolean is_saver_on;
  gboolean is_session_locked;
  unsigned int settle_id; /* source */
};

G_DEFINE_FINAL_TYPE (BmaDesktopWatch, bma_desktop_watch, G_TYPE_OBJECT)

static void
bma_desktop_watch_dispose (GObject *object)
{
  BmaDesktopWatch *self = BMA_DESKTOP_WATCH (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  bma_ear_clear (&self->session);
  bma_ear_clear (&self->login_session);
  bma_ear_clear (&self->system);
  if (self->network != NULL)
    g_signal_handlers_disconnect_by_data (self->network, self);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (bma_desktop_watch_parent_class)->dispose (object);
}

static void
bma_desktop_watch_finalize (GObject *object)
{
  g_object_unref (BMA_DESKTOP_WATCH (object)->cancellable);
  G_OBJECT_CLASS (bma_desktop_watch_parent_class)->finalize (object);
}

static void
bma_desktop_watch_class_init (BmaDesktopWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_desktop_watch_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_desktop_watch_finalize;
  g_signal_new ("locked-changed", BMA_TYPE_DESKTOP_WATCH, G_SIGNAL_RUN_LAST, 0, NULL,
                NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("woken", BMA_TYPE_DESKTOP_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
bma_desktop_watch_init (BmaDesktopWatch *self)
{
  self->cancellable = g_cancellable_new ();
}

static void
set_locked (BmaDesktopWatch *self, gboolean *which, gboolean is_locked)
{
  gboolean was_locked = bma_desktop_watch_is_locked (self);

  *which = is_locked;
  if (bma_desktop_watch_is_locked (self) != was_locked)
    g_signal_emit_by_name (self, "locked-changed");
}

static gboolean
on_settled (gpointer data)
{
  BmaDesktopWatch *self = data;

  self->settle_id = 0;
  g_signal_emit_by_name (self, "woken");
  return G_SOURCE_REMOVE;
}

static void
settle (BmaDesktopWatch *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_timeout_add_seconds (SETTLE_S, on_settled, self);
}

static void
on_network_changed (GNetworkMonitor *network,
                    gboolean is_available,
                    BmaDesktopWatch *self)
{
  settle (self);
}

/**
 * bma_desktop_watch_new:
 * @network: the network
 *
 * Returns: (transfer full): a watch that knows of no bus yet
 */
BmaDesktopWatch *
bma_desktop_watch_new (GNetworkMonitor *network)
{
  BmaDesktopWatch *self = g_object_new (BMA_TYPE_DESKTOP_WATCH, NULL);

  self->network = g_object_ref (network);
  g_signal_connect (network, "network-changed", G_CALLBACK (on_network_changed), self);
  return self;
}

static void
on_saver_changed (GDBusConnection *bus,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *arguments,
                  gpointer user_data)
{
  BmaDesktopWatch *self = user_data;
  gboolean is_on = FALSE;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (arguments, "(b)", &is_on);
  set_locked (self, &self->is_saver_on, is_on);
}

/* One that is off says nothing about the other. */
static void
on_saver_state (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDesktopWatch) self = user_data;
  g_autoptr (GVariant)
      reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  gboolean is_on = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &is_on);
  if (is_on)
    set_locked (self, &self->is_saver_on, TRUE);
}

/* Whoever is started while the screen is locked has not heard of it. */
static void
ask_saver (BmaDesktopWatch *self, const char *name, const char *path)
{
  g_dbus_connection_call (self->session.bus, name, path, name, "GetActive", NULL,
                          G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          self->cancellable, on_saver_state, g_object_ref (self));
}

/**
 * bma_desktop_watch_follow_session:
 * @self: a watch
 * @bus: the session bus
 *
 * Asks the screen saver, and listens to it.
 */
void
bma_desktop_watch_follow_session (BmaDesktopWatch *self, GDBusConnection *bus)
{
  static const char *const names[] = { "org.freedesktop.ScreenSaver",
                                       "org.gnome.ScreenSaver" };
  static const char *const places[][2] = {
    { "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver" },
    { "org.freedesktop.ScreenSaver", "/ScreenSaver" },
    { "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver" },
  };

  g_return_if_fail (BMA_IS_DESKTOP_WATCH (self) && self->session.bus == NULL);

  self->session.bus = g_object_ref (bus);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    bma_ear_add (&self->session, names[i], names[i], "ActiveChanged", NULL,
                 on_saver_changed, self);
  for (size_t i = 0; i < G_N_ELEMENTS (places); i++)
    ask_saver (self, places[i][0], places[i][1]);
}

static void
on_lock_asked (GDBusConnection *bus,
               const char *sender,
               const char *path,
               const char *interface,
               const char *signal,
               GVariant *arguments,
               gpointer user_data)
{
  BmaDesktopWatch *self = user_data;

  set_locked (self, &self->is_session_locked, strcmp (signal, "Lock") == 0);
}

static void
on_session_changed (GDBusConnection *bus,
                    const char *sender,
                    const char *path,
                    const char *interface,
                    const char *signal,
                    GVariant *arguments,
                    gpointer user_data)
{
  BmaDesktopWatch *self = user_data;
  const char *changed_interface = NULL;
  g_autoptr (GVariant) changed = NULL;
  gboolean is_locked = FALSE;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_variant_get (arguments, "(&s@a{sv}as)", &changed_interface, &changed, NULL);
  if (strcmp (changed_interface, SESSION) == 0 &&
      g_variant_lookup (changed, "LockedHint", "b", &is_locked))
    set_locked (self, &self->is_session_locked, is_locked);
}

static void
on_hint (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDesktopWatch) self = user_data;
  g_autoptr (GVariant)
      reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(v)", &value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    set_locked (self, &self->is_session_locked, g_variant_get_boolean (value));
}

static void
get_property (BmaDesktopWatch *self,
              const char *path,
              const char *interface,
              const char *name,
              GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->system.bus, LOGIN, path, PROPERTIES, "Get",
                          g_variant_new ("(ss)", interface, name), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable,
                          callback, g_object_ref (self));
}

static void
follow_login_session (BmaDesktopWatch *self, const char *path)
{
  bma_ear_clear (&self->login_session);
  self->login_session.bus = g_object_ref (self->system.bus);
  bma_ear_add (&self->login_session, LOGIN, SESSION, "Lock", path, on_lock_asked, self);
  bma_ear_add (&self->login_session, LOGIN, SESSION, "Unlock", path, on_lock_asked, self);
  bma_ear_add (&self->login_session, LOGIN, PROPERTIES, "PropertiesChanged", path,
               on_session_changed, self);
  get_property (self, path, SESSION, "LockedHint", on_hint);
}

static void
on_display (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDesktopWatch) self = user_data;
  g_autoptr (GVariant)
      reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) value = NULL;
  const char *path = NULL;

  if (reply == NULL || self->system.bus == NULL)
    return;
  g_variant_get (reply, "(v)", &value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("(so)")))
    return;
  g_variant_get (value, "(&s&o)", NULL, &path);
  if (strcmp (path, "/") != 0)
    follow_login_session (self, path);
}

static void
on_user (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDesktopWatch) self = user_data;
  g_autoptr (GVariant)
      reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  const char *path = NULL;

  if (reply == NULL || self->system.bus == NULL)
    return;
  g_variant_get (reply, "(&o)", &path);
  get_property (self, path, LOGIN ".User", "Display", on_display);
}

/* The service of a user is in no session itself; the one that has the screen matters. */
static void
find_login_session (BmaDesktopWatch *self)
{
  g_dbus_connection_call (self->system.bus, LOGIN, LOGIN_PATH, MANAGER, "GetUser",
                          g_variant_new ("(u)", (uint32_t) getuid ()),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          self->cancellable, on_user, g_object_ref (self));
}

static void
on_session_new (GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface,
                const char *signal,
                GVariant *arguments,
                gpointer user_data)
{
  find_login_session (user_data);
}

static void
on_sleep (GDBusConnection *bus,
          const char *sender,
          const char *path,
          const char *interface,
          const char *signal,
          GVariant *arguments,
          gpointer user_data)
{
  gboolean is_going = TRUE;

  if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(b)")))
    g_variant_get (arguments, "(b)", &is_going);
  if (!is_going)
    settle (user_data);
}

/**
 * bma_desktop_watch_follow_system:
 * @self: a watch
 * @bus: the system bus
 *
 * Listens to logind.
 */
void
bma_desktop_watch_follow_system (BmaDesktopWatch *self, GDBusConnection *bus)
{
  g_return_if_fail (BMA_IS_DESKTOP_WATCH (self) && self->system.bus == NULL);

  self->system.bus = g_object_ref (bus);
  bma_ear_add (&self->system, LOGIN, MANAGER, "PrepareForSleep", LOGIN_PATH, on_sleep,
               self);
  bma_ear_add (&self->system, LOGIN, MANAGER, "SessionNew", LOGIN_PATH, on_session_new,
               self);
  find_login_session (self);
}

/**
 * bma_desktop_watch_is_locked:
 * @self: a watch
 *
 * Returns: whether the screen is locked, as far as anybody has told
 */
gboolean
bma_desktop_watch_is_locked (BmaDesktopWatch *self)
{
  return self->is_saver_on || self->is_session_locked;
}

/**
 * bma_desktop_watch_is_online:
 * @self: a watch
 *
 * Returns: whether there is a network
 */
gboolean
bma_desktop_watch_is_online (BmaDesktopWatch *self)
{
  return g_network_monitor_get_network_available (self->network);
}
