/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"
#include "bma-client.h"
#include "bma-json.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

/**
 * BmaRegistrationAnswer:
 *
 * What a client that registers or manages itself gets: the client information response
 * (RFC 7591 section 3.2.1), or why not.
 */
typedef struct
{
  JsonObject *information; /* owned, nullable: may hold secrets */
  BmaOauthError error;     /* when there is no information */
} BmaRegistrationAnswer;

void bma_registration_answer_free (BmaRegistrationAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaRegistrationAnswer, bma_registration_answer_free)

void bma_broker_register_async (BmaBroker *self,
                                JsonObject *metadata,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/* RFC 7592. Who may not manage the client gets the error invalid_token. */
JsonObject *
bma_broker_read_registration (BmaBroker *self,
                              const char *client_id,
                              const char *management_token) G_GNUC_WARN_UNUSED_RESULT;
void bma_broker_update_registration_async (BmaBroker *self,
                                           const char *client_id,
                                           const char *management_token,
                                           JsonObject *metadata,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
void bma_broker_delete_registration_async (BmaBroker *self,
                                           const char *client_id,
                                           const char *management_token,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
/* Finishes any of the three; after a deletion the answer holds neither. */
BmaRegistrationAnswer *
bma_broker_registration_finish (BmaBroker *self,
                                GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
