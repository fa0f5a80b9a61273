/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-ear.h"

/**
 * bma_ear_add:
 * @self: an ear with a bus
 * @sender: a well-known name: the bus sees to it that nobody else is heard
 * @interface: of the signal
 * @member: of the signal
 * @path: (nullable): of the signal; %NULL for any
 * @callback: called when it comes
 * @user_data: for @callback, must outlive the ear
 *
 * Listens to one more signal.
 */
void
bma_ear_add (BmaEar *self,
             const char *sender,
             const char *interface,
             const char *member,
             const char *path,
             GDBusSignalCallback callback,
             gpointer user_data)
{
  g_assert (self->n_ids < BMA_EAR_MAX_SUBSCRIPTIONS);
  self->ids[self->n_ids++] =
      g_dbus_connection_signal_subscribe (self->bus, sender, interface, member, path,
                                          NULL, G_DBUS_SIGNAL_FLAGS_NONE, callback,
                                          user_data, NULL);
}

/**
 * bma_ear_clear:
 * @self: an ear
 *
 * Listens to nothing any more, and forgets the bus.
 */
void
bma_ear_clear (BmaEar *self)
{
  for (unsigned int i = 0; i < self->n_ids; i++)
    g_dbus_connection_signal_unsubscribe (self->bus, self->ids[i]);
  self->n_ids = 0;
  g_clear_object (&self->bus);
}
