/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-registration.h"

#include "bma-broker-private.h"
#include "bma-client-sweep.h"
#include "bma-log.h"
#include "bma-registration.h"
#include "bma-scope-rules.h"

#define CLIENT_ID_BYTES 16
#define SECRET_BYTES    32

/**
 * bma_registration_answer_free:
 * @self: (transfer full) (nullable): an answer
 */
void
bma_registration_answer_free (BmaRegistrationAnswer *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->information, json_object_unref);
  g_free (self);
}

static void
return_answer (GTask *task, BmaRegistrationAnswer *answer)
{
  g_task_return_pointer (task, answer, (GDestroyNotify) bma_registration_answer_free);
}

static void
return_refusal (GTask *task, BmaOauthErrorCode code, const char *description)
{
  BmaRegistrationAnswer *answer = g_new0 (BmaRegistrationAnswer, 1);

  answer->error = (BmaOauthError){ code, description };
  return_answer (task, answer);
}

static void
return_stranger (GTask *task)
{
  return_refusal (task, BMA_OAUTH_INVALID_TOKEN,
                  "the registration access token is not good for this client");
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  BmaRegistrationAnswer *answer = NULL;

  if (!bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      bma_log_warning ("register", "%s", error->message);
      return_refusal (task, BMA_OAUTH_SERVER_ERROR,
                      "the change could not be stored; try again");
      return;
    }
  answer = g_new0 (BmaRegistrationAnswer, 1);
  answer->information = g_object_steal_data (G_OBJECT (task), "information");
  return_answer (task, answer);
}

/* Takes over @task and @information. */
static void
store_then_answer (BmaBroker *self, GTask *task, BmaClient *client, JsonObject *answer)
{
  g_autoptr (BmaChange) change = bma_change_new ();

  g_object_set_data_full (G_OBJECT (task), "information", answer,
                          (GDestroyNotify) json_object_unref);
  if (bma_store_lookup (self->store, &bma_client_type, client->record.id) == NULL)
    bma_client_sweep_make_room (self->store, change);
  bma_change_put (change, client);
  bma_store_apply_async (self->store, change, NULL, on_applied, task);
}

/* Registered at the identity provider: its id and its secret, our shape. It is managed
 * there, so there is no token to manage it here. */
static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  g_autoptr (BmaClientAnswer)
      answer = bma_client_source_register_finish (BMA_CLIENT_SOURCE (source), result);
  const BmaClient *old = NULL;

  if (answer->client == NULL)
    {
      return_refusal (task, answer->error.code, answer->error.description);
      return;
    }
  /* The same metadata may give the same client again. */
  old = bma_store_lookup (self->store, &bma_client_type, answer->client->record.id);
  if (old != NULL)
    {
      answer->client->created_at_s = old->created_at_s;
      answer->client->last_used_at_s = old->last_used_at_s;
    }
  store_then_answer (self, g_steal_pointer (&task), answer->client,
                     bma_registration_make_answer (answer->client, self->config->issuer,
                                                   answer->secret != NULL
                                                       ? bma_secret_peek (answer->secret)
                                                       : NULL,
                                                   NULL));
}

/**
 * bma_broker_register_async:
 * @self: a broker
 * @metadata: what the client says of itself
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Registers a client (RFC 7591 section 3.1), at the identity provider where that is
 * configured.
 */
void
bma_broker_register_async (BmaBroker *self,
                           JsonObject *metadata,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *client_id = bma_entropy_hex (self->entropy, CLIENT_ID_BYTES);
  g_autoptr (BmaSecretText) secret = bma_entropy_token (self->entropy, SECRET_BYTES);
  g_autoptr (BmaSecretText) token = bma_entropy_token (self->entropy, SECRET_BYTES);
  g_auto (GStrv) scopes = bma_scope_rules_list_resource (self->config);
  const BmaRegistrationTicket ticket = { client_id, secret, token };
  BmaOauthError error;
  g_autoptr (BmaClient) client = NULL;

  g_task_set_source_tag (task, bma_broker_register_async);
  client = bma_registration_decide (metadata, (const char *const *) scopes, &ticket,
                                    bma_broker_now_s (self), &error);
  if (client == NULL)
    {
      return_refusal (task, error.code, error.description);
      return;
    }
  if (self->directory != NULL)
    bma_client_source_register_async (self->directory, client, NULL, on_registered,
                                      g_steal_pointer (&task));
  else
    store_then_answer (self, g_steal_pointer (&task), client,
                       bma_registration_make_answer (client, self->config->issuer,
                                                     client->secret_hash != NULL ? secret
                                                                                 : NULL,
                                                     token));
}

/* The client, if the token is good for it. */
static const BmaClient *
find_managed (BmaBroker *self, const char *client_id, const char *token)
{
  const BmaClient *client = bma_broker_lookup_client (self, client_id);

  return bma_registration_may_manage (client, token) ? client : NULL;
}

/**
 * bma_broker_read_registration:
 * @self: a broker
 * @client_id: which
 * @management_token: its registration access token
 *
 * RFC 7592 section 2.1. A secret is not told again: we have only its hash.
 *
 * Returns: (transfer full) (nullable): the client information response, or %NULL if the
 *   token is not good for this client
 */
JsonObject *
bma_broker_read_registration (BmaBroker *self,
                              const char *client_id,
                              const char *management_token)
{
  const BmaClient *client = find_managed (self, client_id, management_token);

  if (client == NULL)
    return NULL;
  return bma_registration_make_answer (client, self->config->issuer, NULL,
                                       management_token);
}

/**
 * bma_broker_update_registration_async:
 * @self: a broker
 * @client_id: which
 * @management_token: its registration access token
 * @metadata: what shall be registered instead
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * RFC 7592 section 2.2.
 */
void
bma_broker_update_registration_async (BmaBroker *self,
                                      const char *client_id,
                                      const char *management_token,
                                      JsonObject *metadata,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaSecretText) secret = bma_entropy_token (self->entropy, SECRET_BYTES);
  g_auto (GStrv) scopes = bma_scope_rules_list_resource (self->config);
  const BmaRegistrationTicket ticket = { NULL, secret, NULL };
  const BmaClient *old = find_managed (self, client_id, management_token);
  BmaOauthError error;
  g_autoptr (BmaClient) client = NULL;
  gboolean is_new = FALSE;

  g_task_set_source_tag (task, bma_broker_update_registration_async);
  if (old == NULL)
    {
      return_stranger (task);
      return;
    }
  client = bma_registration_decide_update (old, metadata, (const char *const *) scopes,
                                           &ticket, &error);
  if (client == NULL)
    {
      return_refusal (task, error.code, error.description);
      return;
    }
  is_new = client->secret_hash != NULL && old->secret_hash == NULL;
  store_then_answer (self, g_steal_pointer (&task), client,
                     bma_registration_make_answer (client, self->config->issuer,
                                                   is_new ? secret : NULL,
                                                   management_token));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (bma_broker_remove_client_finish (BMA_BROKER (source), result, &error))
    {
      return_answer (task, g_new0 (BmaRegistrationAnswer, 1));
      return;
    }
  bma_log_warning ("register", "%s", error->message);
  return_refusal (task, BMA_OAUTH_SERVER_ERROR,
                  "the change could not be stored; try again");
}

/**
 * bma_broker_delete_registration_async:
 * @self: a broker
 * @client_id: which
 * @management_token: its registration access token
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * RFC 7592 section 2.3: the client goes, and with it everything it was allowed.
 */
void
bma_broker_delete_registration_async (BmaBroker *self,
                                      const char *client_id,
                                      const char *management_token,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const BmaClient *client = find_managed (self, client_id, management_token);

  g_task_set_source_tag (task, bma_broker_delete_registration_async);
  if (client == NULL)
    return_stranger (task);
  else
    bma_broker_remove_client_async (self, client->record.id, NULL, on_removed,
                                    g_steal_pointer (&task));
}

/**
 * bma_broker_registration_finish:
 * @self: a broker
 * @result: what the callback got
 *
 * Returns: (transfer full): the answer
 */
BmaRegistrationAnswer *
bma_broker_registration_finish (BmaBroker *self, GAsyncResult *result)
{
  BmaRegistrationAnswer *answer = g_task_propagate_pointer (G_TASK (result), NULL);

  if (answer != NULL)
    return answer;
  answer = g_new0 (BmaRegistrationAnswer, 1);
  answer->error = (BmaOauthError){ BMA_OAUTH_SERVER_ERROR, "cancelled" };
  return answer;
}
