/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"

G_BEGIN_DECLS

#define BMA_TYPE_CLOCK_SYSTEM (bma_clock_system_get_type ())
G_DECLARE_FINAL_TYPE (BmaClockSystem, bma_clock_system, BMA, CLOCK_SYSTEM, GObject)

BmaClock *bma_clock_system_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
