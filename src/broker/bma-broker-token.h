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
  gboolean wants_keys;       /* the keys of its issuer must be fetched first */
  int64_t retry_after_s;     /* when to try again, 0 = not known */
  const char *grant_id;      /* of the store, nullable: not for tokens of others */
  const char *subject_id;    /* nullable: whose it is */
  const char *const *scopes; /* of the token, nullable */
  int64_t expires_at_s;
} BmaBearer;

BmaBearer bma_broker_check_bearer (BmaBroker *self, const char *authorization);

/* bma-broker-foreign.c: tokens of trusted issuers */
gboolean bma_broker_judge_foreign (BmaBroker *self,
                                   const char *token,
                                   size_t length,
                                   BmaBearer *bearer);
void bma_broker_load_bearer_keys_async (BmaBroker *self,
                                        const char *authorization,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean bma_broker_load_bearer_keys_finish (BmaBroker *self, GAsyncResult *result);

void bma_broker_init_bearer_memory (BmaBroker *self);

G_END_DECLS
