/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-redirect.h"

#include <string.h>

#include "bma-form.h"
#include "bma-secret.h"
#include "bma-text.h"
#include "bma-uri.h"

#define MAX_URI_CHARS 2048

/**
 * bma_redirect_find_problem:
 * @uri: a redirect URI that a client wants to register
 *
 * Accepts https, http on a loopback host (RFC 8252 section 7.3) and private-use schemes
 * that hold a dot (section 7.1). Refuses fragments, user info and everything that a
 * browser would run.
 *
 * Returns: (transfer none) (nullable): what is wrong with it, for a developer
 */
const char *
bma_redirect_find_problem (const char *uri)
{
  g_autoptr (GUri) parsed = NULL;
  const char *scheme = NULL;
  gboolean web = FALSE;

  if (strlen (uri) > MAX_URI_CHARS)
    return "a redirect URI is longer than 2048 characters";
  if (!bma_text_is_printable_ascii (uri) || strpbrk (uri, " \"<>\\^`{|}") != NULL)
    return "a redirect URI holds a character that URIs do not have";
  parsed = g_uri_parse (uri, G_URI_FLAGS_ENCODED, NULL);
  if (parsed == NULL)
    return "a redirect URI is not an absolute URI";
  if (strchr (uri, '#') != NULL)
    return "a redirect URI has a fragment";
  if (g_uri_get_userinfo (parsed) != NULL)
    return "a redirect URI has user information";
  scheme = g_uri_get_scheme (parsed);
  web = g_str_equal (scheme, "http") || g_str_equal (scheme, "https");
  if (web && (g_uri_get_host (parsed) == NULL || *g_uri_get_host (parsed) == '\0'))
    return "a redirect URI has no host";
  if (g_str_equal (scheme, "http") && !bma_uri_is_loopback_host (g_uri_get_host (parsed)))
    return "a redirect URI uses http beyond this machine; use https, or http on "
           "127.0.0.1";
  if (!web && strchr (scheme, '.') == NULL)
    return "a redirect URI uses a scheme without a dot; use https, http on 127.0.0.1, or "
           "a reverse domain name such as com.example.app";
  return NULL;
}

/**
 * bma_redirect_is_registered:
 * @client: a client
 * @uri: the redirect URI of a request
 *
 * Compares strings; only the port of an http URI on a loopback host is free
 * (RFC 8252 section 7.3).
 *
 * Returns: whether the client registered it
 */
gboolean
bma_redirect_is_registered (const BmaClient *client, const char *uri)
{
  g_autofree char *wanted = NULL;

  if (bma_redirect_find_problem (uri) != NULL)
    return FALSE;
  wanted = bma_uri_without_loopback_port (uri);
  for (size_t i = 0; client->redirect_uris != NULL && client->redirect_uris[i] != NULL;
       i++)
    {
      g_autofree char *known = bma_uri_without_loopback_port (client->redirect_uris[i]);

      if (strcmp (known, wanted) == 0)
        return TRUE;
    }
  return FALSE;
}

static char *
finish (const char *redirect_uri, const char *issuer, const char *state, GString *query)
{
  char *uri = NULL;

  bma_form_append_pair (query, "state", state);
  bma_form_append_pair (query, "iss", issuer);
  uri = bma_uri_append_query (redirect_uri, query->str);
  bma_secret_wipe_text (query->str);
  g_string_free (query, TRUE);
  return uri;
}

/**
 * bma_redirect_make_error:
 * @redirect_uri: a checked redirect URI
 * @issuer: our issuer
 * @state: (nullable): the client's state
 * @error: what went wrong
 *
 * Returns: (transfer full): where to send the browser (RFC 6749 section 4.1.2.1, RFC
 * 9207)
 */
char *
bma_redirect_make_error (const char *redirect_uri,
                         const char *issuer,
                         const char *state,
                         BmaOauthError error)
{
  GString *query = g_string_new (NULL);

  bma_form_append_pair (query, "error", bma_oauth_error_to_text (error.code));
  bma_form_append_pair (query, "error_description", error.description);
  return finish (redirect_uri, issuer, state, query);
}

/**
 * bma_redirect_make_success:
 * @redirect_uri: a checked redirect URI
 * @issuer: our issuer
 * @state: (nullable): the client's state
 * @code: the authorization code
 *
 * Returns: (transfer full): where to send the browser (RFC 6749 section 4.1.2, RFC 9207)
 */
char *
bma_redirect_make_success (const char *redirect_uri,
                           const char *issuer,
                           const char *state,
                           const char *code)
{
  GString *query = g_string_new (NULL);

  bma_form_append_pair (query, "code", code);
  return finish (redirect_uri, issuer, state, query);
}
