/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-line-reader.h"

#include <stdint.h>
#include <string.h>

#define CHUNK_BYTES (32 * 1024)

struct _BmaLineReader
{
  grefcount refs;
  GInputStream *stream;            /* owned */
  GCancellable *cancellable;       /* owned */
  const BmaLineReaderFuncs *funcs; /* static; NULL once it has ended */
  gpointer data;                   /* for funcs */
  GByteArray *pending;             /* owned: not handed out yet */
  size_t n_scanned;                /* of pending, without a line's end */
  size_t max_bytes;
  gboolean is_held;
  gboolean is_reading;
  gboolean is_handing_out;
  gboolean is_skipping; /* the rest of a line that is too long */
  gboolean is_at_end;
  gboolean is_closed; /* and whoever reads knows */
};

static void
reader_unref (BmaLineReader *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_object_unref (self->stream);
  g_object_unref (self->cancellable);
  g_byte_array_unref (self->pending);
  g_free (self);
}

/* FALSE: there is no whole line. */
static gboolean
take_line (BmaLineReader *self)
{
  const uint8_t *start = self->pending->data;
  size_t length = self->pending->len;
  const uint8_t *end = NULL;
  g_autofree char *line = NULL;
  size_t n_line = 0;

  if (length > self->n_scanned)
    end = memchr (start + self->n_scanned, '\n', length - self->n_scanned);
  if (end == NULL && length <= self->max_bytes)
    {
      self->n_scanned = length;
      return FALSE;
    }
  self->n_scanned = 0;
  if (end == NULL)
    {
      g_byte_array_set_size (self->pending, 0);
      if (!self->is_skipping)
        self->funcs->overlong (self->data);
      self->is_skipping = TRUE;
      return FALSE;
    }
  n_line = (size_t) (end - start);
  line = g_memdup2 (start, n_line + 1);
  g_byte_array_remove_range (self->pending, 0, (unsigned int) n_line + 1);
  if (self->is_skipping)
    self->is_skipping = FALSE;
  else if (n_line > self->max_bytes)
    self->funcs->overlong (self->data);
  else
    self->funcs->line (line, n_line, self->data);
  return TRUE;
}

static void
close_it (BmaLineReader *self)
{
  self->is_closed = TRUE;
  if (self->funcs->rest != NULL && !self->is_skipping && self->pending->len > 0)
    self->funcs->rest ((const char *) self->pending->data, self->pending->len,
                       self->data);
  if (self->funcs != NULL)
    self->funcs->closed (self->data);
}

static void read_next (BmaLineReader *self);

static void
hand_out (BmaLineReader *self)
{
  if (self->is_handing_out)
    return;
  g_ref_count_inc (&self->refs);
  self->is_handing_out = TRUE;
  while (self->funcs != NULL && !self->is_held && take_line (self))
    ;
  self->is_handing_out = FALSE;
  if (self->funcs != NULL && !self->is_held && self->is_at_end && !self->is_closed)
    close_it (self);
  else
    read_next (self);
  reader_unref (self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BmaLineReader *self = user_data;
  g_autoptr (GBytes)
      chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  size_t size = 0;
  const void *bytes = chunk != NULL ? g_bytes_get_data (chunk, &size) : NULL;

  self->is_reading = FALSE;
  if (size > 0)
    g_byte_array_append (self->pending, bytes, (unsigned int) size);
  else
    self->is_at_end = TRUE;
  if (self->funcs != NULL)
    hand_out (self);
  reader_unref (self);
}

static void
read_next (BmaLineReader *self)
{
  if (self->funcs == NULL || self->is_held || self->is_reading || self->is_at_end)
    return;
  self->is_reading = TRUE;
  g_ref_count_inc (&self->refs);
  g_input_stream_read_bytes_async (self->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                   self->cancellable, on_read, self);
}

/**
 * bma_line_reader_new:
 * @stream: where lines come from; reads of it do not block
 * @max_bytes: how long a line may be
 * @funcs: (transfer none): who reads; static
 * @data: for @funcs
 *
 * Returns: (transfer full): a reader, to be ended
 */
BmaLineReader *
bma_line_reader_new (GInputStream *stream,
                     size_t max_bytes,
                     const BmaLineReaderFuncs *funcs,
                     gpointer data)
{
  BmaLineReader *self = g_new0 (BmaLineReader, 1);

  g_ref_count_init (&self->refs);
  self->stream = g_object_ref (stream);
  self->cancellable = g_cancellable_new ();
  self->pending = g_byte_array_new ();
  self->max_bytes = max_bytes;
  self->funcs = funcs;
  self->data = data;
  read_next (self);
  return self;
}

/**
 * bma_line_reader_hold:
 * @self: a reader
 * @hold: whether to wait
 *
 * Stops handing out lines, or goes on.
 */
void
bma_line_reader_hold (BmaLineReader *self, gboolean hold)
{
  self->is_held = hold;
  if (!hold && self->funcs != NULL)
    hand_out (self);
}

/**
 * bma_line_reader_end:
 * @self: (transfer full): a reader
 *
 * Reads no more.
 */
void
bma_line_reader_end (BmaLineReader *self)
{
  self->funcs = NULL;
  g_cancellable_cancel (self->cancellable);
  reader_unref (self);
}
