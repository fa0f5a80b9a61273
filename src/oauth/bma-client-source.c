/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client-source.h"

G_DEFINE_INTERFACE (BmaClientSource, bma_client_source, G_TYPE_OBJECT)

static void
bma_client_source_default_init (BmaClientSourceInterface *iface)
{
}

/**
 * bma_client_answer_new:
 * @client: what is known
 *
 * Returns: (transfer full): an answer with a client
 */
BmaClientAnswer *
bma_client_answer_new (const BmaClient *client)
{
  BmaClientAnswer *self = g_new0 (BmaClientAnswer, 1);

  self->client = bma_record_ref (client);
  return self;
}

/**
 * bma_client_answer_new_error:
 * @error: why there is none
 * @message: (nullable): for the person
 *
 * Returns: (transfer full): an answer without a client
 */
BmaClientAnswer *
bma_client_answer_new_error (BmaOauthError error, const char *message)
{
  BmaClientAnswer *self = g_new0 (BmaClientAnswer, 1);

  self->error = error;
  self->message = g_strdup (message);
  return self;
}

/**
 * bma_client_answer_free:
 * @self: (transfer full) (nullable): an answer
 */
void
bma_client_answer_free (BmaClientAnswer *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->client, bma_record_unref);
  g_clear_pointer (&self->secret, bma_secret_unref);
  g_free (self->message);
  g_free (self);
}

/**
 * bma_client_source_has_id:
 * @self: a source
 * @client_id: the id a request names
 *
 * Returns: whether clients with such ids are described there
 */
gboolean
bma_client_source_has_id (BmaClientSource *self, const char *client_id)
{
  g_return_val_if_fail (BMA_IS_CLIENT_SOURCE (self), FALSE);

  return BMA_CLIENT_SOURCE_GET_IFACE (self)->has_id (self, client_id);
}

/**
 * bma_client_source_is_available:
 * @self: a source
 *
 * Returns: whether asking it can work now
 */
gboolean
bma_client_source_is_available (BmaClientSource *self)
{
  g_return_val_if_fail (BMA_IS_CLIENT_SOURCE (self), FALSE);

  return BMA_CLIENT_SOURCE_GET_IFACE (self)->is_available (self);
}

/**
 * bma_client_source_lookup_async:
 * @self: a source
 * @client_id: an id that is described there
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks what is known about a client.
 */
void
bma_client_source_lookup_async (BmaClientSource *self,
                                const char *client_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (BMA_IS_CLIENT_SOURCE (self));

  BMA_CLIENT_SOURCE_GET_IFACE (self)->lookup_async (self, client_id, cancellable,
                                                    callback, user_data);
}

/**
 * bma_client_source_lookup_finish:
 * @self: a source
 * @result: what the callback got
 *
 * Returns: (transfer full): the answer
 */
BmaClientAnswer *
bma_client_source_lookup_finish (BmaClientSource *self, GAsyncResult *result)
{
  g_return_val_if_fail (BMA_IS_CLIENT_SOURCE (self), NULL);

  return BMA_CLIENT_SOURCE_GET_IFACE (self)->lookup_finish (self, result);
}

/**
 * bma_client_source_load_keys_async:
 * @self: a source that reads key sets
 * @client: a client with a `jwks_uri`
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Reads the keys that a client publishes.
 */
void
bma_client_source_load_keys_async (BmaClientSource *self,
                                   const BmaClient *client,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (BMA_IS_CLIENT_SOURCE (self));
  g_return_if_fail (client->jwks_uri != NULL);
  g_return_if_fail (BMA_CLIENT_SOURCE_GET_IFACE (self)->load_keys_async != NULL);

  BMA_CLIENT_SOURCE_GET_IFACE (self)->load_keys_async (self, client, cancellable,
                                                       callback, user_data);
}

/**
 * bma_client_source_load_keys_finish:
 * @self: a source
 * @result: what the callback got
 *
 * Returns: (transfer full): the answer: the client, with its keys
 */
BmaClientAnswer *
bma_client_source_load_keys_finish (BmaClientSource *self, GAsyncResult *result)
{
  g_return_val_if_fail (BMA_IS_CLIENT_SOURCE (self), NULL);

  return BMA_CLIENT_SOURCE_GET_IFACE (self)->load_keys_finish (self, result);
}

/**
 * bma_client_source_register_async:
 * @self: a source that registers clients
 * @wanted: a client that our own rules let through; its id does not count
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Registers a client there.
 */
void
bma_client_source_register_async (BmaClientSource *self,
                                  const BmaClient *wanted,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (BMA_IS_CLIENT_SOURCE (self));
  g_return_if_fail (BMA_CLIENT_SOURCE_GET_IFACE (self)->register_async != NULL);

  BMA_CLIENT_SOURCE_GET_IFACE (self)->register_async (self, wanted, cancellable, callback,
                                                      user_data);
}

/**
 * bma_client_source_register_finish:
 * @self: a source
 * @result: what the callback got
 *
 * Returns: (transfer full): the answer, with the secret of a confidential client
 */
BmaClientAnswer *
bma_client_source_register_finish (BmaClientSource *self, GAsyncResult *result)
{
  g_return_val_if_fail (BMA_IS_CLIENT_SOURCE (self), NULL);

  return BMA_CLIENT_SOURCE_GET_IFACE (self)->register_finish (self, result);
}
