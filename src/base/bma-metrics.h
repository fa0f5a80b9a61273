/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaMetric:
 * @BMA_METRIC_BUILD: 1, by version
 * @BMA_METRIC_START: when the process began, seconds since the Unix epoch
 * @BMA_METRIC_REQUESTS: answered requests, by route and class of the status
 * @BMA_METRIC_DURATION: seconds from a request to the end of its answer, by route
 * @BMA_METRIC_CONNECTIONS: open connections
 * @BMA_METRIC_EXCHANGES: requests that are being answered
 * @BMA_METRIC_FRONT_REFUSALS: what the front refused by itself, by status
 * @BMA_METRIC_REFUSALS: answers with an error, by route and error
 * @BMA_METRIC_RATE_LIMITED: requests over the limit, by route
 * @BMA_METRIC_TOKENS: access tokens issued, by grant type
 * @BMA_METRIC_LOCAL_TOKENS: access tokens given to local programs, by source
 * @BMA_METRIC_UPSTREAM: requests to the MCP server, by outcome
 * @BMA_METRIC_UPSTREAM_LATENCY: seconds until the MCP server began to answer
 * @BMA_METRIC_RECORDS: records in the store, by kind
 * @BMA_METRIC_CHANGES: changes of the store
 * @BMA_METRIC_KEYRING: 1 for the state the keyring is in
 *
 * What is measured.
 */
typedef enum
{
  BMA_METRIC_BUILD,
  BMA_METRIC_START,
  BMA_METRIC_REQUESTS,
  BMA_METRIC_DURATION,
  BMA_METRIC_CONNECTIONS,
  BMA_METRIC_EXCHANGES,
  BMA_METRIC_FRONT_REFUSALS,
  BMA_METRIC_REFUSALS,
  BMA_METRIC_RATE_LIMITED,
  BMA_METRIC_TOKENS,
  BMA_METRIC_LOCAL_TOKENS,
  BMA_METRIC_UPSTREAM,
  BMA_METRIC_UPSTREAM_LATENCY,
  BMA_METRIC_RECORDS,
  BMA_METRIC_CHANGES,
  BMA_METRIC_KEYRING,
} BmaMetric;

#define BMA_METRIC_N_METRICS (BMA_METRIC_KEYRING + 1)

/**
 * BmaMetrics:
 *
 * Counts and times for who watches the service. Labels are words of ours, never of a
 * client's, and their number is bounded.
 */
typedef struct _BmaMetrics BmaMetrics;

BmaMetrics *bma_metrics_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_metrics_free (BmaMetrics *self);
void bma_metrics_add (BmaMetrics *self,
                      BmaMetric metric,
                      const char *label,
                      const char *second_label);
void
bma_metrics_set (BmaMetrics *self, BmaMetric metric, const char *label, int64_t value);
void bma_metrics_observe (BmaMetrics *self,
                          BmaMetric metric,
                          const char *label,
                          int64_t duration_us);
uint64_t bma_metrics_get (BmaMetrics *self,
                          BmaMetric metric,
                          const char *label,
                          const char *second_label);
char *bma_metrics_to_text (BmaMetrics *self) G_GNUC_WARN_UNUSED_RESULT;

#define BMA_METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaMetrics, bma_metrics_free)

G_END_DECLS
