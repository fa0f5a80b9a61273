/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bearer.h"
#include "bma-broker-private.h"
#include "bma-broker-token.h"
#include "bma-jwt-peek.h"
#include "bma-log.h"
#include "bma-text.h"
#include "bma-trusted-issuer.h"

#define MAX_FOREIGN 1024

/* A token of somebody else that was found good. It stays so while the settings and its
 * key are the same. */
typedef struct
{
  BmaConfig *config;        /* owned */
  BmaTrustedIssuer *issuer; /* owned */
  BmaKey *key;              /* owned */
  char *holder;             /* owned */
  char **scopes;            /* owned */
  int64_t expires_at_s;
} Foreign;

static void
foreign_free (Foreign *self)
{
  bma_config_unref (self->config);
  bma_trusted_issuer_free (self->issuer);
  bma_key_unref (self->key);
  g_free (self->holder);
  g_strfreev (self->scopes);
  g_free (self);
}

/**
 * bma_broker_init_foreign_memory:
 * @self: a broker
 *
 * Makes the memory of tokens of others.
 */
void
bma_broker_init_foreign_memory (BmaBroker *self)
{
  self->foreign = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) foreign_free);
}

/**
 * bma_broker_set_trusted_keys:
 * @self: a broker
 * @source: (nullable): where the keys of trusted issuers come from
 *
 * Without a source nobody else is trusted.
 */
void
bma_broker_set_trusted_keys (BmaBroker *self, BmaKeySource *source)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  g_set_object (&self->trusted_keys, source);
}

static BmaKeyPlace
place_of (const BmaTrustedIssuer *issuer)
{
  return (BmaKeyPlace){ .issuer = issuer->jwks_uri == NULL ? issuer->issuer : NULL,
                        .jwks_uri = issuer->jwks_uri };
}

static BmaBearer
refuse (BmaOauthErrorCode code, const char *description)
{
  return (BmaBearer){ .error = { code, description } };
}

static BmaBearer
accept (BmaBroker *self, const Foreign *foreign)
{
  const char *const *scopes = (const char *const *) foreign->scopes;

  return (BmaBearer){
    .error =
        bma_bearer_decide_scopes (scopes, (const char *const *) self->config->scopes),
    .subject_id = foreign->holder,
    .scopes = scopes,
    .expires_at_s = foreign->expires_at_s,
  };
}

/* Everything about a token whose key is known. */
static Foreign *
verify (BmaBroker *self,
        const char *token,
        size_t length,
        const BmaJwtPeek *peek,
        const BmaTrustedIssuer *issuer,
        const BmaKeyset *keys,
        GError **error)
{
  gboolean is_access_type = bma_jwt_peek_is_type (peek, BMA_JWT_TYP_ACCESS);
  g_autoptr (JsonObject)
      claims = bma_jwt_verify (keys, is_access_type ? BMA_JWT_TYP_ACCESS : NULL, token,
                               length, error);
  g_auto (GStrv) scopes = NULL;
  const char *problem = NULL;
  Foreign *foreign = NULL;

  if (claims == NULL ||
      bma_jwt_check (claims, issuer->issuer, (const char *const *) issuer->audiences,
                     bma_broker_now_s (self), error) == NULL)
    return NULL;
  scopes = bma_trusted_issuer_read_scopes (issuer, self->config, claims, is_access_type,
                                           &problem);
  if (scopes == NULL)
    {
      g_set_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_CLAIMS,
                   "The token is refused: %s", problem);
      return NULL;
    }
  foreign = g_new0 (Foreign, 1);
  foreign->config = bma_config_ref (self->config);
  foreign->key = bma_key_ref (bma_keyset_lookup (keys, peek->key_id));
  foreign->holder = bma_trusted_issuer_make_holder (claims);
  foreign->scopes = g_steal_pointer (&scopes);
  bma_json_get_int (claims, "exp", &foreign->expires_at_s);
  return foreign;
}

/* A remembered token, if nothing has changed since it was verified. */
static const Foreign *
recall (BmaBroker *self, const char *hash)
{
  const Foreign *foreign = g_hash_table_lookup (self->foreign, hash);
  const BmaKeyset *keys = NULL;
  BmaKeyPlace place;

  if (foreign == NULL)
    return NULL;
  place = place_of (foreign->issuer);
  if (foreign->config == self->config &&
      foreign->expires_at_s > bma_broker_now_s (self) &&
      bma_key_source_find (self->trusted_keys, &place, bma_key_get_id (foreign->key),
                           &keys) == BMA_KEY_FOUND &&
      bma_keyset_lookup (keys, bma_key_get_id (foreign->key)) == foreign->key)
    return foreign;
  g_hash_table_remove (self->foreign, hash);
  return NULL;
}

static const Foreign *
remember (BmaBroker *self, char *hash, Foreign *foreign)
{
  if (g_hash_table_size (self->foreign) >= MAX_FOREIGN)
    g_hash_table_remove_all (self->foreign);
  g_hash_table_insert (self->foreign, hash, foreign);
  return foreign;
}

/* %NULL: @bearer says why not. */
static const BmaKeyset *
find_keys (BmaBroker *self,
           const BmaTrustedIssuer *issuer,
           const char *kid,
           BmaBearer *bearer)
{
  BmaKeyPlace place = place_of (issuer);
  const BmaKeyset *keys = NULL;

  switch (bma_key_source_find (self->trusted_keys, &place, kid, &keys))
    {
    case BMA_KEY_FOUND:
      return keys;
    case BMA_KEY_WANTED:
      *bearer = refuse (BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                        "the keys of the issuer of the token are being fetched");
      bearer->wants_keys = TRUE;
      return NULL;
    case BMA_KEY_UNREACHABLE:
      *bearer = refuse (BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                        "the keys of the issuer of the token cannot be fetched just now");
      bearer->retry_after_s =
          bma_key_source_get_retry_after_s (self->trusted_keys, &place);
      return NULL;
    case BMA_KEY_UNKNOWN:
    default:
      bma_log_info ("bearer", "Refused: %s does not publish the key of the token",
                    issuer->issuer);
      *bearer = refuse (BMA_OAUTH_INVALID_TOKEN, "the access token is not valid here");
      return NULL;
    }
}

/* The trusted issuer that a token says it is of. */
static BmaTrustedIssuer *
find_issuer (BmaBroker *self, const BmaJwtPeek *peek)
{
  if (peek == NULL || peek->issuer == NULL || peek->key_id == NULL)
    return NULL;
  return bma_trusted_issuer_find (self->config, peek->issuer);
}

/**
 * bma_broker_judge_foreign:
 * @self: a broker
 * @token: a token that is not ours
 * @length: its length in bytes
 * @bearer: (out): the verdict
 *
 * Judges a token that a trusted issuer may have issued. Never waits.
 *
 * Returns: whether it says it is of one; else there is no verdict
 */
gboolean
bma_broker_judge_foreign (BmaBroker *self,
                          const char *token,
                          size_t length,
                          BmaBearer *bearer)
{
  uint8_t digest[BMA_SHA256_BYTES];
  g_autofree char *hash = NULL;
  g_autoptr (BmaJwtPeek) peek = NULL;
  g_autoptr (BmaTrustedIssuer) issuer = NULL;
  g_autoptr (GError) error = NULL;
  const BmaKeyset *keys = NULL;
  const Foreign *known = NULL;
  Foreign *foreign = NULL;

  if (self->trusted_keys == NULL || self->config->trusted_issuers[0] == NULL)
    return FALSE;
  bma_text_sha256 (token, length, digest);
  hash = bma_text_hex (digest, sizeof digest);
  known = recall (self, hash);
  if (known != NULL)
    {
      *bearer = accept (self, known);
      return TRUE;
    }
  peek = bma_jwt_peek (token, length);
  issuer = find_issuer (self, peek);
  if (issuer == NULL)
    return FALSE;
  keys = find_keys (self, issuer, peek->key_id, bearer);
  if (keys == NULL)
    return TRUE;
  foreign = verify (self, token, length, peek, issuer, keys, &error);
  if (foreign == NULL)
    {
      bma_log_info ("bearer", "Of %s: %s", issuer->issuer, error->message);
      *bearer = refuse (BMA_OAUTH_INVALID_TOKEN,
                        g_error_matches (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_EXPIRED)
                            ? "the access token expired"
                            : "the access token is not valid here");
      return TRUE;
    }
  foreign->issuer = g_steal_pointer (&issuer);
  *bearer = accept (self, remember (self, g_steal_pointer (&hash), foreign));
  return TRUE;
}

static void
on_keys_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  /* What went wrong is in the log; whoever asks again is told what it means. */
  bma_key_source_load_finish (BMA_KEY_SOURCE (source), result, NULL);
  g_task_return_boolean (task, TRUE);
}

/**
 * bma_broker_load_bearer_keys_async:
 * @self: a broker
 * @authorization: (nullable): value of the Authorization header
 * @cancellable: (nullable): ends the waiting
 * @callback: called when the keys are there, or cannot be had
 * @user_data: for @callback
 *
 * Fetches the keys that [method@Broker.check_bearer] wants; then it is to be asked again.
 */
void
bma_broker_load_bearer_keys_async (BmaBroker *self,
                                   const char *authorization,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaJwtPeek) peek = NULL;
  g_autoptr (BmaTrustedIssuer) issuer = NULL;
  const char *token = NULL;
  size_t length = 0;
  BmaKeyPlace place;

  g_task_set_source_tag (task, bma_broker_load_bearer_keys_async);
  if (bma_bearer_parse (authorization, &token, &length) == BMA_BEARER_OK)
    peek = bma_jwt_peek (token, length);
  issuer = find_issuer (self, peek);
  if (issuer == NULL || self->trusted_keys == NULL)
    {
      g_task_return_boolean (task, FALSE);
      return;
    }
  place = place_of (issuer);
  bma_key_source_load_async (self->trusted_keys, &place, cancellable, on_keys_loaded,
                             g_steal_pointer (&task));
}

/**
 * bma_broker_load_bearer_keys_finish:
 * @self: a broker
 * @result: what the callback got
 *
 * Returns: whether it makes sense to ask again
 */
gboolean
bma_broker_load_bearer_keys_finish (BmaBroker *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), NULL);
}

static void
on_issuer_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bma_key_source_load_finish (BMA_KEY_SOURCE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * bma_broker_check_issuer_async:
 * @self: a broker
 * @name: one of the settings' trusted issuers
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Finds out whether the keys of a trusted issuer can be fetched.
 */
void
bma_broker_check_issuer_async (BmaBroker *self,
                               const char *name,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaTrustedIssuer) issuer = bma_trusted_issuer_new (self->config, name);
  BmaKeyPlace place;

  g_task_set_source_tag (task, bma_broker_check_issuer_async);
  if (issuer == NULL || self->trusted_keys == NULL)
    {
      g_task_return_new_error (task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                               "It is not known where its keys are");
      return;
    }
  place = place_of (issuer);
  bma_key_source_load_async (self->trusted_keys, &place, cancellable, on_issuer_checked,
                             g_steal_pointer (&task));
}

/**
 * bma_broker_check_issuer_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether its keys were fetched just now
 */
gboolean
bma_broker_check_issuer_finish (BmaBroker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
