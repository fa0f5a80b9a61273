/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bearer.h"

#include <string.h>

#include "bma-broker-private.h"
#include "bma-broker-token.h"
#include "bma-client.h"
#include "bma-log.h"
#include "bma-text.h"
#include "bma-token.h"

#define MAX_VERIFIED 1024

/**
 * bma_broker_init_bearer_memory:
 * @self: a broker
 *
 * Makes the memory of tokens whose signature was verified.
 */
void
bma_broker_init_bearer_memory (BmaBroker *self)
{
  self->verified = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) bma_access_claims_free);
}

static BmaOauthError
invalid_token (const char *description)
{
  return (BmaOauthError){ BMA_OAUTH_INVALID_TOKEN, description };
}

/* Verifies the signature once for each token; whether it still stands is looked up anew
 * every time. */
static const BmaAccessClaims *
verify (BmaBroker *self, const char *token, size_t length, GError **error)
{
  uint8_t digest[BMA_SHA256_BYTES];
  g_autofree char *hash = NULL;
  BmaAccessClaims *claims = NULL;

  bma_text_sha256 (token, length, digest);
  hash = bma_text_hex (digest, sizeof digest);
  claims = g_hash_table_lookup (self->verified, hash);
  if (claims != NULL && claims->expires_at_s > bma_broker_now_s (self))
    return claims;
  g_hash_table_remove (self->verified, hash);
  claims = bma_jwt_verify_access (bma_key_manager_get_keys (self->keys), token, length,
                                  self->config->issuer,
                                  (const char *const *) self->config->resources,
                                  bma_broker_now_s (self), error);
  if (claims == NULL)
    return NULL;
  if (g_hash_table_size (self->verified) >= MAX_VERIFIED)
    g_hash_table_remove_all (self->verified);
  g_hash_table_insert (self->verified, g_steal_pointer (&hash), claims);
  return claims;
}

/* The family that the first part of a `jti` names, unless token or family was revoked. */
static const BmaFamily *
find_family (BmaBroker *self, const BmaAccessClaims *claims)
{
  const char *dot = strchr (claims->token_id, '.');
  g_autofree char *family_id = NULL;
  g_autofree char *revoked_id = NULL;
  const BmaFamily *family = NULL;

  if (dot == NULL)
    return NULL;
  revoked_id = bma_text_sha256_hex (claims->token_id);
  if (bma_store_lookup (self->store, &bma_token_type, revoked_id) != NULL)
    return NULL;
  family_id = g_strndup (claims->token_id, (size_t) (dot - claims->token_id));
  family = bma_store_lookup (self->store, &bma_family_type, family_id);
  return family != NULL ? family : bma_broker_find_tied (self, family_id);
}

/**
 * bma_broker_check_bearer:
 * @self: a broker
 * @authorization: (nullable): value of the Authorization header
 *
 * Judges a bearer token: signature, issuer, audience, time, revocation, scope (RFC 6750,
 * RFC 9068 section 4). Revocation counts at once. Never waits: `wants_keys` asks for
 * [method@Broker.load_bearer_keys_async].
 *
 * Returns: the verdict; `error.code` is %BMA_OAUTH_OK when it may pass
 */
BmaBearer
bma_broker_check_bearer (BmaBroker *self, const char *authorization)
{
  BmaBearer bearer = { .error = BMA_OAUTH_NO_ERROR };
  gboolean has_keys = bma_key_manager_get_keys (self->keys) != NULL;
  g_autoptr (GError) error = NULL;
  const BmaAccessClaims *claims = NULL;
  const BmaFamily *family = NULL;
  const BmaGrant *grant = NULL;
  const char *token = NULL;
  size_t length = 0;

  switch (bma_bearer_parse (authorization, &token, &length))
    {
    case BMA_BEARER_ABSENT:
      bearer.absent = TRUE;
      bearer.error = invalid_token ("an access token is required");
      return bearer;
    case BMA_BEARER_MALFORMED:
      bearer.error = (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST,
                                      "the Authorization header is malformed" };
      return bearer;
    case BMA_BEARER_OK:
      break;
    }
  if (has_keys)
    claims = verify (self, token, length, &error);
  if (claims == NULL && bma_broker_judge_foreign (self, token, length, &bearer))
    return bearer;
  if (!has_keys)
    {
      bearer.error = bma_broker_make_no_key_error (self);
      return bearer;
    }
  if (claims == NULL)
    {
      bma_log_info ("bearer", "Refused: %s", error->message);
      bearer.error =
          invalid_token (g_error_matches (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_EXPIRED)
                             ? "the access token expired"
                             : "the access token is not valid here");
      return bearer;
    }
  family = find_family (self, claims);
  if (family != NULL)
    grant = bma_store_lookup (self->store, &bma_grant_type, family->grant_id);
  if (grant == NULL)
    {
      bearer.error = invalid_token ("the access token was revoked");
      return bearer;
    }
  bearer.grant_id = grant->record.id;
  bearer.subject_id = grant->subject_id;
  bearer.scopes = (const char *const *) claims->scopes;
  bearer.expires_at_s = claims->expires_at_s;
  bearer.error = bma_bearer_decide_scopes (bearer.scopes,
                                           (const char *const *) self->config->scopes);
  return bearer;
}

/**
 * bma_token_sight_clear:
 * @self: what a token turned out to be
 *
 * Frees what it holds.
 */
void
bma_token_sight_clear (BmaTokenSight *self)
{
  g_clear_pointer (&self->access, bma_access_claims_free);
}

/**
 * bma_broker_look_at_token:
 * @self: a broker
 * @text: a token of either kind, untrusted
 * @sight: (out caller-allocates): what it is, to be cleared
 *
 * What a client says of a token's kind is not needed to find it (RFC 7009 section 2.1).
 */
void
bma_broker_look_at_token (BmaBroker *self, const char *text, BmaTokenSight *sight)
{
  g_autofree char *id = bma_text_sha256_hex (text);
  const BmaToken *token = bma_store_lookup (self->store, &bma_token_type, id);
  const BmaKeyset *keys = bma_key_manager_get_keys (self->keys);

  *sight = (BmaTokenSight){ NULL };
  if (token != NULL && g_str_equal (token->kind, BMA_TOKEN_KIND_REFRESH))
    {
      sight->refresh = token;
      sight->family = bma_store_lookup (self->store, &bma_family_type, token->family_id);
    }
  else if (keys != NULL)
    {
      sight->access =
          bma_jwt_verify_access (keys, text, strlen (text), self->config->issuer,
                                 (const char *const *) self->config->resources,
                                 bma_broker_now_s (self), NULL);
      if (sight->access != NULL)
        sight->family = find_family (self, sight->access);
    }
  if (sight->family != NULL)
    sight->grant =
        bma_store_lookup (self->store, &bma_grant_type, sight->family->grant_id);
}
