/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"

G_BEGIN_DECLS

/**
 * BmaIdleWatch:
 *
 * Tells for how long nobody has wanted anything. Looked at now and then.
 */
typedef struct _BmaIdleWatch BmaIdleWatch;

BmaIdleWatch *bma_idle_watch_new (BmaClock *clock) G_GNUC_WARN_UNUSED_RESULT;
void bma_idle_watch_free (BmaIdleWatch *self);
gboolean bma_idle_watch_check (BmaIdleWatch *self,
                               gboolean is_busy,
                               unsigned int n_events,
                               unsigned int limit_s);
unsigned int bma_idle_watch_get_interval_s (unsigned int limit_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaIdleWatch, bma_idle_watch_free)

G_END_DECLS
