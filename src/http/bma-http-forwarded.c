/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a trusted reverse proxy says of the client. Each proxy adds to the right; whatever
 * the client itself wrote is to the left. So the client is the rightmost address that is
 * not a trusted proxy's, and nothing left of it counts. Pure; what is not understood is
 * refused. */

#include "bma-http-forwarded.h"

#include <string.h>

#include "bma-address-range.h"

#define MAX_BYTES 2048
#define MAX_HOPS  16
#define TOKEN     G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "!#$%&'*+-.^_`|~"

/* One element of the list. */
typedef struct
{
  char *node;  /* owned, nullable: who the proxy got the request from */
  char *proto; /* owned, nullable */
  char *host;  /* owned, nullable */
} Hop;

static void
hop_free (gpointer data)
{
  Hop *hop = data;

  g_free (hop->node);
  g_free (hop->proto);
  g_free (hop->host);
  g_free (hop);
}

/* Node identifiers (RFC 7239 section 6), and what is seen in X-Forwarded-For. */

static gboolean
is_port (const char *text)
{
  size_t n_digits = strspn (text, G_CSET_DIGITS);

  return n_digits > 0 && n_digits <= 5 && text[n_digits] == '\0';
}

static GInetAddress *
parse_address (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL ? bma_address_unmap (address) : NULL;
}

/* IPv4, IPv6 with or without brackets, the first and the bracketed with a port maybe. */
static GInetAddress *
parse_node (const char *node)
{
  const char *colon = strchr (node, ':');
  const char *end = NULL;
  g_autofree char *host = NULL;

  if (*node == '[')
    {
      end = strchr (node, ']');
      if (end == NULL || (end[1] != '\0' && !(end[1] == ':' && is_port (end + 2))))
        return NULL;
      host = g_strndup (node + 1, (size_t) (end - node) - 1);
      return strchr (host, ':') != NULL ? parse_address (host) : NULL;
    }
  if (colon == NULL || strchr (colon + 1, ':') != NULL)
    return parse_address (node);
  if (!is_port (colon + 1))
    return NULL;
  host = g_strndup (node, (size_t) (colon - node));
  return strchr (host, ':') == NULL ? parse_address (host) : NULL;
}

/* A proxy may hide who it was. */
static gboolean
is_hidden (const char *node)
{
  g_autofree char *name = g_strndup (node, strcspn (node, ":"));

  return g_ascii_strcasecmp (name, "unknown") == 0 ||
         (*name == '_' && name[1] != '\0' && name[strspn (name, TOKEN)] == '\0');
}

/* Forwarded (RFC 7239 section 4). */

/* Reads a token or a quoted string; NULL if there is neither. */
static char *
read_value (const char **cursor)
{
  GString *value = NULL;
  const char *at = *cursor;

  if (*at != '"')
    {
      size_t length = strspn (at, TOKEN);

      *cursor = at + length;
      return length > 0 ? g_strndup (at, length) : NULL;
    }
  value = g_string_new (NULL);
  for (at++; *at != '"' && *at >= ' ' && *at < 0x7f; at++)
    {
      if (*at == '\\' && at[1] >= ' ' && at[1] < 0x7f)
        at++;
      g_string_append_c (value, *at);
    }
  *cursor = at + 1;
  return g_string_free (value, *at != '"');
}

static gboolean
keep_once (char **place, char **value)
{
  if (*place != NULL)
    return FALSE;
  *place = g_steal_pointer (value);
  return TRUE;
}

/* Returns whether it was one pair that was not there before. */
static gboolean
read_pair (const char **cursor, Hop *hop)
{
  size_t length = strspn (*cursor, TOKEN);
  g_autofree char *name = g_ascii_strdown (*cursor, (gssize) length);
  g_autofree char *value = NULL;

  *cursor += length;
  if (length == 0 || **cursor != '=')
    return FALSE;
  (*cursor)++;
  value = read_value (cursor);
  if (value == NULL)
    return FALSE;
  if (strcmp (name, "for") == 0)
    return keep_once (&hop->node, &value);
  if (strcmp (name, "proto") == 0)
    return keep_once (&hop->proto, &value);
  if (strcmp (name, "host") == 0)
    return keep_once (&hop->host, &value);
  return TRUE;
}

static void
skip_blanks (const char **cursor)
{
  *cursor += strspn (*cursor, " \t");
}

static gboolean
read_forwarded (const char *text, GPtrArray *hops)
{
  const char *cursor = text;

  for (;;)
    {
      Hop *hop = g_new0 (Hop, 1);

      g_ptr_array_add (hops, hop);
      do
        {
          skip_blanks (&cursor);
          if (!read_pair (&cursor, hop))
            return FALSE;
          skip_blanks (&cursor);
        }
      while (*cursor == ';' && cursor++ != NULL);
      if (*cursor == '\0')
        return TRUE;
      if (*cursor++ != ',' || hops->len >= MAX_HOPS)
        return FALSE;
    }
}

/* X-Forwarded-*. */

static gboolean
read_x_for (const char *text, GPtrArray *hops)
{
  g_auto (GStrv) nodes = g_strsplit (text, ",", MAX_HOPS + 1);

  if (nodes[0] == NULL || g_strv_length (nodes) > MAX_HOPS)
    return FALSE;
  for (size_t i = 0; nodes[i] != NULL; i++)
    {
      Hop *hop = g_new0 (Hop, 1);

      hop->node = g_strdup (g_strstrip (nodes[i]));
      g_ptr_array_add (hops, hop);
    }
  return TRUE;
}

/* One value, or one for each hop, of which that of the client's hop counts. A list of
 * another length cannot be attributed. */
static gboolean
take_x_value (const char *text, const GPtrArray *hops, unsigned int index, char **value)
{
  g_auto (GStrv) values = NULL;
  unsigned int n = 0;

  if (text == NULL)
    return TRUE;
  values = g_strsplit (text, ",", MAX_HOPS + 1);
  n = g_strv_length (values);
  if (n == 0 || (n != 1 && n != hops->len))
    return FALSE;
  *value = g_strdup (g_strstrip (values[n == 1 ? 0 : index]));
  return TRUE;
}

/* Which hop tells of the client: returns FALSE if one is malformed. A hidden client ends
 * the search without an address. */
static gboolean
find_client (const GPtrArray *hops,
             const char *const *trusted,
             unsigned int *index,
             GInetAddress **client)
{
  for (unsigned int i = hops->len; i-- > 0;)
    {
      const Hop *hop = hops->pdata[i];
      g_autoptr (GInetAddress) address = NULL;

      *index = i;
      if (hop->node == NULL || is_hidden (hop->node))
        return TRUE;
      address = parse_node (hop->node);
      if (address == NULL)
        return FALSE;
      if (i == 0 || !bma_address_range_list_has (trusted, address))
        {
          *client = g_steal_pointer (&address);
          return TRUE;
        }
    }
  return TRUE;
}

static gboolean
check_proto (BmaHttpForwarded *self)
{
  char *lower = NULL;

  if (self->proto == NULL)
    return TRUE;
  lower = g_ascii_strdown (self->proto, -1);
  g_free (self->proto);
  self->proto = lower;
  return strcmp (lower, "http") == 0 || strcmp (lower, "https") == 0;
}

static gboolean
check_host (const BmaHttpForwarded *self)
{
  return self->host == NULL ||
         (*self->host != '\0' &&
          self->host[strspn (self->host,
                             G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".-:[]")] == '\0');
}

static gboolean
parse_standard (const char *text, const char *const *trusted, BmaHttpForwarded *result)
{
  g_autoptr (GPtrArray) hops = g_ptr_array_new_with_free_func (hop_free);
  unsigned int index = 0;
  Hop *hop = NULL;

  if (!read_forwarded (text, hops) ||
      !find_client (hops, trusted, &index, &result->client))
    return FALSE;
  hop = hops->pdata[index];
  result->proto = g_steal_pointer (&hop->proto);
  result->host = g_steal_pointer (&hop->host);
  return check_proto (result) && check_host (result);
}

static gboolean
parse_x (const BmaHttpForwardedFields *fields,
         const char *const *trusted,
         BmaHttpForwarded *result)
{
  g_autoptr (GPtrArray) hops = g_ptr_array_new_with_free_func (hop_free);
  unsigned int index = 0;

  if (fields->x_for != NULL && (!read_x_for (fields->x_for, hops) ||
                                !find_client (hops, trusted, &index, &result->client)))
    return FALSE;
  return take_x_value (fields->x_proto, hops, index, &result->proto) &&
         take_x_value (fields->x_host, hops, index, &result->host) &&
         check_proto (result) && check_host (result);
}

static gboolean
is_too_long (const char *text)
{
  return text != NULL && strlen (text) > MAX_BYTES;
}

static gboolean
is_same_client (const BmaHttpForwarded *a, const BmaHttpForwarded *b)
{
  if (a->client == NULL || b->client == NULL)
    return a->client == b->client;
  return g_inet_address_equal (a->client, b->client);
}

/**
 * bma_http_forwarded_parse:
 * @fields: what the request carries
 * @trusted: addresses and ranges of proxies that are believed
 * @forwarded: (out): what they say; empty if nothing
 *
 * Reads what a trusted proxy, the peer of the connection, says of its client. A proxy
 * writes Forwarded or X-Forwarded-For and may let the other one through as the client
 * wrote it: if both are there, they must name the same client.
 *
 * Returns: whether it is understood
 */
gboolean
bma_http_forwarded_parse (const BmaHttpForwardedFields *fields,
                          const char *const *trusted,
                          BmaHttpForwarded *forwarded)
{
  g_auto (BmaHttpForwarded) standard = { NULL };
  g_auto (BmaHttpForwarded) other = { NULL };

  *forwarded = (BmaHttpForwarded){ NULL };
  if (is_too_long (fields->forwarded) || is_too_long (fields->x_for) ||
      is_too_long (fields->x_proto) || is_too_long (fields->x_host))
    return FALSE;
  if (fields->forwarded != NULL &&
      !parse_standard (fields->forwarded, trusted, &standard))
    return FALSE;
  if (!parse_x (fields, trusted, &other))
    return FALSE;
  if (fields->forwarded != NULL && fields->x_for != NULL &&
      !is_same_client (&standard, &other))
    return FALSE;
  if (fields->forwarded != NULL)
    {
      *forwarded = standard;
      standard = (BmaHttpForwarded){ NULL };
    }
  else
    {
      *forwarded = other;
      other = (BmaHttpForwarded){ NULL };
    }
  return TRUE;
}

/**
 * bma_http_forwarded_clear:
 * @self: what proxies say
 *
 * Frees what is in it.
 */
void
bma_http_forwarded_clear (BmaHttpForwarded *self)
{
  g_clear_object (&self->client);
  g_clear_pointer (&self->proto, g_free);
  g_clear_pointer (&self->host, g_free);
}
