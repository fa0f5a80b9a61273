/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client-document.h"

#include <string.h>

#include "bma-client-metadata.h"
#include "bma-text.h"
#include "bma-uri.h"

#define SCHEME        "https://"
#define MAX_URL_CHARS 512
#define MAX_METHODS   16

/**
 * bma_client_document_is_url:
 * @client_id: the id a request names
 *
 * Returns: whether it is the URL of a client id metadata document, well-formed or not;
 *   ids that we give never look like that
 */
gboolean
bma_client_document_is_url (const char *client_id)
{
  return g_str_has_prefix (client_id, SCHEME);
}

static gboolean
is_dot_segment (const char *segment)
{
  /* What is escaped means the same (RFC 3986 section 6.2.2.2). */
  static const char *const dots[] = { ".", "..", "%2e", ".%2e", "%2e.", "%2e%2e", NULL };
  g_autofree char *lower = g_ascii_strdown (segment, -1);

  return g_strv_contains (dots, lower);
}

/* GUri has removed them already, so this looks at the text. */
static gboolean
has_dot_segment (const char *url)
{
  g_autofree char *path = g_strndup (url, strcspn (url, "?"));
  g_auto (GStrv) segments = g_strsplit (path, "/", -1);

  for (size_t i = 0; segments[i] != NULL; i++)
    if (is_dot_segment (segments[i]))
      return TRUE;
  return FALSE;
}

/**
 * bma_client_document_find_url_problem:
 * @client_id: what looks like the URL of a metadata document
 *
 * draft-ietf-oauth-client-id-metadata-document section 3: https, a path, no dot segments,
 * no fragment, no user information; a port and, though discouraged, a query are allowed.
 *
 * Returns: (transfer none) (nullable): what is wrong with it, for a developer
 */
const char *
bma_client_document_find_url_problem (const char *client_id)
{
  g_autoptr (GUri) uri = NULL;

  if (!bma_client_document_is_url (client_id))
    return "client_id is not an https URL";
  if (strlen (client_id) > MAX_URL_CHARS)
    return "client_id is a URL of more than 512 characters";
  if (!bma_text_is_printable_ascii (client_id) ||
      strpbrk (client_id, " \"<>\\^`{|}") != NULL)
    return "client_id holds a character that URLs do not have";
  if (strchr (client_id, '#') != NULL)
    return "client_id has a fragment";
  uri = g_uri_parse (client_id, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return "client_id is not a URL with a host";
  if (g_uri_get_userinfo (uri) != NULL)
    return "client_id has user information";
  if (*g_uri_get_path (uri) == '\0' || strcmp (g_uri_get_path (uri), "/") == 0)
    return "client_id has no path";
  if (has_dot_segment (client_id + strlen (SCHEME)))
    return "client_id has a dot segment";
  return NULL;
}

/**
 * bma_client_document_is_media_type:
 * @media_type: (nullable): media type of an answer, without parameters
 *
 * Returns: whether a document may come as that: JSON, or something built on it
 */
gboolean
bma_client_document_is_media_type (const char *media_type)
{
  g_autofree char *lower = media_type != NULL ? g_ascii_strdown (media_type, -1) : NULL;

  return lower != NULL && (strcmp (lower, "application/json") == 0 ||
                           (g_str_has_prefix (lower, "application/") &&
                            g_str_has_suffix (lower, "+json")));
}

static BmaOauthError
metadata_error (const char *description)
{
  return (BmaOauthError){ BMA_OAUTH_INVALID_CLIENT_METADATA, description };
}

static gboolean
is_secret_method (const char *method)
{
  return g_str_has_prefix (method, "client_secret_");
}

/* Everybody can read a document, so nothing in it is secret (section 4.1). */
static BmaOauthError
refuse_secrets (JsonObject *document)
{
  const char *method = bma_json_get_string (document, "token_endpoint_auth_method");

  if (json_object_has_member (document, "client_secret") ||
      json_object_has_member (document, "client_secret_expires_at"))
    return metadata_error ("the document holds a client secret");
  if (method != NULL && is_secret_method (method))
    return metadata_error ("the document asks for a method that needs a secret");
  return BMA_OAUTH_NO_ERROR;
}

/* A document serves many authorization servers and may name several methods. Without any,
 * one with keys is meant to use them (section 6.2). */
static BmaOauthError
read_auth_method (JsonObject *document, BmaClient *client)
{
  const char *method = bma_json_get_string (document, "token_endpoint_auth_method");
  gboolean has_keys = json_object_has_member (document, "jwks") ||
                      json_object_has_member (document, "jwks_uri");
  g_auto (GStrv) several = NULL;
  const char *chosen = method;

  if (method == NULL && json_object_has_member (document, "token_endpoint_auth_method"))
    return metadata_error ("token_endpoint_auth_method is not a string");
  if (!bma_json_get_strings (document, "token_endpoint_auth_methods_supported",
                             &several) ||
      (several != NULL && g_strv_length (several) > MAX_METHODS))
    return metadata_error ("token_endpoint_auth_methods_supported is not an array of at "
                           "most 16 strings");
  if (several != NULL &&
      g_strv_contains ((const char *const *) several, BMA_CLIENT_AUTH_NONE))
    chosen = BMA_CLIENT_AUTH_NONE;
  else if (several != NULL &&
           g_strv_contains ((const char *const *) several, BMA_CLIENT_AUTH_PRIVATE_KEY))
    chosen = BMA_CLIENT_AUTH_PRIVATE_KEY;
  else if (several != NULL && several[0] != NULL)
    return metadata_error ("no method of token_endpoint_auth_methods_supported can be "
                           "used here");
  else if (method == NULL)
    chosen = has_keys ? BMA_CLIENT_AUTH_PRIVATE_KEY : BMA_CLIENT_AUTH_NONE;
  if (strcmp (chosen, BMA_CLIENT_AUTH_NONE) != 0 &&
      strcmp (chosen, BMA_CLIENT_AUTH_PRIVATE_KEY) != 0)
    return metadata_error ("token_endpoint_auth_method must be none or private_key_jwt");
  client->auth_method = g_strdup (chosen);
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
read_document (JsonObject *document, const char *url, BmaClient *client)
{
  BmaOauthError error = BMA_OAUTH_NO_ERROR;
  const char *client_id = bma_json_get_string (document, "client_id");

  if (client_id == NULL || strcmp (client_id, url) != 0)
    return metadata_error ("the client_id in the document is not its URL");
  error = refuse_secrets (document);
  if (error.code == BMA_OAUTH_OK)
    error = bma_client_metadata_read (document, client);
  if (error.code == BMA_OAUTH_OK)
    error = read_auth_method (document, client);
  if (error.code == BMA_OAUTH_OK)
    error = bma_client_metadata_read_keys (document, client);
  if (error.code == BMA_OAUTH_OK && (client->name == NULL || *client->name == '\0'))
    error = metadata_error ("the document has no client_name");
  if (error.code == BMA_OAUTH_OK &&
      (client->redirect_uris == NULL || client->redirect_uris[0] == NULL))
    error = metadata_error ("the document has no redirect_uris");
  return error;
}

/**
 * bma_client_document_decide:
 * @url: where it was fetched, the client id
 * @text: the document
 * @length: its length in bytes
 * @error: (out): why not, if not
 *
 * Reads a client id metadata document (draft-ietf-oauth-client-id-metadata-document
 * section 4). Its scopes do not count: it does not know ours.
 *
 * Returns: (transfer full) (nullable): the client, without its times
 */
BmaClient *
bma_client_document_decide (const char *url,
                            const char *text,
                            size_t length,
                            BmaOauthError *error)
{
  const BmaJsonLimits limits = { BMA_CLIENT_DOCUMENT_MAX_BYTES, 8, 500 };
  g_autoptr (JsonObject) document = bma_json_parse_object (text, length, &limits, NULL);
  g_autoptr (BmaClient) client = bma_client_new (url);

  *error = document != NULL
               ? read_document (document, url, client)
               : metadata_error ("the document is not a JSON object of at most 5 KB");
  if (error->code != BMA_OAUTH_OK)
    return NULL;
  client->origin = g_strdup (BMA_CLIENT_ORIGIN_DOCUMENT);
  return g_steal_pointer (&client);
}

/**
 * bma_client_has_only_loopback_redirects:
 * @client: a client
 *
 * Returns: whether every redirect URI leads to a program on this machine, so that nothing
 *   but the client's word says which one
 */
gboolean
bma_client_has_only_loopback_redirects (const BmaClient *client)
{
  if (client->redirect_uris == NULL || client->redirect_uris[0] == NULL)
    return FALSE;
  for (size_t i = 0; client->redirect_uris[i] != NULL; i++)
    {
      g_autoptr (GUri)
          uri = g_uri_parse (client->redirect_uris[i], G_URI_FLAGS_ENCODED, NULL);

      if (uri == NULL || !bma_uri_is_loopback_host (g_uri_get_host (uri)))
        return FALSE;
    }
  return TRUE;
}
