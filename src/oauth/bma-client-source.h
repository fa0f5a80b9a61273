/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-client.h"
#include "bma-oauth-error.h"
#include "bma-secret.h"

G_BEGIN_DECLS

/**
 * BmaClientAnswer:
 *
 * What a source says about a client. A refusal is a value.
 */
typedef struct
{
  BmaClient *client;   /* owned, nullable: fetched_at_s and fresh_until_s are set */
  BmaSecret *secret;   /* owned, nullable: given to a client that was just registered */
  BmaOauthError error; /* when there is no client */
  char *message;       /* owned, nullable: for the person, a whole sentence */
} BmaClientAnswer;

BmaClientAnswer *
bma_client_answer_new (const BmaClient *client) G_GNUC_WARN_UNUSED_RESULT;
BmaClientAnswer *bma_client_answer_new_error (BmaOauthError error, const char *message)
    G_GNUC_WARN_UNUSED_RESULT;
void bma_client_answer_free (BmaClientAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaClientAnswer, bma_client_answer_free)

#define BMA_TYPE_CLIENT_SOURCE (bma_client_source_get_type ())
G_DECLARE_INTERFACE (BmaClientSource, bma_client_source, BMA, CLIENT_SOURCE, GObject)

/**
 * BmaClientSourceInterface:
 * @has_id: see [method@ClientSource.has_id]
 * @is_available: see [method@ClientSource.is_available]
 * @lookup_async: see [method@ClientSource.lookup_async]
 * @lookup_finish: see [method@ClientSource.lookup_finish]
 * @load_keys_async: (nullable): see [method@ClientSource.load_keys_async]
 * @load_keys_finish: (nullable): see [method@ClientSource.load_keys_finish]
 * @register_async: (nullable): see [method@ClientSource.register_async]
 * @register_finish: (nullable): see [method@ClientSource.register_finish]
 *
 * Where clients are described that did not register here. Some of them register clients
 * for us.
 */
struct _BmaClientSourceInterface
{
  GTypeInterface parent_iface;

  gboolean (*has_id) (BmaClientSource *self, const char *client_id);
  gboolean (*is_available) (BmaClientSource *self);
  void (*lookup_async) (BmaClientSource *self,
                        const char *client_id,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  BmaClientAnswer *(*lookup_finish) (BmaClientSource *self, GAsyncResult *result);
  void (*load_keys_async) (BmaClientSource *self,
                           const BmaClient *client,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  BmaClientAnswer *(*load_keys_finish) (BmaClientSource *self, GAsyncResult *result);
  void (*register_async) (BmaClientSource *self,
                          const BmaClient *wanted,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  BmaClientAnswer *(*register_finish) (BmaClientSource *self, GAsyncResult *result);
};

gboolean bma_client_source_has_id (BmaClientSource *self, const char *client_id);
gboolean bma_client_source_is_available (BmaClientSource *self);
void bma_client_source_lookup_async (BmaClientSource *self,
                                     const char *client_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
BmaClientAnswer *
bma_client_source_lookup_finish (BmaClientSource *self,
                                 GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;
void bma_client_source_load_keys_async (BmaClientSource *self,
                                        const BmaClient *client,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
BmaClientAnswer *
bma_client_source_load_keys_finish (BmaClientSource *self,
                                    GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;
void bma_client_source_register_async (BmaClientSource *self,
                                       const BmaClient *wanted,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
BmaClientAnswer *
bma_client_source_register_finish (BmaClientSource *self,
                                   GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
