/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib-object.h>
#include <stdint.h>

G_BEGIN_DECLS

#define BMA_TYPE_CLOCK (bma_clock_get_type ())
G_DECLARE_INTERFACE (BmaClock, bma_clock, BMA, CLOCK, GObject)

/**
 * BmaClockInterface:
 * @now_s: wall-clock time, seconds since the Unix epoch (UTC)
 * @now_us: monotonic time, microseconds
 *
 * The only source of time. Production uses [class@ClockSystem], tests a dummy.
 */
struct _BmaClockInterface
{
  GTypeInterface parent_iface;

  int64_t (*now_s) (BmaClock *self);
  int64_t (*now_us) (BmaClock *self);
};

int64_t bma_clock_now_s (BmaClock *self);
int64_t bma_clock_now_us (BmaClock *self);

G_END_DECLS
