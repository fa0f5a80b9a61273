/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-headers.h"

#include <string.h>

/* RFC 9110 section 7.6.1, and what HTTP/1.1 messages are framed by. */
static const char *const hop_by_hop[] = {
  "connection",          "content-length",   "keep-alive", "proxy-authenticate",
  "proxy-authorization", "proxy-connection", "te",         "trailer",
  "transfer-encoding",   "upgrade",          NULL
};

/* What is between the client and us: its token, its cookies, whom it thinks it talks to,
 * and the web origin that we have judged already. */
static const char *const ours_in_requests[] = {
  "authorization", "cookie", "expect", "host", "origin", "range", NULL
};

/* What the upstream cannot decide for our origin. */
static const char *const ours_in_responses[] = { "access-control-allow-credentials",
                                                 "access-control-allow-headers",
                                                 "access-control-allow-methods",
                                                 "access-control-allow-origin",
                                                 "access-control-expose-headers",
                                                 "access-control-max-age",
                                                 "set-cookie",
                                                 "www-authenticate",
                                                 NULL };

static gboolean
contains (const char *const *names, const char *name)
{
  for (size_t i = 0; names[i] != NULL; i++)
    if (g_ascii_strcasecmp (names[i], name) == 0)
      return TRUE;
  return FALSE;
}

/* Headers named by Connection are hop-by-hop too. */
static gboolean
is_named (const char *connection, const char *name)
{
  g_auto (GStrv) names = NULL;

  if (connection == NULL)
    return FALSE;
  names = g_strsplit (connection, ",", -1);
  for (size_t i = 0; names[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (names[i]), name) == 0)
      return TRUE;
  return FALSE;
}

/**
 * bma_http_headers_forward_request:
 * @name: a header of a client's request
 * @connection: (nullable): value of its Connection header
 *
 * Returns: whether the upstream gets it: every end-to-end header but the client's
 *   credentials
 */
gboolean
bma_http_headers_forward_request (const char *name, const char *connection)
{
  return !contains (hop_by_hop, name) && !contains (ours_in_requests, name) &&
         !is_named (connection, name);
}

/**
 * bma_http_headers_forward_response:
 * @name: a header of the upstream's response
 * @connection: (nullable): value of its Connection header
 *
 * Returns: whether the client gets it
 */
gboolean
bma_http_headers_forward_response (const char *name, const char *connection)
{
  return !contains (hop_by_hop, name) && !contains (ours_in_responses, name) &&
         !is_named (connection, name);
}
