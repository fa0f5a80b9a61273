/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-discovery.h"
#include "bma-http-client.h"
#include "bma-key-source.h"

G_BEGIN_DECLS

#define BMA_TYPE_REMOTE_KEYS (bma_remote_keys_get_type ())
G_DECLARE_FINAL_TYPE (BmaRemoteKeys, bma_remote_keys, BMA, REMOTE_KEYS, GObject)

BmaRemoteKeys *bma_remote_keys_new (BmaClock *clock,
                                    BmaHttpClient *client,
                                    unsigned int max_places) G_GNUC_WARN_UNUSED_RESULT;
BmaDiscovery *bma_remote_keys_get_discovery (BmaRemoteKeys *self);

G_END_DECLS
