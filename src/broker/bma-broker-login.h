/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"
#include "bma-browser-step.h"
#include "bma-form.h"

G_BEGIN_DECLS

/**
 * BmaBrowser:
 * @cookies: (nullable): value of its Cookie header
 * @is_owner: it is the own browser of the person at this desktop, on this machine and
 *   without anybody between; nobody else may be taken for that person
 *
 * What is known about the browser that sent a request.
 */
typedef struct
{
  const char *cookies;
  gboolean is_owner;
} BmaBrowser;

void bma_broker_authorize_async (BmaBroker *self,
                                 const char *query,
                                 const BmaBrowser *browser,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void bma_broker_consent_async (BmaBroker *self,
                               const BmaForm *form,
                               const BmaBrowser *browser,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void bma_broker_callback_async (BmaBroker *self,
                                const char *query,
                                const BmaBrowser *browser,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void bma_broker_sign_in_async (BmaBroker *self,
                               const BmaForm *form,
                               const BmaBrowser *browser,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* Finishes any of them. */
BmaBrowserStep *bma_broker_step_finish (BmaBroker *self,
                                        GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
