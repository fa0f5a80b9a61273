/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-key-source.h"

G_BEGIN_DECLS

/* How long a key set is good when the server does not say, and what it may say. */
#define BMA_KEY_CACHE_FRESH_S     (60 * 60)
#define BMA_KEY_CACHE_MIN_FRESH_S (5 * 60)
#define BMA_KEY_CACHE_MAX_FRESH_S (24 * 60 * 60)
/* How long after that known keys stay usable while the server cannot be reached. */
#define BMA_KEY_CACHE_STALE_S (24 * 60 * 60)
/* How long before they are due keys are fetched when there is an occasion. */
#define BMA_KEY_CACHE_EARLY_S (10 * 60)
/* How often it is asked at most, and how soon again after a first failure. */
#define BMA_KEY_CACHE_FLOOR_S       60
#define BMA_KEY_CACHE_FIRST_RETRY_S 5

/**
 * BmaKeyCache:
 *
 * The keys of one place and what is known about them. Pure: time comes from outside.
 */
typedef struct
{
  BmaKeyset *keys; /* owned, nullable: fetched once */
  int64_t fresh_until_s;
  int64_t asked_at_s;      /* the last time, G_MININT64 = never */
  unsigned int n_failures; /* since the last success */
} BmaKeyCache;

void bma_key_cache_init (BmaKeyCache *self);
void bma_key_cache_clear (BmaKeyCache *self);
BmaKeyFinding
bma_key_cache_find (const BmaKeyCache *self, const char *kid, int64_t now_s);
int64_t bma_key_cache_get_retry_after_s (const BmaKeyCache *self, int64_t now_s);
gboolean bma_key_cache_is_due (const BmaKeyCache *self, int64_t now_s);
void
bma_key_cache_take (BmaKeyCache *self, BmaKeyset *keys, int64_t max_age_s, int64_t now_s);
void bma_key_cache_fail (BmaKeyCache *self, int64_t now_s);

G_END_DECLS
