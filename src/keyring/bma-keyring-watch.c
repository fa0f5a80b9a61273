/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-watch.h"

#define SERVICE_NAME         "org.freedesktop.secrets"
#define SERVICE_PATH         "/org/freedesktop/secrets"
#define SERVICE_INTERFACE    "org.freedesktop.Secret.Service"
#define COLLECTION_INTERFACE "org.freedesktop.Secret.Collection"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

struct _BmaKeyringWatch
{
  BmaKeyringWatchFunc func;
  gpointer user_data;          /* not owned */
  unsigned int name_id;        /* watch of the name */
  GDBusConnection *connection; /* owned (nullable): while the service has an owner */
  unsigned int service_id;     /* collections created, changed, deleted, and aliases */
  unsigned int properties_id;  /* `Locked` of a collection */
};

static void
on_service_signal (GDBusConnection *connection,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *signal,
                   GVariant *parameters,
                   gpointer user_data)
{
  BmaKeyringWatch *self = user_data;

  self->func (TRUE, self->user_data);
}

static void
unsubscribe (BmaKeyringWatch *self)
{
  if (self->connection == NULL)
    return;
  g_dbus_connection_signal_unsubscribe (self->connection, self->service_id);
  g_dbus_connection_signal_unsubscribe (self->connection, self->properties_id);
  g_clear_object (&self->connection);
}

static void
on_name_appeared (GDBusConnection *connection,
                  const char *name,
                  const char *owner,
                  gpointer user_data)
{
  BmaKeyringWatch *self = user_data;

  unsubscribe (self);
  self->connection = g_object_ref (connection);
  self->service_id =
      g_dbus_connection_signal_subscribe (connection, owner, SERVICE_INTERFACE, NULL,
                                          SERVICE_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                          on_service_signal, self, NULL);
  self->properties_id =
      g_dbus_connection_signal_subscribe (connection, owner, PROPERTIES_INTERFACE,
                                          "PropertiesChanged", NULL, COLLECTION_INTERFACE,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_service_signal,
                                          self, NULL);
  self->func (TRUE, self->user_data);
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  BmaKeyringWatch *self = user_data;

  unsubscribe (self);
  self->func (FALSE, self->user_data);
}

/**
 * bma_keyring_watch_new:
 * @func: called from the main context at first and after each change
 * @user_data: (not nullable): for @func; must live as long as the watch
 *
 * Does not start the service.
 *
 * Returns: (transfer full): a watch
 */
BmaKeyringWatch *
bma_keyring_watch_new (BmaKeyringWatchFunc func, gpointer user_data)
{
  BmaKeyringWatch *self = g_new0 (BmaKeyringWatch, 1);

  self->func = func;
  self->user_data = user_data;
  self->name_id = g_bus_watch_name (G_BUS_TYPE_SESSION, SERVICE_NAME,
                                    G_BUS_NAME_WATCHER_FLAGS_NONE, on_name_appeared,
                                    on_name_vanished, self, NULL);
  return self;
}

/**
 * bma_keyring_watch_free:
 * @self: (transfer full): a watch
 *
 * Stops watching.
 */
void
bma_keyring_watch_free (BmaKeyringWatch *self)
{
  g_return_if_fail (self != NULL);

  g_bus_unwatch_name (self->name_id);
  unsubscribe (self);
  g_free (self);
}
