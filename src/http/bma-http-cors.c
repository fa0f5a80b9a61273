/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What scripts of other origins may read. No cookie of ours authorizes anything that is
 * reachable this way, so credentials are never allowed. */

#include "bma-http-cors.h"

#include <string.h>

#include "bma-uri.h"

/* A "*" among the headers does not cover Authorization, so it is named; the rest is for
 * browsers that know no "*". */
#define REQUEST_HEADERS                                                                  \
  "Authorization, Content-Type, Accept, Last-Event-ID, Mcp-Session-Id, "                 \
  "MCP-Protocol-Version, Mcp-Method, Mcp-Name, *"
#define RESPONSE_HEADERS "WWW-Authenticate, Mcp-Session-Id, Retry-After, X-Correlation-Id"

/**
 * bma_http_cors_is_own_origin:
 * @config: settings
 * @origin: value of an Origin header
 *
 * Returns: whether it is that of our own pages
 */
gboolean
bma_http_cors_is_own_origin (const BmaConfig *config, const char *origin)
{
  for (size_t i = 0; config->resources[i] != NULL; i++)
    {
      size_t length = strlen (config->resources[i]) - strlen ("/mcp");

      if (strlen (origin) == length &&
          g_ascii_strncasecmp (origin, config->resources[i], length) == 0)
        return TRUE;
    }
  return g_ascii_strcasecmp (origin, config->issuer) == 0;
}

/* Browsers write origins in one way only (RFC 6454 section 6.2); "null" is none. */
static gboolean
is_well_formed (const char *origin)
{
  g_autofree char *canonical = bma_uri_get_origin (origin);

  return canonical != NULL && strcmp (canonical, origin) == 0;
}

static gboolean
allows_any_origin (const BmaConfig *config)
{
  return g_strv_contains ((const char *const *) config->cors_origins, "*");
}

/**
 * bma_http_cors_allows_origin:
 * @config: settings
 * @origin: value of an Origin header
 *
 * Returns: whether it is our own or a configured one
 */
gboolean
bma_http_cors_allows_origin (const BmaConfig *config, const char *origin)
{
  if (bma_http_cors_is_own_origin (config, origin))
    return TRUE;
  return g_strv_contains ((const char *const *) config->cors_origins, origin) ||
         (allows_any_origin (config) && is_well_formed (origin));
}

/* What Access-Control-Allow-Origin is, or NULL. */
static const char *
choose_allowed_origin (BmaHttpExchange *exchange, gboolean is_public)
{
  const BmaConfig *config =
      bma_broker_get_config (bma_http_exchange_get_broker (exchange));
  const char *origin = bma_http_exchange_get_header (exchange, "Origin");

  /* The same for everybody, so that caches may share it. */
  if (is_public && allows_any_origin (config))
    return "*";
  if (origin == NULL || !bma_http_cors_allows_origin (config, origin))
    return NULL;
  return allows_any_origin (config) && !bma_http_cors_is_own_origin (config, origin)
             ? "*"
             : origin;
}

/* Returns whether the origin may read the answer. */
static gboolean
add_origin (BmaHttpExchange *exchange, gboolean is_public)
{
  const BmaConfig *config =
      bma_broker_get_config (bma_http_exchange_get_broker (exchange));
  const char *allowed = choose_allowed_origin (exchange, is_public);

  if (!is_public || !allows_any_origin (config))
    bma_http_exchange_add_header (exchange, "Vary", "Origin");
  if (allowed != NULL)
    bma_http_exchange_set_header (exchange, "Access-Control-Allow-Origin", allowed);
  return allowed != NULL;
}

/**
 * bma_http_cors_add:
 * @exchange: a request for something that scripts of other origins may use
 * @is_public: whether anybody may read the answer
 *
 * Adds the CORS headers for our own origin and the configured ones, none for others. They
 * stay whatever the answer is, so that a script can read why it was refused.
 */
void
bma_http_cors_add (BmaHttpExchange *exchange, gboolean is_public)
{
  if (add_origin (exchange, is_public))
    bma_http_exchange_set_header (exchange, "Access-Control-Expose-Headers",
                                  RESPONSE_HEADERS);
}

/**
 * bma_http_cors_reply_preflight:
 * @exchange: an OPTIONS request
 * @methods: what the resource answers to, separated by commas
 * @is_public: whether anybody may read the answer
 *
 * Answers a preflight without authentication; for a foreign origin too, but then without
 * any permission.
 */
void
bma_http_cors_reply_preflight (BmaHttpExchange *exchange,
                               const char *methods,
                               gboolean is_public)
{
  g_autofree char *all = g_strconcat (methods, ", OPTIONS", NULL);

  bma_http_exchange_set_header (exchange, "Allow", all);
  if (add_origin (exchange, is_public))
    {
      bma_http_exchange_set_header (exchange, "Access-Control-Allow-Methods", all);
      bma_http_exchange_set_header (exchange, "Access-Control-Allow-Headers",
                                    REQUEST_HEADERS);
      bma_http_exchange_set_header (exchange, "Access-Control-Max-Age", "86400");
    }
  bma_http_exchange_reply (exchange, 204, NULL, NULL);
}
