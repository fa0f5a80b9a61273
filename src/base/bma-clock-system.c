/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-clock-system.h"

struct _BmaClockSystem
{
  GObject parent_instance;
};

static int64_t
clock_system_now_s (BmaClock *clock)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static int64_t
clock_system_now_us (BmaClock *clock)
{
  return g_get_monotonic_time ();
}

static void
clock_iface_init (BmaClockInterface *iface)
{
  iface->now_s = clock_system_now_s;
  iface->now_us = clock_system_now_us;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaClockSystem,
                               bma_clock_system,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_CLOCK, clock_iface_init))

static void
bma_clock_system_class_init (BmaClockSystemClass *klass)
{
}

static void
bma_clock_system_init (BmaClockSystem *self)
{
}

/**
 * bma_clock_system_new:
 *
 * Returns: (transfer full): the clock of the operating system
 */
BmaClock *
bma_clock_system_new (void)
{
  return g_object_new (BMA_TYPE_CLOCK_SYSTEM, NULL);
}
