/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-network.h"

G_BEGIN_DECLS

#define BMA_TYPE_NETWORK_SYSTEM (bma_network_system_get_type ())
G_DECLARE_FINAL_TYPE (BmaNetworkSystem, bma_network_system, BMA, NETWORK_SYSTEM, GObject)

BmaNetwork *bma_network_system_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
