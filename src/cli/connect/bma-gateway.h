/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaGateway:
 *
 * Where the service gives us connections to the MCP server that are authorised already.
 */
#define BMA_TYPE_GATEWAY (bma_gateway_get_type ())
G_DECLARE_FINAL_TYPE (BmaGateway, bma_gateway, BMA, GATEWAY, GObject)

/**
 * BmaGatewayEffort:
 * @BMA_GATEWAY_IF_RUNNING: only if the service runs
 * @BMA_GATEWAY_START: the service may be started
 * @BMA_GATEWAY_ASK: and the person may be asked
 *
 * What may be done for a connection.
 */
typedef enum
{
  BMA_GATEWAY_IF_RUNNING,
  BMA_GATEWAY_START,
  BMA_GATEWAY_ASK,
} BmaGatewayEffort;

BmaGateway *bma_gateway_new (GDBusConnection *bus,
                             const char *resource) G_GNUC_WARN_UNUSED_RESULT;
void bma_gateway_open_async (BmaGateway *self,
                             BmaGatewayEffort effort,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GIOStream *bma_gateway_open_finish (BmaGateway *self,
                                    GAsyncResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_gateway_ask_async (BmaGateway *self,
                            const char *const *scopes,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean bma_gateway_ask_finish (BmaGateway *self,
                                 GAsyncResult *result,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_gateway_give_back (BmaGateway *self, GIOStream *connection);
void bma_gateway_drop_idle (BmaGateway *self);
GDBusConnection *bma_gateway_get_bus (BmaGateway *self);
const char *bma_gateway_get_host (BmaGateway *self);
const char *bma_gateway_get_target (BmaGateway *self);
gboolean bma_gateway_may_try_again (const GError *error);

G_END_DECLS
