/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-setting-take.h"

#include <string.h>

#include "bma-command.h"
#include "bma-scope.h"
#include "bma-text.h"
#include "bma-uri.h"

/* How the text of a setting becomes the value the service works with. Pure; NULL means
 * that the text is not accepted. */

#define MAX_PORT       65535
#define MAX_HOST_CHARS 255
#define MAX_ID_CHARS   128
#define MAX_URL_CHARS  2048

static gboolean
take_port (const char *text, uint16_t *port)
{
  int64_t value = 0;

  if (!bma_setting_take_integer (text, &value) || value > MAX_PORT)
    return FALSE;
  *port = (uint16_t) value;
  return TRUE;
}

/**
 * bma_setting_take_integer:
 * @text: decimal digits and nothing else
 * @value: (out): the number
 *
 * Returns: whether @text is a number below ten digits
 */
gboolean
bma_setting_take_integer (const char *text, int64_t *value)
{
  size_t n_digits = strspn (text, "0123456789");

  if (n_digits == 0 || n_digits > 9 || text[n_digits] != '\0')
    return FALSE;
  *value = g_ascii_strtoll (text, NULL, 10);
  return TRUE;
}

/**
 * bma_setting_take_address:
 * @text: `ADDRESS:PORT`, an IPv6 address in brackets, or `localhost:PORT`
 * @host: (out) (transfer full): the address without brackets; localhost is 127.0.0.1
 * @port: (out): the port, 0 for any free one
 *
 * Returns: whether @text is a numeric address and a port
 */
gboolean
bma_setting_take_address (const char *text, char **host, uint16_t *port)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *name = NULL;
  gboolean brackets = *text == '[';

  if (colon == NULL || !take_port (colon + 1, port))
    return FALSE;
  if (brackets && (colon - text < 2 || colon[-1] != ']'))
    return FALSE;
  name = brackets ? g_strndup (text + 1, (size_t) (colon - text) - 2)
                  : g_strndup (text, (size_t) (colon - text));
  if (!brackets && g_ascii_strcasecmp (name, "localhost") == 0)
    {
      *host = g_strdup ("127.0.0.1");
      return TRUE;
    }
  if (brackets != (strchr (name, ':') != NULL) || !g_hostname_is_ip_address (name))
    return FALSE;
  *host = g_steal_pointer (&name);
  return TRUE;
}

/* The URL if it is one of ours to use; (out) its path, "" when it has none. */
static GUri *
parse_url (const char *text, const char **path)
{
  g_autoptr (GUri) uri = NULL;

  if (strlen (text) > MAX_URL_CHARS || !bma_text_is_printable_ascii (text) ||
      strchr (text, ' ') != NULL || !bma_uri_is_https_or_loopback (text))
    return NULL;
  uri = g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL);
  *path = g_str_equal (g_uri_get_path (uri), "/") ? "" : g_uri_get_path (uri);
  return g_steal_pointer (&uri);
}

/**
 * bma_setting_take_public_url:
 * @text: https, or http on a loopback host; without path and query
 *
 * Returns: (transfer full) (nullable): its origin
 */
char *
bma_setting_take_public_url (const char *text)
{
  const char *path = NULL;
  g_autoptr (GUri) uri = parse_url (text, &path);

  if (uri == NULL || *path != '\0' || g_uri_get_query (uri) != NULL)
    return NULL;
  return bma_uri_get_origin (text);
}

/**
 * bma_setting_take_host:
 * @text: a value of the Host header (RFC 9110 section 7.2)
 *
 * Returns: (transfer full) (nullable): it in lower case
 */
char *
bma_setting_take_host (const char *text)
{
  size_t length = strlen (text);
  g_autofree char *url = g_strconcat ("http://", text, NULL);
  g_autoptr (GUri) uri = NULL;

  if (length == 0 || length > MAX_HOST_CHARS ||
      strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".-:[]") != length)
    return NULL;
  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      text[length - 1] == ':')
    return NULL;
  return g_ascii_strdown (text, -1);
}

/**
 * bma_setting_take_path:
 * @text: an absolute path
 *
 * Returns: (transfer full) (nullable) (type filename): it, without dots and doubled
 * slashes
 */
char *
bma_setting_take_path (const char *text)
{
  return g_path_is_absolute (text) ? g_canonicalize_filename (text, "/") : NULL;
}

/* PREFIX-test-REST or PREFIX-live-REST. */
static char *
take_stytch_id (const char *text, const char *prefix)
{
  g_autofree char *test = g_strconcat (prefix, "-test-", NULL);
  g_autofree char *live = g_strconcat (prefix, "-live-", NULL);
  size_t length = strlen (text);

  if (!g_str_has_prefix (text, test) && !g_str_has_prefix (text, live))
    return NULL;
  if (length == strlen (test) || length > MAX_ID_CHARS ||
      strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_") != length)
    return NULL;
  return g_strdup (text);
}

/**
 * bma_setting_take_stytch_project:
 * @text: a project id
 *
 * Returns: (transfer full) (nullable): it
 */
char *
bma_setting_take_stytch_project (const char *text)
{
  return take_stytch_id (text, "project");
}

/**
 * bma_setting_take_stytch_token:
 * @text: a public token
 *
 * Returns: (transfer full) (nullable): it
 */
char *
bma_setting_take_stytch_token (const char *text)
{
  return take_stytch_id (text, "public-token");
}

/**
 * bma_setting_take_stytch_url:
 * @text: address of the Stytch API; a trailing `/v1` is the Worker's habit
 *
 * Returns: (transfer full) (nullable): its origin
 */
char *
bma_setting_take_stytch_url (const char *text)
{
  const char *path = NULL;
  g_autoptr (GUri) uri = parse_url (text, &path);

  if (uri == NULL || g_uri_get_query (uri) != NULL ||
      (*path != '\0' && !g_str_equal (path, "/v1") && !g_str_equal (path, "/v1/")))
    return NULL;
  return bma_uri_get_origin (text);
}

/**
 * bma_setting_take_upstream:
 * @text: URL of the MCP server; without a path its `/mcp` is meant
 *
 * Returns: (transfer full) (nullable): the URL with its path
 */
char *
bma_setting_take_upstream (const char *text)
{
  const char *path = NULL;
  g_autoptr (GUri) uri = parse_url (text, &path);
  g_autofree char *origin = NULL;

  if (uri == NULL)
    return NULL;
  if (*path != '\0' || g_uri_get_query (uri) != NULL)
    return g_strdup (text);
  origin = bma_uri_get_origin (text);
  return g_strconcat (origin, "/mcp", NULL);
}

/**
 * bma_setting_take_command:
 * @text: a command line
 *
 * Returns: (transfer full) (nullable): it
 */
char *
bma_setting_take_command (const char *text)
{
  g_auto (GStrv) words = bma_command_parse (text);

  return words != NULL ? g_strdup (text) : NULL;
}

/**
 * bma_setting_take_scope:
 * @text: one scope (RFC 6749 section 3.3)
 *
 * Returns: (transfer full) (nullable): it
 */
char *
bma_setting_take_scope (const char *text)
{
  g_auto (GStrv) scopes = bma_scope_parse (text);

  return scopes != NULL && g_strv_length (scopes) == 1 ? g_strdup (scopes[0]) : NULL;
}

/**
 * bma_setting_take_origin:
 * @text: an origin a browser may send (RFC 6454), or `*`
 *
 * Returns: (transfer full) (nullable): it in its one spelling
 */
char *
bma_setting_take_origin (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL);

  if (g_str_equal (text, "*"))
    return g_strdup (text);
  if (uri == NULL || !bma_text_is_printable_ascii (text) ||
      (!g_str_equal (g_uri_get_scheme (uri), "https") &&
       !g_str_equal (g_uri_get_scheme (uri), "http")))
    return NULL;
  if (g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL ||
      (*g_uri_get_path (uri) != '\0' && !g_str_equal (g_uri_get_path (uri), "/")))
    return NULL;
  return bma_uri_get_origin (text);
}
