/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-store.h"

G_BEGIN_DECLS

#define BMA_JANITOR_INTERVAL_S 600

unsigned int bma_janitor_sweep (BmaStore *store, int64_t now_s);

G_END_DECLS
