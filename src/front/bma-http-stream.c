/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The stream that SoupServer sees: exactly one request long, with neither descriptor nor
 * end of file behind it. What libsoup does with it cannot touch the connection. */

#include "bma-http-stream.h"
#include "bma-http-port.h"

#include <string.h>

struct _BmaHttpStream
{
  GIOStream parent_instance;

  BmaHttpPort *port;     /* (owned): shared */
  GInputStream *input;   /* (owned) */
  GOutputStream *output; /* (owned) */
};

G_DEFINE_FINAL_TYPE (BmaHttpStream, bma_http_stream, G_TYPE_IO_STREAM)

/* The reading half */

typedef struct
{
  GInputStream parent_instance;
  BmaHttpPort *port; /* (owned): shared */
} BmaHttpStreamInput;

typedef GInputStreamClass BmaHttpStreamInputClass;

GType bma_http_stream_input_get_type (void);
static void input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_TYPE_WITH_CODE (BmaHttpStreamInput,
                         bma_http_stream_input,
                         G_TYPE_INPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                input_pollable_init))

static gssize
input_read_nonblocking (GPollableInputStream *stream,
                        void *buffer,
                        gsize n_bytes,
                        GError **error)
{
  BmaHttpPort *port = ((BmaHttpStreamInput *) stream)->port;

  if (port->owner == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "Closed");
      return -1;
    }
  return port->funcs->read (port->owner, buffer, n_bytes, error);
}

static gssize
input_read (GInputStream *stream,
            void *buffer,
            gsize n_bytes,
            GCancellable *cancellable,
            GError **error)
{
  return input_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), buffer, n_bytes,
                                 error);
}

static gboolean
input_is_readable (GPollableInputStream *stream)
{
  BmaHttpPort *port = ((BmaHttpStreamInput *) stream)->port;

  return port->owner == NULL || port->funcs->can_read (port->owner);
}

static GSource *
input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  return bma_http_port_create_source (((BmaHttpStreamInput *) stream)->port, stream,
                                      FALSE, cancellable);
}

static void
bma_http_stream_input_finalize (GObject *object)
{
  g_clear_pointer (&((BmaHttpStreamInput *) object)->port, bma_http_port_unref);
  G_OBJECT_CLASS (bma_http_stream_input_parent_class)->finalize (object);
}

static void
input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = input_is_readable;
  iface->read_nonblocking = input_read_nonblocking;
  iface->create_source = input_create_source;
}

static void
bma_http_stream_input_class_init (BmaHttpStreamInputClass *klass)
{
  klass->read_fn = input_read;
  G_OBJECT_CLASS (klass)->finalize = bma_http_stream_input_finalize;
}

static void
bma_http_stream_input_init (BmaHttpStreamInput *self)
{
}

/* The writing half */

typedef struct
{
  GOutputStream parent_instance;
  BmaHttpPort *port; /* (owned): shared */
} BmaHttpStreamOutput;

typedef GOutputStreamClass BmaHttpStreamOutputClass;

GType bma_http_stream_output_get_type (void);
static void output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_TYPE_WITH_CODE (BmaHttpStreamOutput,
                         bma_http_stream_output,
                         G_TYPE_OUTPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                output_pollable_init))

static gssize
output_write_nonblocking (GPollableOutputStream *stream,
                          const void *buffer,
                          gsize n_bytes,
                          GError **error)
{
  BmaHttpPort *port = ((BmaHttpStreamOutput *) stream)->port;

  if (port->owner == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, "Closed");
      return -1;
    }
  return port->funcs->write (port->owner, buffer, n_bytes, error);
}

/* libsoup closes a chunked body with g_output_stream_close_async(), which GLib runs in a
 * worker thread: the last chunk comes here, blocking, beside the main thread. It is kept
 * for the main thread, so that no worker ever waits for a peer or touches its descriptor.
 */
static gssize
output_write (GOutputStream *stream,
              const void *buffer,
              gsize n_bytes,
              GCancellable *cancellable,
              GError **error)
{
  BmaHttpPort *port = ((BmaHttpStreamOutput *) stream)->port;
  gssize n_taken = -1;

  g_mutex_lock (&port->lock);
  if (n_bytes <= BMA_HTTP_MAX_TAIL_BYTES - port->n_tail_bytes)
    {
      memcpy (port->tail + port->n_tail_bytes, buffer, n_bytes);
      port->n_tail_bytes += n_bytes;
      n_taken = (gssize) n_bytes;
    }
  g_mutex_unlock (&port->lock);

  if (n_taken < 0)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                         "Only the end of a response may be written in a blocking way");
  return n_taken;
}

static gboolean
output_is_writable (GPollableOutputStream *stream)
{
  BmaHttpPort *port = ((BmaHttpStreamOutput *) stream)->port;

  return port->owner == NULL || port->funcs->can_write (port->owner);
}

static GSource *
output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  return bma_http_port_create_source (((BmaHttpStreamOutput *) stream)->port, stream,
                                      TRUE, cancellable);
}

static void
bma_http_stream_output_finalize (GObject *object)
{
  g_clear_pointer (&((BmaHttpStreamOutput *) object)->port, bma_http_port_unref);
  G_OBJECT_CLASS (bma_http_stream_output_parent_class)->finalize (object);
}

static void
output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = output_is_writable;
  iface->write_nonblocking = output_write_nonblocking;
  iface->create_source = output_create_source;
}

static void
bma_http_stream_output_class_init (BmaHttpStreamOutputClass *klass)
{
  klass->write_fn = output_write;
  G_OBJECT_CLASS (klass)->finalize = bma_http_stream_output_finalize;
}

static void
bma_http_stream_output_init (BmaHttpStreamOutput *self)
{
}

/* The whole */

static GInputStream *
bma_http_stream_get_input_stream (GIOStream *stream)
{
  return BMA_HTTP_STREAM (stream)->input;
}

static GOutputStream *
bma_http_stream_get_output_stream (GIOStream *stream)
{
  return BMA_HTTP_STREAM (stream)->output;
}

static gboolean
bma_http_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  BmaHttpPort *port = BMA_HTTP_STREAM (stream)->port;
  gpointer owner = g_steal_pointer (&port->owner);
  char tail[BMA_HTTP_MAX_TAIL_BYTES];
  size_t n_tail_bytes;

  if (owner == NULL)
    return TRUE;

  g_mutex_lock (&port->lock);
  n_tail_bytes = port->n_tail_bytes;
  memcpy (tail, port->tail, n_tail_bytes);
  g_mutex_unlock (&port->lock);
  port->funcs->closed (owner, tail, n_tail_bytes);
  return TRUE;
}

static void
bma_http_stream_finalize (GObject *object)
{
  BmaHttpStream *self = BMA_HTTP_STREAM (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_pointer (&self->port, bma_http_port_unref);
  G_OBJECT_CLASS (bma_http_stream_parent_class)->finalize (object);
}

static void
bma_http_stream_class_init (BmaHttpStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bma_http_stream_finalize;
  stream_class->get_input_stream = bma_http_stream_get_input_stream;
  stream_class->get_output_stream = bma_http_stream_get_output_stream;
  stream_class->close_fn = bma_http_stream_close;
}

static void
bma_http_stream_init (BmaHttpStream *self)
{
  BmaHttpStreamInput *input = g_object_new (bma_http_stream_input_get_type (), NULL);
  BmaHttpStreamOutput *output = g_object_new (bma_http_stream_output_get_type (), NULL);

  self->port = bma_http_port_new ();
  input->port = bma_http_port_ref (self->port);
  output->port = bma_http_port_ref (self->port);
  self->input = G_INPUT_STREAM (input);
  self->output = G_OUTPUT_STREAM (output);
}

/**
 * bma_http_stream_new:
 * @funcs: (transfer none): static
 * @owner: (transfer none): their first argument; detaches the stream before it goes
 *
 * Creates the stream for one exchange, a request and its response.
 *
 * Returns: (transfer full): the stream
 */
BmaHttpStream *
bma_http_stream_new (const BmaHttpStreamFuncs *funcs, gpointer owner)
{
  BmaHttpStream *self = g_object_new (BMA_TYPE_HTTP_STREAM, NULL);

  self->port->funcs = funcs;
  self->port->owner = owner;
  return self;
}

/**
 * bma_http_stream_detach:
 * @self: a stream
 *
 * Separates the stream from its owner: from now on it is closed, and nothing of the owner
 * is called.
 */
void
bma_http_stream_detach (BmaHttpStream *self)
{
  g_return_if_fail (BMA_IS_HTTP_STREAM (self));

  self->port->owner = NULL;
}
