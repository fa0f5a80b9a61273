/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-child.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bma-child-log.h"
#include "bma-command.h"
#include "bma-line-reader.h"
#include "bma-log.h"

#define MAX_STDERR_LINE_BYTES (8 * 1024)
#define MAX_QUEUED_BYTES      (8 * 1024 * 1024)
#define PATIENCE_MS           1000

struct _BmaChild
{
  GObject parent_instance;

  GSubprocess *process;       /* owned: the keeper, which outlives what it keeps */
  GOutputStream *input;       /* owned: of the process */
  GCancellable *writing;      /* owned */
  BmaLineReader *output;      /* owned, nullable: until it is at its end */
  BmaLineReader *errors;      /* owned, nullable: until it is at its end */
  const BmaChildFuncs *funcs; /* static, nullable: nobody cares any more */
  gpointer data;              /* for funcs */
  GQueue queue;               /* of GBytes, owned: not written yet */
  size_t n_queued_bytes;
  BmaChildLog log;
  unsigned int stop_id; /* source */
  gboolean is_writing;
  gboolean is_stopping;
  gboolean has_exited;
};

G_DEFINE_FINAL_TYPE (BmaChild, bma_child, G_TYPE_OBJECT)

static void
bma_child_dispose (GObject *object)
{
  BmaChild *self = BMA_CHILD (object);

  g_clear_handle_id (&self->stop_id, g_source_remove);
  g_clear_pointer (&self->output, bma_line_reader_end);
  g_clear_pointer (&self->errors, bma_line_reader_end);
  g_clear_object (&self->input);
  g_clear_object (&self->process);
  G_OBJECT_CLASS (bma_child_parent_class)->dispose (object);
}

static void
bma_child_finalize (GObject *object)
{
  BmaChild *self = BMA_CHILD (object);

  g_object_unref (self->writing);
  g_queue_clear_full (&self->queue, (GDestroyNotify) g_bytes_unref);
  bma_child_log_clear (&self->log);
  G_OBJECT_CLASS (bma_child_parent_class)->finalize (object);
}

static void
bma_child_class_init (BmaChildClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_child_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_child_finalize;
  /* A server that is gone is no reason to go too. */
  signal (SIGPIPE, SIG_IGN);
}

static void
bma_child_init (BmaChild *self)
{
  self->writing = g_cancellable_new ();
}

/* Once nothing more can come from it. */
static void
tell_exited (BmaChild *self)
{
  const BmaChildFuncs *funcs = self->funcs;

  if (!self->has_exited || self->output != NULL || funcs == NULL)
    return;
  self->funcs = NULL;
  funcs->exited (self->data);
}

static void
on_output_line (const char *text, size_t length, gpointer data)
{
  BmaChild *self = data;

  if (self->funcs != NULL)
    self->funcs->line (text, length, self->data);
}

static void
on_output_overlong (gpointer data)
{
  bma_log_warning ("upstream", "A message of the MCP server is over 16 MiB and left out");
}

static void
on_output_closed (gpointer data)
{
  g_autoptr (BmaChild) self = g_object_ref (data);

  g_clear_pointer (&self->output, bma_line_reader_end);
  tell_exited (self);
}

static void
on_errors_line (const char *text, size_t length, gpointer data)
{
  BmaChild *self = data;

  bma_child_log_take (&self->log, text, length, g_get_monotonic_time ());
}

static void
on_errors_overlong (gpointer data)
{
  BmaChild *self = data;
  static const char words[] = "(a line of over 8 KiB)";

  bma_child_log_take (&self->log, words, strlen (words), g_get_monotonic_time ());
}

static void
on_errors_closed (gpointer data)
{
  BmaChild *self = data;

  g_clear_pointer (&self->errors, bma_line_reader_end);
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaChild) self = user_data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  self->has_exited = TRUE;
  g_clear_handle_id (&self->stop_id, g_source_remove);
  tell_exited (self);
}

static void write_next (BmaChild *self);

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaChild) self = user_data;
  gboolean is_written =
      g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_autoptr (GBytes) line = g_queue_pop_head (&self->queue);

  self->is_writing = FALSE;
  self->n_queued_bytes -= g_bytes_get_size (line);
  if (self->is_stopping)
    g_output_stream_close (self->input, NULL, NULL);
  else if (is_written)
    write_next (self);
  else
    bma_child_stop (self);
}

static void
write_next (BmaChild *self)
{
  GBytes *line = g_queue_peek_head (&self->queue);
  size_t size = 0;
  const void *bytes = NULL;

  if (line == NULL || self->is_writing)
    return;
  self->is_writing = TRUE;
  bytes = g_bytes_get_data (line, &size);
  g_output_stream_write_all_async (self->input, bytes, size, G_PRIORITY_DEFAULT,
                                   self->writing, on_written, g_object_ref (self));
}

/**
 * bma_child_write_line:
 * @self: a server
 * @line: what to tell it
 *
 * Returns: whether it will be told; %FALSE when it is going, or too far behind
 */
gboolean
bma_child_write_line (BmaChild *self, const char *line)
{
  char *text = NULL;

  if (!bma_child_is_alive (self) || self->n_queued_bytes > MAX_QUEUED_BYTES)
    return FALSE;
  text = g_strconcat (line, "\n", NULL);
  self->n_queued_bytes += strlen (text);
  g_queue_push_tail (&self->queue, g_bytes_new_take (text, strlen (text)));
  write_next (self);
  return TRUE;
}

/**
 * bma_child_hold:
 * @self: a server
 * @hold: whether to wait
 *
 * Reads no more of what it writes, or goes on.
 */
void
bma_child_hold (BmaChild *self, gboolean hold)
{
  if (self->output != NULL)
    bma_line_reader_hold (self->output, hold);
}

/**
 * bma_child_is_alive:
 * @self: a server
 *
 * Returns: whether it was not asked to end, and has not ended
 */
gboolean
bma_child_is_alive (BmaChild *self)
{
  return !self->is_stopping && !self->has_exited;
}

/**
 * bma_child_get_last_words:
 * @self: a server
 *
 * Returns: (transfer none) (nullable): the last line it wrote to standard error, fit to
 *   be shown
 */
const char *
bma_child_get_last_words (BmaChild *self)
{
  return self->log.last_words;
}

/**
 * bma_child_describe_end:
 * @self: a server that is gone
 *
 * Returns: (transfer full): how it ended, for people
 */
char *
bma_child_describe_end (BmaChild *self)
{
  const char *words = self->log.last_words != NULL ? self->log.last_words : "";
  const char *between = *words != '\0' ? ": " : "";
  int status = 1;

  if (self->has_exited && g_subprocess_get_if_exited (self->process))
    status = g_subprocess_get_exit_status (self->process);
  if (status > 128)
    return g_strdup_printf ("it was ended by signal %d%s%s", status - 128, between,
                            words);
  return g_strdup_printf ("it ended with status %d%s%s", status, between, words);
}

static gboolean
on_patience_over (gpointer data)
{
  BmaChild *self = data;

  self->stop_id = 0;
  g_subprocess_send_signal (self->process, SIGTERM);
  return G_SOURCE_REMOVE;
}

/**
 * bma_child_stop:
 * @self: a server
 *
 * Has it end: its standard input ends (MCP, stdio, shutdown), a little later it gets
 * SIGTERM, and from its keeper SIGKILL after 5 s.
 */
void
bma_child_stop (BmaChild *self)
{
  if (!bma_child_is_alive (self))
    return;
  self->is_stopping = TRUE;
  if (self->is_writing)
    g_cancellable_cancel (self->writing);
  else
    g_output_stream_close (self->input, NULL, NULL);
  /* The process is waited for, which keeps us. */
  self->stop_id = g_timeout_add (PATIENCE_MS, on_patience_over, self);
}

/**
 * bma_child_abandon:
 * @self: (transfer full): a server
 *
 * Has it end, and cares no more.
 */
void
bma_child_abandon (BmaChild *self)
{
  self->funcs = NULL;
  bma_child_hold (self, FALSE);
  bma_child_stop (self);
  g_object_unref (self);
}

static GSubprocess *
start (const char *keeper, const char *const *words, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
      G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_auto (GStrv) inherited = g_get_environ ();
  g_auto (GStrv)
      environment = bma_command_make_environment ((const char *const *) inherited);
  g_autofree char *parent = g_strdup_printf ("%ld", (long) getpid ());
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  g_subprocess_launcher_set_environ (launcher, environment);
  g_subprocess_launcher_set_cwd (launcher, g_get_home_dir ());
  g_strv_builder_add_many (builder, keeper, parent, NULL);
  g_strv_builder_addv (builder, (const char **) words);
  all = g_strv_builder_end (builder);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *) all, error);
}

/**
 * bma_child_new:
 * @keeper: (type filename): the program that sees to the end of what we start
 * @words: the command
 * @funcs: (transfer none): who runs it; static
 * @data: for @funcs
 * @error: return location
 *
 * Starts a server.
 *
 * Returns: (transfer full) (nullable): it, to be abandoned
 */
BmaChild *
bma_child_new (const char *keeper,
               const char *const *words,
               const BmaChildFuncs *funcs,
               gpointer data,
               GError **error)
{
  static const BmaLineReaderFuncs output = {
    .line = on_output_line,
    .overlong = on_output_overlong,
    .closed = on_output_closed,
  };
  static const BmaLineReaderFuncs errors = {
    .line = on_errors_line,
    .overlong = on_errors_overlong,
    .closed = on_errors_closed,
  };
  g_autofree char *program = g_find_program_in_path (words[0]);
  BmaChild *self = NULL;
  GSubprocess *process = NULL;

  if (program == NULL)
    {
      g_set_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT,
                   "there is no program %s; [resource] command names it", words[0]);
      return NULL;
    }
  process = start (keeper, words, error);
  if (process == NULL)
    return NULL;
  self = g_object_new (BMA_TYPE_CHILD, NULL);
  self->process = process;
  self->funcs = funcs;
  self->data = data;
  self->input = g_object_ref (g_subprocess_get_stdin_pipe (process));
  g_unix_set_fd_nonblocking (g_unix_output_stream_get_fd (
                                 G_UNIX_OUTPUT_STREAM (self->input)),
                             TRUE, NULL);
  self->output = bma_line_reader_new (g_subprocess_get_stdout_pipe (process),
                                      BMA_CHILD_MAX_LINE_BYTES, &output, self);
  self->errors = bma_line_reader_new (g_subprocess_get_stderr_pipe (process),
                                      MAX_STDERR_LINE_BYTES, &errors, self);
  g_subprocess_wait_async (process, NULL, on_exited, g_object_ref (self));
  return self;
}
