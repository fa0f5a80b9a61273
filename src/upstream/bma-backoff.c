/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-backoff.h"

#define LONGEST_S 60

/**
 * bma_backoff_fail:
 * @self: a back-off
 * @now_us: monotonic time
 *
 * It failed, again.
 */
void
bma_backoff_fail (BmaBackoff *self, int64_t now_us)
{
  int64_t wait_s = MIN (INT64_C (1) << MIN (self->n_failures, 6), LONGEST_S);

  self->n_failures++;
  self->until_us = now_us + wait_s * G_USEC_PER_SEC;
}

/**
 * bma_backoff_succeed:
 * @self: a back-off
 *
 * It works.
 */
void
bma_backoff_succeed (BmaBackoff *self)
{
  *self = (BmaBackoff){ 0, 0 };
}

/**
 * bma_backoff_get_wait_s:
 * @self: a back-off
 * @now_us: monotonic time
 *
 * Returns: seconds until the next try, rounded up; 0 for now
 */
int64_t
bma_backoff_get_wait_s (const BmaBackoff *self, int64_t now_us)
{
  int64_t left_us = self->n_failures > 0 ? self->until_us - now_us : 0;

  return left_us > 0 ? (left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC : 0;
}
