/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-token.h"

#include <string.h>

#include "bma-broker-private.h"
#include "bma-client-grant.h"
#include "bma-log.h"
#include "bma-refresh.h"
#include "bma-scope.h"
#include "bma-text.h"
#include "bma-token-grant.h"

#define REFRESH_TOKEN_BYTES 32
#define FAMILY_ID_BYTES     16

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
  /* With HS256 no client could verify one. */
  if (answer->access_token != NULL && decision->with_id_token &&
      bma_config_offers_openid (self->config))
    answer->id_token =
        bma_broker_sign_id_token (self,
                                  &(BmaIdTokenTerms){
                                      .subject = exchange->subject,
                                      .client_id = exchange->client_id,
                                      .nonce = decision->nonce,
                                      .scopes = (const char *const *) decision->scopes,
                                      .access_token = answer->access_token,
                                      .signed_in_at_s = decision->signed_in_at_s },
                                  &error);
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
      bma_broker_emit_grant_changed (self, exchange->grant,
                                     decision->is_new_grant ? "added" : "refreshed");
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
gather_token (BmaBroker *self, const char *id, BmaTokenFacts *facts)
{
  const BmaToken *token = bma_store_lookup (self->store, &bma_token_type, id);

  facts->token = token;
  if (token != NULL && token->successor != NULL)
    facts->successor = bma_store_lookup (self->store, &bma_token_type, token->successor);
  if (token != NULL && token->predecessor != NULL)
    facts->predecessor =
        bma_store_lookup (self->store, &bma_token_type, token->predecessor);
}

static const char *
gather_code (BmaBroker *self, const char *id, BmaTokenFacts *facts)
{
  facts->code = bma_store_lookup (self->store, &bma_code_type, id);
  return facts->code != NULL ? facts->code->grant_id : NULL;
}

static void
gather (BmaBroker *self, const BmaTokenRequest *request, BmaTokenFacts *facts)
{
  g_autofree char *own_grant_id = NULL;
  g_autofree char *id = NULL;
  const char *family_id = NULL;
  const char *grant_id = NULL;

  switch (request->grant_type)
    {
    case BMA_GRANT_TYPE_CODE:
      id = bma_text_sha256_hex (request->code);
      grant_id = gather_code (self, id, facts);
      family_id = facts->code != NULL ? facts->code->family_id : NULL;
      break;
    case BMA_GRANT_TYPE_REFRESH:
      id = bma_text_sha256_hex (request->refresh_token);
      gather_token (self, id, facts);
      family_id = facts->token != NULL ? facts->token->family_id : NULL;
      break;
    case BMA_GRANT_TYPE_DEVICE:
      id = bma_text_sha256_hex (request->device_code);
      facts->device = bma_store_lookup (self->store, &bma_device_type, id);
      grant_id = facts->device != NULL ? facts->device->grant_id : NULL;
      break;
    case BMA_GRANT_TYPE_CLIENT:
      grant_id = own_grant_id = bma_client_grant_make_id (facts->client, self->config);
      break;
    }
  if (family_id != NULL)
    facts->family = bma_store_lookup (self->store, &bma_family_type, family_id);
  if (facts->family != NULL)
    grant_id = facts->family->grant_id;
  if (grant_id != NULL)
    facts->grant = bma_store_lookup (self->store, &bma_grant_type, grant_id);
}

/* The new refresh token and what it is made of. */
typedef struct
{
  BmaSecret *token; /* owned */
  char *id;         /* owned */
  char *salt;       /* owned, nullable: the token replaces another */
  char *family_id;  /* owned */
} Fresh;

static void
fresh_clear (Fresh *self)
{
  g_clear_pointer (&self->token, bma_secret_unref);
  g_free (self->id);
  g_free (self->salt);
  g_free (self->family_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fresh, fresh_clear)

/* A token whose answer was lost is made again of the same salt. */
static void
make_fresh (BmaBroker *self,
            const BmaTokenRequest *request,
            const BmaTokenFacts *facts,
            Fresh *fresh)
{
  if (request->grant_type != BMA_GRANT_TYPE_REFRESH)
    fresh->token =
        bma_secret_new_take (bma_entropy_token (self->entropy, REFRESH_TOKEN_BYTES));
  else
    {
      fresh->salt = facts->token != NULL && facts->token->salt != NULL
                        ? g_strdup (facts->token->salt)
                        : bma_entropy_token (self->entropy, REFRESH_TOKEN_BYTES);
      fresh->token = bma_refresh_make_successor (request->refresh_token, fresh->salt);
    }
  fresh->id = bma_text_sha256_hex (bma_secret_peek (fresh->token));
  fresh->family_id = bma_entropy_hex (self->entropy, FAMILY_ID_BYTES);
}

/* Parse, and find out who asks. */
static BmaOauthError
begin (BmaBroker *self,
       const BmaForm *form,
       const BmaClientAuth *auth,
       BmaTokenRequest *request,
       BmaChange *change,
       BmaTokenFacts *facts)
{
  BmaOauthError error = bma_token_request_parse (form, auth->client_id, request);

  if (error.code != BMA_OAUTH_OK)
    return error;
  if (bma_key_manager_get_keys (self->keys) == NULL)
    return bma_broker_make_no_key_error (self);
  return bma_broker_authenticate (self, auth, change, &facts->client);
}

/* The person behind the grant; a grant of nobody is none. */
static void
keep_people (BmaBroker *self, Exchange *exchange, BmaTokenFacts *facts)
{
  const BmaSubject *subject = NULL;

  if (facts->grant == NULL)
    return;
  exchange->grant = bma_record_ref (facts->grant);
  subject = bma_store_lookup (self->store, &bma_subject_type, facts->grant->subject_id);
  if (subject != NULL)
    exchange->subject = bma_record_ref (subject);
  else
    facts->grant = NULL;
}

/* Those that the decision made. */
static void
take_people (Exchange *exchange)
{
  const BmaTokenDecision *decision = exchange->decision;

  if (decision->subject != NULL)
    {
      g_clear_pointer (&exchange->subject, bma_record_unref);
      exchange->subject = bma_record_ref (decision->subject);
    }
  if (decision->grant != NULL)
    {
      g_clear_pointer (&exchange->grant, bma_record_unref);
      exchange->grant = bma_record_ref (decision->grant);
    }
}

/**
 * bma_broker_token_async:
 * @self: a broker
 * @form: the request body; read before this returns
 * @authorization: (nullable): value of the Authorization header
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
                        const char *authorization,
                        const char *correlation_id,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_auto (BmaClientAuth) auth = { NULL };
  g_auto (Fresh) fresh = { NULL };
  BmaTokenRequest request;
  BmaTokenFacts facts = { NULL };
  Exchange *exchange = NULL;
  BmaOauthError error = bma_client_auth_parse (form, authorization, &auth);

  g_task_set_source_tag (task, bma_broker_token_async);
  if (error.code == BMA_OAUTH_OK)
    error = begin (self, form, &auth, &request, change, &facts);
  if (error.code != BMA_OAUTH_OK)
    {
      g_task_return_pointer (task, refusal (error.code, error.description),
                             (GDestroyNotify) bma_token_answer_free);
      return;
    }
  gather (self, &request, &facts);
  make_fresh (self, &request, &facts, &fresh);
  exchange = g_new0 (Exchange, 1);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  exchange->client_id = g_strdup (request.client_id);
  exchange->correlation_id = g_strdup (correlation_id);
  keep_people (self, exchange, &facts);
  exchange->decision =
      bma_token_grant_decide (&request, &facts, self->config,
                              &(BmaTokenTicket){ fresh.id, fresh.salt, fresh.family_id },
                              bma_broker_now_s (self), change);
  take_people (exchange);
  if (exchange->decision->with_refresh)
    exchange->refresh_token = bma_secret_ref (fresh.token);
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
