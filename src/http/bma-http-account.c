/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-account.h"

#include <glib/gi18n-lib.h>

#include "bma-http-pages.h"
#include "bma-log.h"
#include "bma-metrics.h"

#define MAX_BUCKETS 4096

/* A request that fails counts for so many more. */
#define FAILURE_COST 4

struct _BmaHttpAccount
{
  grefcount refs;
  BmaBroker *broker; /* unowned: outlives every server of it */
  BmaLimits *limits; /* owned */
};

/* One request until its answer has left, or its client. */
typedef struct
{
  BmaHttpAccount *account;   /* owned */
  BmaHttpExchange *exchange; /* owned */
  const char *route;         /* static */
  BmaLimitKind limit;
  int64_t started_us;
} Visit;

/**
 * bma_http_account_new:
 * @broker: (transfer none): whose settings, clock and metrics are used; outlives the
 *   account
 *
 * Returns: (transfer full): an account of nothing yet
 */
BmaHttpAccount *
bma_http_account_new (BmaBroker *broker)
{
  BmaHttpAccount *self = g_new0 (BmaHttpAccount, 1);

  g_ref_count_init (&self->refs);
  self->broker = broker;
  self->limits = bma_limits_new (MAX_BUCKETS);
  return self;
}

/**
 * bma_http_account_unref:
 * @self: (transfer full): an account
 *
 * Drops a reference.
 */
void
bma_http_account_unref (BmaHttpAccount *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  bma_limits_free (self->limits);
  g_free (self);
}

static void
visit_free (Visit *visit)
{
  bma_http_account_unref (visit->account);
  bma_http_exchange_unref (visit->exchange);
  g_free (visit);
}

/**
 * bma_http_account_class_of_status:
 * @status: an HTTP status, 0 if there is none
 *
 * Returns: (transfer none): what it is counted as, such as `2xx`
 */
const char *
bma_http_account_class_of_status (unsigned int status)
{
  static const char *const classes[] = { "other", "1xx", "2xx", "3xx", "4xx", "5xx" };

  return classes[status / 100 < G_N_ELEMENTS (classes) ? status / 100 : 0];
}

static void
charge_failure (const Visit *visit, unsigned int status)
{
  if (visit->limit != BMA_LIMIT_NONE && (status == 400 || status == 401 || status == 403))
    bma_limits_charge (visit->account->limits, visit->limit,
                       &bma_http_exchange_get_peer (visit->exchange)->limit, FAILURE_COST,
                       bma_clock_now_us (bma_broker_get_clock (visit->account->broker)));
}

static void
conclude (SoupServerMessage *message, Visit *visit)
{
  BmaMetrics *metrics = bma_broker_get_metrics (visit->account->broker);
  unsigned int status = soup_server_message_get_status (message);
  const char *error = bma_http_exchange_get_error (visit->exchange);

  g_signal_handlers_disconnect_by_data (message, visit);
  charge_failure (visit, status);
  bma_metrics_add (metrics, BMA_METRIC_REQUESTS, visit->route,
                   bma_http_account_class_of_status (status));
  bma_metrics_observe (metrics, BMA_METRIC_DURATION, visit->route,
                       bma_clock_now_us (bma_broker_get_clock (visit->account->broker)) -
                           visit->started_us);
  if (error != NULL)
    bma_metrics_add (metrics, BMA_METRIC_REFUSALS, visit->route, error);
  visit_free (visit);
}

/**
 * bma_http_account_open:
 * @self: an account
 * @exchange: a request
 * @route: (transfer none): where it goes, one of a few; static
 * @limit: what it counts as
 *
 * Follows a request to its end. A failed one then counts for more.
 */
void
bma_http_account_open (BmaHttpAccount *self,
                       BmaHttpExchange *exchange,
                       const char *route,
                       BmaLimitKind limit)
{
  SoupServerMessage *message = bma_http_exchange_get_message (exchange);
  Visit *visit = g_new0 (Visit, 1);

  g_ref_count_inc (&self->refs);
  visit->account = self;
  visit->exchange = bma_http_exchange_ref (exchange);
  visit->route = route;
  visit->limit = limit;
  visit->started_us = bma_clock_now_us (bma_broker_get_clock (self->broker));
  g_signal_connect (message, "finished", G_CALLBACK (conclude), visit);
  g_signal_connect (message, "disconnected", G_CALLBACK (conclude), visit);
}

static uint32_t
get_per_minute (const BmaConfig *config, BmaLimitKind kind, gboolean is_owner)
{
  if (is_owner)
    return config->owner_per_minute;
  switch (kind)
    {
    case BMA_LIMIT_NONE:
      return 0;
    case BMA_LIMIT_REGISTER:
      return config->register_per_minute;
    case BMA_LIMIT_AUTHORIZE:
    case BMA_LIMIT_DEVICE:
      return config->authorize_per_minute;
    case BMA_LIMIT_TOKEN:
    case BMA_LIMIT_INQUIRY:
    default:
      return config->token_per_minute;
    }
}

static void
turn_away (BmaHttpExchange *exchange, BmaLimitKind kind, unsigned int wait_s)
{
  const char *accept = bma_http_exchange_get_header (exchange, "Accept");
  g_autofree char *retry_after = g_strdup_printf ("%u", wait_s);

  bma_http_exchange_set_header (exchange, "Retry-After", retry_after);
  if (kind == BMA_LIMIT_AUTHORIZE && accept != NULL &&
      g_strstr_len (accept, -1, "text/html") != NULL)
    {
      bma_http_exchange_set_error (exchange, bma_oauth_error_to_text (
                                                 BMA_OAUTH_RATE_LIMIT_EXCEEDED));
      bma_http_pages_reply_message (
          exchange, 429, _ ("Too many requests"),
          _ ("Too many sign-ins were begun from where you are. "
             "Wait a minute, then start again in your program."));
    }
  else
    bma_http_exchange_reply_error (exchange, (BmaOauthError){
                                                 BMA_OAUTH_RATE_LIMIT_EXCEEDED,
                                                 "too many requests; see Retry-After" });
}

/**
 * bma_http_account_admits:
 * @self: an account
 * @exchange: a request
 * @route: (transfer none): where it goes, one of a few; static
 * @limit: what it counts as
 *
 * Counts a request against its peer's limit.
 *
 * Returns: whether it is within; else it is answered with 429
 */
gboolean
bma_http_account_admits (BmaHttpAccount *self,
                         BmaHttpExchange *exchange,
                         const char *route,
                         BmaLimitKind limit)
{
  const BmaHttpPeer *peer = bma_http_exchange_get_peer (exchange);
  unsigned int wait_s = 0;

  if (limit == BMA_LIMIT_NONE)
    return TRUE;
  wait_s = bma_limits_take (self->limits, limit, &peer->limit,
                            get_per_minute (bma_broker_get_config (self->broker), limit,
                                            peer->limit.is_owner),
                            bma_clock_now_us (bma_broker_get_clock (self->broker)));
  if (wait_s == 0)
    return TRUE;
  bma_metrics_add (bma_broker_get_metrics (self->broker), BMA_METRIC_RATE_LIMITED, route,
                   NULL);
  turn_away (exchange, limit, wait_s);
  return FALSE;
}
