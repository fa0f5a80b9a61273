/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bus-traffic.h"

/* Counted in the thread that reads the socket, so that a call counts before anything has
 * looked at it. */
typedef struct
{
  unsigned int n_calls;   /* atomic; may wrap */
  unsigned int n_pending; /* atomic */
} Counts;

struct _BmaBusTraffic
{
  GDBusConnection *bus; /* owned */
  Counts *counts;       /* owned, atomically counted: shared with the filter */
  unsigned int filter_id;
};

static GDBusMessage *
on_message (GDBusConnection *bus,
            GDBusMessage *message,
            gboolean is_incoming,
            gpointer user_data)
{
  Counts *counts = user_data;
  GDBusMessageType type = g_dbus_message_get_message_type (message);

  if (is_incoming && type == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    {
      g_atomic_int_inc (&counts->n_calls);
      if ((g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) ==
          0)
        g_atomic_int_inc (&counts->n_pending);
    }
  else if (!is_incoming && (type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN ||
                            type == G_DBUS_MESSAGE_TYPE_ERROR))
    g_atomic_int_add (&counts->n_pending, -1);
  return message;
}

/**
 * bma_bus_traffic_new:
 * @bus: a connection that has no objects yet
 *
 * Returns: (transfer full): counts of what comes from now on
 */
BmaBusTraffic *
bma_bus_traffic_new (GDBusConnection *bus)
{
  BmaBusTraffic *self = g_new0 (BmaBusTraffic, 1);

  self->bus = g_object_ref (bus);
  self->counts = g_atomic_rc_box_new0 (Counts);
  self->filter_id = g_dbus_connection_add_filter (bus, on_message,
                                                  g_atomic_rc_box_acquire (self->counts),
                                                  g_atomic_rc_box_release);
  return self;
}

/**
 * bma_bus_traffic_free:
 * @self: (transfer full) (nullable): counts
 *
 * Stops counting.
 */
void
bma_bus_traffic_free (BmaBusTraffic *self)
{
  if (self == NULL)
    return;
  g_dbus_connection_remove_filter (self->bus, self->filter_id);
  g_atomic_rc_box_release (self->counts);
  g_object_unref (self->bus);
  g_free (self);
}

/**
 * bma_bus_traffic_get_n_calls:
 * @self: counts
 *
 * Returns: how many calls have arrived; may wrap
 */
unsigned int
bma_bus_traffic_get_n_calls (BmaBusTraffic *self)
{
  return (unsigned int) g_atomic_int_get (&self->counts->n_calls);
}

/**
 * bma_bus_traffic_is_answered:
 * @self: counts
 *
 * Returns: whether every call that wanted an answer has got it
 */
gboolean
bma_bus_traffic_is_answered (BmaBusTraffic *self)
{
  return g_atomic_int_get (&self->counts->n_pending) == 0;
}
