/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-monitor.h"

#include "bma-log.h"
#include "bma-names.h"

#define INTERFACE    BMA_APP_ID ".Server1"
#define MAX_WATCHERS 16

struct _BmaDbusMonitor
{
  GObject parent_instance;

  BmaDbusParts parts;   /* owned */
  GHashTable *watchers; /* owned: set of bus names, owned */
  int64_t second_s;     /* the last in which something happened */
  unsigned int n_told;  /* in that second */
  unsigned int n_left_out;
};

G_DEFINE_FINAL_TYPE (BmaDbusMonitor, bma_dbus_monitor, G_TYPE_OBJECT)

/* A line on its way to the main loop. */
typedef struct
{
  BmaDbusMonitor *monitor; /* owned */
  const char *level;
  char *topic;          /* owned */
  char *message;        /* owned */
  char *correlation_id; /* owned */
} Event;

static void
event_free (gpointer data)
{
  Event *self = data;

  g_object_unref (self->monitor);
  g_free (self->topic);
  g_free (self->message);
  g_free (self->correlation_id);
  g_free (self);
}

static const char *
name_level (GLogLevelFlags level)
{
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    return "warning";
  return (level & G_LOG_LEVEL_MESSAGE) != 0 ? "notice" : "info";
}

static void
tell (BmaDbusMonitor *self,
      const char *level,
      const char *topic,
      const char *message,
      const char *correlation_id)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (
      g_variant_new ("(xssss)", self->second_s, level, topic, message, correlation_id));
  GHashTableIter iter;
  gpointer sender = NULL;

  g_hash_table_iter_init (&iter, self->watchers);
  while (g_hash_table_iter_next (&iter, &sender, NULL))
    g_dbus_connection_emit_signal (self->parts.connection, sender, BMA_OBJECT_PATH,
                                   INTERFACE, "Event", body, NULL);
}

/* A flood must not fill the bus: what is too much is counted. */
static gboolean
has_room (BmaDbusMonitor *self)
{
  int64_t now_s = bma_clock_now_s (bma_broker_get_clock (self->parts.broker));

  if (now_s != self->second_s)
    {
      self->second_s = now_s;
      self->n_told = 0;
      if (self->n_left_out > 0)
        {
          g_autofree char *message =
              g_strdup_printf ("%u more events were left out", self->n_left_out);

          self->n_left_out = 0;
          tell (self, "warning", "monitor", message, "");
        }
    }
  if (self->n_told >= BMA_DBUS_MONITOR_MAX_PER_S)
    {
      self->n_left_out++;
      return FALSE;
    }
  self->n_told++;
  return TRUE;
}

static gboolean
on_event (gpointer user_data)
{
  Event *event = user_data;

  if (event->monitor->parts.connection != NULL && has_room (event->monitor))
    tell (event->monitor, event->level, event->topic, event->message,
          event->correlation_id);
  return G_SOURCE_REMOVE;
}

static Event *
event_new (BmaDbusMonitor *monitor,
           const char *level,
           const char *topic,
           const char *message,
           const char *correlation_id)
{
  Event *self = g_new0 (Event, 1);

  self->monitor = g_object_ref (monitor);
  self->level = level;
  self->topic = g_strdup (topic);
  self->message = g_strdup (message);
  self->correlation_id = g_strdup (correlation_id != NULL ? correlation_id : "");
  return self;
}

/* On any thread. */
static void
on_line (GLogLevelFlags level,
         const char *topic,
         const char *correlation_id,
         const char *message,
         gpointer user_data)
{
  if ((level & G_LOG_LEVEL_DEBUG) == 0)
    g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, on_event,
                                event_new (user_data, name_level (level), topic, message,
                                           correlation_id),
                                event_free);
}

/* Costs nothing while nobody listens. */
static void
update_watch (BmaDbusMonitor *self)
{
  if (g_hash_table_size (self->watchers) > 0)
    bma_log_set_watcher (on_line, self);
  else
    bma_log_set_watcher (NULL, NULL);
}

static void
on_peer_gone (BmaPeerResolver *resolver, const char *sender, BmaDbusMonitor *self)
{
  bma_dbus_monitor_remove (self, sender);
}

static void
bma_dbus_monitor_dispose (GObject *object)
{
  BmaDbusMonitor *self = BMA_DBUS_MONITOR (object);

  if (g_hash_table_size (self->watchers) > 0)
    {
      g_hash_table_remove_all (self->watchers);
      update_watch (self);
    }
  bma_dbus_parts_clear (&self->parts);
  G_OBJECT_CLASS (bma_dbus_monitor_parent_class)->dispose (object);
}

static void
bma_dbus_monitor_finalize (GObject *object)
{
  g_hash_table_unref (BMA_DBUS_MONITOR (object)->watchers);
  G_OBJECT_CLASS (bma_dbus_monitor_parent_class)->finalize (object);
}

static void
bma_dbus_monitor_class_init (BmaDbusMonitorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_dbus_monitor_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_dbus_monitor_finalize;
}

static void
bma_dbus_monitor_init (BmaDbusMonitor *self)
{
  self->watchers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * bma_dbus_monitor_new:
 * @parts: what it works with
 *
 * Returns: (transfer full): a monitor to which nobody listens yet
 */
BmaDbusMonitor *
bma_dbus_monitor_new (const BmaDbusParts *parts)
{
  BmaDbusMonitor *self = g_object_new (BMA_TYPE_DBUS_MONITOR, NULL);

  bma_dbus_parts_copy (&self->parts, parts);
  g_signal_connect_object (parts->resolver, "gone", G_CALLBACK (on_peer_gone), self, 0);
  return self;
}

/**
 * bma_dbus_monitor_add:
 * @self: a monitor
 * @sender: a bus name
 * @error: return location for a #BmaBrokerError
 *
 * Tells that caller too, until it leaves the bus.
 *
 * Returns: whether there was room
 */
gboolean
bma_dbus_monitor_add (BmaDbusMonitor *self, const char *sender, GError **error)
{
  if (g_hash_table_size (self->watchers) >= MAX_WATCHERS &&
      !g_hash_table_contains (self->watchers, sender))
    {
      g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_RATE_LIMITED,
                   "%d programs listen already", MAX_WATCHERS);
      return FALSE;
    }
  g_hash_table_add (self->watchers, g_strdup (sender));
  update_watch (self);
  return TRUE;
}

/**
 * bma_dbus_monitor_remove:
 * @self: a monitor
 * @sender: a bus name
 *
 * Tells that caller no more.
 */
void
bma_dbus_monitor_remove (BmaDbusMonitor *self, const char *sender)
{
  if (g_hash_table_remove (self->watchers, sender))
    update_watch (self);
}
