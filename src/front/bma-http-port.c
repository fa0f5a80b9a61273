/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-port.h"

static void
port_clear (gpointer data)
{
  g_mutex_clear (&((BmaHttpPort *) data)->lock);
}

/**
 * bma_http_port_new:
 *
 * Creates a port that is detached.
 *
 * Returns: (transfer full): the port
 */
BmaHttpPort *
bma_http_port_new (void)
{
  BmaHttpPort *self = g_atomic_rc_box_new0 (BmaHttpPort);

  g_mutex_init (&self->lock);
  return self;
}

/**
 * bma_http_port_ref:
 * @self: the port
 *
 * Adds a reference.
 *
 * Returns: (transfer full): @self
 */
BmaHttpPort *
bma_http_port_ref (BmaHttpPort *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * bma_http_port_unref:
 * @self: (transfer full): the port
 *
 * Drops a reference; from any thread.
 */
void
bma_http_port_unref (BmaHttpPort *self)
{
  g_atomic_rc_box_release_full (self, port_clear);
}

/* Sources: ready when the owner says so, which costs no descriptor and no wake-up. */

typedef struct
{
  GSource source;
  BmaHttpPort *port; /* (owned): shared */
  gboolean is_for_writing;
} PortSource;

static gboolean
port_source_check (GSource *source)
{
  PortSource *self = (PortSource *) source;
  BmaHttpPort *port = self->port;

  if (port->owner == NULL)
    return TRUE;
  return self->is_for_writing ? port->funcs->can_write (port->owner)
                              : port->funcs->can_read (port->owner);
}

static gboolean
port_source_prepare (GSource *source, int *timeout_ms)
{
  *timeout_ms = -1;
  return port_source_check (source);
}

static gboolean
port_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback != NULL ? callback (user_data) : G_SOURCE_REMOVE;
}

static void
port_source_finalize (GSource *source)
{
  bma_http_port_unref (((PortSource *) source)->port);
}

static gboolean
port_source_closure (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs port_source_funcs = {
  .prepare = port_source_prepare,
  .check = port_source_check,
  .dispatch = port_source_dispatch,
  .finalize = port_source_finalize,
  .closure_callback = port_source_closure,
};

/**
 * bma_http_port_create_source:
 * @self: the port
 * @stream: (transfer none): the pollable stream it belongs to
 * @is_for_writing: whether to wait for writing
 * @cancellable: (nullable): ends the waiting
 *
 * Creates what a pollable stream has to.
 *
 * Returns: (transfer full): the source
 */
GSource *
bma_http_port_create_source (BmaHttpPort *self,
                             gpointer stream,
                             gboolean is_for_writing,
                             GCancellable *cancellable)
{
  g_autoptr (GSource) child = g_source_new (&port_source_funcs, sizeof (PortSource));

  ((PortSource *) child)->port = bma_http_port_ref (self);
  ((PortSource *) child)->is_for_writing = is_for_writing;
  return g_pollable_source_new_full (stream, child, cancellable);
}
