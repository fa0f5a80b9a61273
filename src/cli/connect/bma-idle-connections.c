/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-idle-connections.h"

#define MAX_IDLE 2
/* Well below that of the service, so that it does not close what we are about to use. */
#define IDLE_US (20 * G_USEC_PER_SEC)

typedef struct
{
  GIOStream *connection; /* owned */
  int64_t since_us;      /* monotonic */
} Idle;

struct _BmaIdleConnections
{
  GQueue queue; /* of Idle, owned; the newest first */
};

/**
 * bma_idle_connections_new:
 *
 * Returns: (transfer full): none yet
 */
BmaIdleConnections *
bma_idle_connections_new (void)
{
  BmaIdleConnections *self = g_new0 (BmaIdleConnections, 1);

  g_queue_init (&self->queue);
  return self;
}

static void
idle_free (Idle *idle)
{
  g_object_unref (idle->connection);
  g_free (idle);
}

/**
 * bma_idle_connections_clear:
 * @self: the connections
 *
 * Closes them.
 */
void
bma_idle_connections_clear (BmaIdleConnections *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify) idle_free);
}

/**
 * bma_idle_connections_free:
 * @self: the connections
 *
 * Closes and frees them.
 */
void
bma_idle_connections_free (BmaIdleConnections *self)
{
  bma_idle_connections_clear (self);
  g_free (self);
}

/**
 * bma_idle_connections_give:
 * @self: the connections
 * @connection: (transfer full): one more
 *
 * Keeps it, or closes it or an older one when there are enough.
 */
void
bma_idle_connections_give (BmaIdleConnections *self, GIOStream *connection)
{
  Idle *idle = g_new0 (Idle, 1);

  idle->connection = connection;
  idle->since_us = g_get_monotonic_time ();
  g_queue_push_head (&self->queue, idle);
  if (g_queue_get_length (&self->queue) > MAX_IDLE)
    idle_free (g_queue_pop_tail (&self->queue));
}

/* Nothing may come on it now: neither bytes nor the end. */
static gboolean
is_quiet (GIOStream *connection)
{
  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection));

  return g_socket_condition_check (socket, G_IO_IN | G_IO_HUP | G_IO_ERR) == 0;
}

/**
 * bma_idle_connections_take:
 * @self: the connections
 *
 * Returns: (transfer full) (nullable): one that the other side has not closed
 */
GIOStream *
bma_idle_connections_take (BmaIdleConnections *self)
{
  GIOStream *found = NULL;

  while (found == NULL && !g_queue_is_empty (&self->queue))
    {
      Idle *idle = g_queue_pop_head (&self->queue);

      if (g_get_monotonic_time () - idle->since_us < IDLE_US &&
          is_quiet (idle->connection))
        found = g_object_ref (idle->connection);
      idle_free (idle);
    }
  return found;
}
