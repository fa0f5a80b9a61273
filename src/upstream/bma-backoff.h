/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaBackoff:
 * @n_failures: in a row
 * @until_us: monotonic time of the next try
 *
 * How long to wait before what failed is tried again: 1 s, doubling up to a minute. All
 * zero at first.
 */
typedef struct
{
  unsigned int n_failures;
  int64_t until_us;
} BmaBackoff;

void bma_backoff_fail (BmaBackoff *self, int64_t now_us);
void bma_backoff_succeed (BmaBackoff *self);
int64_t bma_backoff_get_wait_s (const BmaBackoff *self, int64_t now_us);

G_END_DECLS
