/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-http-response.h"
#include "bma-network.h"
#include "bma-secret.h"

G_BEGIN_DECLS

#define BMA_HTTP_CLIENT_TIMEOUT_MS         (10 * 1000)
#define BMA_HTTP_CLIENT_MAX_RESPONSE_BYTES (256 * 1024)

#define BMA_TYPE_HTTP_CLIENT (bma_http_client_get_type ())
G_DECLARE_FINAL_TYPE (BmaHttpClient, bma_http_client, BMA, HTTP_CLIENT, GObject)

BmaHttpClient *bma_http_client_new (void) G_GNUC_WARN_UNUSED_RESULT;
BmaHttpClient *
bma_http_client_new_guarded (BmaNetwork *network) G_GNUC_WARN_UNUSED_RESULT;

void bma_http_client_send_async (BmaHttpClient *self,
                                 const char *method,
                                 const char *uri,
                                 const char *content_type,
                                 GBytes *body,
                                 BmaSecret *authorization,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
BmaHttpResponse *bma_http_client_send_finish (BmaHttpClient *self,
                                              GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
