/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker-login.h"
#include "bma-json.h"

G_BEGIN_DECLS

/* As many devices can wait at once. */
#define BMA_BROKER_MAX_DEVICES 500

void bma_broker_device_begin_async (BmaBroker *self,
                                    const BmaForm *form,
                                    const char *authorization,
                                    const char *correlation_id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
JsonObject *
bma_broker_device_begin_finish (BmaBroker *self,
                                GAsyncResult *result,
                                BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;

BmaBrowserStep *bma_broker_device_show (BmaBroker *self,
                                        const char *query) G_GNUC_WARN_UNUSED_RESULT;
BmaBrowserStep *
bma_broker_device_look_up (BmaBroker *self,
                           const BmaForm *form,
                           const BmaBrowser *browser) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
