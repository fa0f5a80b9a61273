/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-uri.h"

#include <string.h>

#define PARSE_FLAGS G_URI_FLAGS_ENCODED

/**
 * bma_uri_is_loopback_host:
 * @host: (nullable): a host name or address without brackets
 *
 * Returns: whether it is `127.0.0.1`, `::1` or `localhost`
 */
gboolean
bma_uri_is_loopback_host (const char *host)
{
  return host != NULL && (strcmp (host, "127.0.0.1") == 0 || strcmp (host, "::1") == 0 ||
                          g_ascii_strcasecmp (host, "localhost") == 0);
}

/**
 * bma_uri_is_https_or_loopback:
 * @uri: a URI
 *
 * Returns: whether it is a well-formed https URI with a host, or http on a loopback host;
 *   never with user info or fragment
 */
gboolean
bma_uri_is_https_or_loopback (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, PARSE_FLAGS, NULL);
  const char *host = NULL;

  if (parsed == NULL || g_uri_get_userinfo (parsed) != NULL ||
      g_uri_get_fragment (parsed) != NULL)
    return FALSE;
  host = g_uri_get_host (parsed);
  if (host == NULL || *host == '\0')
    return FALSE;
  if (strcmp (g_uri_get_scheme (parsed), "https") == 0)
    return TRUE;
  return strcmp (g_uri_get_scheme (parsed), "http") == 0 &&
         bma_uri_is_loopback_host (host);
}

/* scheme://host[:port], the host in brackets where it is an IPv6 address. */
static char *
join_origin (GUri *uri, int port)
{
  const char *host = g_uri_get_host (uri);
  gboolean v6 = strchr (host, ':') != NULL;
  g_autofree char *lower = g_ascii_strdown (host, -1);
  g_autofree char *port_text = port > 0 ? g_strdup_printf (":%d", port) : g_strdup ("");

  return g_strconcat (g_uri_get_scheme (uri), "://", v6 ? "[" : "", lower, v6 ? "]" : "",
                      port_text, NULL);
}

/**
 * bma_uri_get_origin:
 * @uri: a URI
 *
 * Returns: (transfer full) (nullable): `scheme://host[:port]` in lower case without a
 *   default port (RFC 6454), or %NULL when @uri has no host
 */
char *
bma_uri_get_origin (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, PARSE_FLAGS, NULL);
  int port = -1;

  if (parsed == NULL || g_uri_get_host (parsed) == NULL ||
      *g_uri_get_host (parsed) == '\0')
    return NULL;
  port = g_uri_get_port (parsed);
  if ((port == 443 && strcmp (g_uri_get_scheme (parsed), "https") == 0) ||
      (port == 80 && strcmp (g_uri_get_scheme (parsed), "http") == 0))
    port = -1;
  return join_origin (parsed, port);
}

/**
 * bma_uri_get_display_host:
 * @uri: a URI
 *
 * Returns: (transfer full): its host (ASCII form), or its scheme followed by a colon when
 *   it has none, fit to be shown to a person
 */
char *
bma_uri_get_display_host (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, PARSE_FLAGS, NULL);
  g_autofree char *ascii = NULL;

  if (parsed == NULL)
    return g_strdup ("?");
  if (g_uri_get_host (parsed) == NULL || *g_uri_get_host (parsed) == '\0')
    return g_strconcat (g_uri_get_scheme (parsed), ":", NULL);
  ascii = g_hostname_to_ascii (g_uri_get_host (parsed));
  return g_strdup (ascii != NULL ? ascii : g_uri_get_host (parsed));
}

/**
 * bma_uri_without_loopback_port:
 * @uri: a redirect URI
 *
 * Returns: (transfer full): @uri without its port when it is http on a loopback host,
 * else a copy: what must match exactly (RFC 8252 section 7.3)
 */
char *
bma_uri_without_loopback_port (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, PARSE_FLAGS, NULL);
  const char *authority = NULL;
  const char *stop = NULL;
  const char *colon = NULL;

  if (parsed == NULL || strcmp (g_uri_get_scheme (parsed), "http") != 0 ||
      !bma_uri_is_loopback_host (g_uri_get_host (parsed)) || g_uri_get_port (parsed) < 0)
    return g_strdup (uri);
  authority = strstr (uri, "://") + 3;
  stop = authority + strcspn (authority, "/?#");
  colon = memrchr (authority, ':', (size_t) (stop - authority));
  if (colon == NULL)
    return g_strdup (uri);
  return g_strdup_printf ("%.*s%s", (int) (colon - uri), uri, stop);
}

/**
 * bma_uri_append_query:
 * @uri: an absolute URI without fragment, perhaps with a query of its own
 * @query: encoded pairs to add
 *
 * Returns: (transfer full): @uri with @query added (RFC 6749 section 3.1.2: the URI's own
 *   query is kept)
 */
char *
bma_uri_append_query (const char *uri, const char *query)
{
  const char *mark = strchr (uri, '?');

  if (mark == NULL)
    return g_strconcat (uri, "?", query, NULL);
  return g_strconcat (uri, mark[1] == '\0' || g_str_has_suffix (uri, "&") ? "" : "&",
                      query, NULL);
}
