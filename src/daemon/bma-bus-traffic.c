/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bus-traffic.h"

#include <stdint.h>

/* Counted in the thread that reads the socket, so that a call counts before anything has
 * looked at it. */
typedef struct
{
  GMutex mutex;
  GHashTable *pending;  /* owned: of texts: calls that want an answer and have none yet */
  unsigned int n_calls; /* may wrap */
} Counts;

struct _BmaBusTraffic
{
  GDBusConnection *bus; /* owned */
  Counts *counts;       /* owned, atomically counted: shared with the filter */
  unsigned int filter_id;
};

static void
counts_clear (gpointer data)
{
  Counts *self = data;

  g_hash_table_unref (self->pending);
  g_mutex_clear (&self->mutex);
}

static void
counts_release (gpointer data)
{
  g_atomic_rc_box_release_full (data, counts_clear);
}

static char *
name_call (const char *caller, uint32_t serial)
{
  return g_strdup_printf ("%s %" G_GUINT32_FORMAT, caller != NULL ? caller : "", serial);
}

static void
count_call (Counts *self, GDBusMessage *call)
{
  self->n_calls++;
  if ((g_dbus_message_get_flags (call) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0)
    g_hash_table_add (self->pending, name_call (g_dbus_message_get_sender (call),
                                                g_dbus_message_get_serial (call)));
}

/* GDBus answers some calls that want no answer. */
static void
count_answer (Counts *self, GDBusMessage *answer)
{
  g_autofree char *name = name_call (g_dbus_message_get_destination (answer),
                                     g_dbus_message_get_reply_serial (answer));

  g_hash_table_remove (self->pending, name);
}

static GDBusMessage *
on_message (GDBusConnection *bus,
            GDBusMessage *message,
            gboolean is_incoming,
            gpointer user_data)
{
  Counts *counts = user_data;
  GDBusMessageType type = g_dbus_message_get_message_type (message);

  g_mutex_lock (&counts->mutex);
  if (is_incoming && type == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    count_call (counts, message);
  else if (!is_incoming && (type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN ||
                            type == G_DBUS_MESSAGE_TYPE_ERROR))
    count_answer (counts, message);
  g_mutex_unlock (&counts->mutex);
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
  g_mutex_init (&self->counts->mutex);
  self->counts->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->filter_id = g_dbus_connection_add_filter (bus, on_message,
                                                  g_atomic_rc_box_acquire (self->counts),
                                                  counts_release);
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
  counts_release (self->counts);
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
  unsigned int n_calls = 0;

  g_mutex_lock (&self->counts->mutex);
  n_calls = self->counts->n_calls;
  g_mutex_unlock (&self->counts->mutex);
  return n_calls;
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
  gboolean is_answered = FALSE;

  g_mutex_lock (&self->counts->mutex);
  is_answered = g_hash_table_size (self->counts->pending) == 0;
  g_mutex_unlock (&self->counts->mutex);
  return is_answered;
}
