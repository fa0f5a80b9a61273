/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-client-metadata.h"
#include "bma-uri.h"

#define MAX_KEYS      16
#define MAX_URI_CHARS 512

static BmaOauthError
metadata_error (const char *description)
{
  return (BmaOauthError){ BMA_OAUTH_INVALID_CLIENT_METADATA, description };
}

static const char *
find_key_problem (JsonNode *node)
{
  /* RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1. */
  static const char *const private_parts[] = {
    "d", "p", "q", "dp", "dq", "qi", "oth", "k"
  };
  JsonObject *key = NULL;
  const char *type = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return "jwks holds a key that is not an object";
  key = json_node_get_object (node);
  type = bma_json_get_string (key, "kty");
  if (type == NULL)
    return "jwks holds a key without kty";
  for (size_t i = 0; i < G_N_ELEMENTS (private_parts); i++)
    if (json_object_has_member (key, private_parts[i]))
      return "jwks holds a private or symmetric key; send the public half only";
  return g_str_equal (type, "oct") ? "jwks holds a symmetric key" : NULL;
}

/**
 * bma_client_metadata_find_keys_problem:
 * @jwks: what should be a set of public keys
 *
 * Looks at its form (RFC 7517 section 5) and that nothing in it is secret.
 *
 * Returns: (transfer none) (nullable): what is wrong with it, for a developer
 */
const char *
bma_client_metadata_find_keys_problem (JsonObject *jwks)
{
  JsonNode *node = json_object_get_member (jwks, "keys");
  JsonArray *keys = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return "jwks does not hold an array named keys";
  keys = json_node_get_array (node);
  if (json_array_get_length (keys) == 0)
    return "jwks holds no key";
  if (json_array_get_length (keys) > MAX_KEYS)
    return "jwks holds more than 16 keys";
  for (unsigned int i = 0; i < json_array_get_length (keys); i++)
    {
      const char *problem = find_key_problem (json_array_get_element (keys, i));

      if (problem != NULL)
        return problem;
    }
  return NULL;
}

/**
 * bma_client_metadata_read_keys:
 * @metadata: client metadata
 * @client: what to fill in
 *
 * Reads `jwks` or `jwks_uri` (RFC 7591 section 2), which a client with private_key_jwt
 * must have one of.
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_client_metadata_read_keys (JsonObject *metadata, BmaClient *client)
{
  JsonNode *jwks = json_object_get_member (metadata, "jwks");
  JsonNode *uri_node = json_object_get_member (metadata, "jwks_uri");
  const char *uri = bma_json_get_string (metadata, "jwks_uri");

  if (jwks != NULL && uri_node != NULL)
    return metadata_error ("jwks and jwks_uri exclude each other");
  if (jwks != NULL)
    {
      const char *problem =
          JSON_NODE_HOLDS_OBJECT (jwks)
              ? bma_client_metadata_find_keys_problem (json_node_get_object (jwks))
              : "jwks is not an object";

      if (problem != NULL)
        return metadata_error (problem);
      client->jwks = bma_json_to_text (json_node_get_object (jwks));
    }
  if (uri_node != NULL)
    {
      if (uri == NULL || strlen (uri) > MAX_URI_CHARS ||
          !g_str_has_prefix (uri, "https://") || !bma_uri_is_https_or_loopback (uri))
        return metadata_error ("jwks_uri is not an https URL of at most 512 characters");
      client->jwks_uri = g_strdup (uri);
    }
  if (g_strcmp0 (client->auth_method, BMA_CLIENT_AUTH_PRIVATE_KEY) == 0 && jwks == NULL &&
      uri_node == NULL)
    return metadata_error ("private_key_jwt needs jwks or jwks_uri");
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_client_metadata_parse_keys:
 * @text: what was found at a `jwks_uri`
 * @length: its length in bytes
 *
 * Returns: (transfer full) (nullable): the set of public keys as we keep it
 */
char *
bma_client_metadata_parse_keys (const char *text, size_t length)
{
  const BmaJsonLimits limits = { BMA_CLIENT_KEYS_MAX_BYTES, 8, 500 };
  g_autoptr (JsonObject) jwks = bma_json_parse_object (text, length, &limits, NULL);

  if (jwks == NULL || bma_client_metadata_find_keys_problem (jwks) != NULL)
    return NULL;
  return bma_json_to_text (jwks);
}

/**
 * bma_client_has_keys_elsewhere:
 * @client: a client
 *
 * Returns: whether it authenticates with keys that have to be read where it publishes
 * them
 */
gboolean
bma_client_has_keys_elsewhere (const BmaClient *client)
{
  return client->jwks_uri != NULL &&
         g_strcmp0 (client->auth_method, BMA_CLIENT_AUTH_PRIVATE_KEY) == 0;
}
