/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include "bma-client-metadata.h"
#include "bma-client-sweep.h"

/**
 * bma_broker_set_client_sources:
 * @self: a broker
 * @documents: (nullable): clients that are described by a document on the web
 * @directory: (nullable): clients that are kept at the identity provider
 *
 * Says where to ask for clients that are not known here.
 */
void
bma_broker_set_client_sources (BmaBroker *self,
                               BmaClientSource *documents,
                               BmaClientSource *directory)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  g_set_object (&self->documents, documents);
  g_set_object (&self->directory, directory);
}

/**
 * bma_broker_init_metadata_facts:
 * @self: a broker
 * @facts: (out caller-allocates): what the published metadata depends on
 *
 * Fills in what is known now.
 */
void
bma_broker_init_metadata_facts (BmaBroker *self, BmaMetadataFacts *facts)
{
  *facts = (BmaMetadataFacts){
    .accepts_documents = self->documents != NULL &&
                         bma_client_source_is_available (self->documents),
  };
}

static gboolean
is_kept_elsewhere (const BmaClient *client)
{
  return g_strcmp0 (client->origin, BMA_CLIENT_ORIGIN_DOCUMENT) == 0 ||
         g_strcmp0 (client->origin, BMA_CLIENT_ORIGIN_STYTCH) == 0;
}

/**
 * bma_broker_find_client_source:
 * @self: a broker
 * @client_id: the id a request names
 *
 * Returns: (transfer none) (nullable): who must be asked before that client may begin
 *   anything, because it is not known here, or was known too long ago
 */
BmaClientSource *
bma_broker_find_client_source (BmaBroker *self, const char *client_id)
{
  const BmaClient *client = bma_broker_lookup_client (self, client_id);

  if (client != NULL &&
      ((!is_kept_elsewhere (client) && !bma_client_has_keys_elsewhere (client)) ||
       client->fresh_until_s > bma_broker_now_s (self)))
    return NULL;
  if (client != NULL && !is_kept_elsewhere (client))
    return self->documents;
  if (self->documents != NULL && bma_client_source_has_id (self->documents, client_id))
    return self->documents;
  if (self->directory != NULL && bma_client_source_has_id (self->directory, client_id))
    return self->directory;
  return NULL;
}

/* A directory tells neither the secret of a client nor everything that it said of itself
 * when it registered. */
static void
keep_what_is_not_told (BmaClient *client, const BmaClient *old)
{
  client->created_at_s = old->created_at_s;
  client->last_used_at_s = old->last_used_at_s;
  if (g_strcmp0 (client->origin, BMA_CLIENT_ORIGIN_STYTCH) != 0)
    return;
  client->client_uri = g_strdup (old->client_uri);
  client->logo_uri = g_strdup (old->logo_uri);
  client->application_type = g_strdup (old->application_type);
  client->scope = g_strdup (old->scope);
  g_strfreev (client->grant_types);
  client->grant_types = g_strdupv (old->grant_types);
  if (bma_client_is_public (client) || bma_client_is_public (old))
    return;
  g_free (client->auth_method);
  client->auth_method = g_strdup (old->auth_method);
  client->secret_hash = g_strdup (old->secret_hash);
}

/* Visible at once, and durable before anything that is applied later. */
static void
keep_client (BmaBroker *self, const BmaClient *fresh)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  const BmaClient *old =
      bma_store_lookup (self->store, &bma_client_type, fresh->record.id);
  BmaClient *client = bma_record_copy (fresh);

  if (old != NULL)
    keep_what_is_not_told (client, old);
  else
    bma_client_sweep_make_room (self->store, change);
  bma_change_put_take (change, client);
  bma_store_apply_lazily (self->store, change);
}

/* The client may have been changed or deleted while its keys were read. */
static void
keep_keys (BmaBroker *self, const BmaClient *fresh)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  const BmaClient *now =
      bma_store_lookup (self->store, &bma_client_type, fresh->record.id);
  BmaClient *client = NULL;

  if (now == NULL || g_strcmp0 (now->jwks_uri, fresh->jwks_uri) != 0)
    return;
  client = bma_record_copy (now);
  g_free (client->jwks);
  client->jwks = g_strdup (fresh->jwks);
  client->fetched_at_s = fresh->fetched_at_s;
  client->fresh_until_s = fresh->fresh_until_s;
  bma_change_put_take (change, client);
  bma_store_apply_lazily (self->store, change);
}

static void
on_keys_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  BmaClientAnswer *answer =
      bma_client_source_load_keys_finish (BMA_CLIENT_SOURCE (source), result);

  if (answer->client != NULL)
    keep_keys (self, answer->client);
  g_task_return_pointer (task, answer, (GDestroyNotify) bma_client_answer_free);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  BmaClientAnswer *answer =
      bma_client_source_lookup_finish (BMA_CLIENT_SOURCE (source), result);

  if (answer->client != NULL)
    keep_client (self, answer->client);
  g_task_return_pointer (task, answer, (GDestroyNotify) bma_client_answer_free);
}

/**
 * bma_broker_refresh_client_async:
 * @self: a broker
 * @source: from [method@Broker.find_client_source]
 * @client_id: the id a request names
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks for a client that is described elsewhere, or for its keys. When the callback runs,
 * look-ups find it as it is now.
 */
void
bma_broker_refresh_client_async (BmaBroker *self,
                                 BmaClientSource *source,
                                 const char *client_id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  const BmaClient *client = bma_broker_lookup_client (self, client_id);

  g_task_set_source_tag (task, bma_broker_refresh_client_async);
  g_task_set_check_cancellable (task, FALSE);
  if (client != NULL && !is_kept_elsewhere (client))
    bma_client_source_load_keys_async (source, client, cancellable, on_keys_loaded, task);
  else
    bma_client_source_lookup_async (source, client_id, cancellable, on_looked_up, task);
}

/**
 * bma_broker_refresh_client_finish:
 * @self: a broker
 * @result: what the callback got
 *
 * Returns: (transfer full): the answer; without a client the request must end
 */
BmaClientAnswer *
bma_broker_refresh_client_finish (BmaBroker *self, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
