/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include "bma-local-token.h"
#include "bma-log.h"

#define FAMILY_ID_BYTES 16

/**
 * bma_local_token_free:
 * @self: (transfer full) (nullable): a token
 */
void
bma_local_token_free (BmaLocalToken *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->token, bma_secret_unref);
  g_strfreev (self->scopes);
  g_free (self->resource);
  g_free (self->issuer);
  g_free (self->grant_id);
  g_free (self);
}

const char *const *
bma_broker_wanted_scopes (BmaBroker *self, const BmaLocalRequest *request)
{
  if (request->scopes == NULL || request->scopes[0] == NULL)
    return (const char *const *) self->config->scopes;
  return request->scopes;
}

/**
 * bma_broker_decide_local:
 * @self: a broker
 * @caller: who asks
 * @request: for what
 * @grant: (out) (transfer none) (nullable): what the person allowed it
 *
 * Returns: what happens to the request
 */
BmaLocalAction
bma_broker_decide_local (BmaBroker *self,
                         BmaPeer *caller,
                         const BmaLocalRequest *request,
                         const BmaGrant **grant)
{
  g_autoptr (BmaPeer) peer = bma_broker_recognise (self, caller, self->subject);
  BmaLocalFacts facts = { peer, self->session_id, self->subject, NULL };
  g_autofree char *id = NULL;

  if (self->subject != NULL)
    {
      id = bma_broker_make_app_grant_id (self, peer, self->subject);
      facts.grant = bma_store_lookup (self->store, &bma_grant_type, id);
    }
  *grant = facts.grant;
  return bma_local_token_decide (bma_broker_wanted_scopes (self, request),
                                 request->resource, &facts, self->config);
}

/**
 * bma_broker_refuse_local:
 * @self: a broker
 * @action: what was decided
 * @request: for what
 *
 * Returns: (transfer full) (nullable): what there is against a token
 */
GError *
bma_broker_refuse_local (BmaBroker *self,
                         BmaLocalAction action,
                         const BmaLocalRequest *request)
{
  const GError *problem = bma_key_manager_get_problem (self->keys);

  switch (action)
    {
    case BMA_LOCAL_BAD_SCOPE:
      return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_SCOPE,
                                  "A scope is not supported; see scopes_supported of the "
                                  "resource metadata");
    case BMA_LOCAL_BAD_RESOURCE:
      return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_RESOURCE,
                                  "That resource is not served here; see the property "
                                  "Resource");
    case BMA_LOCAL_SIGN_IN:
      return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_NOT_SIGNED_IN,
                                  "Nobody is signed in; call SignIn or RequestToken");
    case BMA_LOCAL_DENY:
      return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_ACCESS_DENIED,
                                  "The person refused this program");
    case BMA_LOCAL_ASK:
      return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_INTERACTION_REQUIRED,
                                  "The person has to allow it first; call RequestToken");
    case BMA_LOCAL_ISSUE:
      break;
    }
  if (request->min_valid_s > self->config->access_lifetime_s)
    return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
                                "min-valid-s is longer than tokens live here");
  if (bma_key_manager_get_keys (self->keys) != NULL)
    return NULL;
  if (problem != NULL &&
      g_error_matches (problem, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING))
    return g_error_new (BMA_BROKER_ERROR, BMA_BROKER_ERROR_KEYRING_MISSING,
                        "There is no keyring: %s", problem->message);
  if (bma_broker_has_unusable_key (self))
    return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                                "There is no usable key to sign with; biomcp-auth doctor "
                                "tells why");
  return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_KEYRING_LOCKED,
                              "The keyring is locked; unlock it and try again");
}

/**
 * bma_broker_refuse_question:
 * @self: a broker
 * @peer: who asks
 * @request: for what
 *
 * Returns: (transfer full) (nullable): why the person need not be asked
 */
GError *
bma_broker_refuse_question (BmaBroker *self,
                            BmaPeer *peer,
                            const BmaLocalRequest *request)
{
  const BmaGrant *grant = NULL;
  BmaLocalAction action = bma_broker_decide_local (self, peer, request, &grant);

  if (action == BMA_LOCAL_ASK || action == BMA_LOCAL_SIGN_IN)
    action = BMA_LOCAL_ISSUE;
  return bma_broker_refuse_local (self, action, request);
}

static void
put_use (BmaChange *change, const BmaGrant *old, int64_t now_s)
{
  BmaGrant *grant = bma_record_copy (old);

  grant->last_used_at_s = now_s;
  grant->n_uses++;
  bma_change_put_take (change, grant);
}

/**
 * bma_broker_note_use:
 * @self: a broker
 * @grant: what was used
 *
 * Counts a use that gave no token.
 */
void
bma_broker_note_use (BmaBroker *self, const BmaGrant *grant)
{
  g_autoptr (BmaChange) change = bma_change_new ();

  put_use (change, grant, bma_broker_now_s (self));
  bma_store_apply_lazily (self->store, change);
}

/* The family of an app's tokens has the id of its grant: one for each. */
static void
put_family (BmaBroker *self, BmaChange *change, const BmaGrant *grant, int64_t now_s)
{
  const BmaFamily *old =
      bma_store_lookup (self->store, &bma_family_type, grant->record.id);
  BmaFamily *family = NULL;

  family = old != NULL ? bma_record_copy (old)
                       : bma_record_new (&bma_family_type, grant->record.id);
  if (old == NULL)
    {
      family->grant_id = g_strdup (grant->record.id);
      family->resource = g_strdup (grant->resource);
      family->scopes = g_strdupv (grant->scopes);
      family->signed_in_at_s = self->subject->signed_in_at_s;
      family->created_at_s = now_s;
    }
  family->expires_at_s = now_s + self->config->access_lifetime_s;
  bma_change_put_take (change, family);
}

static BmaLocalToken *
make_token (BmaBroker *self,
            const BmaGrant *grant,
            const BmaLocalRequest *request,
            GError **error)
{
  g_autoptr (BmaLocalToken) token = g_new0 (BmaLocalToken, 1);
  const char *resource = request->resource != NULL
                             ? bma_config_match_resource (self->config, request->resource)
                             : self->config->resources[0];

  token->expires_at_s = bma_broker_now_s (self) + self->config->access_lifetime_s;
  token->scopes = g_strdupv ((char **) bma_broker_wanted_scopes (self, request));
  token->resource = g_strdup (resource);
  token->issuer = g_strdup (self->config->issuer);
  token->grant_id = g_strdup (grant->record.id);
  token->token = bma_broker_sign_access_token (self, grant->record.id, self->subject->sub,
                                               grant->app_id, resource,
                                               (const char *const *) token->scopes,
                                               token->expires_at_s, error);
  if (token->token == NULL)
    return NULL;
  bma_metrics_add (self->metrics, BMA_METRIC_TOKENS, "local", NULL);
  return g_steal_pointer (&token);
}

static void
on_token_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaLocalToken *token = g_object_steal_data (G_OBJECT (task), "token");
  g_autoptr (GError) error = NULL;

  if (bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      g_task_return_pointer (task, token, (GDestroyNotify) bma_local_token_free);
      return;
    }
  bma_local_token_free (token);
  g_task_return_new_error (task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED, "%s",
                           error->message);
}

/**
 * bma_broker_get_token_async:
 * @self: a broker
 * @peer: who asks
 * @request: for what; read before this returns
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Gives a local caller a token if the person allowed it before. Never shows anything.
 */
void
bma_broker_get_token_async (BmaBroker *self,
                            BmaPeer *peer,
                            const BmaLocalRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = NULL;
  const BmaGrant *grant = NULL;
  BmaLocalAction action = bma_broker_decide_local (self, peer, request, &grant);
  GError *error = bma_broker_refuse_local (self, action, request);
  BmaLocalToken *token = NULL;

  g_task_set_source_tag (task, bma_broker_get_token_async);
  if (error == NULL)
    token = make_token (self, grant, request, &error);
  bma_log (G_LOG_LEVEL_INFO, "local", request->correlation_id, "%s (%s): %s",
           peer->app_id, grant != NULL ? grant->trust : peer->trust,
           token != NULL ? "token" : "no token");
  if (token == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  change = bma_change_new ();
  put_use (change, grant, bma_broker_now_s (self));
  put_family (self, change, grant, bma_broker_now_s (self));
  g_object_set_data_full (G_OBJECT (task), "token", token,
                          (GDestroyNotify) bma_local_token_free);
  bma_store_apply_async (self->store, change, NULL, on_token_applied,
                         g_steal_pointer (&task));
}

/**
 * bma_broker_get_token_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location for a #BmaBrokerError
 *
 * Returns: (transfer full) (nullable): the token
 */
BmaLocalToken *
bma_broker_get_token_finish (BmaBroker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * bma_broker_forget_caller:
 * @self: a broker
 * @sender: a bus connection that is gone
 *
 * Ends the grants of `once` and the endpoints that belonged to it.
 */
void
bma_broker_forget_caller (BmaBroker *self, const char *sender)
{
  g_autoptr (GPtrArray) grants = bma_store_list (self->store, &bma_grant_type);
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaPeer peer = { .sender = (char *) sender };
  g_autofree char *binding =
      bma_local_token_make_binding (BMA_DECISION_ONCE, &peer, self->session_id);

  for (unsigned int i = 0; i < grants->len; i++)
    {
      const BmaGrant *grant = g_ptr_array_index (grants, i);

      if (g_strcmp0 (grant->decision, BMA_DECISION_ONCE) == 0 &&
          g_strcmp0 (grant->caller, binding) == 0)
        bma_broker_delete_grant (self, change, grant);
    }
  if (bma_change_get_n_ops (change) > 0)
    bma_store_apply_lazily (self->store, change);
  bma_broker_close_endpoints (self, sender);
}
