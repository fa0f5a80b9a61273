/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-metrics.h"

#include <inttypes.h>
#include <string.h>

/* Series of one metric; what comes after is counted together. */
#define MAX_SERIES 256
#define OTHER      "other"

#define US_PER_S 1000000

typedef enum
{
  KIND_COUNTER,
  KIND_GAUGE,
  KIND_HISTOGRAM,
} Kind;

typedef struct
{
  const char *name;
  const char *help;
  Kind kind;
  const char *labels[2]; /* nullable */
} Family;

static const Family families[] = {
  [BMA_METRIC_BUILD] = { "biomcp_auth_build_info",
                         "The version of the service.",
                         KIND_GAUGE,
                         { "version" } },
  [BMA_METRIC_START] = { "biomcp_auth_start_time_seconds",
                         "When the service began, in seconds since the Unix epoch.",
                         KIND_GAUGE },
  [BMA_METRIC_REQUESTS] = { "biomcp_auth_http_requests_total",
                            "Requests that were answered.",
                            KIND_COUNTER,
                            { "route", "status" } },
  [BMA_METRIC_DURATION] = { "biomcp_auth_http_request_duration_seconds",
                            "Time from a request to the end of its answer.",
                            KIND_HISTOGRAM,
                            { "route" } },
  [BMA_METRIC_CONNECTIONS] = { "biomcp_auth_http_connections",
                               "Connections that are open.", KIND_GAUGE },
  [BMA_METRIC_EXCHANGES] = { "biomcp_auth_http_requests_in_progress",
                             "Requests that are being answered.", KIND_GAUGE },
  [BMA_METRIC_FRONT_REFUSALS] = { "biomcp_auth_http_front_refusals_total",
                                  "Requests and connections that were refused before "
                                  "they were looked at, by the status that was "
                                  "answered; 0 for a failed TLS handshake.",
                                  KIND_COUNTER,
                                  { "status" } },
  [BMA_METRIC_REFUSALS] = { "biomcp_auth_refusals_total",
                            "Requests that were answered with an error.",
                            KIND_COUNTER,
                            { "route", "error" } },
  [BMA_METRIC_RATE_LIMITED] = { "biomcp_auth_rate_limited_total",
                                "Requests that came too often.",
                                KIND_COUNTER,
                                { "route" } },
  [BMA_METRIC_TOKENS] = { "biomcp_auth_tokens_issued_total",
                          "Access tokens that were issued.",
                          KIND_COUNTER,
                          { "grant_type" } },
  [BMA_METRIC_LOCAL_TOKENS] = { "biomcp_auth_local_tokens_total",
                                "Access tokens that local programs were given: signed "
                                "for them, or cached since somebody like them asked.",
                                KIND_COUNTER,
                                { "source" } },
  [BMA_METRIC_UPSTREAM] = { "biomcp_auth_upstream_requests_total",
                            "Requests that were passed on to the MCP server, by the "
                            "class of the status or what went wrong.",
                            KIND_COUNTER,
                            { "outcome" } },
  [BMA_METRIC_UPSTREAM_LATENCY] = { "biomcp_auth_upstream_latency_seconds",
                                    "Time until the MCP server began to answer.",
                                    KIND_HISTOGRAM },
  [BMA_METRIC_RECORDS] = { "biomcp_auth_store_records",
                           "Records in the store.",
                           KIND_GAUGE,
                           { "kind" } },
  [BMA_METRIC_CHANGES] = { "biomcp_auth_store_changes_total", "Changes of the store.",
                           KIND_COUNTER },
  [BMA_METRIC_KEYRING] = { "biomcp_auth_keyring_state",
                           "1 for the state that the keyring is in.",
                           KIND_GAUGE,
                           { "state" } },
};

G_STATIC_ASSERT (G_N_ELEMENTS (families) == BMA_METRIC_N_METRICS);

/* Upper bounds, as they are written and in microseconds. */
static const struct
{
  const char *text;
  int64_t us;
} bounds[] = {
  { "0.0005", 500 },  { "0.001", 1000 },  { "0.0025", 2500 }, { "0.005", 5000 },
  { "0.01", 10000 },  { "0.025", 25000 }, { "0.05", 50000 },  { "0.1", 100000 },
  { "0.25", 250000 }, { "0.5", 500000 },  { "1", 1000000 },   { "2.5", 2500000 },
  { "5", 5000000 },   { "10", 10000000 }, { "30", 30000000 },
};

typedef struct
{
  char *labels[2]; /* owned, nullable */
  int64_t value;   /* of a counter or gauge; how many of a histogram */
  int64_t sum_us;
  uint64_t buckets[G_N_ELEMENTS (bounds)]; /* not cumulative */
} Series;

struct _BmaMetrics
{
  GPtrArray *series[BMA_METRIC_N_METRICS]; /* owned: Series, owned */
};

static void
series_free (gpointer data)
{
  Series *series = data;

  g_free (series->labels[0]);
  g_free (series->labels[1]);
  g_free (series);
}

/**
 * bma_metrics_new:
 *
 * Returns: (transfer full): metrics of which nothing is known yet
 */
BmaMetrics *
bma_metrics_new (void)
{
  BmaMetrics *self = g_new0 (BmaMetrics, 1);

  for (size_t i = 0; i < BMA_METRIC_N_METRICS; i++)
    self->series[i] = g_ptr_array_new_with_free_func (series_free);
  return self;
}

/**
 * bma_metrics_free:
 * @self: (transfer full): metrics
 *
 * Frees them.
 */
void
bma_metrics_free (BmaMetrics *self)
{
  for (size_t i = 0; i < BMA_METRIC_N_METRICS; i++)
    g_ptr_array_unref (self->series[i]);
  g_free (self);
}

static Series *
find_series (BmaMetrics *self, BmaMetric metric, const char *label, const char *second)
{
  GPtrArray *all = self->series[metric];

  for (unsigned int i = 0; i < all->len; i++)
    {
      Series *series = all->pdata[i];

      if (g_strcmp0 (series->labels[0], label) == 0 &&
          g_strcmp0 (series->labels[1], second) == 0)
        return series;
    }
  return NULL;
}

static Series *
get_series (BmaMetrics *self, BmaMetric metric, const char *label, const char *second)
{
  const Family *family = &families[metric];
  GPtrArray *all = self->series[metric];
  Series *series = NULL;

  g_assert ((label != NULL) == (family->labels[0] != NULL));
  g_assert ((second != NULL) == (family->labels[1] != NULL));
  series = find_series (self, metric, label, second);
  if (series == NULL && all->len >= MAX_SERIES)
    {
      label = label != NULL ? OTHER : NULL;
      second = second != NULL ? OTHER : NULL;
      series = find_series (self, metric, label, second);
    }
  if (series != NULL)
    return series;
  series = g_new0 (Series, 1);
  series->labels[0] = g_strdup (label);
  series->labels[1] = g_strdup (second);
  g_ptr_array_add (all, series);
  return series;
}

/**
 * bma_metrics_add:
 * @self: metrics
 * @metric: a counter
 * @label: (nullable): value of its first label, if it has one
 * @second_label: (nullable): value of its second label, if it has one
 *
 * Counts one more.
 */
void
bma_metrics_add (BmaMetrics *self,
                 BmaMetric metric,
                 const char *label,
                 const char *second_label)
{
  g_return_if_fail (families[metric].kind == KIND_COUNTER);

  get_series (self, metric, label, second_label)->value++;
}

/**
 * bma_metrics_set:
 * @self: metrics
 * @metric: a gauge
 * @label: (nullable): value of its label, if it has one
 * @value: what it shows from now on
 *
 * Sets a gauge.
 */
void
bma_metrics_set (BmaMetrics *self, BmaMetric metric, const char *label, int64_t value)
{
  g_return_if_fail (families[metric].kind == KIND_GAUGE);

  get_series (self, metric, label, NULL)->value = value;
}

/**
 * bma_metrics_observe:
 * @self: metrics
 * @metric: a histogram
 * @label: (nullable): value of its label, if it has one
 * @duration_us: how long something took, microseconds
 *
 * Adds to a histogram.
 */
void
bma_metrics_observe (BmaMetrics *self,
                     BmaMetric metric,
                     const char *label,
                     int64_t duration_us)
{
  Series *series = NULL;

  g_return_if_fail (families[metric].kind == KIND_HISTOGRAM);

  series = get_series (self, metric, label, NULL);
  series->value++;
  series->sum_us += MAX (duration_us, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (bounds); i++)
    if (duration_us <= bounds[i].us)
      {
        series->buckets[i]++;
        return;
      }
}

/**
 * bma_metrics_get:
 * @self: metrics
 * @metric: which
 * @label: (nullable): value of its first label
 * @second_label: (nullable): value of its second label
 *
 * Returns: the count or value, 0 if there is none
 */
uint64_t
bma_metrics_get (BmaMetrics *self,
                 BmaMetric metric,
                 const char *label,
                 const char *second_label)
{
  const Series *series = find_series (self, metric, label, second_label);

  return series != NULL ? (uint64_t) series->value : 0;
}

/* Text format 0.0.4 of Prometheus. */

static void
append_escaped (GString *out, const char *text, gboolean is_label)
{
  for (; *text != '\0'; text++)
    if (*text == '\\')
      g_string_append (out, "\\\\");
    else if (*text == '\n')
      g_string_append (out, "\\n");
    else if (*text == '"' && is_label)
      g_string_append (out, "\\\"");
    else
      g_string_append_c (out, *text);
}

static void
append_label (GString *out, gboolean *is_first, const char *name, const char *value)
{
  if (name == NULL)
    return;
  g_string_append_c (out, *is_first ? '{' : ',');
  *is_first = FALSE;
  g_string_append_printf (out, "%s=\"", name);
  append_escaped (out, value, TRUE);
  g_string_append_c (out, '"');
}

static void
append_name (GString *out,
             const Family *family,
             const char *suffix,
             const Series *series,
             const char *bound)
{
  gboolean is_first = TRUE;

  g_string_append_printf (out, "%s%s", family->name, suffix);
  append_label (out, &is_first, family->labels[0], series->labels[0]);
  append_label (out, &is_first, family->labels[1], series->labels[1]);
  append_label (out, &is_first, bound != NULL ? "le" : NULL, bound);
  g_string_append (out, is_first ? " " : "} ");
}

static void
append_histogram (GString *out, const Family *family, const Series *series)
{
  uint64_t n = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      n += series->buckets[i];
      append_name (out, family, "_bucket", series, bounds[i].text);
      g_string_append_printf (out, "%" PRIu64 "\n", n);
    }
  append_name (out, family, "_bucket", series, "+Inf");
  g_string_append_printf (out, "%" PRId64 "\n", series->value);
  append_name (out, family, "_sum", series, NULL);
  g_string_append_printf (out, "%" PRId64 ".%06" PRId64 "\n", series->sum_us / US_PER_S,
                          series->sum_us % US_PER_S);
  append_name (out, family, "_count", series, NULL);
  g_string_append_printf (out, "%" PRId64 "\n", series->value);
}

static const char *
kind_to_text (Kind kind)
{
  static const char *const texts[] = {
    [KIND_COUNTER] = "counter", [KIND_GAUGE] = "gauge", [KIND_HISTOGRAM] = "histogram"
  };

  return texts[kind];
}

/**
 * bma_metrics_to_text:
 * @self: metrics
 *
 * Writes them down for Prometheus, as %BMA_METRICS_CONTENT_TYPE.
 *
 * Returns: (transfer full): the text
 */
char *
bma_metrics_to_text (BmaMetrics *self)
{
  GString *out = g_string_new (NULL);

  for (size_t i = 0; i < BMA_METRIC_N_METRICS; i++)
    {
      const Family *family = &families[i];
      GPtrArray *all = self->series[i];

      g_string_append_printf (out, "# HELP %s ", family->name);
      append_escaped (out, family->help, FALSE);
      g_string_append_printf (out, "\n# TYPE %s %s\n", family->name,
                              kind_to_text (family->kind));
      for (unsigned int j = 0; j < all->len; j++)
        if (family->kind == KIND_HISTOGRAM)
          append_histogram (out, family, all->pdata[j]);
        else
          {
            append_name (out, family, "", all->pdata[j], NULL);
            g_string_append_printf (out, "%" PRId64 "\n",
                                    ((const Series *) all->pdata[j])->value);
          }
    }
  return g_string_free (out, FALSE);
}
