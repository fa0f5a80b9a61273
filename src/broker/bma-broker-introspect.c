/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-token.h"

#include "bma-bearer.h"
#include "bma-broker-outcome.h"
#include "bma-introspection.h"
#include "bma-log.h"
#include "bma-scope.h"

/* What may be told of a token; FALSE when it is not good any more. */
static gboolean
describe (BmaBroker *self, const BmaTokenSight *sight, BmaIntrospection *token)
{
  const BmaGrant *grant = sight->grant;
  const BmaSubject *subject = NULL;

  if (grant == NULL)
    return FALSE;
  subject = bma_store_lookup (self->store, &bma_subject_type, grant->subject_id);
  *token = (BmaIntrospection){ .issuer = self->config->issuer,
                               .audience = sight->family->resource,
                               .client_id = grant->client_id != NULL ? grant->client_id
                                                                     : grant->app_id,
                               .subject = subject != NULL ? subject->sub : NULL };
  if (sight->access != NULL)
    {
      token->token_type = "Bearer";
      token->audience = sight->access->audience;
      token->token_id = sight->access->token_id;
      token->scopes = (const char *const *) sight->access->scopes;
      token->issued_at_s = sight->access->issued_at_s;
      token->expires_at_s = sight->access->expires_at_s;
      return TRUE;
    }
  token->scopes = (const char *const *) sight->family->scopes;
  token->issued_at_s = sight->refresh->issued_at_s;
  token->expires_at_s = sight->refresh->expires_at_s;
  return sight->refresh->spent_at_s == 0 && token->expires_at_s > bma_broker_now_s (self);
}

static BmaOauthError
begin (BmaBroker *self,
       const BmaForm *form,
       const char *authorization,
       BmaChange *change,
       const BmaClient **client)
{
  g_auto (BmaClientAuth) auth = { NULL };
  BmaOauthError error = bma_client_auth_parse (form, authorization, &auth);

  if (error.code == BMA_OAUTH_OK)
    error = bma_broker_authenticate (self, &auth, change, client);
  if (error.code != BMA_OAUTH_OK)
    return error;
  if (g_str_equal (auth.method, BMA_CLIENT_AUTH_NONE))
    return (BmaOauthError){ BMA_OAUTH_INVALID_CLIENT,
                            "only clients with credentials may ask about tokens" };
  if (bma_form_get (form, "token") == NULL)
    return (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST, "token is missing" };
  if (bma_key_manager_get_keys (self->keys) == NULL)
    return bma_broker_make_no_key_error (self);
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_broker_introspect_async:
 * @self: a broker
 * @form: the request body; read before this returns
 * @authorization: (nullable): value of the Authorization header
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Tells a client with credentials about one of its tokens, or a resource server about
 * anybody's (RFC 7662). Tokens that are unknown, malformed, expired, revoked, used or
 * somebody else's are answered alike.
 */
void
bma_broker_introspect_async (BmaBroker *self,
                             const BmaForm *form,
                             const char *authorization,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_auto (BmaTokenSight) sight = { NULL };
  BmaIntrospection token = { NULL };
  BmaOutcome *outcome = bma_outcome_new_for (task);
  const BmaClient *client = NULL;
  gboolean is_good = FALSE;

  g_task_set_source_tag (task, bma_broker_introspect_async);
  outcome->error = begin (self, form, authorization, change, &client);
  if (outcome->error.code != BMA_OAUTH_OK)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  bma_broker_look_at_token (self, bma_form_get (form, "token"), &sight);
  is_good = describe (self, &sight, &token) &&
            bma_introspection_may_see (client, sight.grant);
  outcome->object = bma_introspection_make_answer (is_good ? &token : NULL);
  bma_outcome_apply_then_return (self, g_steal_pointer (&task), change);
}

/**
 * bma_broker_introspect_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: (out): why not, if not
 *
 * Returns: (transfer full) (nullable): the answer
 */
JsonObject *
bma_broker_introspect_finish (BmaBroker *self, GAsyncResult *result, BmaOauthError *error)
{
  return bma_outcome_finish (result, error);
}

/**
 * bma_broker_get_user_info:
 * @self: a broker
 * @authorization: (nullable): value of the Authorization header
 * @error: (out): why not, if not; no error and no object when nothing was sent
 *
 * Who the person behind an access token is (OpenID Connect Core section 5.3), as far as
 * the token's scopes go.
 *
 * Returns: (transfer full) (nullable): the claims
 */
JsonObject *
bma_broker_get_user_info (BmaBroker *self,
                          const char *authorization,
                          BmaOauthError *error)
{
  static const char *const needed[] = { BMA_SCOPE_OPENID, NULL };
  g_auto (BmaTokenSight) sight = { NULL };
  g_autoptr (BmaSecretText) token = NULL;
  const BmaSubject *subject = NULL;
  const char *const *scopes = NULL;
  const char *start = NULL;
  size_t length = 0;
  JsonObject *claims = NULL;
  BmaBearerParse parsed = bma_bearer_parse (authorization, &start, &length);

  *error = BMA_OAUTH_NO_ERROR;
  if (parsed == BMA_BEARER_ABSENT)
    return NULL;
  *error = (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST,
                            "the Authorization header is malformed" };
  if (parsed == BMA_BEARER_MALFORMED)
    return NULL;
  *error = bma_broker_make_no_key_error (self);
  if (bma_key_manager_get_keys (self->keys) == NULL)
    return NULL;
  token = g_strndup (start, length);
  bma_broker_look_at_token (self, token, &sight);
  if (sight.access != NULL && sight.grant != NULL)
    subject = bma_store_lookup (self->store, &bma_subject_type, sight.grant->subject_id);
  *error =
      (BmaOauthError){ BMA_OAUTH_INVALID_TOKEN,
                       "the access token is expired, revoked or not of this server" };
  if (subject == NULL)
    return NULL;
  scopes = (const char *const *) sight.access->scopes;
  *error = bma_bearer_decide_scopes (scopes, needed);
  if (error->code != BMA_OAUTH_OK)
    return NULL;
  claims = json_object_new ();
  json_object_set_string_member (claims, "sub", subject->sub);
  bma_broker_set_person_claims (claims, subject, scopes);
  return claims;
}
