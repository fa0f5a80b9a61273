/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-introspection.h"

#include "bma-scope.h"

/**
 * bma_introspection_may_see:
 * @client: who asks, authenticated
 * @grant: what the token belongs to
 *
 * Returns: whether @client may learn about the token: it is its own, or the owner made
 * the client for a resource server
 */
gboolean
bma_introspection_may_see (const BmaClient *client, const BmaGrant *grant)
{
  return client->is_resource_server ||
         g_strcmp0 (grant->client_id, bma_client_get_id (client)) == 0;
}

/**
 * bma_introspection_make_answer:
 * @token: (nullable): what is known; %NULL for a token that is not good, or not the
 *   client's to know about
 *
 * Returns: (transfer full): the answer (RFC 7662 section 2.2); of a token that is not
 *   good it says nothing else
 */
JsonObject *
bma_introspection_make_answer (const BmaIntrospection *token)
{
  JsonObject *object = json_object_new ();
  g_autofree char *scope = NULL;

  json_object_set_boolean_member (object, "active", token != NULL);
  if (token == NULL)
    return object;
  scope = bma_scope_join (token->scopes);
  json_object_set_string_member (object, "scope", scope);
  bma_json_set_string (object, "client_id", token->client_id);
  bma_json_set_string (object, "token_type", token->token_type);
  json_object_set_int_member (object, "exp", token->expires_at_s);
  json_object_set_int_member (object, "iat", token->issued_at_s);
  bma_json_set_string (object, "sub", token->subject);
  json_object_set_string_member (object, "aud", token->audience);
  json_object_set_string_member (object, "iss", token->issuer);
  bma_json_set_string (object, "jti", token->token_id);
  return object;
}
