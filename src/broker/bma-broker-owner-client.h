/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"
#include "bma-owner-client.h"

G_BEGIN_DECLS

/**
 * BmaNewClient:
 *
 * A client that the owner just made. Its secret is told once.
 */
typedef struct
{
  BmaClient *client; /* owned */
  BmaSecret *secret; /* owned, nullable */
} BmaNewClient;

void bma_new_client_free (BmaNewClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaNewClient, bma_new_client_free)

void bma_broker_create_client_async (BmaBroker *self,
                                     const BmaOwnerClientRequest *request,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
BmaNewClient *bma_broker_create_client_finish (BmaBroker *self,
                                               GAsyncResult *result,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
