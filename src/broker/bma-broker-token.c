/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-token.h"

#include <string.h>

#include "bma-broker-private.h"
#include "bma-log.h"
#include "bma-scope.h"
#include "bma-text.h"
#include "bma-token-grant.h"

#define REFRESH_TOKEN_BYTES 32
#define TOKEN_ID_BYTES      16
#define MAX_SUCCESSORS      1024

/* The text of a refresh token that was just given, in case its answer got lost. */
typedef struct
{
  BmaSecret *token; /* owned */
  int64_t given_at_s;
} Successor;

static void
successor_free (Successor *self)
{
  bma_secret_unref (self->token);
  g_free (self);
}

void
bma_broker_init_token_memory (BmaBroker *self)
{
  self->successors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) successor_free);
  self->verified = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) bma_access_claims_free);
}

static gboolean
is_forgettable (gpointer key, gpointer value, gpointer user_data)
{
  return *(int64_t *) user_data - ((Successor *) value)->given_at_s > BMA_REFRESH_GRACE_S;
}

static void
remember_successor (BmaBroker *self, const char *spent_id, BmaSecret *token)
{
  Successor *successor = g_new0 (Successor, 1);
  int64_t now_s = bma_broker_now_s (self);

  g_hash_table_foreach_remove (self->successors, is_forgettable, &now_s);
  if (g_hash_table_size (self->successors) >= MAX_SUCCESSORS)
    g_hash_table_remove_all (self->successors);
  successor->token = bma_secret_ref (token);
  successor->given_at_s = now_s;
  g_hash_table_replace (self->successors, g_strdup (spent_id), successor);
}

/**
 * bma_token_answer_free:
 * @self: (transfer full) (nullable): an answer
 */
void
bma_token_answer_free (BmaTokenAnswer *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->access_token, bma_secret_unref);
  g_clear_pointer (&self->refresh_token, bma_secret_unref);
  g_clear_pointer (&self->id_token, bma_secret_unref);
  g_free (self->scope);
  g_free (self);
}

static BmaTokenAnswer *
refusal (BmaOauthErrorCode code, const char *description)
{
  BmaTokenAnswer *answer = g_new0 (BmaTokenAnswer, 1);

  answer->error = (BmaOauthError){ code, description };
  return answer;
}

/* A token request between its decision and its answer. */
typedef struct
{
  BmaTokenDecision *decision; /* owned */
  BmaSecret *refresh_token;   /* owned, nullable: to be answered */
  BmaSubject *subject;        /* owned, nullable */
  BmaGrant *grant;            /* owned, nullable */
  char *client_id;            /* owned, nullable */
  char *correlation_id;       /* owned, nullable */
} Exchange;

static void
exchange_free (Exchange *self)
{
  bma_token_decision_free (self->decision);
  g_clear_pointer (&self->refresh_token, bma_secret_unref);
  g_clear_pointer (&self->subject, bma_record_unref);
  g_clear_pointer (&self->grant, bma_record_unref);
  g_free (self->client_id);
  g_free (self->correlation_id);
  g_free (self);
}

/**
 * bma_broker_sign_access_token:
 * @self: a broker with a key
 * @family_id: token family; its id begins the `jti`
 * @sub: the person
 * @client_id: client or app
 * @resource: audience
 * @scopes: scopes
 * @expires_at_s: end of its life
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a signed access token (RFC 9068)
 */
BmaSecret *
bma_broker_sign_access_token (BmaBroker *self,
                              const char *family_id,
                              const char *sub,
                              const char *client_id,
                              const char *resource,
                              const char *const *scopes,
                              int64_t expires_at_s,
                              GError **error)
{
  g_autofree char *random = bma_entropy_hex (self->entropy, TOKEN_ID_BYTES);
  g_autofree char *token_id = g_strconcat (family_id, ".", random, NULL);
  const BmaKeyset *keys = bma_key_manager_get_keys (self->keys);
  BmaAccessClaims claims = {
    .issuer = self->config->issuer,
    .subject = (char *) sub,
    .audience = (char *) resource,
    .client_id = (char *) client_id,
    .token_id = token_id,
    .scopes = (char **) scopes,
    .issued_at_s = bma_broker_now_s (self),
    .expires_at_s = expires_at_s,
  };

  if (keys == NULL)
    {
      g_set_error_literal (
          error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_KEYRING_LOCKED,
          "The signing key is locked in the keyring; unlock the keyring");
      return NULL;
    }
  return bma_jwt_sign_access (bma_keyset_get_signer (keys), &claims, error);
}

/* OpenID Connect Core section 2. */
static BmaSecret *
sign_id_token (BmaBroker *self, const Exchange *exchange, GError **error)
{
  g_autoptr (JsonObject) claims = json_object_new ();
  const BmaSubject *subject = exchange->subject;
  const char *const *scopes = (const char *const *) exchange->decision->scopes;
  int64_t now_s = bma_broker_now_s (self);

  json_object_set_string_member (claims, "iss", self->config->issuer);
  json_object_set_string_member (claims, "sub", subject->sub);
  json_object_set_string_member (claims, "aud", exchange->client_id);
  json_object_set_int_member (claims, "iat", now_s);
  json_object_set_int_member (claims, "exp", now_s + self->config->access_lifetime_s);
  json_object_set_int_member (claims, "auth_time", exchange->decision->signed_in_at_s);
  bma_json_set_string (claims, "nonce", exchange->decision->nonce);
  if (g_strv_contains (scopes, "profile"))
    bma_json_set_string (claims, "name", subject->name);
  if (g_strv_contains (scopes, "email"))
    bma_json_set_string (claims, "email", subject->email);
  return bma_jwt_sign (bma_keyset_get_signer (bma_key_manager_get_keys (self->keys)),
                       BMA_JWT_TYP_ID, claims, error);
}

static BmaTokenAnswer *
make_answer (BmaBroker *self, const Exchange *exchange)
{
  const BmaTokenDecision *decision = exchange->decision;
  g_autoptr (BmaTokenAnswer) answer = g_new0 (BmaTokenAnswer, 1);
  g_autoptr (GError) error = NULL;

  answer->expires_in_s = self->config->access_lifetime_s;
  answer->access_token =
      bma_broker_sign_access_token (self, decision->family_id, exchange->subject->sub,
                                    exchange->client_id, decision->resource,
                                    (const char *const *) decision->scopes,
                                    bma_broker_now_s (self) + answer->expires_in_s,
                                    &error);
  if (answer->access_token != NULL && decision->with_id_token)
    answer->id_token = sign_id_token (self, exchange, &error);
  if (error != NULL)
    {
      bma_log_warning ("token", "Signing failed: %s", error->message);
      return refusal (BMA_OAUTH_SERVER_ERROR, "the token could not be signed");
    }
  if (exchange->refresh_token != NULL)
    answer->refresh_token = bma_secret_ref (exchange->refresh_token);
  answer->scope = bma_scope_join ((const char *const *) decision->scopes);
  return g_steal_pointer (&answer);
}

static void
answer_exchange (GTask *task)
{
  BmaBroker *self = g_task_get_source_object (task);
  const Exchange *exchange = g_task_get_task_data (task);
  const BmaTokenDecision *decision = exchange->decision;
  BmaTokenAnswer *answer = NULL;

  bma_log (decision->reuse ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_INFO, "token",
           exchange->correlation_id, "%s (client %s)", decision->reason,
           exchange->client_id != NULL ? exchange->client_id : "?");
  if (decision->reuse && exchange->grant != NULL)
    bma_broker_emit_grant_changed (self, exchange->grant, "reduced");
  if (decision->action == BMA_TOKEN_REFUSE)
    answer = refusal (decision->error.code, decision->error.description);
  else
    {
      answer = make_answer (self, exchange);
      bma_broker_emit_grant_changed (self, exchange->grant, "refreshed");
    }
  g_task_return_pointer (task, answer, (GDestroyNotify) bma_token_answer_free);
}

static void
on_exchange_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      answer_exchange (task);
      return;
    }
  bma_log_warning ("token", "%s", error->message);
  g_task_return_pointer (task,
                         refusal (BMA_OAUTH_SERVER_ERROR,
                                  "the change could not be stored; try again"),
                         (GDestroyNotify) bma_token_answer_free);
}

static void
gather (BmaBroker *self, const BmaTokenRequest *request, BmaTokenFacts *facts)
{
  const char *secret =
      request->grant_type == BMA_GRANT_TYPE_CODE ? request->code : request->refresh_token;
  g_autofree char *id = bma_text_sha256_hex (secret);
  const char *family_id = NULL;
  const char *grant_id = NULL;

  *facts = (BmaTokenFacts){ 0 };
  facts->client = bma_broker_lookup_client (self, request->client_id);
  if (request->grant_type == BMA_GRANT_TYPE_CODE)
    {
      facts->code = bma_store_lookup (self->store, &bma_code_type, id);
      family_id = facts->code != NULL ? facts->code->family_id : NULL;
      grant_id = facts->code != NULL ? facts->code->grant_id : NULL;
    }
  else
    {
      facts->token = bma_store_lookup (self->store, &bma_token_type, id);
      family_id = facts->token != NULL ? facts->token->family_id : NULL;
      if (facts->token != NULL && facts->token->successor != NULL)
        facts->successor =
            bma_store_lookup (self->store, &bma_token_type, facts->token->successor);
      facts->remembers_successor = g_hash_table_contains (self->successors, id);
    }
  if (family_id != NULL)
    facts->family = bma_store_lookup (self->store, &bma_family_type, family_id);
  if (facts->family != NULL)
    grant_id = facts->family->grant_id;
  if (grant_id != NULL)
    facts->grant = bma_store_lookup (self->store, &bma_grant_type, grant_id);
}

/* Which refresh token the answer holds: the new one, or the one given before. */
static BmaSecret *
pick_refresh_token (BmaBroker *self,
                    const BmaTokenRequest *request,
                    const BmaTokenDecision *decision,
                    BmaSecret *fresh)
{
  g_autofree char *spent_id = NULL;
  const Successor *before = NULL;

  if (decision->action == BMA_TOKEN_REFUSE || !decision->with_refresh)
    return NULL;
  if (request->grant_type == BMA_GRANT_TYPE_CODE)
    return bma_secret_ref (fresh);
  spent_id = bma_text_sha256_hex (request->refresh_token);
  before = g_hash_table_lookup (self->successors, spent_id);
  if (decision->action == BMA_TOKEN_REPEAT && before != NULL)
    return bma_secret_ref (before->token);
  remember_successor (self, spent_id, fresh);
  return bma_secret_ref (fresh);
}

/**
 * bma_broker_token_async:
 * @self: a broker
 * @form: the request body; read before this returns
 * @correlation_id: (nullable): for the log
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Answers a token request (RFC 6749 section 3.2). Everything from the look-ups to the
 * application of the change happens before this returns, so a code is redeemed once and a
 * rotation is atomic however many requests come at once.
 */
void
bma_broker_token_async (BmaBroker *self,
                        const BmaForm *form,
                        const char *correlation_id,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (BmaSecret) fresh =
      bma_secret_new_take (bma_entropy_token (self->entropy, REFRESH_TOKEN_BYTES));
  g_autofree char *fresh_id = bma_text_sha256_hex (bma_secret_peek (fresh));
  BmaTokenRequest request;
  BmaTokenFacts facts;
  Exchange *exchange = NULL;
  BmaOauthError error = bma_token_request_parse (form, &request);

  g_task_set_source_tag (task, bma_broker_token_async);
  if (error.code == BMA_OAUTH_OK && bma_key_manager_get_keys (self->keys) == NULL)
    error = (BmaOauthError){ BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                             "the keyring is locked; unlock it and try again" };
  if (error.code != BMA_OAUTH_OK)
    {
      g_task_return_pointer (task, refusal (error.code, error.description),
                             (GDestroyNotify) bma_token_answer_free);
      return;
    }
  gather (self, &request, &facts);
  exchange = g_new0 (Exchange, 1);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  exchange->client_id = g_strdup (request.client_id);
  exchange->correlation_id = g_strdup (correlation_id);
  if (facts.grant != NULL)
    {
      const BmaSubject *subject =
          bma_store_lookup (self->store, &bma_subject_type, facts.grant->subject_id);

      exchange->grant = bma_record_ref (facts.grant);
      if (subject != NULL)
        exchange->subject = bma_record_ref (subject);
      else
        facts.grant = NULL;
    }
  exchange->decision = bma_token_grant_decide (&request, &facts, self->config, fresh_id,
                                               bma_broker_now_s (self), change);
  exchange->refresh_token =
      pick_refresh_token (self, &request, exchange->decision, fresh);
  /* A refusal too may follow from what is not durable yet. */
  bma_store_apply_async (self->store, change, NULL, on_exchange_applied,
                         g_steal_pointer (&task));
}

/**
 * bma_broker_token_finish:
 * @self: a broker
 * @result: what the callback got
 *
 * Returns: (transfer full): the answer
 */
BmaTokenAnswer *
bma_broker_token_finish (BmaBroker *self, GAsyncResult *result)
{
  BmaTokenAnswer *answer = g_task_propagate_pointer (G_TASK (result), NULL);

  return answer != NULL ? answer : refusal (BMA_OAUTH_SERVER_ERROR, "cancelled");
}
