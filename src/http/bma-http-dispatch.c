/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-dispatch.h"

#include <string.h>

#include "bma-http-cors.h"
#include "bma-http-guard.h"
#include "bma-http-pages.h"
#include "bma-http-routes.h"

/**
 * RouteFlags:
 * @ROUTE_PUBLIC: tells nothing about anybody, so any user of the machine may ask
 * @ROUTE_SCRIPTS: scripts of configured web origins may use it (never /authorize)
 * @ROUTE_GUARDED: a foreign Origin is refused
 * @ROUTE_MONITOR: for the owner and the configured monitors
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
  ROUTE_MONITOR = 1 << 4,
} RouteFlags;

typedef struct
{
  const char *path;
  const char *methods; /* for Allow; HEAD goes with GET */
  RouteFlags flags;
  void (*handle) (BmaHttpExchange *exchange);
  BmaLimitKind limit;
} Route;

/* Matched exactly, but for one segment after a ROUTE_CHILD. GUri has undone escapes of
 * unreserved characters, which mean the same (RFC 3986 section 6.2.2.2), and no others.
 */
static const Route routes[] = {
  { "/", "GET, HEAD", ROUTE_NONE, bma_http_pages_reply_home },
  { "/style.css", "GET, HEAD", ROUTE_PUBLIC, bma_http_pages_reply_stylesheet },
  { "/healthz", "GET, HEAD", ROUTE_PUBLIC, bma_http_status_handle_health },
  { "/status", "GET, HEAD", ROUTE_MONITOR, bma_http_status_handle },
  { "/metrics", "GET, HEAD", ROUTE_MONITOR, bma_http_status_handle_metrics },
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
  { "/register", "POST", ROUTE_SCRIPTS | ROUTE_GUARDED, bma_http_register_handle,
    BMA_LIMIT_REGISTER },
  { "/register/", "GET, PUT, DELETE", ROUTE_SCRIPTS | ROUTE_GUARDED | ROUTE_CHILD,
    bma_http_register_handle_client, BMA_LIMIT_REGISTER },
  { "/authorize", "GET, POST", ROUTE_NONE, bma_http_authorize_handle,
    BMA_LIMIT_AUTHORIZE },
  { "/consent", "POST", ROUTE_GUARDED, bma_http_authorize_handle_consent,
    BMA_LIMIT_AUTHORIZE },
  { "/sign-in", "POST", ROUTE_GUARDED, bma_http_authorize_handle_sign_in,
    BMA_LIMIT_AUTHORIZE },
  { "/callback", "GET", ROUTE_NONE, bma_http_authorize_handle_callback,
    BMA_LIMIT_AUTHORIZE },
  { "/device_authorization", "POST", ROUTE_GUARDED, bma_http_device_handle_begin,
    BMA_LIMIT_DEVICE },
  { "/device", "GET, HEAD, POST", ROUTE_GUARDED, bma_http_device_handle,
    BMA_LIMIT_AUTHORIZE },
  { "/token", "POST", ROUTE_SCRIPTS | ROUTE_GUARDED, bma_http_token_handle,
    BMA_LIMIT_TOKEN },
  { "/revoke", "POST", ROUTE_SCRIPTS | ROUTE_GUARDED, bma_http_token_handle_revoke,
    BMA_LIMIT_INQUIRY },
  { "/introspect", "POST", ROUTE_GUARDED, bma_http_introspect_handle, BMA_LIMIT_INQUIRY },
  { "/userinfo", "GET, HEAD, POST", ROUTE_SCRIPTS | ROUTE_GUARDED,
    bma_http_introspect_handle_user_info, BMA_LIMIT_INQUIRY },
  { "/mcp", "GET, HEAD, POST, DELETE", ROUTE_SCRIPTS | ROUTE_GUARDED, NULL },
};

/* An endpoint leads to the MCP server alone. */
static gboolean
is_out_of_reach (BmaHttpExchange *exchange, const Route *route)
{
  return route == NULL || (bma_http_exchange_get_peer (exchange)->endpoint != NULL &&
                           route->handle != NULL);
}

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
  if ((route->flags & ROUTE_MONITOR) != 0)
    return !bma_http_guard_check_monitor (exchange);
  if ((route->flags & ROUTE_PUBLIC) == 0 && !bma_http_guard_check_peer (exchange))
    return TRUE;
  return (route->flags & ROUTE_GUARDED) != 0 && !bma_http_guard_check_origin (exchange);
}

/**
 * bma_http_dispatch:
 * @exchange: a request
 * @proxy: what answers for /mcp
 * @account: keeps account of requests
 *
 * Finds who answers a request, and refuses those that may not be answered.
 */
void
bma_http_dispatch (BmaHttpExchange *exchange,
                   BmaHttpProxy *proxy,
                   BmaHttpAccount *account)
{
  const char *method =
      soup_server_message_get_method (bma_http_exchange_get_message (exchange));
  const Route *route = find_route (bma_http_exchange_get_path (exchange));
  const char *name = route != NULL ? route->path : "other";
  BmaLimitKind limit = route != NULL ? route->limit : BMA_LIMIT_NONE;
  gboolean is_public = FALSE;

  bma_http_account_open (account, exchange, name, limit);
  bma_http_guard_add_transport (exchange);
  if (!bma_http_guard_check_host (exchange))
    return;
  if (is_out_of_reach (exchange, route))
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
  if (is_refused (exchange, route) ||
      !bma_http_account_admits (account, exchange, name, limit))
    return;
  if (route->handle != NULL)
    route->handle (exchange);
  else
    bma_http_proxy_handle (proxy, exchange);
}
