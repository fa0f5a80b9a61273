/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* At once. */
#define BMA_FETCH_BUDGET_MAX_RUNNING 8
/* Of one host, and of all together, within a window. */
#define BMA_FETCH_BUDGET_MAX_PER_HOST 10
#define BMA_FETCH_BUDGET_MAX_TOTAL    60
#define BMA_FETCH_BUDGET_WINDOW_S     60
/* After a failure the same document is left alone, longer each time. */
#define BMA_FETCH_BUDGET_FIRST_PAUSE_S 5
#define BMA_FETCH_BUDGET_MAX_PAUSE_S   60

/**
 * BmaFetchBudget:
 *
 * How often strangers can make us ask others. Pure: time comes from outside.
 */
typedef struct _BmaFetchBudget BmaFetchBudget;

BmaFetchBudget *bma_fetch_budget_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_fetch_budget_free (BmaFetchBudget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaFetchBudget, bma_fetch_budget_free)

gboolean bma_fetch_budget_take (BmaFetchBudget *self,
                                const char *url,
                                const char *host,
                                int64_t now_us);
void bma_fetch_budget_give_back (BmaFetchBudget *self,
                                 const char *url,
                                 gboolean is_success,
                                 int64_t now_us);

G_END_DECLS
