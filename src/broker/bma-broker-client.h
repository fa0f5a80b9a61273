/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"
#include "bma-client.h"
#include "bma-json.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

void bma_broker_register_async (BmaBroker *self,
                                JsonObject *metadata,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
BmaClient *bma_broker_register_finish (BmaBroker *self,
                                       GAsyncResult *result,
                                       BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
