/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-store.h"

G_BEGIN_DECLS

/* How long a client is kept that nobody ever allowed anything. */
#define BMA_CLIENT_SWEEP_AGE_S (7 * 24 * 60 * 60)
/* How long what is described elsewhere is kept after it became stale: it is asked for
 * again when it is needed, but what is under way still looks it up. */
#define BMA_CLIENT_SWEEP_STALE_S (24 * 60 * 60)
/* How many clients that nobody ever allowed anything there are at most. */
#define BMA_CLIENT_SWEEP_MAX_IDLE 1000

void bma_client_sweep (BmaStore *store,
                       BmaChange *change,
                       unsigned int max_ops,
                       int64_t now_s);
void bma_client_sweep_make_room (BmaStore *store, BmaChange *change);

G_END_DECLS
