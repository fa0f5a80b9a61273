/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-registration.h"

#include <string.h>

#include "bma-redirect.h"
#include "bma-scope.h"
#include "bma-text.h"
#include "bma-uri.h"

#define MAX_REDIRECT_URIS 16
#define MAX_NAME_CHARS    120

static BmaOauthError
metadata_error (const char *description)
{
  return (BmaOauthError){ BMA_OAUTH_INVALID_CLIENT_METADATA, description };
}

static BmaOauthError
read_redirect_uris (JsonObject *metadata, BmaClient *client)
{
  g_auto (GStrv) uris = NULL;

  if (!bma_json_get_strings (metadata, "redirect_uris", &uris))
    return metadata_error ("redirect_uris is not an array of strings");
  if (uris == NULL || uris[0] == NULL)
    return metadata_error ("redirect_uris is missing or empty");
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

/* What we do not support and a client does not insist on is left out of the answer
 * (RFC 7591 section 3.2.1: the server may replace requested values). */
static BmaOauthError
read_grant_types (JsonObject *metadata, BmaClient *client)
{
  static const char *const known[] = { "authorization_code", "refresh_token", NULL };
  g_auto (GStrv) types = NULL;
  g_auto (GStrv) responses = NULL;
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

  if (!bma_json_get_strings (metadata, "grant_types", &types) ||
      !bma_json_get_strings (metadata, "response_types", &responses))
    return metadata_error ("grant_types or response_types is not an array of strings");
  if (responses != NULL && responses[0] != NULL &&
      !g_strv_contains ((const char *const *) responses, "code"))
    return metadata_error ("response_types does not hold code");
  if (types == NULL || types[0] == NULL)
    {
      client->grant_types = g_strdupv ((char **) known);
      return BMA_OAUTH_NO_ERROR;
    }
  if (!g_strv_contains ((const char *const *) types, "authorization_code"))
    return metadata_error ("grant_types does not hold authorization_code");
  for (size_t i = 0; known[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) types, known[i]))
      g_strv_builder_add (kept, known[i]);
  client->grant_types = g_strv_builder_end (kept);
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
read_auth_method (JsonObject *metadata)
{
  const char *method = bma_json_get_string (metadata, "token_endpoint_auth_method");

  if (method == NULL && json_object_has_member (metadata, "token_endpoint_auth_method"))
    return metadata_error ("token_endpoint_auth_method is not a string");
  if (method != NULL && !g_str_equal (method, "none"))
    return metadata_error (
        "token_endpoint_auth_method must be none: clients here are public and use PKCE");
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
read_scope (JsonObject *metadata, const char *const *supported, BmaClient *client)
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

static BmaOauthError
read_texts (JsonObject *metadata, BmaClient *client)
{
  const char *name = bma_json_get_string (metadata, "client_name");
  const char *uri = bma_json_get_string (metadata, "client_uri");
  const char *type = bma_json_get_string (metadata, "application_type");

  if (name == NULL && json_object_has_member (metadata, "client_name"))
    return metadata_error ("client_name is not a string");
  if (name != NULL)
    client->name = bma_text_display (name, MAX_NAME_CHARS);
  /* Only shown to the person, so one that cannot be shown safely is dropped. */
  if (uri != NULL && strlen (uri) <= 512 && bma_uri_is_https_or_loopback (uri))
    client->client_uri = g_strdup (uri);
  if (type != NULL && (g_str_equal (type, "native") || g_str_equal (type, "web")))
    client->application_type = g_strdup (type);
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_registration_decide:
 * @metadata: client metadata (RFC 7591 section 2)
 * @scopes_supported: what /mcp needs
 * @client_id: the id to give
 * @now_s: time
 * @error: (out): why not, if not
 *
 * Unknown members are ignored (RFC 7591 section 2).
 *
 * Returns: (transfer full) (nullable): the client to store
 */
BmaClient *
bma_registration_decide (JsonObject *metadata,
                         const char *const *scopes_supported,
                         const char *client_id,
                         int64_t now_s,
                         BmaOauthError *error)
{
  g_autoptr (BmaClient) client = bma_record_new (&bma_client_type, client_id);

  *error = read_redirect_uris (metadata, client);
  if (error->code == BMA_OAUTH_OK)
    *error = read_auth_method (metadata);
  if (error->code == BMA_OAUTH_OK)
    *error = read_grant_types (metadata, client);
  if (error->code == BMA_OAUTH_OK)
    *error = read_scope (metadata, scopes_supported, client);
  if (error->code == BMA_OAUTH_OK)
    *error = read_texts (metadata, client);
  if (error->code != BMA_OAUTH_OK)
    return NULL;
  client->origin = g_strdup (BMA_CLIENT_ORIGIN_REGISTERED);
  client->created_at_s = now_s;
  return g_steal_pointer (&client);
}

/**
 * bma_registration_make_answer:
 * @client: a registered client
 *
 * Returns: (transfer full): the client information response (RFC 7591 section 3.2.1):
 *   everything registered, no null and no empty member
 */
JsonObject *
bma_registration_make_answer (const BmaClient *client)
{
  static const char *const code[] = { "code", NULL };
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "client_id", client->record.id);
  json_object_set_int_member (object, "client_id_issued_at", client->created_at_s);
  bma_json_set_string (object, "client_name", client->name);
  bma_json_set_string (object, "client_uri", client->client_uri);
  bma_json_set_string (object, "application_type", client->application_type);
  bma_json_set_strings (object, "redirect_uris",
                        (const char *const *) client->redirect_uris);
  bma_json_set_strings (object, "grant_types", (const char *const *) client->grant_types);
  bma_json_set_strings (object, "response_types", code);
  json_object_set_string_member (object, "token_endpoint_auth_method", "none");
  bma_json_set_string (object, "scope", client->scope);
  return object;
}
