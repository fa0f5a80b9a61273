/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"

G_BEGIN_DECLS

char *bma_broker_make_jwks (BmaBroker *self,
                            unsigned int *max_age_s) G_GNUC_WARN_UNUSED_RESULT;
char **bma_broker_list_id_algorithms (BmaBroker *self) G_GNUC_WARN_UNUSED_RESULT;
GVariant *bma_broker_list_keys (BmaBroker *self, GError **error);

void bma_broker_rotate_keys_async (BmaBroker *self,
                                   gboolean revoke_now,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean
bma_broker_rotate_keys_finish (BmaBroker *self, GAsyncResult *result, GError **error);

G_END_DECLS
