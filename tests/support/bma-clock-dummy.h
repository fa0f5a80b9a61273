/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"

G_BEGIN_DECLS

#define BMA_CLOCK_DUMMY_START_S 1767225600 /* 2026-01-01T00:00:00Z */

#define BMA_TYPE_CLOCK_DUMMY (bma_clock_dummy_get_type ())
G_DECLARE_FINAL_TYPE (BmaClockDummy, bma_clock_dummy, BMA, CLOCK_DUMMY, GObject)

BmaClockDummy *bma_clock_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_clock_dummy_set_s (BmaClockDummy *self, int64_t now_s);
void bma_clock_dummy_advance_s (BmaClockDummy *self, int64_t seconds);
void bma_clock_dummy_advance_us (BmaClockDummy *self, int64_t microseconds);

G_END_DECLS
