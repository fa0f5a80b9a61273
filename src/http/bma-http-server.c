/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-server.h"

#include <fcntl.h>
#include <libsoup/soup.h>
#include <string.h>

#include "bma-http-cors.h"
#include "bma-http-front.h"
#include "bma-http-guard.h"
#include "bma-http-pages.h"
#include "bma-http-proxy.h"
#include "bma-http-routes.h"
#include "bma-log.h"

#define DRAIN_POLL_MS 50
/* The 10 of GSocket make a burst of connections wait for retransmitted SYNs, 1 s and
 * more. */
#define BACKLOG 1024

struct _BmaHttpServer
{
  GObject parent_instance;

  SoupServer *soup;    /* owned: parses and serves, never listens itself */
  BmaHttpFront *front; /* owned, nullable: listens, and stands before libsoup */
  BmaHttpProxy *proxy; /* owned, nullable */
  BmaBroker *broker;   /* owned, nullable */
  GSocket *bound;      /* owned, nullable: reserved, not listening yet */
  uint16_t port;
};

G_DEFINE_FINAL_TYPE (BmaHttpServer, bma_http_server, G_TYPE_OBJECT)

/**
 * RouteFlags:
 * @ROUTE_PUBLIC: tells nothing about anybody, so any user of the machine may ask
 * @ROUTE_SCRIPTS: scripts of configured web origins may use it (never /authorize)
 * @ROUTE_GUARDED: a foreign Origin is refused
 * @ROUTE_CHILD: stands for every path with one more segment
 *
 * Who may ask.
 */
typedef enum
{
  ROUTE_NONE = 0,
  ROUTE_PUBLIC = 1 << 0,
  ROUTE_SCRIPTS = 1 << 1,
  ROUTE_GUARDED = 1 << 2,
  ROUTE_CHILD = 1 << 3,
} RouteFlags;

typedef struct
{
  const char *path;
  const char *methods; /* for Allow; HEAD goes with GET */
  RouteFlags flags;
  void (*handle) (BmaHttpExchange *exchange);
} Route;

/* Matched exactly, but for one segment after a ROUTE_CHILD. GUri has undone escapes of
 * unreserved characters, which mean the same (RFC 3986 section 6.2.2.2), and no others.
 */
static const Route routes[] = {
  { "/", "GET, HEAD", ROUTE_NONE, bma_http_pages_reply_home },
  { "/style.css", "GET, HEAD", ROUTE_PUBLIC, bma_http_pages_reply_stylesheet },
  { "/healthz", "GET, HEAD", ROUTE_PUBLIC, bma_http_status_handle_health },
  { "/status", "GET, HEAD", ROUTE_NONE, bma_http_status_handle },
  { "/.well-known/oauth-authorization-server", "GET, HEAD", ROUTE_PUBLIC | ROUTE_SCRIPTS,
    bma_http_discovery_handle_server },
  { "/.well-known/oauth-authorization-server/mcp", "GET, HEAD",
    ROUTE_PUBLIC | ROUTE_SCRIPTS, bma_http_discovery_handle_server },
  { "/.well-known/openid-configuration", "GET, HEAD", ROUTE_PUBLIC | ROUTE_SCRIPTS,
    bma_http_discovery_handle_openid },
  { "/.well-known/openid-configuration/mcp", "GET, HEAD", ROUTE_PUBLIC | ROUTE_SCRIPTS,
    bma_http_discovery_handle_openid },
  { "/.well-known/oauth-protected-resource", "GET, HEAD", ROUTE_PUBLIC | ROUTE_SCRIPTS,
    bma_http_discovery_handle_resource },
  { "/.well-known/oauth-protected-resource/mcp", "GET, HEAD",
    ROUTE_PUBLIC | ROUTE_SCRIPTS, bma_http_discovery_handle_resource },
  { "/.well-known/jwks.json", "GET, HEAD", ROUTE_PUBLIC | ROUTE_SCRIPTS,
    bma_http_discovery_handle_jwks },
  { "/register", "POST", ROUTE_SCRIPTS | ROUTE_GUARDED, bma_http_register_handle },
  { "/register/", "GET, PUT, DELETE", ROUTE_SCRIPTS | ROUTE_GUARDED | ROUTE_CHILD,
    bma_http_register_handle_client },
  { "/authorize", "GET, POST", ROUTE_NONE, bma_http_authorize_handle },
  { "/consent", "POST", ROUTE_GUARDED, bma_http_authorize_handle_consent },
  { "/callback", "GET", ROUTE_NONE, bma_http_authorize_handle_callback },
  { "/token", "POST", ROUTE_SCRIPTS | ROUTE_GUARDED, bma_http_token_handle },
  { "/revoke", "POST", ROUTE_SCRIPTS | ROUTE_GUARDED, bma_http_token_handle_revoke },
  { "/mcp", "GET, HEAD, POST, DELETE", ROUTE_SCRIPTS | ROUTE_GUARDED, NULL },
};

static gboolean
is_at (const Route *route, const char *path)
{
  size_t length = strlen (route->path);

  if ((route->flags & ROUTE_CHILD) == 0)
    return strcmp (route->path, path) == 0;
  return strncmp (route->path, path, length) == 0 && path[length] != '\0' &&
         strchr (path + length, '/') == NULL;
}

static const Route *
find_route (const char *path)
{
  for (size_t i = 0; i < G_N_ELEMENTS (routes); i++)
    if (is_at (&routes[i], path))
      return &routes[i];
  return NULL;
}

static gboolean
allows_method (const Route *route, const char *method)
{
  g_auto (GStrv) methods = g_strsplit (route->methods, ", ", -1);

  return g_strv_contains ((const char *const *) methods, method);
}

static gboolean
is_refused (BmaHttpExchange *exchange, const Route *route)
{
  if ((route->flags & ROUTE_PUBLIC) == 0 && !bma_http_guard_check_peer (exchange))
    return TRUE;
  return (route->flags & ROUTE_GUARDED) != 0 && !bma_http_guard_check_origin (exchange);
}

static void
dispatch (BmaHttpServer *self, BmaHttpExchange *exchange)
{
  const char *method =
      soup_server_message_get_method (bma_http_exchange_get_message (exchange));
  const Route *route = NULL;
  gboolean is_public = FALSE;

  if (!bma_http_guard_check_host (exchange))
    return;
  route = find_route (bma_http_exchange_get_path (exchange));
  if (route == NULL)
    {
      bma_http_exchange_reply_error_with_status (exchange, 404, "not_found",
                                                 "there is nothing at this path");
      return;
    }
  is_public = (route->flags & ROUTE_PUBLIC) != 0;
  if (g_str_equal (method, "OPTIONS") && (route->flags & ROUTE_SCRIPTS) != 0)
    {
      bma_http_cors_reply_preflight (exchange, route->methods, is_public);
      return;
    }
  if ((route->flags & ROUTE_SCRIPTS) != 0)
    bma_http_cors_add (exchange, is_public);
  if (!allows_method (route, method))
    {
      bma_http_exchange_set_header (exchange, "Allow", route->methods);
      bma_http_exchange_reply_error_with_status (exchange, 405, "method_not_allowed",
                                                 route->methods);
      return;
    }
  if (is_refused (exchange, route))
    return;
  if (route->handle != NULL)
    route->handle (exchange);
  else
    bma_http_proxy_handle (self->proxy, exchange);
}

static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  BmaHttpServer *self = user_data;
  g_autoptr (BmaHttpExchange) exchange = NULL;

  if (self->broker == NULL)
    {
      soup_server_message_set_status (message, 503, NULL);
      return;
    }
  exchange = bma_http_exchange_new (self->broker, message);
  dispatch (self, exchange);
}

static void
bma_http_server_dispose (GObject *object)
{
  BmaHttpServer *self = BMA_HTTP_SERVER (object);

  g_clear_object (&self->front);
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
  g_clear_object (&self->proxy);
  g_clear_object (&self->broker);
  g_clear_object (&self->bound);
  G_OBJECT_CLASS (bma_http_server_parent_class)->dispose (object);
}

static void
bma_http_server_class_init (BmaHttpServerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_http_server_dispose;
}

static void
bma_http_server_init (BmaHttpServer *self)
{
  /* Else an escaped slash would be a slash. */
  self->soup = soup_server_new ("raw-paths", TRUE, NULL);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
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

static void
init_limits (BmaHttpFrontLimits *limits, const BmaConfig *config)
{
  bma_http_front_limits_init_default (limits);
  limits->max_connections = config->max_connections;
  limits->max_connections_loopback = config->max_connections;
  limits->max_body_bytes = config->max_body_bytes;
  limits->header_ms = config->header_timeout_ms;
  limits->body_ms = config->body_timeout_ms;
  limits->idle_ms = config->idle_timeout_ms;
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
  int fd = -1;

  g_return_val_if_fail (self->bound != NULL && self->broker == NULL, FALSE);

  g_socket_set_listen_backlog (self->bound, BACKLOG);
  if (!g_socket_listen (self->bound, error))
    return FALSE;

  self->broker = g_object_ref (broker);
  init_limits (&limits, bma_broker_get_config (broker));
  self->front = bma_http_front_new (self->soup, &limits, error);
  if (self->front == NULL)
    return FALSE;
  self->proxy = bma_http_proxy_new (broker, self->front);
  /* The front owns the descriptor from now on. */
  fd = fcntl (g_socket_get_fd (self->bound), F_DUPFD_CLOEXEC, 3);
  g_clear_object (&self->bound);
  return bma_http_front_adopt_fd (self->front, fd, error);
}

/* Waits for requests in progress, at most until a deadline. */
typedef struct
{
  int64_t deadline_us;
} Drain;

static gboolean
on_drain_tick (gpointer data)
{
  GTask *task = data;
  BmaHttpServer *self = g_task_get_source_object (task);
  const Drain *drain = g_task_get_task_data (task);

  if (bma_http_server_get_n_connections (self) > 0 &&
      g_get_monotonic_time () < drain->deadline_us)
    return G_SOURCE_CONTINUE;
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/**
 * bma_http_server_stop_async:
 * @self: a server
 * @timeout_ms: how long requests in progress may take
 * @callback: called when all are done or the time is over
 * @user_data: for @callback
 *
 * Stops accepting and lets requests in progress finish.
 */
void
bma_http_server_stop_async (BmaHttpServer *self,
                            unsigned int timeout_ms,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Drain *drain = g_new0 (Drain, 1);

  g_task_set_source_tag (task, bma_http_server_stop_async);
  drain->deadline_us = g_get_monotonic_time () + (int64_t) timeout_ms * 1000;
  g_task_set_task_data (task, drain, g_free);
  if (self->front != NULL)
    bma_http_front_stop_accepting (self->front);
  g_timeout_add_full (G_PRIORITY_DEFAULT, DRAIN_POLL_MS, on_drain_tick, task,
                      g_object_unref);
}

/**
 * bma_http_server_stop_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
bma_http_server_stop_finish (BmaHttpServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
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
