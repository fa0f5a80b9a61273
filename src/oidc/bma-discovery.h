/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-http-client.h"
#include "bma-issuer-metadata.h"

G_BEGIN_DECLS

#define BMA_TYPE_DISCOVERY (bma_discovery_get_type ())
G_DECLARE_FINAL_TYPE (BmaDiscovery, bma_discovery, BMA, DISCOVERY, GObject)

BmaDiscovery *bma_discovery_new (BmaClock *clock,
                                 BmaHttpClient *client) G_GNUC_WARN_UNUSED_RESULT;

void bma_discovery_load_async (BmaDiscovery *self,
                               const char *issuer,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
BmaIssuerMetadata *bma_discovery_load_finish (BmaDiscovery *self,
                                              GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_discovery_forget (BmaDiscovery *self, const char *issuer);

G_END_DECLS
