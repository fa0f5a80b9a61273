/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-target.h"

#include <string.h>

#define MAX_HOST_BYTES 255

static gboolean
is_path_char (char c)
{
  return g_ascii_isgraph (c) && strchr ("#\"<>\\^`{|}?", c) == NULL;
}

/* Browsers leave { | } ^ ` \ as they are in a query (WHATWG URL, query state). */
static gboolean
is_query_char (char c)
{
  return g_ascii_isgraph (c) && strchr ("#\"<>", c) == NULL;
}

/* Percent-encoded controls never reach a handler that decodes them. */
static gboolean
is_good_escape (const char *at, const char *end)
{
  int value;

  if (end - at < 3 || !g_ascii_isxdigit (at[1]) || !g_ascii_isxdigit (at[2]))
    return FALSE;
  value = g_ascii_xdigit_value (at[1]) * 16 + g_ascii_xdigit_value (at[2]);
  return value >= 0x20 && value != 0x7f;
}

/* "." or "..", also written %2e: no honest client sends one, and servers disagree. */
static gboolean
is_dot_segment (const char *segment, const char *end)
{
  unsigned n_dots = 0;

  while (segment < end)
    {
      if (*segment == '.')
        segment += 1;
      else if (end - segment >= 3 && g_ascii_strncasecmp (segment, "%2e", 3) == 0)
        segment += 3;
      else
        return FALSE;
      n_dots++;
    }
  return n_dots == 1 || n_dots == 2;
}

static gboolean
is_good_path (const char *path, const char *end)
{
  const char *segment = path + 1;

  if (end - path >= 2 && path[1] == '/')
    return FALSE;
  for (const char *c = path + 1; c <= end; c++)
    if (c == end || *c == '/')
      {
        if (is_dot_segment (segment, c))
          return FALSE;
        segment = c + 1;
      }
  return TRUE;
}

/**
 * bma_http_target_is_good:
 * @target: (array length=n_bytes): a request target, not terminated
 * @n_bytes: its length
 *
 * Accepts the origin form (RFC 9112, section 3.2.1) and nothing else: an absolute target
 * would override the Host that the server checks. Refused are also a second slash at
 * the start, dot segments, broken escapes and escaped controls.
 *
 * Returns: whether @target is acceptable
 */
gboolean
bma_http_target_is_good (const char *target, size_t n_bytes)
{
  const char *end = target + n_bytes, *path_end = NULL;

  if (n_bytes == 0 || *target != '/')
    return FALSE;
  for (const char *c = target; c < end; c++)
    {
      if (*c == '?' && path_end == NULL)
        path_end = c;
      else if (path_end == NULL ? !is_path_char (*c) : !is_query_char (*c))
        return FALSE;
      if (*c == '%' && !is_good_escape (c, end))
        return FALSE;
    }
  return is_good_path (target, path_end != NULL ? path_end : end);
}

static gboolean
is_good_port (const char *port, const char *end)
{
  if (end - port < 1 || end - port > 5)
    return FALSE;
  for (; port < end; port++)
    if (!g_ascii_isdigit (*port))
      return FALSE;
  return TRUE;
}

/**
 * bma_http_host_is_good:
 * @host: (array length=n_bytes): the value of a Host field, not terminated
 * @n_bytes: its length
 *
 * Accepts host [":" port], where host is a name, an IPv4 address or a bracketed IPv6
 * address (RFC 9110, section 7.2): nothing that a URL built from it could read as user,
 * path or query.
 *
 * Returns: whether @host is acceptable
 */
gboolean
bma_http_host_is_good (const char *host, size_t n_bytes)
{
  const char *end = host + n_bytes, *at = host;

  if (n_bytes == 0 || n_bytes > MAX_HOST_BYTES)
    return FALSE;
  if (*at == '[')
    {
      for (at++; at < end && (g_ascii_isxdigit (*at) || *at == ':' || *at == '.'); at++)
        ;
      if (at - host < 3 || at == end || *at != ']')
        return FALSE;
      at++;
    }
  else
    {
      while (at < end &&
             (g_ascii_isalnum (*at) || *at == '-' || *at == '.' || *at == '_'))
        at++;
      if (at == host)
        return FALSE;
    }
  return at == end || (*at == ':' && is_good_port (at + 1, end));
}
