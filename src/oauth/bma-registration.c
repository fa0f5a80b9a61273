/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-registration.h"

#include "bma-client-metadata.h"
#include "bma-text.h"

static BmaOauthError
read_all (JsonObject *metadata, const char *const *scopes_supported, BmaClient *client)
{
  BmaOauthError error = bma_client_metadata_read (metadata, client);

  if (error.code == BMA_OAUTH_OK)
    error = bma_client_metadata_read_auth_method (metadata, client);
  if (error.code == BMA_OAUTH_OK)
    error = bma_client_metadata_read_keys (metadata, client);
  if (error.code == BMA_OAUTH_OK)
    error = bma_client_metadata_read_scope (metadata, scopes_supported, client);
  return error;
}

/**
 * bma_registration_decide:
 * @metadata: client metadata (RFC 7591 section 2)
 * @scopes_supported: what /mcp needs
 * @ticket: randomness
 * @now_s: time
 * @error: (out): why not, if not
 *
 * Unknown members are ignored (RFC 7591 section 2), software statements too
 * (section 2.3).
 *
 * Returns: (transfer full) (nullable): the client to store
 */
BmaClient *
bma_registration_decide (JsonObject *metadata,
                         const char *const *scopes_supported,
                         const BmaRegistrationTicket *ticket,
                         int64_t now_s,
                         BmaOauthError *error)
{
  g_autoptr (BmaClient) client = bma_client_new (ticket->client_id);

  *error = read_all (metadata, scopes_supported, client);
  if (error->code != BMA_OAUTH_OK)
    return NULL;
  if (bma_client_has_secret_method (client))
    client->secret_hash = bma_text_sha256_hex (ticket->secret);
  client->management_hash = bma_text_sha256_hex (ticket->management_token);
  client->origin = g_strdup (BMA_CLIENT_ORIGIN_REGISTERED);
  client->created_at_s = now_s;
  return g_steal_pointer (&client);
}

static BmaOauthError
check_update (const BmaClient *old, JsonObject *metadata)
{
  static const char *const ours[] = { "registration_access_token",
                                      "registration_client_uri",
                                      "client_secret_expires_at", "client_id_issued_at" };
  const char *secret = bma_json_get_string (metadata, "client_secret");

  if (g_strcmp0 (bma_json_get_string (metadata, "client_id"), bma_client_get_id (old)) !=
      0)
    return (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST,
                            "client_id is missing or another one" };
  for (size_t i = 0; i < G_N_ELEMENTS (ours); i++)
    if (json_object_has_member (metadata, ours[i]))
      return (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST,
                              "the request holds a member that only answers have" };
  if (json_object_has_member (metadata, "client_secret") &&
      (secret == NULL || !bma_text_is_sha256_of (old->secret_hash, secret)))
    return (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST,
                            "client_secret is not the one of this client" };
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_registration_decide_update:
 * @old: what is registered
 * @metadata: what shall be registered instead (RFC 7592 section 2.2)
 * @scopes_supported: what /mcp needs
 * @ticket: randomness; only its secret is used
 * @error: (out): why not, if not
 *
 * A client keeps its secret while it keeps to methods that need one.
 *
 * Returns: (transfer full) (nullable): the client to store
 */
BmaClient *
bma_registration_decide_update (const BmaClient *old,
                                JsonObject *metadata,
                                const char *const *scopes_supported,
                                const BmaRegistrationTicket *ticket,
                                BmaOauthError *error)
{
  g_autoptr (BmaClient) client = bma_client_new (bma_client_get_id (old));

  *error = check_update (old, metadata);
  if (error->code == BMA_OAUTH_OK)
    *error = read_all (metadata, scopes_supported, client);
  if (error->code != BMA_OAUTH_OK)
    return NULL;
  if (bma_client_has_secret_method (client))
    client->secret_hash = old->secret_hash != NULL ? g_strdup (old->secret_hash)
                                                   : bma_text_sha256_hex (ticket->secret);
  client->management_hash = g_strdup (old->management_hash);
  client->origin = g_strdup (old->origin);
  client->created_at_s = old->created_at_s;
  client->last_used_at_s = old->last_used_at_s;
  return g_steal_pointer (&client);
}

/**
 * bma_registration_may_manage:
 * @client: (nullable): the client that a request names
 * @token: the registration access token it brings
 *
 * Only a client that registered itself has such a token (RFC 7592 section 3). Whether it
 * is unknown or the token is wrong cannot be told apart by the time it takes.
 *
 * Returns: whether the token is the client's
 */
gboolean
bma_registration_may_manage (const BmaClient *client, const char *token)
{
  gboolean is_ours = client != NULL &&
                     g_strcmp0 (client->origin, BMA_CLIENT_ORIGIN_REGISTERED) == 0;

  return bma_text_is_sha256_of (is_ours ? client->management_hash : NULL, token);
}

/**
 * bma_registration_make_answer:
 * @client: a registered client
 * @issuer: our issuer
 * @secret: (nullable): its secret, if it was just given
 * @management_token: (nullable): its registration access token, if we keep the client
 *
 * Returns: (transfer full): the client information response (RFC 7591 section 3.2.1,
 *   RFC 7592 section 3): everything registered, no null and no empty member
 */
JsonObject *
bma_registration_make_answer (const BmaClient *client,
                              const char *issuer,
                              const char *secret,
                              const char *management_token)
{
  JsonObject *object = json_object_new ();
  const char *client_id = bma_client_get_id (client);

  json_object_set_string_member (object, "client_id", client_id);
  json_object_set_int_member (object, "client_id_issued_at", client->created_at_s);
  if (secret != NULL)
    {
      json_object_set_string_member (object, "client_secret", secret);
      json_object_set_int_member (object, "client_secret_expires_at", 0);
    }
  bma_client_metadata_write (object, client);
  if (management_token != NULL)
    {
      g_autofree char *uri = g_strconcat (issuer, BMA_REGISTRATION_PATH, client_id, NULL);

      json_object_set_string_member (object, "registration_access_token",
                                     management_token);
      json_object_set_string_member (object, "registration_client_uri", uri);
    }
  return object;
}
