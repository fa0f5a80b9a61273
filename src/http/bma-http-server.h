/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-broker.h"
#include "bma-endpoint.h"
#include "bma-http-tls.h"

G_BEGIN_DECLS

/**
 * BmaHttpServer:
 *
 * The HTTP side: routes, behind the accept loop and head validator of ours.
 */
#define BMA_TYPE_HTTP_SERVER (bma_http_server_get_type ())
G_DECLARE_FINAL_TYPE (BmaHttpServer, bma_http_server, BMA, HTTP_SERVER, GObject)

BmaHttpServer *bma_http_server_new (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_http_server_bind (BmaHttpServer *self,
                               const char *host,
                               uint16_t port,
                               GError **error);
void bma_http_server_adopt (BmaHttpServer *self, int fd, uint16_t port);
uint16_t bma_http_server_get_port (BmaHttpServer *self);
void bma_http_server_set_tls (BmaHttpServer *self, BmaHttpTls *tls);
gboolean bma_http_server_start (BmaHttpServer *self, BmaBroker *broker, GError **error);
gboolean bma_http_server_serve_endpoint (BmaHttpServer *self,
                                         int fd,
                                         BmaEndpoint *endpoint,
                                         GError **error);
void bma_http_server_stop_async (BmaHttpServer *self,
                                 unsigned int timeout_ms,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean
bma_http_server_stop_finish (BmaHttpServer *self, GAsyncResult *result, GError **error);
void bma_http_server_set_accepting (BmaHttpServer *self, gboolean is_accepting);
gboolean bma_http_server_is_busy (BmaHttpServer *self);
unsigned int bma_http_server_get_n_requests (BmaHttpServer *self);
unsigned int bma_http_server_get_n_connections (BmaHttpServer *self);

G_END_DECLS
