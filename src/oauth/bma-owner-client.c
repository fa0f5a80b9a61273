/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-owner-client.h"

#include <string.h>

#include "bma-client-metadata.h"
#include "bma-redirect.h"
#include "bma-scope-rules.h"
#include "bma-scope.h"
#include "bma-text.h"

#define MAX_NAME_CHARS    120
#define MAX_REDIRECT_URIS 16
#define MAX_KEY_BYTES     (16 * 1024)

static gboolean
is_empty (const char *const *strings)
{
  return strings == NULL || strings[0] == NULL;
}

static const char *
take_name (const BmaOwnerClientRequest *request, BmaClient *client)
{
  client->name =
      bma_text_display (request->name != NULL ? request->name : "", MAX_NAME_CHARS);
  return *client->name != '\0' ? NULL : "A client needs a name";
}

static const char *
take_method (const BmaOwnerClientRequest *request, BmaClient *client)
{
  static const char *const known[] = { BMA_CLIENT_AUTH_NONE, BMA_CLIENT_AUTH_BASIC,
                                       BMA_CLIENT_AUTH_POST, BMA_CLIENT_AUTH_PRIVATE_KEY,
                                       NULL };
  const char *method = request->auth_method;

  if (method == NULL)
    method = request->jwks != NULL ? BMA_CLIENT_AUTH_PRIVATE_KEY : BMA_CLIENT_AUTH_BASIC;
  if (!g_strv_contains (known, method))
    return "The way to authenticate must be none, client_secret_basic, "
           "client_secret_post or private_key_jwt";
  if (g_str_equal (method, BMA_CLIENT_AUTH_PRIVATE_KEY) != (request->jwks != NULL))
    return "Public keys and private_key_jwt belong together";
  if (request->is_resource_server && g_str_equal (method, BMA_CLIENT_AUTH_NONE))
    return "A resource server needs credentials";
  client->auth_method = g_strdup (method);
  client->is_resource_server = request->is_resource_server;
  return NULL;
}

static const char *
take_keys (const BmaOwnerClientRequest *request, BmaClient *client)
{
  BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_autoptr (JsonObject) jwks = NULL;
  const char *problem = NULL;

  if (request->jwks == NULL)
    return NULL;
  limits.max_bytes = MAX_KEY_BYTES;
  jwks = bma_json_parse_object (request->jwks, strlen (request->jwks), &limits, NULL);
  if (jwks == NULL)
    return "The public keys are not a JSON object of at most 16 KiB";
  problem = bma_client_metadata_find_keys_problem (jwks);
  if (problem == NULL)
    client->jwks = bma_json_to_text (jwks);
  return problem;
}

static const char *
take_grant_types (const BmaOwnerClientRequest *request, BmaClient *client)
{
  static const char *const known[] = { "authorization_code", "refresh_token",
                                       "client_credentials", BMA_GRANT_TYPE_NAME_DEVICE,
                                       NULL };
  static const char *const with_person[] = { "authorization_code", "refresh_token",
                                             NULL };
  static const char *const alone[] = { "client_credentials", NULL };
  const char *const *types = request->grant_types;

  if (is_empty (types) && request->is_resource_server &&
      is_empty (request->redirect_uris))
    return NULL; /* it only asks about tokens */
  if (is_empty (types))
    types = is_empty (request->redirect_uris) ? alone : with_person;
  if (!bma_scope_is_subset (types, known))
    return "Grant types are authorization_code, refresh_token, client_credentials "
           "and " BMA_GRANT_TYPE_NAME_DEVICE;
  client->grant_types = g_strdupv ((char **) types);
  if (bma_client_has_grant_type (client, "client_credentials") &&
      bma_client_is_public (client))
    return "client_credentials needs a client with credentials";
  return NULL;
}

static const char *
take_redirect_uris (const BmaOwnerClientRequest *request, BmaClient *client)
{
  if (is_empty (request->redirect_uris))
    return bma_client_has_grant_type (client, "authorization_code")
               ? "authorization_code needs a redirect URI"
               : NULL;
  if (!bma_client_has_grant_type (client, "authorization_code"))
    return "Redirect URIs need the grant type authorization_code";
  if (g_strv_length ((char **) request->redirect_uris) > MAX_REDIRECT_URIS)
    return "There are more than 16 redirect URIs";
  for (size_t i = 0; request->redirect_uris[i] != NULL; i++)
    {
      const char *problem = bma_redirect_find_problem (request->redirect_uris[i]);

      if (problem != NULL)
        return problem;
    }
  client->redirect_uris = g_strdupv ((char **) request->redirect_uris);
  return NULL;
}

static const char *
take_scopes (const BmaOwnerClientRequest *request,
             const BmaConfig *config,
             BmaClient *client)
{
  const char *const *resource = (const char *const *) config->scopes;
  g_auto (GStrv) supported = bma_scope_rules_list_supported (config);
  const char *const *scopes = is_empty (request->scopes) ? resource : request->scopes;

  if (!bma_scope_is_subset (scopes, (const char *const *) supported))
    return "A scope is not one of those that the service knows";
  client->scope = bma_scope_join (scopes);
  return NULL;
}

/**
 * bma_owner_client_decide:
 * @request: what the owner wants
 * @config: settings
 * @ticket: randomness
 * @now_s: time
 * @problem: (out): what is wrong, if something is
 *
 * Returns: (transfer full) (nullable): the client to store
 */
BmaClient *
bma_owner_client_decide (const BmaOwnerClientRequest *request,
                         const BmaConfig *config,
                         const BmaOwnerClientTicket *ticket,
                         int64_t now_s,
                         const char **problem)
{
  g_autoptr (BmaClient) client = bma_client_new (ticket->client_id);

  *problem = take_name (request, client);
  if (*problem == NULL)
    *problem = take_method (request, client);
  if (*problem == NULL)
    *problem = take_keys (request, client);
  if (*problem == NULL)
    *problem = take_grant_types (request, client);
  if (*problem == NULL)
    *problem = take_redirect_uris (request, client);
  if (*problem == NULL)
    *problem = take_scopes (request, config, client);
  if (*problem != NULL)
    return NULL;
  if (bma_client_has_secret_method (client))
    client->secret_hash = bma_text_sha256_hex (ticket->secret);
  client->origin = g_strdup (BMA_CLIENT_ORIGIN_OWNER);
  client->created_at_s = now_s;
  return g_steal_pointer (&client);
}
