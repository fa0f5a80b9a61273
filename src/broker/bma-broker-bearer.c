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

  if (dot == NULL)
    return NULL;
  revoked_id = bma_text_sha256_hex (claims->token_id);
  if (bma_store_lookup (self->store, &bma_token_type, revoked_id) != NULL)
    return NULL;
  family_id = g_strndup (claims->token_id, (size_t) (dot - claims->token_id));
  return bma_store_lookup (self->store, &bma_family_type, family_id);
}

/**
 * bma_broker_check_bearer:
 * @self: a broker
 * @authorization: (nullable): value of the Authorization header
 *
 * Judges a bearer token: signature, issuer, audience, time, revocation, scope (RFC 6750,
 * RFC 9068 section 4). Revocation counts at once.
 *
 * Returns: the verdict; `error.code` is %BMA_OAUTH_OK when it may pass
 */
BmaBearer
bma_broker_check_bearer (BmaBroker *self, const char *authorization)
{
  BmaBearer bearer = { BMA_OAUTH_NO_ERROR, FALSE, NULL };
  g_autoptr (GError) error = NULL;
  const BmaAccessClaims *claims = NULL;
  const BmaFamily *family = NULL;
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
  if (bma_key_manager_get_keys (self->keys) == NULL)
    {
      bearer.error = (BmaOauthError){ BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                                      "the keyring is locked; unlock it and try again" };
      return bearer;
    }
  claims = verify (self, token, length, &error);
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
  if (family == NULL ||
      bma_store_lookup (self->store, &bma_grant_type, family->grant_id) == NULL)
    {
      bearer.error = invalid_token ("the access token was revoked");
      return bearer;
    }
  bearer.grant_id = family->grant_id;
  bearer.error = bma_bearer_decide_scopes ((const char *const *) claims->scopes,
                                           (const char *const *) self->config->scopes);
  return bearer;
}

/**
 * bma_broker_make_jwks:
 * @self: a broker
 *
 * Returns: (transfer full): the public keys (RFC 7517 section 5), none while the keyring
 * is locked
 */
char *
bma_broker_make_jwks (BmaBroker *self)
{
  const BmaKeyset *keys = bma_key_manager_get_keys (self->keys);

  return keys != NULL ? bma_keyset_to_jwks (keys) : g_strdup ("{\"keys\":[]}");
}

/* What a revocation request is about. */
static const BmaFamily *
find_revoked (BmaBroker *self, const char *text, BmaAccessClaims **access)
{
  g_autofree char *id = bma_text_sha256_hex (text);
  const BmaToken *token = bma_store_lookup (self->store, &bma_token_type, id);
  const BmaKeyset *keys = bma_key_manager_get_keys (self->keys);

  if (token != NULL && g_str_equal (token->kind, BMA_TOKEN_KIND_REFRESH))
    return bma_store_lookup (self->store, &bma_family_type, token->family_id);
  if (keys == NULL)
    return NULL;
  *access = bma_jwt_verify_access (keys, text, strlen (text), self->config->issuer,
                                   (const char *const *) self->config->resources,
                                   bma_broker_now_s (self), NULL);
  return *access != NULL ? find_family (self, *access) : NULL;
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      bma_log_warning ("token", "%s", error->message);
      g_task_return_int (task, BMA_OAUTH_SERVER_ERROR);
      return;
    }
  g_task_return_int (task, BMA_OAUTH_OK);
}

static BmaOauthErrorCode
check_revocation (BmaBroker *self, const BmaForm *form)
{
  const char *client_id = bma_form_get (form, "client_id");

  if (bma_form_find_repeated (form, NULL) != NULL || bma_form_get (form, "token") == NULL)
    return BMA_OAUTH_INVALID_REQUEST;
  if (client_id == NULL || bma_broker_lookup_client (self, client_id) == NULL)
    return BMA_OAUTH_INVALID_CLIENT;
  return BMA_OAUTH_OK;
}

/**
 * bma_broker_revoke_async:
 * @self: a broker
 * @form: the request body; read before this returns
 * @correlation_id: (nullable): for the log
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Revokes a token (RFC 7009). A refresh token takes its whole family with it; an access
 * token goes alone. Unknown tokens and those of other clients are answered like success.
 */
void
bma_broker_revoke_async (BmaBroker *self,
                         const BmaForm *form,
                         const char *correlation_id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (BmaAccessClaims) access = NULL;
  const BmaFamily *family = NULL;
  const BmaGrant *grant = NULL;
  BmaOauthErrorCode code = check_revocation (self, form);

  g_task_set_source_tag (task, bma_broker_revoke_async);
  if (code != BMA_OAUTH_OK)
    {
      g_task_return_int (task, code);
      return;
    }
  family = find_revoked (self, bma_form_get (form, "token"), &access);
  if (family != NULL)
    grant = bma_store_lookup (self->store, &bma_grant_type, family->grant_id);
  if (grant == NULL ||
      g_strcmp0 (grant->client_id, bma_form_get (form, "client_id")) != 0)
    {
      /* It may be revoked already, but not durably so. */
      bma_store_apply_async (self->store, change, NULL, on_revoked,
                             g_steal_pointer (&task));
      return;
    }
  bma_log (G_LOG_LEVEL_INFO, "token", correlation_id, "revoked (client %s)",
           grant->client_id);
  if (access != NULL)
    {
      g_autofree char *id = bma_text_sha256_hex (access->token_id);
      BmaToken *token = bma_record_new (&bma_token_type, id);

      token->kind = g_strdup (BMA_TOKEN_KIND_REVOKED);
      token->family_id = g_strdup (family->record.id);
      token->issued_at_s = access->issued_at_s;
      token->expires_at_s = access->expires_at_s;
      bma_change_put_take (change, token);
    }
  else
    bma_change_delete (change, &bma_family_type, family->record.id);
  bma_broker_emit_grant_changed (self, grant, "reduced");
  bma_store_apply_async (self->store, change, NULL, on_revoked, g_steal_pointer (&task));
}

/**
 * bma_broker_revoke_finish:
 * @self: a broker
 * @result: what the callback got
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_broker_revoke_finish (BmaBroker *self, GAsyncResult *result)
{
  GError *error = NULL;
  gssize code = g_task_propagate_int (G_TASK (result), &error);
  static const char *const descriptions[BMA_OAUTH_N_ERRORS] = {
    [BMA_OAUTH_INVALID_REQUEST] =
        "token is missing, or a parameter occurs more than once",
    [BMA_OAUTH_INVALID_CLIENT] = "client_id is missing or not known here",
    [BMA_OAUTH_SERVER_ERROR] = "the change could not be stored; try again",
  };

  if (error != NULL)
    {
      g_error_free (error);
      code = BMA_OAUTH_SERVER_ERROR;
    }
  return (BmaOauthError){ (BmaOauthErrorCode) code, descriptions[code] };
}
