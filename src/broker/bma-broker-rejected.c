/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include "bma-challenge.h"
#include "bma-log.h"

/* So often a minute can a token be replaced because somebody says it was rejected; after
 * that it is not the token. */
#define MAX_RETRIES 3
#define WINDOW_S    60

typedef struct
{
  int64_t since_s;
  unsigned int n;
} Rejections;

static gboolean
may_retry (BmaBroker *self, const char *grant_id)
{
  Rejections *rejections = g_hash_table_lookup (self->rejections, grant_id);
  int64_t now_s = bma_broker_now_s (self);

  if (rejections == NULL)
    {
      rejections = g_new0 (Rejections, 1);
      g_hash_table_insert (self->rejections, g_strdup (grant_id), rejections);
    }
  if (now_s - rejections->since_s >= WINDOW_S)
    *rejections = (Rejections){ now_s, 0 };
  return ++rejections->n <= MAX_RETRIES;
}

/**
 * bma_broker_report_rejected:
 * @self: a broker
 * @grant: whose token it was
 * @text: what the server said, untrusted: a value of WWW-Authenticate
 *
 * Takes note that a server rejected a token. The one that is kept may be the culprit, so
 * the next will be another.
 *
 * Returns: (transfer floating): a{sv} as org.biomcp.Auth.Broker1.ReportRejected answers
 * it
 */
GVariant *
bma_broker_report_rejected (BmaBroker *self, const BmaGrant *grant, const char *text)
{
  g_auto (BmaChallenge) challenge = { NULL };
  g_auto (GStrv) scopes = NULL;
  BmaAdvice advice = BMA_ADVICE_GIVE_UP;
  GVariantDict dict;

  if (bma_challenge_parse (text, &challenge))
    advice = bma_challenge_decide (&challenge, (const char *const *) grant->scopes,
                                   self->config, &scopes);
  if (advice == BMA_ADVICE_RETRY && !may_retry (self, grant->record.id))
    advice = BMA_ADVICE_GIVE_UP;
  if (advice == BMA_ADVICE_RETRY)
    bma_token_cache_drop (self->tokens, grant->record.id);
  bma_log_info ("local", "%s (%s): token rejected: %s", grant->app_id, grant->trust,
                bma_advice_to_text (advice));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "action", "s", bma_advice_to_text (advice));
  g_variant_dict_insert_value (
      &dict, "scopes",
      g_variant_new_strv ((const char *const *) (scopes != NULL ? scopes : grant->scopes),
                          -1));
  return g_variant_dict_end (&dict);
}

/**
 * bma_broker_init_rejections:
 * @self: a broker
 *
 * Nothing was rejected yet.
 */
void
bma_broker_init_rejections (BmaBroker *self)
{
  self->rejections = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}
