/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-limits.h"

#include <sys/socket.h>

G_BEGIN_DECLS

typedef struct _BmaHttpPool BmaHttpPool;

/**
 * BmaHttpPeerKey:
 * @bytes: an IPv6 address (IPv4 mapped), cut to its /64 outside this machine; zero for a
 *   Unix socket
 *
 * Whom connections are counted for.
 */
typedef struct
{
  uint8_t bytes[16];
} BmaHttpPeerKey;

/**
 * BmaHttpPoolMember:
 *
 * One counted connection; embedded in it. Members are private.
 */
typedef struct
{
  BmaHttpPeerKey peer;
  gboolean is_idle;
  int64_t idle_since_us; /* monotonic */
  GList link;            /* in all of the pool's members, data = owner (unowned) */
  GList idle_link;       /* in its idle members, oldest first, data = owner (unowned) */
} BmaHttpPoolMember;

BmaHttpPeerKey bma_http_peer_key_from_native (const struct sockaddr *address);
gboolean bma_http_peer_key_is_local (const BmaHttpPeerKey *self);

BmaHttpPool *
bma_http_pool_new (const BmaHttpFrontLimits *limits) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_pool_free (BmaHttpPool *self);
gboolean bma_http_pool_has_room (BmaHttpPool *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_http_pool_has_room_for (BmaHttpPool *self, const BmaHttpPeerKey *peer)
    G_GNUC_WARN_UNUSED_RESULT;
void bma_http_pool_add (BmaHttpPool *self,
                        BmaHttpPoolMember *member,
                        const BmaHttpPeerKey *peer,
                        gpointer owner);
void bma_http_pool_remove (BmaHttpPool *self, BmaHttpPoolMember *member);
void
bma_http_pool_set_idle (BmaHttpPool *self, BmaHttpPoolMember *member, gboolean is_idle);
gpointer bma_http_pool_oldest_idle (BmaHttpPool *self,
                                    const BmaHttpPeerKey *peer,
                                    int64_t before_us);
unsigned bma_http_pool_size (BmaHttpPool *self);
void bma_http_pool_foreach (BmaHttpPool *self, GFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaHttpPool, bma_http_pool_free)

G_END_DECLS
