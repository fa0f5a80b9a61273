/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The inside of BmaOidc, for the bma-oidc*.c files only. */

#include "bma-oidc.h"
#include "bma-remote-keys.h"

G_BEGIN_DECLS

/**
 * BmaOidc:
 *
 * People sign in with an OpenID provider. A client secret, if there is one, is fetched
 * from the keyring for every exchange and kept no longer; without one we are a public
 * client.
 */
struct _BmaOidc
{
  GObject parent_instance;

  BmaConfig *config;     /* owned */
  BmaKeyring *keyring;   /* owned */
  BmaHttpClient *client; /* owned */
  BmaClock *clock;       /* owned */
  BmaRemoteKeys *keys;   /* owned */
  char *name;            /* owned: tells issuers apart */
  char *remark;          /* owned, nullable: from the last check */
};

GTask *bma_oidc_new_task (BmaOidc *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_oidc_fail_unless_set_up (BmaOidc *self, GError **error);

void bma_oidc_exchange_async (BmaIdentityProvider *provider,
                              const char *method,
                              const BmaForm *callback_query,
                              BmaSecret *code_verifier,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

void bma_oidc_check_async (BmaIdentityProvider *provider,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

G_END_DECLS
