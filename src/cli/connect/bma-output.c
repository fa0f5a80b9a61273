/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-output.h"

#define FULL_BYTES  (1024 * 1024)
#define EMPTY_BYTES (64 * 1024)
/* All answers under way may come after it is full, but not more for ever. */
#define MAX_BYTES (256 * 1024 * 1024)

struct _BmaOutput
{
  GOutputStream *stream;       /* owned */
  GCancellable *cancellable;   /* owned */
  const BmaOutputWatch *watch; /* static */
  gpointer user_data;          /* not owned */
  GString *waiting;            /* owned: what was not begun to be written */
  GBytes *writing;             /* owned, nullable: what is being written */
  gboolean is_full;
  gboolean is_broken;
};

/**
 * bma_output_new:
 * @stream: where the lines go
 * @watch: (scope forever): what to tell
 * @user_data: for @watch
 *
 * Returns: (transfer full): an output
 */
BmaOutput *
bma_output_new (GOutputStream *stream, const BmaOutputWatch *watch, gpointer user_data)
{
  BmaOutput *self = g_new0 (BmaOutput, 1);

  self->stream = g_object_ref (stream);
  self->cancellable = g_cancellable_new ();
  self->watch = watch;
  self->user_data = user_data;
  self->waiting = g_string_new (NULL);
  return self;
}

/**
 * bma_output_free:
 * @self: an output on which nothing is being written
 *
 * Frees it.
 */
void
bma_output_free (BmaOutput *self)
{
  g_object_unref (self->stream);
  g_object_unref (self->cancellable);
  g_string_free (self->waiting, TRUE);
  g_clear_pointer (&self->writing, g_bytes_unref);
  g_free (self);
}

static size_t
count_bytes (const BmaOutput *self)
{
  return self->waiting->len +
         (self->writing != NULL ? g_bytes_get_size (self->writing) : 0);
}

/* Once. */
static void
give_up (BmaOutput *self)
{
  if (self->is_broken)
    return;
  self->is_broken = TRUE;
  g_string_truncate (self->waiting, 0);
  self->watch->on_broken (self->user_data);
}

static void
update_full (BmaOutput *self)
{
  size_t n_bytes = count_bytes (self);
  gboolean is_full = self->is_full ? n_bytes > EMPTY_BYTES : n_bytes > FULL_BYTES;

  if (is_full == self->is_full || self->is_broken)
    return;
  self->is_full = is_full;
  self->watch->on_full (is_full, self->user_data);
}

static void write_more (BmaOutput *self);

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BmaOutput *self = user_data;

  g_clear_pointer (&self->writing, g_bytes_unref);
  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    {
      give_up (self);
      return;
    }
  write_more (self);
  update_full (self);
  if (bma_output_is_empty (self))
    self->watch->on_empty (self->user_data);
}

/* The other side may share the file description, so it cannot be made not to block. */
static void
write_in_thread (GTask *task,
                 gpointer source,
                 gpointer task_data,
                 GCancellable *cancellable)
{
  size_t n_bytes = 0;
  const void *bytes = g_bytes_get_data (task_data, &n_bytes);
  GError *error = NULL;

  if (g_output_stream_write_all (source, bytes, n_bytes, NULL, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
write_more (BmaOutput *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->writing != NULL || self->waiting->len == 0 || self->is_broken)
    return;
  self->writing = g_string_free_to_bytes (self->waiting);
  self->waiting = g_string_new (NULL);
  task = g_task_new (self->stream, self->cancellable, on_written, self);
  g_task_set_source_tag (task, write_more);
  g_task_set_task_data (task, g_bytes_ref (self->writing),
                        (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, write_in_thread);
}

/**
 * bma_output_write_line:
 * @self: an output
 * @text: (array length=length): a line without its end
 * @length: its length in bytes
 *
 * Writes it when its turn comes. An output that nobody reads breaks in the end.
 */
void
bma_output_write_line (BmaOutput *self, const char *text, size_t length)
{
  if (self->is_broken)
    return;
  if (length > MAX_BYTES - MIN (count_bytes (self), MAX_BYTES))
    {
      give_up (self);
      return;
    }
  g_string_append_len (self->waiting, text, (gssize) length);
  g_string_append_c (self->waiting, '\n');
  write_more (self);
  update_full (self);
}

/**
 * bma_output_is_empty:
 * @self: an output
 *
 * Returns: whether everything is written that can be
 */
gboolean
bma_output_is_empty (const BmaOutput *self)
{
  return self->writing == NULL && self->waiting->len == 0;
}
