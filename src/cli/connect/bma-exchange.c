/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-exchange.h"

#define BUFFER_BYTES (32 * 1024)

struct _BmaExchange
{
  GObject parent_instance;

  GIOStream *connection;         /* owned, nullable: taken away at the end */
  GBytes *request;               /* owned */
  BmaAnswer *answer;             /* owned */
  GCancellable *cancellable;     /* owned */
  const BmaExchangeWatch *watch; /* static */
  gpointer user_data;            /* not owned */
  char *buffer;                  /* owned */
  unsigned int silence_s;
  unsigned int silence_id; /* source */
  gboolean was_sent;       /* every byte of the request was */
  gboolean is_head_told;
  gboolean is_reading;
  gboolean is_paused;
  gboolean is_over;
};

G_DEFINE_FINAL_TYPE (BmaExchange, bma_exchange, G_TYPE_OBJECT)

static void
bma_exchange_dispose (GObject *object)
{
  BmaExchange *self = BMA_EXCHANGE (object);

  g_clear_handle_id (&self->silence_id, g_source_remove);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (bma_exchange_parent_class)->dispose (object);
}

static void
bma_exchange_finalize (GObject *object)
{
  BmaExchange *self = BMA_EXCHANGE (object);

  g_bytes_unref (self->request);
  bma_answer_free (self->answer);
  g_free (self->buffer);
  G_OBJECT_CLASS (bma_exchange_parent_class)->finalize (object);
}

static void
bma_exchange_class_init (BmaExchangeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_exchange_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_exchange_finalize;
}

static void
bma_exchange_init (BmaExchange *self)
{
  self->answer = bma_answer_new ();
  self->cancellable = g_cancellable_new ();
  self->buffer = g_malloc (BUFFER_BYTES);
}

/* The first end counts. */
static void
end (BmaExchange *self, const GError *error)
{
  if (self->is_over)
    return;
  self->is_over = TRUE;
  g_clear_handle_id (&self->silence_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  self->watch->on_end (error, self->user_data);
}

static gboolean
on_silent (gpointer user_data)
{
  BmaExchange *self = user_data;

  self->silence_id = 0;
  bma_exchange_break (self, "The server has not said anything for too long");
  return G_SOURCE_REMOVE;
}

static void
note_life (BmaExchange *self)
{
  g_clear_handle_id (&self->silence_id, g_source_remove);
  if (!self->is_over && self->silence_s > 0)
    self->silence_id = g_timeout_add_seconds (self->silence_s, on_silent, self);
}

static void
tell_head (BmaExchange *self)
{
  if (self->is_head_told || self->is_over)
    return;
  self->is_head_told = TRUE;
  self->watch->on_head (self->answer, self->user_data);
}

static void
on_body (const char *bytes, size_t n_bytes, gpointer user_data)
{
  BmaExchange *self = user_data;

  tell_head (self);
  if (!self->is_over)
    self->watch->on_body (bytes, n_bytes, self->user_data);
}

static void read_more (BmaExchange *self);

static void
take (BmaExchange *self, size_t n_bytes)
{
  g_autoptr (GError) error = NULL;
  BmaAnswerState state =
      n_bytes > 0 ? bma_answer_feed (self->answer, self->buffer, n_bytes, on_body, self)
                  : bma_answer_end (self->answer);

  if (state == BMA_ANSWER_BODY || state == BMA_ANSWER_DONE)
    tell_head (self);
  if (self->is_over)
    return;
  if (state == BMA_ANSWER_BROKEN)
    error = n_bytes > 0 ? g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                                               "The answer is not valid HTTP")
                        : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                                               "The connection was closed before the "
                                               "answer was complete");
  if (state == BMA_ANSWER_BROKEN || state == BMA_ANSWER_DONE)
    end (self, error);
  else
    read_more (self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaExchange) self = user_data;
  g_autoptr (GError) error = NULL;
  gssize n_bytes = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  self->is_reading = FALSE;
  if (self->is_over)
    return;
  note_life (self);
  if (n_bytes < 0)
    end (self, error);
  else
    take (self, (size_t) n_bytes);
}

static void
read_more (BmaExchange *self)
{
  if (self->is_reading || self->is_paused || self->is_over)
    return;
  self->is_reading = TRUE;
  g_input_stream_read_async (g_io_stream_get_input_stream (self->connection),
                             self->buffer, BUFFER_BYTES, G_PRIORITY_DEFAULT,
                             self->cancellable, on_read, g_object_ref (self));
}

/* An answer may be there although not all was read: what counts is what is read. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaExchange) self = user_data;

  self->was_sent =
      g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
}

/**
 * bma_exchange_start:
 * @connection: a connection on which nothing is under way
 * @request: head and body
 * @silence_s: after how many seconds without a byte to give up; 0 for never
 * @watch: (scope forever): what to tell
 * @user_data: for @watch
 *
 * Sends a request. Nothing is told before this returns, and nothing after the end.
 *
 * Returns: (transfer full): the exchange
 */
BmaExchange *
bma_exchange_start (GIOStream *connection,
                    GBytes *request,
                    unsigned int silence_s,
                    const BmaExchangeWatch *watch,
                    gpointer user_data)
{
  BmaExchange *self = g_object_new (BMA_TYPE_EXCHANGE, NULL);
  size_t n_bytes = 0;
  const void *bytes = g_bytes_get_data (request, &n_bytes);

  self->connection = g_object_ref (connection);
  self->request = g_bytes_ref (request);
  self->silence_s = silence_s;
  self->watch = watch;
  self->user_data = user_data;
  note_life (self);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (connection), bytes,
                                   n_bytes, G_PRIORITY_DEFAULT, self->cancellable,
                                   on_written, g_object_ref (self));
  read_more (self);
  return self;
}

/**
 * bma_exchange_cancel:
 * @self: an exchange
 *
 * Nobody wants the rest: nothing is told any more, and the connection is given up.
 */
void
bma_exchange_cancel (BmaExchange *self)
{
  self->is_over = TRUE;
  g_clear_handle_id (&self->silence_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
}

/**
 * bma_exchange_break:
 * @self: an exchange
 * @why: for a person
 *
 * Ends it with an error.
 */
void
bma_exchange_break (BmaExchange *self, const char *why)
{
  g_autoptr (BmaExchange) kept = g_object_ref (self);
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, why);

  end (kept, error);
}

/**
 * bma_exchange_pause:
 * @self: an exchange
 * @is_paused: whether to read no further
 *
 * Lets the server wait while nobody reads what it says.
 */
void
bma_exchange_pause (BmaExchange *self, gboolean is_paused)
{
  self->is_paused = is_paused;
  if (is_paused)
    g_clear_handle_id (&self->silence_id, g_source_remove);
  else
    {
      note_life (self);
      if (bma_answer_get_state (self->answer) < BMA_ANSWER_DONE)
        read_more (self);
    }
}

/**
 * bma_exchange_is_over:
 * @self: an exchange
 *
 * Returns: whether nothing is under way any more
 */
gboolean
bma_exchange_is_over (const BmaExchange *self)
{
  return self->is_over;
}

/**
 * bma_exchange_was_sent:
 * @self: an exchange
 *
 * Returns: whether the server can have the whole request
 */
gboolean
bma_exchange_was_sent (const BmaExchange *self)
{
  return self->was_sent;
}

/**
 * bma_exchange_get_answer:
 * @self: an exchange
 *
 * Returns: (transfer none): the answer as far as it came
 */
const BmaAnswer *
bma_exchange_get_answer (const BmaExchange *self)
{
  return self->answer;
}

/**
 * bma_exchange_take_connection:
 * @self: an exchange that is over
 *
 * Returns: (transfer full) (nullable): the connection, if it can be used again
 */
GIOStream *
bma_exchange_take_connection (BmaExchange *self)
{
  if (!self->was_sent || !bma_answer_can_stay_open (self->answer))
    return NULL;
  return g_steal_pointer (&self->connection);
}
