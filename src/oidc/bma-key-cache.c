/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-cache.h"

#include "bma-http-freshness.h"

/**
 * bma_key_cache_init:
 * @self: (out): a cache that knows nothing
 */
void
bma_key_cache_init (BmaKeyCache *self)
{
  *self = (BmaKeyCache){ .asked_at_s = G_MININT64 };
}

/**
 * bma_key_cache_clear:
 * @self: a cache
 *
 * Drops the keys.
 */
void
bma_key_cache_clear (BmaKeyCache *self)
{
  g_clear_pointer (&self->keys, bma_keyset_free);
}

/* When the server may be asked again: after failures in 5, 7, 15, 30 and then every 60
 * seconds. A clock that was set back does not count. */
static int64_t
next_question_s (const BmaKeyCache *self, int64_t now_s)
{
  int64_t pause_s = BMA_KEY_CACHE_FLOOR_S;

  if (self->asked_at_s == G_MININT64 || self->asked_at_s > now_s)
    return now_s;
  for (unsigned int i = self->n_failures; i > 0 && i < 5; i++)
    pause_s /= 2;
  return self->asked_at_s + MAX (pause_s, BMA_KEY_CACHE_FIRST_RETRY_S);
}

/**
 * bma_key_cache_find:
 * @self: a cache
 * @kid: the key that is needed
 * @now_s: the time, epoch seconds
 *
 * A key is used while its set is fresh. After that the set is fetched again first; while
 * that fails the old keys go on for a day. An unknown `kid` may mean that keys were
 * rotated, so the set is fetched, but at most once a minute.
 *
 * Returns: what to do
 */
BmaKeyFinding
bma_key_cache_find (const BmaKeyCache *self, const char *kid, int64_t now_s)
{
  gboolean is_known = self->keys != NULL && bma_keyset_lookup (self->keys, kid) != NULL;

  if (is_known && now_s < self->fresh_until_s)
    return BMA_KEY_FOUND;
  if (now_s >= next_question_s (self, now_s))
    return BMA_KEY_WANTED;
  if (is_known && now_s < self->fresh_until_s + BMA_KEY_CACHE_STALE_S)
    return BMA_KEY_FOUND;
  return self->n_failures > 0 ? BMA_KEY_UNREACHABLE : BMA_KEY_UNKNOWN;
}

/**
 * bma_key_cache_get_retry_after_s:
 * @self: a cache
 * @now_s: the time, epoch seconds
 *
 * Returns: seconds until the server may be asked again, at least 1
 */
int64_t
bma_key_cache_get_retry_after_s (const BmaKeyCache *self, int64_t now_s)
{
  return MAX (next_question_s (self, now_s) - now_s, 1);
}

/**
 * bma_key_cache_is_due:
 * @self: a cache
 * @now_s: the time
 *
 * Returns: whether the last fetch failed, or the keys will have to be fetched soon
 */
gboolean
bma_key_cache_is_due (const BmaKeyCache *self, int64_t now_s)
{
  return self->n_failures > 0 ||
         (self->keys != NULL && self->fresh_until_s - BMA_KEY_CACHE_EARLY_S <= now_s);
}

/**
 * bma_key_cache_take:
 * @self: a cache
 * @keys: (transfer full): what the server has now
 * @max_age_s: for how long, as the server says
 * @now_s: the time, epoch seconds
 *
 * Replaces the keys: one that is gone there is gone here.
 */
void
bma_key_cache_take (BmaKeyCache *self, BmaKeyset *keys, int64_t max_age_s, int64_t now_s)
{
  g_clear_pointer (&self->keys, bma_keyset_free);
  self->keys = keys;
  self->n_failures = 0;
  self->asked_at_s = now_s;
  self->fresh_until_s = now_s + bma_http_freshness_bound (max_age_s,
                                                          BMA_KEY_CACHE_FRESH_S,
                                                          BMA_KEY_CACHE_MIN_FRESH_S,
                                                          BMA_KEY_CACHE_MAX_FRESH_S);
}

/**
 * bma_key_cache_fail:
 * @self: a cache
 * @now_s: the time, epoch seconds
 *
 * The server could not be asked, or its answer could not be used.
 */
void
bma_key_cache_fail (BmaKeyCache *self, int64_t now_s)
{
  if (self->n_failures < G_MAXUINT)
    self->n_failures++;
  self->asked_at_s = now_s;
}
