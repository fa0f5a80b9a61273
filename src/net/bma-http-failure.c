/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-failure.h"

#include <libsoup/soup.h>

/* What each error of the layers below becomes. The texts follow the host's name. */
static const struct
{
  int code;
  const char *text;
} failures[] = {
  { G_IO_ERROR_TIMED_OUT, "did not answer in time" },
  { G_IO_ERROR_CANCELLED, "is not waited for any more" },
  { G_IO_ERROR_HOST_NOT_FOUND, "is not found; is there a network?" },
  { G_IO_ERROR_HOST_UNREACHABLE, "cannot be reached; is there a network?" },
  { G_IO_ERROR_NETWORK_UNREACHABLE, "cannot be reached; is there a network?" },
  { G_IO_ERROR_PERMISSION_DENIED, "is not on the public internet, so it is not asked" },
  { G_IO_ERROR_CONNECTION_REFUSED, "refuses the connection; is it running?" },
  { G_IO_ERROR_CONNECTION_CLOSED, "closed the connection before it answered" },
  { G_IO_ERROR_PARTIAL_INPUT, "closed the connection before its answer was complete" },
  { G_IO_ERROR_INVALID_DATA, "did not answer in sound HTTP" },
  { G_IO_ERROR_MESSAGE_TOO_LARGE, "answered more than is accepted" },
  { G_IO_ERROR_PROXY_FAILED, "cannot be reached through the proxy" },
  { G_IO_ERROR_PROXY_AUTH_FAILED, "is behind a proxy that wants a password" },
  { G_IO_ERROR_PROXY_NEED_AUTH, "is behind a proxy that wants a password" },
  { G_IO_ERROR_PROXY_NOT_ALLOWED, "cannot be reached through the proxy" },
};

static int
code_of (const GError *raw)
{
  if (raw->domain == G_IO_ERROR)
    return raw->code;
  if (raw->domain == G_RESOLVER_ERROR)
    return G_IO_ERROR_HOST_NOT_FOUND;
  if (g_error_matches (raw, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING) ||
      g_error_matches (raw, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_ENCODING))
    return G_IO_ERROR_INVALID_DATA;
  return G_IO_ERROR_FAILED;
}

/**
 * bma_http_failure_describe:
 * @raw: what a layer below reports
 * @host: whom we asked
 *
 * Makes an error for people of one of GLib's or libsoup's, whose texts may repeat the
 * URL with its query.
 *
 * Returns: (transfer full): an error of #GIOErrorEnum, or of #GTlsError when the
 *   connection is not safe
 */
GError *
bma_http_failure_describe (const GError *raw, const char *host)
{
  int code = code_of (raw);

  if (g_error_matches (raw, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return g_error_new (raw->domain, raw->code,
                        "%s shows a certificate that is not trusted; are the system's "
                        "certificates and its clock right?",
                        host);
  if (raw->domain == G_TLS_ERROR)
    return g_error_new (raw->domain, raw->code, "%s: no safe connection came about",
                        host);
  for (size_t i = 0; i < G_N_ELEMENTS (failures); i++)
    if (failures[i].code == code)
      return g_error_new (G_IO_ERROR, code, "%s %s", host, failures[i].text);
  return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, "%s could not be asked", host);
}
