/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-clock-dummy.h"

struct _BmaClockDummy
{
  GObject parent_instance;
  int64_t wall_us;
  int64_t now_us;
};

static int64_t
clock_dummy_now_s (BmaClock *clock)
{
  return BMA_CLOCK_DUMMY (clock)->wall_us / G_USEC_PER_SEC;
}

static int64_t
clock_dummy_now_us (BmaClock *clock)
{
  return BMA_CLOCK_DUMMY (clock)->now_us;
}

static void
clock_iface_init (BmaClockInterface *iface)
{
  iface->now_s = clock_dummy_now_s;
  iface->now_us = clock_dummy_now_us;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaClockDummy,
                               bma_clock_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_CLOCK, clock_iface_init))

static void
bma_clock_dummy_class_init (BmaClockDummyClass *klass)
{
}

static void
bma_clock_dummy_init (BmaClockDummy *self)
{
  self->wall_us = (int64_t) BMA_CLOCK_DUMMY_START_S * G_USEC_PER_SEC;
  self->now_us = G_USEC_PER_SEC;
}

/**
 * bma_clock_dummy_new:
 *
 * Returns: (transfer full): a clock that stands still at BMA_CLOCK_DUMMY_START_S
 */
BmaClockDummy *
bma_clock_dummy_new (void)
{
  return g_object_new (BMA_TYPE_CLOCK_DUMMY, NULL);
}

/**
 * bma_clock_dummy_set_s:
 * @self: a clock
 * @now_s: wall-clock time, seconds since the Unix epoch
 *
 * Sets the wall clock, as a person would: monotonic time stays.
 */
void
bma_clock_dummy_set_s (BmaClockDummy *self, int64_t now_s)
{
  self->wall_us = now_s * G_USEC_PER_SEC;
}

/**
 * bma_clock_dummy_advance_s:
 * @self: a clock
 * @seconds: how long
 *
 * Lets time pass, on both clocks.
 */
void
bma_clock_dummy_advance_s (BmaClockDummy *self, int64_t seconds)
{
  bma_clock_dummy_advance_us (self, seconds * G_USEC_PER_SEC);
}

/**
 * bma_clock_dummy_advance_us:
 * @self: a clock
 * @microseconds: how long
 *
 * Lets time pass, on both clocks.
 */
void
bma_clock_dummy_advance_us (BmaClockDummy *self, int64_t microseconds)
{
  self->wall_us += microseconds;
  self->now_us += microseconds;
}
