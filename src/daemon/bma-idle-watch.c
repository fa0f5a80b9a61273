/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-idle-watch.h"

/* How often to look within the time. */
#define LOOKS 4

struct _BmaIdleWatch
{
  BmaClock *clock; /* owned */
  int64_t quiet_since_us;
  unsigned int n_events; /* at the last look */
};

/**
 * bma_idle_watch_new:
 * @clock: time
 *
 * Returns: (transfer full): a watch; the time runs from now
 */
BmaIdleWatch *
bma_idle_watch_new (BmaClock *clock)
{
  BmaIdleWatch *self = g_new0 (BmaIdleWatch, 1);

  self->clock = g_object_ref (clock);
  self->quiet_since_us = bma_clock_now_us (clock);
  return self;
}

/**
 * bma_idle_watch_free:
 * @self: (transfer full) (nullable): a watch
 */
void
bma_idle_watch_free (BmaIdleWatch *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->clock);
  g_free (self);
}

/**
 * bma_idle_watch_check:
 * @self: a watch
 * @is_busy: whether something is going on
 * @n_events: how many things have happened; any other number than last time will do
 * @limit_s: how long it has to be quiet
 *
 * Looks. What happened between two looks counts as if it had happened at the later one.
 *
 * Returns: whether it has been quiet for so long
 */
gboolean
bma_idle_watch_check (BmaIdleWatch *self,
                      gboolean is_busy,
                      unsigned int n_events,
                      unsigned int limit_s)
{
  int64_t now_us = bma_clock_now_us (self->clock);

  if (is_busy || n_events != self->n_events)
    self->quiet_since_us = now_us;
  self->n_events = n_events;
  return now_us - self->quiet_since_us >= (int64_t) limit_s * G_USEC_PER_SEC;
}

/**
 * bma_idle_watch_get_interval_s:
 * @limit_s: how long it has to be quiet
 *
 * Returns: how often to look
 */
unsigned int
bma_idle_watch_get_interval_s (unsigned int limit_s)
{
  return MAX (limit_s / LOOKS, 1);
}
