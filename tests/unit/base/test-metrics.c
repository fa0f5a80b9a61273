/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-metrics.h"

#include <string.h>

static void
test_counters (void)
{
  g_autoptr (BmaMetrics) metrics = bma_metrics_new ();
  g_autofree char *text = NULL;

  bma_metrics_add (metrics, BMA_METRIC_REQUESTS, "/token", "2xx");
  bma_metrics_add (metrics, BMA_METRIC_REQUESTS, "/token", "2xx");
  bma_metrics_add (metrics, BMA_METRIC_REQUESTS, "/token", "4xx");
  bma_metrics_add (metrics, BMA_METRIC_CHANGES, NULL, NULL);
  bma_metrics_set (metrics, BMA_METRIC_CONNECTIONS, NULL, 7);
  bma_metrics_set (metrics, BMA_METRIC_CONNECTIONS, NULL, 3);
  g_assert_cmpuint (bma_metrics_get (metrics, BMA_METRIC_REQUESTS, "/token", "2xx"), ==,
                    2);
  g_assert_cmpuint (bma_metrics_get (metrics, BMA_METRIC_REQUESTS, "/token", "5xx"), ==,
                    0);
  text = bma_metrics_to_text (metrics);
  g_assert_nonnull (
      strstr (text,
              "# HELP biomcp_auth_http_requests_total Requests that were answered.\n"
              "# TYPE biomcp_auth_http_requests_total counter\n"
              "biomcp_auth_http_requests_total{route=\"/token\",status=\"2xx\"} 2\n"
              "biomcp_auth_http_requests_total{route=\"/token\",status=\"4xx\"} "
              "1\n"));
  g_assert_nonnull (strstr (text, "\nbiomcp_auth_store_changes_total 1\n"));
  g_assert_nonnull (strstr (text, "\nbiomcp_auth_http_connections 3\n"));
  g_assert_true (g_str_has_suffix (text, "\n"));
}

static void
test_histogram (void)
{
  g_autoptr (BmaMetrics) metrics = bma_metrics_new ();
  static const int64_t durations_us[] = { 0, 500, 501, 1000000, 31000000, -5 };
  g_autofree char *text = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (durations_us); i++)
    bma_metrics_observe (metrics, BMA_METRIC_UPSTREAM_LATENCY, NULL, durations_us[i]);
  text = bma_metrics_to_text (metrics);
#define LATENCY "biomcp_auth_upstream_latency_seconds"
  g_assert_nonnull (strstr (text, LATENCY "_bucket{le=\"0.0005\"} 3\n"));
  g_assert_nonnull (strstr (text, LATENCY "_bucket{le=\"0.001\"} 4\n"));
  g_assert_nonnull (strstr (text, LATENCY "_bucket{le=\"0.5\"} 4\n"));
  g_assert_nonnull (strstr (text, LATENCY "_bucket{le=\"1\"} 5\n"));
  g_assert_nonnull (strstr (text, LATENCY "_bucket{le=\"30\"} 5\n"));
  g_assert_nonnull (strstr (text, LATENCY "_bucket{le=\"+Inf\"} 6\n" LATENCY
                                          "_sum 32.001001\n" LATENCY "_count 6\n"));
}

static void
test_escapes (void)
{
  g_autoptr (BmaMetrics) metrics = bma_metrics_new ();
  g_autofree char *text = NULL;

  bma_metrics_add (metrics, BMA_METRIC_TOKENS, "a\"b\\c\nd", NULL);
  text = bma_metrics_to_text (metrics);
  g_assert_nonnull (strstr (text, "{grant_type=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

static void
test_bounded (void)
{
  g_autoptr (BmaMetrics) metrics = bma_metrics_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  for (unsigned int i = 0; i < 5000; i++)
    {
      g_autofree char *label = g_strdup_printf ("word-%u", i);

      bma_metrics_add (metrics, BMA_METRIC_TOKENS, label, NULL);
    }
  g_assert_cmpuint (bma_metrics_get (metrics, BMA_METRIC_TOKENS, "other", NULL), ==,
                    5000 - 256);
  text = bma_metrics_to_text (metrics);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), <, 320);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/metrics/counters-and-gauges", test_counters);
  g_test_add_func ("/base/metrics/histogram-is-cumulative", test_histogram);
  g_test_add_func ("/base/metrics/labels-are-escaped", test_escapes);
  g_test_add_func ("/base/metrics/series-are-bounded", test_bounded);
  return g_test_run ();
}
