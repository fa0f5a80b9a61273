/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include <string.h>

#include "bma-jwt.h"
#include "bma-log.h"
#include "bma-token.h"

/* More assertions than this in the time they are remembered for are not taken: the memory
 * of them is bounded. */
#define MAX_ASSERTIONS 20000

/* What an assertion says, if a key of the client signed it. The key decides the
 * algorithm. */
static JsonObject *
verify_assertion (const BmaClient *client, const char *assertion)
{
  g_autoptr (BmaKeyset) keys = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *claims = NULL;

  keys = bma_keyset_new_from_jwks (client->jwks, strlen (client->jwks), &error);
  if (keys != NULL)
    claims = bma_jwt_verify (keys, NULL, assertion, strlen (assertion), &error);
  if (claims == NULL)
    bma_log_info ("token", "client %s: %s", bma_client_get_id (client), error->message);
  return claims;
}

static gboolean
has_room_for_assertion (BmaBroker *self)
{
  int64_t now_s = bma_broker_now_s (self);

  if (now_s - self->assertions_since_s > BMA_CLIENT_ASSERTION_MAX_S)
    {
      self->assertions_since_s = now_s;
      self->n_assertions = 0;
    }
  return self->n_assertions++ < MAX_ASSERTIONS;
}

static void
put_assertion (BmaBroker *self, BmaChange *change, const char *id, JsonObject *claims)
{
  BmaToken *token = bma_record_new (&bma_token_type, id);

  token->kind = g_strdup (BMA_TOKEN_KIND_ASSERTION);
  token->issued_at_s = bma_broker_now_s (self);
  bma_json_get_int (claims, "exp", &token->expires_at_s);
  bma_change_put_take (change, token);
}

/**
 * bma_broker_authenticate:
 * @self: a broker
 * @auth: how the client authenticates itself
 * @change: where the memory of a used assertion goes; to be applied before the answer
 * @client: (out) (transfer none): the client, if it is the one it says it is
 *
 * Finds out which client a request is by (RFC 6749 section 2.3).
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_broker_authenticate (BmaBroker *self,
                         const BmaClientAuth *auth,
                         BmaChange *change,
                         const BmaClient **client)
{
  g_autoptr (JsonObject) claims = NULL;
  g_autofree char *assertion_id = NULL;
  BmaClientAuthFacts facts = { NULL };
  BmaOauthError error;

  if (auth->client_id != NULL)
    facts.client = bma_broker_lookup_client (self, auth->client_id);
  if (facts.client != NULL && auth->assertion != NULL)
    {
      if (facts.client->jwks == NULL && facts.client->jwks_uri != NULL)
        return (
            BmaOauthError){ BMA_OAUTH_INVALID_CLIENT,
                            "the keys at its jwks_uri are not known; authorize first" };
      if (facts.client->jwks != NULL)
        facts.claims = claims = verify_assertion (facts.client, auth->assertion);
    }
  if (claims != NULL)
    assertion_id = bma_client_auth_make_assertion_id (auth->client_id, claims);
  facts.is_replayed = assertion_id != NULL &&
                      bma_store_lookup (self->store, &bma_token_type, assertion_id) !=
                          NULL;
  error = bma_client_auth_decide (auth, &facts, self->config, bma_broker_now_s (self));
  if (error.code != BMA_OAUTH_OK)
    return error;
  if (assertion_id != NULL)
    {
      if (!has_room_for_assertion (self))
        return (BmaOauthError){ BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                                "too many client assertions; try again later" };
      put_assertion (self, change, assertion_id, claims);
    }
  *client = facts.client;
  return BMA_OAUTH_NO_ERROR;
}
