/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bma-cli-client.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"
#include "bma-names.h"

#define TOPIC_CHARS 9

typedef struct
{
  GDBusConnection *bus; /* not owned */
  GMainLoop *loop;      /* owned */
  gboolean json;
  gboolean colour;
  gboolean was_there;
  int code;
} Monitor;

static void
finish (Monitor *self, int code)
{
  self->code = code;
  g_main_loop_quit (self->loop);
}

static BmaCliStyle
get_style (const char *level)
{
  if (g_str_equal (level, "warning"))
    return BMA_CLI_STYLE_WARNING;
  return g_str_equal (level, "notice") ? BMA_CLI_STYLE_STRONG : BMA_CLI_STYLE_PLAIN;
}

static gboolean
print_text (const Monitor *self,
            int64_t time_s,
            const char *level,
            const char *topic,
            const char *message)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_s);
  g_autofree char *clock = time != NULL ? g_date_time_format (time, "%H:%M:%S") : NULL;
  g_autofree char *clean_topic = bma_cli_print_clean (topic);
  g_autofree char *clean = bma_cli_print_clean (message);
  g_autofree char *painted = bma_cli_print_paint (clean, get_style (level), self->colour);
  g_autofree char *line = g_strdup_printf ("%s  %-*s  %s\n", clock != NULL ? clock : "?",
                                           TOPIC_CHARS, clean_topic, painted);

  return bma_cli_print_write (STDOUT_FILENO, line, strlen (line));
}

static gboolean
print_json (int64_t time_s,
            const char *level,
            const char *topic,
            const char *message,
            const char *correlation_id)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (
      g_variant_new_parsed ("{'time': <%x>, 'level': <%s>, 'topic': <%s>, "
                            "'message': <%s>, 'correlation-id': <%s>}",
                            time_s, level, topic, message, correlation_id));

  return bma_cli_print_json_line (value);
}

/* Nobody reads any more: that is the end, not a failure to be tried again. */
static void
print_event (Monitor *self,
             int64_t time_s,
             const char *level,
             const char *topic,
             const char *message,
             const char *correlation_id)
{
  gboolean printed = self->json
                         ? print_json (time_s, level, topic, message, correlation_id)
                         : print_text (self, time_s, level, topic, message);

  if (!printed)
    finish (self, BMA_CLI_EXIT_FAILED);
}

static void
on_event (GDBusConnection *bus,
          const char *sender,
          const char *path,
          const char *interface,
          const char *signal,
          GVariant *arguments,
          gpointer user_data)
{
  int64_t time_s = 0;
  const char *level = NULL;
  const char *topic = NULL;
  const char *message = NULL;
  const char *correlation_id = NULL;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(xssss)")))
    return;
  g_variant_get (arguments, "(x&s&s&s&s)", &time_s, &level, &topic, &message,
                 &correlation_id);
  print_event (user_data, time_s, level, topic, message, correlation_id);
}

static void
print_own (Monitor *self, const char *message)
{
  print_event (self, g_get_real_time () / G_USEC_PER_SEC, "notice", "monitor", message,
               "");
}

static void
on_subscribed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Monitor *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant)
      reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  /* A service that leaves while it is asked comes back, and is asked again. */
  if (reply != NULL)
    print_own (self, "listening to the service");
  else if (!g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) &&
           !bma_cli_client_is_absent (error))
    finish (self, bma_cli_client_fail (error));
}

static void
on_appeared (GDBusConnection *bus,
             const char *name,
             const char *owner,
             gpointer user_data)
{
  Monitor *self = user_data;

  self->was_there = TRUE;
  g_dbus_connection_call (bus, BMA_BUS_NAME, BMA_OBJECT_PATH, BMA_CLI_SERVER, "Subscribe",
                          NULL, G_VARIANT_TYPE ("()"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          BMA_CLI_CALL_LIMIT_MS, NULL, on_subscribed, self);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Monitor *self = user_data;

  if (bus == NULL || g_dbus_connection_is_closed (bus))
    {
      g_printerr ("biomcp-auth: The session bus is gone\n");
      finish (self, BMA_CLI_EXIT_FAILED);
    }
  else if (self->was_there)
    print_own (self, "the service stopped; waiting for it");
}

static gboolean
on_interrupted (gpointer user_data)
{
  finish (user_data, BMA_CLI_EXIT_DONE);
  return G_SOURCE_CONTINUE;
}

static gboolean
start_service (GDBusConnection *bus, GError **error)
{
  g_autoptr (GVariant)
      reply = bma_cli_client_call (bus, BMA_OBJECT_PATH, "org.freedesktop.DBus.Peer.Ping",
                                   NULL, "()", BMA_CLI_CALL_LIMIT_MS, error);

  return reply != NULL;
}

static int
listen (GDBusConnection *bus, gboolean json)
{
  Monitor self = { .bus = bus, .json = json };
  unsigned int signal_id = 0;
  unsigned int watch_id = 0;
  unsigned int interrupt_id = g_unix_signal_add (SIGINT, on_interrupted, &self);
  unsigned int terminate_id = g_unix_signal_add (SIGTERM, on_interrupted, &self);

  self.loop = g_main_loop_new (NULL, FALSE);
  self.colour = bma_cli_print_has_colour (STDOUT_FILENO);
  signal_id = g_dbus_connection_signal_subscribe (bus, BMA_BUS_NAME, BMA_CLI_SERVER,
                                                  "Event", BMA_OBJECT_PATH, NULL,
                                                  G_DBUS_SIGNAL_FLAGS_NONE, on_event,
                                                  &self, NULL);
  watch_id = g_bus_watch_name_on_connection (bus, BMA_BUS_NAME,
                                             G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
                                             on_vanished, &self, NULL);
  g_main_loop_run (self.loop);
  g_bus_unwatch_name (watch_id);
  g_dbus_connection_signal_unsubscribe (bus, signal_id);
  g_source_remove (interrupt_id);
  g_source_remove (terminate_id);
  g_main_loop_unref (self.loop);
  return self.code;
}

/**
 * cmd_monitor:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Prints what happens until it is interrupted.
 *
 * Returns: the exit code
 */
int
cmd_monitor (char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print a JSON object on each line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) rest = bma_cli_options_parse (
      arguments, NULL,
      "Prints what the service does, a line for each event, until you press Ctrl-C. No "
      "line holds a secret. When the service stops, waits for it to come back.",
      entries, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;

  if (rest == NULL)
    return BMA_CLI_EXIT_USAGE;
  bus = bma_cli_client_connect (&error);
  if (bus == NULL || !start_service (bus, &error))
    return bma_cli_client_fail (error);
  signal (SIGPIPE, SIG_IGN);
  return listen (bus, json);
}
