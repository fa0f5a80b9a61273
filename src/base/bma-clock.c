/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-clock.h"

G_DEFINE_INTERFACE (BmaClock, bma_clock, G_TYPE_OBJECT)

static void
bma_clock_default_init (BmaClockInterface *iface)
{
}

/**
 * bma_clock_now_s:
 * @self: a clock
 *
 * Returns: wall-clock time in seconds since the Unix epoch (UTC)
 */
int64_t
bma_clock_now_s (BmaClock *self)
{
  g_return_val_if_fail (BMA_IS_CLOCK (self), 0);

  return BMA_CLOCK_GET_IFACE (self)->now_s (self);
}

/**
 * bma_clock_now_us:
 * @self: a clock
 *
 * Returns: monotonic time in microseconds, comparable only with itself
 */
int64_t
bma_clock_now_us (BmaClock *self)
{
  g_return_val_if_fail (BMA_IS_CLOCK (self), 0);

  return BMA_CLOCK_GET_IFACE (self)->now_us (self);
}
