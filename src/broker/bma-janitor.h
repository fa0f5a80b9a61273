/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-store.h"

G_BEGIN_DECLS

#define BMA_JANITOR_INTERVAL_S 600
/* One pass deletes at most so many records; while there are more, the next pass comes
 * soon. */
#define BMA_JANITOR_MAX_SWEPT 1000
#define BMA_JANITOR_PAUSE_MS  250

unsigned int bma_janitor_sweep (BmaStore *store, int64_t now_s);

G_END_DECLS
