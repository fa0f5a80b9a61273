/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bus.h"

#include <stdint.h>
#include <string.h>

#define CALL_LIMIT_MS (5 * 1000)
/* Longer than a service takes to finish its requests. */
#define REPLACE_LIMIT_S 10

/* Values of the D-Bus specification. */
#define NAME_ALLOW_REPLACEMENT 0x1u
#define NAME_REPLACE_EXISTING  0x2u
#define NAME_DO_NOT_QUEUE      0x4u
#define REPLY_PRIMARY_OWNER    1u
#define REPLY_ALREADY_OWNER    4u

static GVariant *
call_bus (GDBusConnection *bus,
          const char *method,
          GVariant *arguments,
          const char *reply_type,
          GError **error)
{
  return g_dbus_connection_call_sync (bus, "org.freedesktop.DBus",
                                      "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                      method, arguments, G_VARIANT_TYPE (reply_type),
                                      G_DBUS_CALL_FLAGS_NONE, CALL_LIMIT_MS, NULL, error);
}

/**
 * bma_bus_connect:
 * @error: return location for an error
 *
 * Connects to the session bus if there is one. None is ever started.
 *
 * Returns: (transfer full) (nullable): the connection; %NULL without an error when there
 * is no session bus
 */
GDBusConnection *
bma_bus_connect (GError **error)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *socket = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);
  GDBusConnection *bus = NULL;

  if ((address == NULL || *address == '\0') && !g_file_test (socket, G_FILE_TEST_EXISTS))
    return NULL;
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, error);
  if (bus != NULL)
    g_dbus_connection_set_exit_on_close (bus, FALSE);
  return bus;
}

static char *
get_owner (GDBusConnection *bus, const char *name)
{
  g_autoptr (GVariant)
      reply = call_bus (bus, "GetNameOwner", g_variant_new ("(s)", name), "(s)", NULL);
  char *owner = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(s)", &owner);
  return owner;
}

/**
 * bma_bus_has_owner:
 * @bus: a bus
 * @name: a well-known name
 *
 * Returns: whether somebody has the name
 */
gboolean
bma_bus_has_owner (GDBusConnection *bus, const char *name)
{
  g_autofree char *owner = get_owner (bus, name);

  return owner != NULL;
}

static GVariant *
make_request (const char *name, uint32_t flags)
{
  return g_variant_new ("(su)", name, NAME_ALLOW_REPLACEMENT | NAME_DO_NOT_QUEUE | flags);
}

static BmaBusOutcome
judge_reply (GVariant *reply, const char *name, GError **error)
{
  uint32_t answer = 0;

  g_variant_get (reply, "(u)", &answer);
  if (answer == REPLY_PRIMARY_OWNER || answer == REPLY_ALREADY_OWNER)
    return BMA_BUS_OWNED;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
               "The bus name %s is taken: the service is already running in this session "
               "(--replace takes over)",
               name);
  return BMA_BUS_TAKEN;
}

static BmaBusOutcome
request_name (GDBusConnection *bus, const char *name, uint32_t flags, GError **error)
{
  g_autoptr (GVariant)
      reply = call_bus (bus, "RequestName", make_request (name, flags), "(u)", error);

  return reply != NULL ? judge_reply (reply, name, error) : BMA_BUS_BROKEN;
}

/**
 * bma_bus_take_name:
 * @bus: a bus
 * @name: a well-known name
 * @error: return location for an error
 *
 * Asks for the name; somebody who replaces us later may have it.
 *
 * Returns: what came of it
 */
BmaBusOutcome
bma_bus_take_name (GDBusConnection *bus, const char *name, GError **error)
{
  return request_name (bus, name, 0, error);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static gboolean
on_time_is_up (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/**
 * bma_bus_replace:
 * @bus: a bus
 * @name: a well-known name
 * @error: return location for an error
 *
 * Takes the name from whoever has it and waits until that process has left the bus, which
 * it does once its records are safe and its port is free.
 *
 * Returns: what came of it
 */
BmaBusOutcome
bma_bus_replace (GDBusConnection *bus, const char *name, GError **error)
{
  g_autofree char *owner = get_owner (bus, name);
  BmaBusOutcome outcome = request_name (bus, name, NAME_REPLACE_EXISTING, error);
  gboolean vanished = FALSE;
  gboolean late = FALSE;
  unsigned int watch = 0;
  unsigned int timer = 0;

  if (outcome != BMA_BUS_OWNED || owner == NULL ||
      strcmp (owner, g_dbus_connection_get_unique_name (bus)) == 0)
    return outcome;
  watch = g_bus_watch_name_on_connection (bus, owner, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                          on_vanished, &vanished, NULL);
  timer = g_timeout_add_seconds (REPLACE_LIMIT_S, on_time_is_up, &late);
  while (!vanished && !late)
    g_main_context_iteration (NULL, TRUE);
  g_bus_unwatch_name (watch);
  if (!late)
    g_source_remove (timer);
  return outcome;
}

/**
 * bma_bus_take_name_async:
 * @bus: a bus
 * @name: a well-known name
 * @callback: called when the bus has answered
 * @user_data: for @callback
 *
 * Asks for the name without waiting.
 */
void
bma_bus_take_name_async (GDBusConnection *bus,
                         const char *name,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "RequestName", make_request (name, 0),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, CALL_LIMIT_MS,
                          NULL, callback, user_data);
}

/**
 * bma_bus_take_name_finish:
 * @bus: a bus
 * @name: the name
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: what came of it
 */
BmaBusOutcome
bma_bus_take_name_finish (GDBusConnection *bus,
                          const char *name,
                          GAsyncResult *result,
                          GError **error)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (bus, result, error);

  return reply != NULL ? judge_reply (reply, name, error) : BMA_BUS_BROKEN;
}

/**
 * bma_bus_release_name_async:
 * @bus: a bus
 * @name: a name of ours
 * @callback: called when the bus has answered; all that was sent to the name has arrived
 * by then
 * @user_data: for @callback
 *
 * Gives the name back. The answer is of no interest, only that there is one.
 */
void
bma_bus_release_name_async (GDBusConnection *bus,
                            const char *name,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "ReleaseName",
                          g_variant_new ("(s)", name), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, CALL_LIMIT_MS, NULL, callback,
                          user_data);
}

/**
 * bma_bus_watch_loss:
 * @bus: a bus
 * @name: a name of ours
 * @callback: called when somebody else got it
 * @user_data: for @callback
 *
 * Returns: the id of the subscription
 */
unsigned int
bma_bus_watch_loss (GDBusConnection *bus,
                    const char *name,
                    GDBusSignalCallback callback,
                    gpointer user_data)
{
  return g_dbus_connection_signal_subscribe (bus, "org.freedesktop.DBus",
                                             "org.freedesktop.DBus", "NameLost",
                                             "/org/freedesktop/DBus", name,
                                             G_DBUS_SIGNAL_FLAGS_NONE, callback,
                                             user_data, NULL);
}
