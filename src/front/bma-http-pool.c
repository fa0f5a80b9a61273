/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-pool.h"

#include <netinet/in.h>
#include <string.h>

struct _BmaHttpPool
{
  const BmaHttpFrontLimits *limits; /* (unowned): outlives the pool */
  GQueue all;                       /* linked through BmaHttpPoolMember.link */
  GQueue idle;                      /* linked through BmaHttpPoolMember.idle_link */
  GHashTable *per_peer;             /* (owned): BmaHttpPeerKey (owned) -> count */
};

static unsigned
peer_key_hash (gconstpointer key)
{
  uint32_t words[4];

  memcpy (words, key, sizeof words);
  return words[0] ^ words[1] * 31 ^ words[2] * 961 ^ words[3] * 29791;
}

static gboolean
peer_key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (BmaHttpPeerKey)) == 0;
}

/**
 * bma_http_peer_key_from_native:
 * @address: a peer's address
 *
 * Names the peer that connections from @address are counted for.
 *
 * Returns: the key
 */
BmaHttpPeerKey
bma_http_peer_key_from_native (const struct sockaddr *address)
{
  BmaHttpPeerKey key = { { 0 } };

  if (address->sa_family == AF_INET)
    {
      key.bytes[10] = key.bytes[11] = 0xff;
      memcpy (key.bytes + 12, &((const struct sockaddr_in *) address)->sin_addr, 4);
    }
  else if (address->sa_family == AF_INET6)
    {
      const struct in6_addr *in6 = &((const struct sockaddr_in6 *) address)->sin6_addr;

      memcpy (key.bytes, in6, 16);
      /* Whoever has one address of a /64 has all of them. */
      if (!IN6_IS_ADDR_V4MAPPED (in6) && !IN6_IS_ADDR_LOOPBACK (in6))
        memset (key.bytes + 8, 0, 8);
    }
  return key;
}

/**
 * bma_http_peer_key_is_local:
 * @self: a peer
 *
 * Tells peers on this machine from others.
 *
 * Returns: whether @self is a loopback address or a Unix socket
 */
gboolean
bma_http_peer_key_is_local (const BmaHttpPeerKey *self)
{
  static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
  static const uint8_t zero[15] = { 0 };

  if (memcmp (self->bytes, mapped, sizeof mapped) == 0)
    return self->bytes[12] == 127;
  return memcmp (self->bytes, zero, sizeof zero) == 0 && self->bytes[15] <= 1;
}

/**
 * bma_http_pool_new:
 * @limits: (transfer none): the caps; outlive the pool
 *
 * Creates a count of open connections.
 *
 * Returns: (transfer full): the pool
 */
BmaHttpPool *
bma_http_pool_new (const BmaHttpFrontLimits *limits)
{
  BmaHttpPool *self = g_new0 (BmaHttpPool, 1);

  self->limits = limits;
  g_queue_init (&self->all);
  g_queue_init (&self->idle);
  self->per_peer = g_hash_table_new_full (peer_key_hash, peer_key_equal, g_free, NULL);
  return self;
}

/**
 * bma_http_pool_free:
 * @self: (transfer full): the pool, empty
 *
 * Frees the pool.
 */
void
bma_http_pool_free (BmaHttpPool *self)
{
  g_assert (self->all.length == 0);
  g_hash_table_unref (self->per_peer);
  g_free (self);
}

static unsigned
count_of (BmaHttpPool *self, const BmaHttpPeerKey *peer)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->per_peer, peer));
}

static void
set_count (BmaHttpPool *self, const BmaHttpPeerKey *peer, unsigned count)
{
  if (count == 0)
    g_hash_table_remove (self->per_peer, peer);
  else
    g_hash_table_insert (self->per_peer, g_memdup2 (peer, sizeof *peer),
                         GUINT_TO_POINTER (count));
}

/**
 * bma_http_pool_has_room:
 * @self: the pool
 *
 * Applies the cap on all connections.
 *
 * Returns: whether one more is allowed
 */
gboolean
bma_http_pool_has_room (BmaHttpPool *self)
{
  return self->all.length < self->limits->max_connections;
}

/**
 * bma_http_pool_has_room_for:
 * @self: the pool
 * @peer: who connects
 *
 * Applies the cap on one peer's connections.
 *
 * Returns: whether one more of @peer's is allowed
 */
gboolean
bma_http_pool_has_room_for (BmaHttpPool *self, const BmaHttpPeerKey *peer)
{
  return count_of (self, peer) < (bma_http_peer_key_is_local (peer)
                                      ? self->limits->max_connections_loopback
                                      : self->limits->max_connections_per_peer);
}

/**
 * bma_http_pool_add:
 * @self: the pool
 * @member: (transfer none): the connection's membership
 * @peer: its peer
 * @owner: (transfer none): the connection
 *
 * Counts a connection in, as busy.
 */
void
bma_http_pool_add (BmaHttpPool *self,
                   BmaHttpPoolMember *member,
                   const BmaHttpPeerKey *peer,
                   gpointer owner)
{
  *member = (BmaHttpPoolMember){ .peer = *peer };
  member->link.data = owner;
  member->idle_link.data = owner;
  g_queue_push_tail_link (&self->all, &member->link);
  set_count (self, peer, count_of (self, peer) + 1);
}

/**
 * bma_http_pool_remove:
 * @self: the pool
 * @member: a membership in it
 *
 * Counts a connection out.
 */
void
bma_http_pool_remove (BmaHttpPool *self, BmaHttpPoolMember *member)
{
  bma_http_pool_set_idle (self, member, FALSE);
  g_queue_unlink (&self->all, &member->link);
  set_count (self, &member->peer, count_of (self, &member->peer) - 1);
}

/**
 * bma_http_pool_set_idle:
 * @self: the pool
 * @member: a membership in it
 * @is_idle: whether the connection has no request in it
 *
 * Notes that a connection may be given up for another one, or may not any more.
 */
void
bma_http_pool_set_idle (BmaHttpPool *self, BmaHttpPoolMember *member, gboolean is_idle)
{
  if (member->is_idle == is_idle)
    return;
  member->is_idle = is_idle;
  if (is_idle)
    {
      member->idle_since_us = g_get_monotonic_time ();
      g_queue_push_tail_link (&self->idle, &member->idle_link);
    }
  else
    g_queue_unlink (&self->idle, &member->idle_link);
}

/**
 * bma_http_pool_oldest_idle:
 * @self: the pool
 * @peer: (nullable): only connections of this peer
 * @before_us: monotonic time, microseconds
 *
 * Finds the connection that has been idle for longest, if since before @before_us: one
 * that has just come, or just got an answer, is about to say something.
 *
 * Returns: (transfer none) (nullable): its owner
 */
gpointer
bma_http_pool_oldest_idle (BmaHttpPool *self,
                           const BmaHttpPeerKey *peer,
                           int64_t before_us)
{
  for (GList *l = self->idle.head; l != NULL; l = l->next)
    {
      size_t offset = G_STRUCT_OFFSET (BmaHttpPoolMember, idle_link);
      BmaHttpPoolMember *member = (BmaHttpPoolMember *) ((char *) l - offset);

      if (member->idle_since_us > before_us)
        break;
      if (peer == NULL || peer_key_equal (&member->peer, peer))
        return l->data;
    }
  return NULL;
}

/**
 * bma_http_pool_size:
 * @self: the pool
 *
 * Counts.
 *
 * Returns: how many connections are open
 */
unsigned
bma_http_pool_size (BmaHttpPool *self)
{
  return self->all.length;
}

/**
 * bma_http_pool_foreach:
 * @self: the pool
 * @func: (scope call): called with each owner; may remove that one from the pool
 * @user_data: for @func
 *
 * Visits every connection.
 */
void
bma_http_pool_foreach (BmaHttpPool *self, GFunc func, gpointer user_data)
{
  GList *next;

  for (GList *l = self->all.head; l != NULL; l = next)
    {
      next = l->next;
      func (l->data, user_data);
    }
}
