/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-server-private.h"

#include <fcntl.h>
#include <libsoup/soup.h>
#include <unistd.h>

#include "bma-http-dispatch.h"
#include "bma-http-endpoint.h"
#include "bma-metrics.h"
#include "bma-names.h"

/* The 10 of GSocket make a burst of connections wait for retransmitted SYNs, 1 s and
 * more. */
#define BACKLOG 1024

G_DEFINE_FINAL_TYPE (BmaHttpServer, bma_http_server, G_TYPE_OBJECT)

static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  BmaHttpServer *self = user_data;
  g_autoptr (BmaHttpExchange) exchange = NULL;

  self->n_requests++;
  if (self->broker == NULL)
    {
      soup_server_message_set_status (message, 503, NULL);
      return;
    }
  exchange = bma_http_exchange_new (self->broker, message);
  bma_metrics_set (bma_broker_get_metrics (self->broker), BMA_METRIC_CONNECTIONS, NULL,
                   bma_http_front_n_connections (self->front));
  bma_http_dispatch (exchange, self->proxy, self->account);
}

static void
bma_http_server_dispose (GObject *object)
{
  BmaHttpServer *self = BMA_HTTP_SERVER (object);

  g_clear_object (&self->front);
  g_clear_pointer (&self->tls, bma_http_tls_unref);
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
  g_clear_object (&self->proxy);
  g_clear_pointer (&self->account, bma_http_account_unref);
  if (self->broker != NULL)
    g_signal_handlers_disconnect_by_data (bma_broker_get_store (self->broker), self);
  g_clear_object (&self->broker);
  g_clear_object (&self->bound);
  g_array_set_size (self->adopted, 0);
  G_OBJECT_CLASS (bma_http_server_parent_class)->dispose (object);
}

static void
bma_http_server_finalize (GObject *object)
{
  g_array_unref (BMA_HTTP_SERVER (object)->adopted);
  G_OBJECT_CLASS (bma_http_server_parent_class)->finalize (object);
}

static void
bma_http_server_class_init (BmaHttpServerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_http_server_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_http_server_finalize;
}

static void
close_fd (gpointer data)
{
  int *fd = data;

  if (*fd >= 0)
    close (*fd);
}

static void
bma_http_server_init (BmaHttpServer *self)
{
  /* Else an escaped slash would be a slash. */
  self->soup = soup_server_new ("raw-paths", TRUE, NULL);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
  self->adopted = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_set_clear_func (self->adopted, close_fd);
}

/**
 * bma_http_server_new:
 *
 * Returns: (transfer full): a server that is bound to nothing yet
 */
BmaHttpServer *
bma_http_server_new (void)
{
  return g_object_new (BMA_TYPE_HTTP_SERVER, NULL);
}

/**
 * bma_http_server_bind:
 * @self: a server
 * @host: an address
 * @port: a port, 0 for any free one
 * @error: return location for a #GIOErrorEnum
 *
 * Reserves the address, so that the issuer is known before anything else starts. Nothing
 * is accepted before [method@HttpServer.start].
 *
 * Returns: whether it is ours now
 */
gboolean
bma_http_server_bind (BmaHttpServer *self,
                      const char *host,
                      uint16_t port,
                      GError **error)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  g_autoptr (GSocketAddress) real = NULL;
  g_autoptr (GSocket) bound = NULL;

  if (address == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "%s is not an IP address", host);
      return FALSE;
    }
  bound = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                        G_SOCKET_PROTOCOL_TCP, error);
  if (bound == NULL || !g_socket_bind (bound, address, TRUE, error))
    return FALSE;
  real = g_socket_get_local_address (bound, error);
  if (real == NULL)
    return FALSE;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (real));
  self->bound = g_steal_pointer (&bound);
  return TRUE;
}

/**
 * bma_http_server_adopt:
 * @self: a server
 * @fd: (transfer full): a TCP socket that listens already
 * @port: the port that clients know
 *
 * Takes over a socket instead of binding one, or besides. Nothing is accepted before
 * [method@HttpServer.start].
 */
void
bma_http_server_adopt (BmaHttpServer *self, int fd, uint16_t port)
{
  g_return_if_fail (BMA_IS_HTTP_SERVER (self) && self->broker == NULL);

  g_array_append_val (self->adopted, fd);
  self->port = port;
}

/**
 * bma_http_server_get_port:
 * @self: a bound server
 *
 * Returns: the port
 */
uint16_t
bma_http_server_get_port (BmaHttpServer *self)
{
  return self->port;
}

/**
 * bma_http_server_set_tls:
 * @self: a server
 * @tls: (nullable): the certificate to show; %NULL to speak plain HTTP
 *
 * Has new connections speak TLS, or show another certificate; open ones go on as they
 * are.
 */
void
bma_http_server_set_tls (BmaHttpServer *self, BmaHttpTls *tls)
{
  if (tls != NULL)
    bma_http_tls_ref (tls);
  g_clear_pointer (&self->tls, bma_http_tls_unref);
  self->tls = tls;
  if (self->front != NULL)
    bma_http_front_set_tls (self->front, tls);
}

static void
on_front_refused (BmaHttpFront *front, unsigned int status, BmaHttpServer *self)
{
  g_autofree char *label = g_strdup_printf ("%u", status);

  bma_metrics_add (bma_broker_get_metrics (self->broker), BMA_METRIC_FRONT_REFUSALS,
                   label, NULL);
}

static void
on_store_changed (BmaStore *store, BmaChange *change, BmaHttpServer *self)
{
  bma_metrics_add (bma_broker_get_metrics (self->broker), BMA_METRIC_CHANGES, NULL, NULL);
}

static void
init_limits (BmaHttpFrontLimits *limits, const BmaConfig *config)
{
  bma_http_front_limits_init_default (limits);
  limits->max_connections = config->max_connections;
  limits->max_connections_loopback = config->max_connections;
  limits->max_body_bytes = config->max_body_bytes;
  limits->handshake_ms = config->header_timeout_ms;
  limits->header_ms = config->header_timeout_ms;
  limits->body_ms = config->body_timeout_ms;
  limits->idle_ms = config->idle_timeout_ms;
}

static gboolean
open_listeners (BmaHttpServer *self, GError **error)
{
  if (self->bound != NULL)
    {
      /* The front owns the descriptor from now on. */
      int fd = fcntl (g_socket_get_fd (self->bound), F_DUPFD_CLOEXEC, 3);

      g_array_append_val (self->adopted, fd);
      g_clear_object (&self->bound);
    }
  for (unsigned int i = 0; i < self->adopted->len; i++)
    {
      int *fd = &g_array_index (self->adopted, int, i);

      if (!bma_http_front_adopt_fd (self->front, *fd, error))
        {
          *fd = -1;
          return FALSE;
        }
      *fd = -1;
    }
  return TRUE;
}

/**
 * bma_http_server_start:
 * @self: a bound server
 * @broker: whose endpoints it serves
 * @error: return location for a #GIOErrorEnum
 *
 * Begins to accept connections.
 *
 * Returns: whether it does
 */
gboolean
bma_http_server_start (BmaHttpServer *self, BmaBroker *broker, GError **error)
{
  BmaHttpFrontLimits limits;

  g_return_val_if_fail (self->bound != NULL || self->adopted->len > 0, FALSE);
  g_return_val_if_fail (self->broker == NULL, FALSE);

  if (self->bound != NULL)
    {
      g_socket_set_listen_backlog (self->bound, BACKLOG);
      if (!g_socket_listen (self->bound, error))
        return FALSE;
    }

  self->broker = g_object_ref (broker);
  self->account = bma_http_account_new (broker);
  bma_metrics_set (bma_broker_get_metrics (broker), BMA_METRIC_BUILD, BMA_VERSION, 1);
  bma_metrics_set (bma_broker_get_metrics (broker), BMA_METRIC_START, NULL,
                   bma_clock_now_s (bma_broker_get_clock (broker)));
  g_signal_connect (bma_broker_get_store (broker), "changed",
                    G_CALLBACK (on_store_changed), self);
  init_limits (&limits, bma_broker_get_config (broker));
  self->front = bma_http_front_new (self->soup, &limits, error);
  if (self->front == NULL)
    return FALSE;
  g_signal_connect_object (self->front, "refused", G_CALLBACK (on_front_refused), self,
                           0);
  bma_http_front_set_tls (self->front, self->tls);
  self->proxy = bma_http_proxy_new (broker, self->front);
  return open_listeners (self, error);
}

/**
 * bma_http_server_serve_endpoint:
 * @self: a server
 * @fd: (transfer full): see bma_http_endpoint_serve()
 * @endpoint: what the other end is good for
 * @error: return location for a #GIOErrorEnum
 *
 * Serves a connection that is handed to a local program.
 *
 * Returns: whether it is served
 */
gboolean
bma_http_server_serve_endpoint (BmaHttpServer *self,
                                int fd,
                                BmaEndpoint *endpoint,
                                GError **error)
{
  return bma_http_endpoint_serve (self->front, fd, endpoint, error);
}

/**
 * bma_http_server_get_n_connections:
 * @self: a server
 *
 * Returns: how many connections are open
 */
unsigned int
bma_http_server_get_n_connections (BmaHttpServer *self)
{
  return self->front != NULL ? bma_http_front_n_connections (self->front) : 0;
}
