/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-limits.h"
#include "bma-http-pool.h"
#include "bma-http-reactor.h"
#include "bma-http-tls.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _BmaHttpConnection BmaHttpConnection;

/**
 * BmaHttpConnectionContext:
 *
 * What all connections of a front share; it outlives them.
 */
typedef struct
{
  SoupServer *server;               /* (unowned): answers the requests */
  BmaHttpReactor *reactor;          /* (unowned) */
  BmaHttpPool *pool;                /* (unowned) */
  const BmaHttpFrontLimits *limits; /* (unowned) */
  GQueue *handshakes;               /* (unowned): connections in a handshake, by age */
  gboolean is_draining;             /* no further request on any connection */
  void (*refused) (gpointer user_data, unsigned status);
  gpointer user_data; /* (unowned): for refused */
} BmaHttpConnectionContext;

void bma_http_connection_start (const BmaHttpConnectionContext *context,
                                int fd,
                                GSocketAddress *local,
                                GSocketAddress *remote,
                                const BmaHttpPeerKey *peer,
                                BmaHttpTls *certificate);
BmaHttpConnection *bma_http_connection_of_address (GSocketAddress *remote);
BmaHttpConnection *bma_http_connection_of_message (SoupServerMessage *message);
void bma_http_connection_attach (BmaHttpConnection *self, SoupServerMessage *message);
void bma_http_connection_abort_later (BmaHttpConnection *self,
                                      SoupServerMessage *message);
void bma_http_connection_keep (BmaHttpConnection *self);
void bma_http_connection_hang_up (BmaHttpConnection *self);
void bma_http_connection_hurry (BmaHttpConnection *self);
void bma_http_connection_close (BmaHttpConnection *self);
void bma_http_connection_check_deadline (BmaHttpConnection *self, int64_t now_us);
int64_t bma_http_connection_get_deadline (BmaHttpConnection *self);
size_t bma_http_refusal_format (char *buffer, size_t n_bytes, unsigned status);

G_END_DECLS
