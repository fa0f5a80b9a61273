/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-limits.h"

#include <string.h>

#define US_PER_S      INT64_C (1000000)
#define US_PER_MINUTE (60 * US_PER_S)

/* The level of a bucket rises by its rate in every microsecond: no fractions. */
#define REQUEST US_PER_MINUTE

typedef struct
{
  BmaLimitKind kind; /* with peer the key of the table */
  BmaLimitPeer peer;
  uint32_t per_minute; /* how much fits in, and how much flows in */
  int64_t level;       /* at updated_us */
  int64_t updated_us;  /* monotonic */
} Bucket;

struct _BmaLimits
{
  GHashTable *buckets; /* owned: set of Bucket, owned */
  unsigned int max_buckets;
};

static unsigned int
bucket_hash (gconstpointer data)
{
  const Bucket *bucket = data;
  uint64_t high = 0;
  uint64_t low = 0;

  memcpy (&high, bucket->peer.address, 8);
  memcpy (&low, bucket->peer.address + 8, 8);
  high = (high ^ (low * UINT64_C (0x9e3779b97f4a7c15)) ^ bucket->kind) *
         UINT64_C (0x9e3779b97f4a7c15);
  return (unsigned int) (high >> 32);
}

static gboolean
bucket_equal (gconstpointer a, gconstpointer b)
{
  const Bucket *one = a;
  const Bucket *other = b;

  return one->kind == other->kind && one->peer.is_owner == other->peer.is_owner &&
         memcmp (one->peer.address, other->peer.address, 16) == 0;
}

static int64_t
get_capacity (const Bucket *self)
{
  return (int64_t) self->per_minute * REQUEST;
}

static void
fill_up (Bucket *self, int64_t now_us)
{
  int64_t passed_us = MIN (now_us - self->updated_us, US_PER_MINUTE);

  if (passed_us > 0)
    {
      self->level += passed_us * self->per_minute;
      self->updated_us = now_us;
    }
  self->level = MIN (self->level, get_capacity (self));
}

/* How long until it is full again. */
static int64_t
get_deficit_us (const Bucket *self)
{
  return (get_capacity (self) - self->level) / self->per_minute;
}

/* Makes room: all that are as good as new go, or else the one that will be soonest. */
static void
forget_some (BmaLimits *self, int64_t now_us)
{
  GHashTableIter iter;
  Bucket *bucket = NULL;
  Bucket *soonest = NULL;

  g_hash_table_iter_init (&iter, self->buckets);
  while (g_hash_table_iter_next (&iter, (gpointer *) &bucket, NULL))
    {
      fill_up (bucket, now_us);
      if (bucket->level == get_capacity (bucket))
        g_hash_table_iter_remove (&iter);
      else if (soonest == NULL || get_deficit_us (bucket) < get_deficit_us (soonest))
        soonest = bucket;
    }
  if (g_hash_table_size (self->buckets) >= self->max_buckets)
    g_hash_table_remove (self->buckets, soonest);
}

static Bucket *
find_bucket (BmaLimits *self, BmaLimitKind kind, const BmaLimitPeer *peer)
{
  Bucket key = { .kind = kind, .peer = *peer };

  if (peer->is_owner)
    memset (key.peer.address, 0, sizeof key.peer.address);
  return g_hash_table_lookup (self->buckets, &key);
}

static Bucket *
add_bucket (BmaLimits *self,
            BmaLimitKind kind,
            const BmaLimitPeer *peer,
            uint32_t per_minute,
            int64_t now_us)
{
  Bucket *bucket = NULL;

  if (g_hash_table_size (self->buckets) >= self->max_buckets)
    forget_some (self, now_us);
  bucket = g_new0 (Bucket, 1);
  bucket->kind = kind;
  bucket->peer = *peer;
  if (peer->is_owner)
    memset (bucket->peer.address, 0, sizeof bucket->peer.address);
  bucket->per_minute = per_minute;
  bucket->level = get_capacity (bucket);
  bucket->updated_us = now_us;
  g_hash_table_add (self->buckets, bucket);
  return bucket;
}

/**
 * bma_limits_new:
 * @max_buckets: how many to remember
 *
 * Returns: (transfer full): limits that nobody has reached yet
 */
BmaLimits *
bma_limits_new (unsigned int max_buckets)
{
  BmaLimits *self = g_new0 (BmaLimits, 1);

  self->buckets = g_hash_table_new_full (bucket_hash, bucket_equal, g_free, NULL);
  self->max_buckets = max_buckets;
  return self;
}

/**
 * bma_limits_free:
 * @self: (transfer full): limits
 *
 * Frees them.
 */
void
bma_limits_free (BmaLimits *self)
{
  g_hash_table_unref (self->buckets);
  g_free (self);
}

/**
 * bma_limits_take:
 * @self: limits
 * @kind: what is asked for
 * @peer: who asks
 * @per_minute: how often they may; 0 for no limit
 * @now_us: monotonic time, microseconds
 *
 * Counts a request, if it is within the limit.
 *
 * Returns: 0 if it is; else after how many seconds to ask again
 */
unsigned int
bma_limits_take (BmaLimits *self,
                 BmaLimitKind kind,
                 const BmaLimitPeer *peer,
                 uint32_t per_minute,
                 int64_t now_us)
{
  Bucket *bucket = NULL;
  int64_t lacking = 0;

  if (per_minute == 0)
    return 0;
  bucket = find_bucket (self, kind, peer);
  if (bucket == NULL)
    bucket = add_bucket (self, kind, peer, per_minute, now_us);
  bucket->per_minute = per_minute;
  fill_up (bucket, now_us);
  if (bucket->level >= REQUEST)
    {
      bucket->level -= REQUEST;
      return 0;
    }
  lacking = REQUEST - bucket->level;
  return (unsigned int) ((lacking / per_minute + US_PER_S) / US_PER_S);
}

/**
 * bma_limits_charge:
 * @self: limits
 * @kind: what was asked for
 * @peer: who asked
 * @n: how many requests it counts for beyond the one that was taken
 * @now_us: monotonic time, microseconds
 *
 * Counts a request that failed more than one that did not: guessing costs.
 */
void
bma_limits_charge (BmaLimits *self,
                   BmaLimitKind kind,
                   const BmaLimitPeer *peer,
                   unsigned int n,
                   int64_t now_us)
{
  Bucket *bucket = find_bucket (self, kind, peer);

  if (bucket == NULL)
    return;
  fill_up (bucket, now_us);
  bucket->level = MAX (bucket->level - (int64_t) n * REQUEST, 0);
}

/**
 * bma_limits_get_n_buckets:
 * @self: limits
 *
 * Returns: how many peers and kinds are remembered
 */
unsigned int
bma_limits_get_n_buckets (BmaLimits *self)
{
  return g_hash_table_size (self->buckets);
}
