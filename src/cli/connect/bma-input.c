/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-input.h"

#include <string.h>

#define BUFFER_BYTES (64 * 1024)

struct _BmaInput
{
  GInputStream *stream;       /* owned */
  GCancellable *cancellable;  /* owned */
  const BmaInputWatch *watch; /* static */
  gpointer user_data;         /* not owned */
  char *buffer;               /* owned: read, but not yet taken */
  size_t start;
  size_t end;
  GString *line; /* owned: the line being read */
  size_t max_bytes;
  gboolean is_skipping; /* the rest of a line that is too long */
  gboolean is_reading;
  gboolean is_taking;
  gboolean is_paused;
  gboolean is_over;
};

static void
free_now (BmaInput *self)
{
  g_object_unref (self->stream);
  g_object_unref (self->cancellable);
  g_free (self->buffer);
  g_string_free (self->line, TRUE);
  g_free (self);
}

/**
 * bma_input_free:
 * @self: an input
 *
 * Frees it. Nothing is told any more. Not to be called by what is told.
 */
void
bma_input_free (BmaInput *self)
{
  self->is_over = TRUE;
  g_cancellable_cancel (self->cancellable);
  if (!self->is_reading)
    free_now (self);
}

static void
end_line (BmaInput *self)
{
  gboolean was_skipping = self->is_skipping;

  self->is_skipping = FALSE;
  if (self->line->len > 0 && self->line->str[self->line->len - 1] == '\r')
    g_string_truncate (self->line, self->line->len - 1);
  if (!was_skipping && self->line->len > 0)
    self->watch->on_line (self->line->str, self->line->len, self->user_data);
  g_string_truncate (self->line, 0);
}

static void
take (BmaInput *self, const char *bytes, size_t n_bytes)
{
  if (self->is_skipping)
    return;
  if (self->line->len + n_bytes <= self->max_bytes)
    {
      g_string_append_len (self->line, bytes, (gssize) n_bytes);
      return;
    }
  self->is_skipping = TRUE;
  g_string_truncate (self->line, 0);
  self->watch->on_too_long (self->user_data);
}

/* Until all is taken or whoever takes it has enough. */
static void
take_buffer (BmaInput *self)
{
  self->is_taking = TRUE;
  while (self->start < self->end && !self->is_paused && !self->is_over)
    {
      const char *from = self->buffer + self->start;
      const char *lf = memchr (from, '\n', self->end - self->start);
      size_t n = lf != NULL ? (size_t) (lf - from) : self->end - self->start;

      self->start += n + (lf != NULL);
      take (self, from, n);
      if (lf != NULL)
        end_line (self);
    }
  self->is_taking = FALSE;
}

static void read_more (BmaInput *self);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BmaInput *self = user_data;
  gssize n_bytes = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  self->is_reading = FALSE;
  if (self->is_over)
    {
      free_now (self);
      return;
    }
  if (n_bytes > 0)
    {
      self->start = 0;
      self->end = (size_t) n_bytes;
      take_buffer (self);
      read_more (self);
      return;
    }
  /* A last line may have no end. */
  end_line (self);
  if (self->is_over)
    return;
  self->is_over = TRUE;
  self->watch->on_end (self->user_data);
}

static void
read_more (BmaInput *self)
{
  if (self->is_reading || self->is_paused || self->is_over || self->start < self->end)
    return;
  self->is_reading = TRUE;
  g_input_stream_read_async (self->stream, self->buffer, BUFFER_BYTES, G_PRIORITY_DEFAULT,
                             self->cancellable, on_read, self);
}

/**
 * bma_input_new:
 * @stream: where the lines come from
 * @max_bytes: how long one may be
 * @watch: (scope forever): what to tell
 * @user_data: for @watch
 *
 * Starts to read. Nothing is told before this returns.
 *
 * Returns: (transfer full): an input
 */
BmaInput *
bma_input_new (GInputStream *stream,
               size_t max_bytes,
               const BmaInputWatch *watch,
               gpointer user_data)
{
  BmaInput *self = g_new0 (BmaInput, 1);

  self->stream = g_object_ref (stream);
  self->cancellable = g_cancellable_new ();
  self->watch = watch;
  self->user_data = user_data;
  self->buffer = g_malloc (BUFFER_BYTES);
  self->line = g_string_new (NULL);
  self->max_bytes = max_bytes;
  read_more (self);
  return self;
}

/**
 * bma_input_pause:
 * @self: an input
 * @is_paused: whether to tell of no more lines
 *
 * Lets the writer wait.
 */
void
bma_input_pause (BmaInput *self, gboolean is_paused)
{
  if (self->is_paused == is_paused)
    return;
  self->is_paused = is_paused;
  if (is_paused || self->is_over || self->is_reading || self->is_taking)
    return;
  take_buffer (self);
  read_more (self);
}
