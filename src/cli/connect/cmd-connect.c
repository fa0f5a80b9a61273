/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

#include "bma-bridge.h"
#include "bma-cli-client.h"
#include "bma-cli-options.h"
#include "bma-line-reader.h"
#include "bma-message.h"
#include "bma-names.h"
#include "bma-output.h"

/* For answers that are under way when the program says no more. */
#define GRACE_S 10
/* For the program to read the last lines. */
#define FLUSH_S 5
/* While something is under way: whether the service is still alive. */
#define LOOK_S        15
#define LOOK_LIMIT_MS (10 * 1000)
#define MAX_ROUNDS    1000

typedef struct
{
  GMainLoop *loop;      /* owned */
  BmaGateway *gateway;  /* owned */
  BmaBridge *bridge;    /* owned */
  BmaLineReader *input; /* owned */
  BmaOutput *output;    /* owned */
  unsigned int flush_id;
  gboolean is_looking;
} Connect;

static void
on_line_read (const char *text, size_t length, gpointer user_data)
{
  if (length > 0 && text[length - 1] == '\r')
    length--;
  if (length > 0)
    bma_bridge_take_line (((Connect *) user_data)->bridge, text, length);
}

static void
on_too_long (gpointer user_data)
{
  bma_bridge_refuse_line (((Connect *) user_data)->bridge);
}

static void
on_input_end (gpointer user_data)
{
  bma_bridge_end (((Connect *) user_data)->bridge, GRACE_S);
}

static void
on_line (const char *text, size_t length, gpointer user_data)
{
  bma_output_write_line (((Connect *) user_data)->output, text, length);
}

static void
on_busy (gboolean is_busy, gpointer user_data)
{
  bma_line_reader_hold (((Connect *) user_data)->input, is_busy);
}

static gboolean
on_flush_over (gpointer user_data)
{
  Connect *self = user_data;

  self->flush_id = 0;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
on_ended (gpointer user_data)
{
  Connect *self = user_data;

  if (bma_output_is_empty (self->output))
    g_main_loop_quit (self->loop);
  else if (self->flush_id == 0)
    self->flush_id = g_timeout_add_seconds (FLUSH_S, on_flush_over, self);
}

static void
on_output_empty (gpointer user_data)
{
  Connect *self = user_data;

  if (self->flush_id != 0)
    g_main_loop_quit (self->loop);
}

static void
on_output_full (gboolean is_full, gpointer user_data)
{
  bma_bridge_pause (((Connect *) user_data)->bridge, is_full);
}

static void
on_output_broken (gpointer user_data)
{
  bma_bridge_end (((Connect *) user_data)->bridge, 0);
}

static gboolean
on_signal (gpointer user_data)
{
  bma_bridge_end (((Connect *) user_data)->bridge, 0);
  return G_SOURCE_CONTINUE;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Connect *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant)
      reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  self->is_looking = FALSE;
  /* One that is gone has closed its connections. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    bma_bridge_break (self->bridge, "The service biomcp-auth does not answer");
}

/* A process that is stopped keeps its connections open. */
static gboolean
on_look (gpointer user_data)
{
  Connect *self = user_data;

  if (self->is_looking || !bma_bridge_is_waiting (self->bridge))
    return G_SOURCE_CONTINUE;
  self->is_looking = TRUE;
  g_dbus_connection_call (bma_gateway_get_bus (self->gateway), BMA_BUS_NAME,
                          BMA_OBJECT_PATH, "org.freedesktop.DBus.Peer", "Ping", NULL,
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, LOOK_LIMIT_MS, NULL,
                          on_looked, self);
  return G_SOURCE_CONTINUE;
}

static void
run (Connect *self)
{
  static const BmaBridgeWatch bridge_watch = { on_line, on_busy, on_ended };
  static const BmaLineReaderFuncs input_funcs = {
    .line = on_line_read,
    .overlong = on_too_long,
    .rest = on_line_read,
    .closed = on_input_end,
  };
  static const BmaOutputWatch output_watch = { on_output_full, on_output_empty,
                                               on_output_broken };
  g_autoptr (GInputStream) in = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GOutputStream) out = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  unsigned int interrupt_id = g_unix_signal_add (SIGINT, on_signal, self);
  unsigned int terminate_id = g_unix_signal_add (SIGTERM, on_signal, self);
  unsigned int look_id = g_timeout_add_seconds (LOOK_S, on_look, self);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->bridge = bma_bridge_new (self->gateway, &bridge_watch, self);
  self->output = bma_output_new (out, &output_watch, self);
  self->input = bma_line_reader_new (in, BMA_MESSAGE_MAX_BYTES, &input_funcs, self);
  g_main_loop_run (self->loop);
  g_source_remove (interrupt_id);
  g_source_remove (terminate_id);
  g_source_remove (look_id);
}

/* What was under way notices that it is over, and lets go. */
static void
settle (void)
{
  for (int i = 0; i < MAX_ROUNDS && g_main_context_iteration (NULL, FALSE); i++)
    ;
}

static void
clear (Connect *self)
{
  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_clear_object (&self->bridge);
  bma_line_reader_end (self->input);
  settle ();
  /* Else something is still written in a thread, which ends with the process. */
  if (bma_output_is_empty (self->output))
    bma_output_free (self->output);
  g_main_loop_unref (self->loop);
  g_object_unref (self->gateway);
}

/**
 * cmd_connect:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Lets an MCP client that only starts programs use the MCP server.
 *
 * Returns: the exit code
 */
int
cmd_connect (char **arguments)
{
  const GOptionEntry entries[] = { G_OPTION_ENTRY_NULL };
  g_auto (GStrv) rest = bma_cli_options_parse (
      arguments, "[URL]",
      "Connects a program that speaks MCP on standard input and output to the MCP "
      "server. "
      "Asks you first, in the browser, if need be. The program never sees a token.",
      entries, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  Connect self = { NULL };

  if (rest == NULL)
    return BMA_CLI_EXIT_USAGE;
  signal (SIGPIPE, SIG_IGN);
  bus = bma_cli_client_connect (&error);
  if (bus == NULL)
    return bma_cli_client_fail (error);
  self.gateway = bma_gateway_new (bus, rest[0]);
  run (&self);
  clear (&self);
  return BMA_CLI_EXIT_DONE;
}
