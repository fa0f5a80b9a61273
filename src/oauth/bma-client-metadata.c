/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client-metadata.h"

#include <string.h>

#include "bma-redirect.h"
#include "bma-scope.h"
#include "bma-text.h"
#include "bma-uri.h"

#define MAX_REDIRECT_URIS 16
#define MAX_CONTACTS      8
#define MAX_NAME_CHARS    120
#define MAX_URI_CHARS     512

static BmaOauthError
metadata_error (const char *description)
{
  return (BmaOauthError){ BMA_OAUTH_INVALID_CLIENT_METADATA, description };
}

/* What we do not support and a client does not insist on is left out of the answer
 * (RFC 7591 section 3.2.1: the server may replace requested values). A stranger cannot
 * register for client_credentials: nobody would be asked. */
static BmaOauthError
read_grant_types (JsonObject *metadata, BmaClient *client)
{
  static const char *const known[] = { "authorization_code", "refresh_token",
                                       BMA_GRANT_TYPE_NAME_DEVICE, NULL };
  static const char *const usual[] = { "authorization_code", "refresh_token", NULL };
  g_auto (GStrv) types = NULL;
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

  if (!bma_json_get_strings (metadata, "grant_types", &types))
    return metadata_error ("grant_types is not an array of strings");
  if (types == NULL || types[0] == NULL)
    {
      client->grant_types = g_strdupv ((char **) usual);
      return BMA_OAUTH_NO_ERROR;
    }
  for (size_t i = 0; known[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) types, known[i]))
      g_strv_builder_add (kept, known[i]);
  client->grant_types = g_strv_builder_end (kept);
  if (!bma_client_has_grant_type (client, "authorization_code") &&
      !bma_client_has_grant_type (client, BMA_GRANT_TYPE_NAME_DEVICE))
    return metadata_error (
        "grant_types holds neither authorization_code nor " BMA_GRANT_TYPE_NAME_DEVICE);
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
check_response_types (JsonObject *metadata, const BmaClient *client)
{
  g_auto (GStrv) types = NULL;

  if (!bma_json_get_strings (metadata, "response_types", &types))
    return metadata_error ("response_types is not an array of strings");
  if (types != NULL && types[0] != NULL &&
      bma_client_has_grant_type (client, "authorization_code") &&
      !g_strv_contains ((const char *const *) types, "code"))
    return metadata_error ("response_types does not hold code");
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
read_redirect_uris (JsonObject *metadata, BmaClient *client)
{
  g_auto (GStrv) uris = NULL;

  if (!bma_json_get_strings (metadata, "redirect_uris", &uris))
    return metadata_error ("redirect_uris is not an array of strings");
  if (uris == NULL || uris[0] == NULL)
    return bma_client_has_grant_type (client, "authorization_code")
               ? metadata_error ("redirect_uris is missing or empty")
               : BMA_OAUTH_NO_ERROR;
  if (g_strv_length (uris) > MAX_REDIRECT_URIS)
    return metadata_error ("redirect_uris has more than 16 entries");
  for (size_t i = 0; uris[i] != NULL; i++)
    {
      const char *problem = bma_redirect_find_problem (uris[i]);

      if (problem != NULL)
        return (BmaOauthError){ BMA_OAUTH_INVALID_REDIRECT_URI, problem };
    }
  client->redirect_uris = g_steal_pointer (&uris);
  return BMA_OAUTH_NO_ERROR;
}

/* URLs are for the person or for echoing, so one that is not safe or empty is dropped. */
static char *
read_uri (JsonObject *metadata, const char *name)
{
  const char *uri = bma_json_get_string (metadata, name);

  if (uri == NULL || strlen (uri) > MAX_URI_CHARS || !bma_uri_is_https_or_loopback (uri))
    return NULL;
  return g_strdup (uri);
}

static char *
read_text (JsonObject *metadata, const char *name)
{
  const char *text = bma_json_get_string (metadata, name);

  return text != NULL && *text != '\0' ? bma_text_display (text, MAX_NAME_CHARS) : NULL;
}

static BmaOauthError
read_contacts (JsonObject *metadata, BmaClient *client)
{
  g_auto (GStrv) contacts = NULL;
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

  if (!bma_json_get_strings (metadata, "contacts", &contacts))
    return metadata_error ("contacts is not an array of strings");
  if (contacts == NULL || contacts[0] == NULL)
    return BMA_OAUTH_NO_ERROR;
  if (g_strv_length (contacts) > MAX_CONTACTS)
    return metadata_error ("contacts has more than 8 entries");
  for (size_t i = 0; contacts[i] != NULL; i++)
    {
      g_autofree char *contact = bma_text_display (contacts[i], MAX_NAME_CHARS);

      g_strv_builder_add (kept, contact);
    }
  client->contacts = g_strv_builder_end (kept);
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
read_texts (JsonObject *metadata, BmaClient *client)
{
  const char *name = bma_json_get_string (metadata, "client_name");
  const char *type = bma_json_get_string (metadata, "application_type");

  if (name == NULL && json_object_has_member (metadata, "client_name"))
    return metadata_error ("client_name is not a string");
  if (name != NULL)
    client->name = bma_text_display (name, MAX_NAME_CHARS);
  client->client_uri = read_uri (metadata, "client_uri");
  client->logo_uri = read_uri (metadata, "logo_uri");
  client->tos_uri = read_uri (metadata, "tos_uri");
  client->policy_uri = read_uri (metadata, "policy_uri");
  client->software_id = read_text (metadata, "software_id");
  client->software_version = read_text (metadata, "software_version");
  if (type != NULL && (g_str_equal (type, "native") || g_str_equal (type, "web")))
    client->application_type = g_strdup (type);
  return read_contacts (metadata, client);
}

/**
 * bma_client_metadata_read:
 * @metadata: client metadata (RFC 7591 section 2)
 * @client: what to fill in
 *
 * Reads what registrations and metadata documents have in common: grant types, redirect
 * URIs and texts. Unknown members are ignored.
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_client_metadata_read (JsonObject *metadata, BmaClient *client)
{
  BmaOauthError error = read_grant_types (metadata, client);

  if (error.code == BMA_OAUTH_OK)
    error = read_redirect_uris (metadata, client);
  if (error.code == BMA_OAUTH_OK)
    error = check_response_types (metadata, client);
  if (error.code == BMA_OAUTH_OK)
    error = read_texts (metadata, client);
  return error;
}

/**
 * bma_client_metadata_read_auth_method:
 * @metadata: client metadata
 * @client: what to fill in
 *
 * Reads how a registering client wants to authenticate. None is the default here, not
 * client_secret_basic (docs/adr/0010).
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_client_metadata_read_auth_method (JsonObject *metadata, BmaClient *client)
{
  static const char *const known[] = { BMA_CLIENT_AUTH_NONE, BMA_CLIENT_AUTH_BASIC,
                                       BMA_CLIENT_AUTH_POST, BMA_CLIENT_AUTH_PRIVATE_KEY,
                                       NULL };
  const char *method = bma_json_get_string (metadata, "token_endpoint_auth_method");

  if (method == NULL && json_object_has_member (metadata, "token_endpoint_auth_method"))
    return metadata_error ("token_endpoint_auth_method is not a string");
  if (method != NULL && !g_strv_contains (known, method))
    return metadata_error (
        "token_endpoint_auth_method must be none, client_secret_basic, "
        "client_secret_post or private_key_jwt");
  client->auth_method = g_strdup (method != NULL ? method : BMA_CLIENT_AUTH_NONE);
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_client_metadata_read_scope:
 * @metadata: client metadata
 * @supported: what /mcp needs
 * @client: what to fill in
 *
 * Reads the scopes a registering client may ask for; one that is not known is an error.
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_client_metadata_read_scope (JsonObject *metadata,
                                const char *const *supported,
                                BmaClient *client)
{
  const char *text = bma_json_get_string (metadata, "scope");
  g_auto (GStrv) scopes = NULL;
  g_auto (GStrv) all = NULL;

  if (text == NULL)
    return json_object_has_member (metadata, "scope")
               ? metadata_error ("scope is not a string")
               : BMA_OAUTH_NO_ERROR;
  scopes = bma_scope_parse (text);
  all = bma_scope_list_supported (supported);
  if (scopes == NULL)
    return metadata_error ("scope is malformed");
  if (!bma_scope_is_subset ((const char *const *) scopes, (const char *const *) all))
    return metadata_error ("scope holds one that is not in scopes_supported");
  if (scopes[0] != NULL)
    client->scope = bma_scope_join ((const char *const *) scopes);
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_client_has_secret_method:
 * @client: a client
 *
 * Returns: whether it authenticates with a secret that both sides know
 */
gboolean
bma_client_has_secret_method (const BmaClient *client)
{
  return g_strcmp0 (client->auth_method, BMA_CLIENT_AUTH_BASIC) == 0 ||
         g_strcmp0 (client->auth_method, BMA_CLIENT_AUTH_POST) == 0;
}

/* Keys that were read at a jwks_uri are not what was registered. Our own scanner let them
 * through before they were stored. */
static void
write_keys (JsonObject *object, const BmaClient *client)
{
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  JsonObject *jwks = NULL;

  bma_json_set_string (object, "jwks_uri", client->jwks_uri);
  if (client->jwks != NULL && client->jwks_uri == NULL)
    jwks = bma_json_parse_object (client->jwks, strlen (client->jwks), &limits, NULL);
  if (jwks != NULL)
    json_object_set_object_member (object, "jwks", jwks);
}

/**
 * bma_client_metadata_write:
 * @object: where to
 * @client: a client
 *
 * Writes everything that is registered about a client (RFC 7591 section 3.2.1), no null
 * and no empty member: some clients take those for mistakes.
 */
void
bma_client_metadata_write (JsonObject *object, const BmaClient *client)
{
  static const char *const code[] = { "code", NULL };

  bma_json_set_string (object, "client_name", client->name);
  bma_json_set_string (object, "client_uri", client->client_uri);
  bma_json_set_string (object, "logo_uri", client->logo_uri);
  bma_json_set_string (object, "tos_uri", client->tos_uri);
  bma_json_set_string (object, "policy_uri", client->policy_uri);
  bma_json_set_strings (object, "contacts", (const char *const *) client->contacts);
  bma_json_set_string (object, "software_id", client->software_id);
  bma_json_set_string (object, "software_version", client->software_version);
  bma_json_set_string (object, "application_type", client->application_type);
  bma_json_set_strings (object, "redirect_uris",
                        (const char *const *) client->redirect_uris);
  bma_json_set_strings (object, "grant_types", (const char *const *) client->grant_types);
  if (bma_client_has_grant_type (client, "authorization_code"))
    bma_json_set_strings (object, "response_types", code);
  bma_json_set_string (object, "token_endpoint_auth_method",
                       client->auth_method != NULL ? client->auth_method
                                                   : BMA_CLIENT_AUTH_NONE);
  bma_json_set_string (object, "scope", client->scope);
  write_keys (object, client);
}
