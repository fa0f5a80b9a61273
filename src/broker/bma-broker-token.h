/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"
#include "bma-form.h"
#include "bma-json.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

/**
 * BmaTokenAnswer:
 *
 * The answer to a token request: an error, or tokens (RFC 6749 section 5).
 */
typedef struct
{
  BmaOauthError error;
  BmaSecret *access_token;  /* owned, nullable */
  BmaSecret *refresh_token; /* owned, nullable */
  BmaSecret *id_token;      /* owned, nullable */
  int64_t expires_in_s;
  char *scope; /* owned, nullable */
} BmaTokenAnswer;

void bma_token_answer_free (BmaTokenAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaTokenAnswer, bma_token_answer_free)

void bma_broker_token_async (BmaBroker *self,
                             const BmaForm *form,
                             const char *authorization,
                             const char *correlation_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
BmaTokenAnswer *bma_broker_token_finish (BmaBroker *self,
                                         GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;

void bma_broker_revoke_async (BmaBroker *self,
                              const BmaForm *form,
                              const char *authorization,
                              const char *correlation_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
BmaOauthError bma_broker_revoke_finish (BmaBroker *self, GAsyncResult *result);

void bma_broker_introspect_async (BmaBroker *self,
                                  const BmaForm *form,
                                  const char *authorization,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
JsonObject *bma_broker_introspect_finish (BmaBroker *self,
                                          GAsyncResult *result,
                                          BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;
JsonObject *bma_broker_get_user_info (BmaBroker *self,
                                      const char *authorization,
                                      BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * BmaBearer:
 *
 * What a bearer token at /mcp turned out to be. Its pointers are good until the main loop
 * runs again. When all that is wrong is %BMA_OAUTH_INSUFFICIENT_SCOPE, everything is set.
 */
typedef struct
{
  BmaOauthError error;
  gboolean absent;           /* no credentials were sent */
  const char *grant_id;      /* of the store, nullable */
  const char *subject_id;    /* of the store, nullable: whose grant it is */
  const char *const *scopes; /* of the token, nullable */
  int64_t expires_at_s;
} BmaBearer;

BmaBearer bma_broker_check_bearer (BmaBroker *self, const char *authorization);

void bma_broker_init_bearer_memory (BmaBroker *self);

G_END_DECLS
