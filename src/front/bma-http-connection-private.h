/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* One connection, shared by its files: bma-http-connection.c (its beginning and end),
 * bma-http-connection-handshake.c (TLS), bma-http-connection-steps.c (the socket's life
 * between), bma-http-connection-io.c (its bytes), bma-http-connection-deadline.c (its
 * patience) and bma-http-connection-exchange.c (one request and its response in libsoup).
 */

#include "bma-http-buffer.h"
#include "bma-http-chunked.h"
#include "bma-http-connection.h"
#include "bma-http-head.h"
#include "bma-http-stream.h"

G_BEGIN_DECLS

typedef enum
{
  BMA_HTTP_STATE_HANDSHAKE, /* TLS is being agreed on */
  BMA_HTTP_STATE_IDLE,      /* no byte of a request yet */
  BMA_HTTP_STATE_HEAD,      /* a head is arriving */
  BMA_HTTP_STATE_EXCHANGE,  /* libsoup reads the request or writes the response */
  BMA_HTTP_STATE_FLUSH,     /* the end of a response waits for the peer */
  BMA_HTTP_STATE_LINGER,    /* we closed our side, the peer may still be sending */
  BMA_HTTP_STATE_CLOSED,
} BmaHttpState;

struct _BmaHttpConnection
{
  BmaHttpWatch watch; /* first: what the reactor knows us by */
  BmaHttpPoolMember member;
  unsigned ref_count;
  const BmaHttpConnectionContext *context; /* (unowned) */
  GSocketAddress *local;                   /* (owned) */
  GSocketAddress *remote;                  /* (owned): leads from messages to us */
  int fd;                                  /* (owned): -1 when closed */
  BmaHttpTls *certificate;                 /* (owned) (nullable): to speak TLS with */
  BmaHttpTlsSession *tls; /* (owned) (nullable): once the peer began to speak it */
  GList handshake_link;   /* in context->handshakes during the handshake */
  BmaHttpState state;
  unsigned n_requests;

  int64_t deadline_us;   /* of the state, 0 if none */
  int64_t stall_us;      /* when a peer that takes nothing is given up, 0 if it takes */
  int64_t half_close_us; /* when a half-closed peer is taken for gone, 0 if not so */

  gboolean can_receive;  /* the socket may hold bytes */
  gboolean can_send;     /* the socket may take bytes */
  gboolean is_half_open; /* the peer closed its writing side */
  gboolean is_running;   /* in bma_http_connection_ready() */
  gboolean close_after;  /* no further request after this one */
  gboolean is_kept;      /* may be idle for ever */

  BmaHttpBuffer in;  /* from the peer */
  BmaHttpBuffer out; /* to the peer */
  size_t n_scanned;  /* bytes of in without the end of a head */
  gboolean skipped_blank_line;

  /* The current exchange, see bma-http-connection-exchange.c */
  BmaHttpHead head;
  size_t n_head_left;         /* bytes of the head that libsoup has not read */
  uint64_t n_body_left;       /* the same of a body with Content-Length */
  BmaHttpChunked chunked;     /* validates a chunked body */
  size_t n_chunked_checked;   /* bytes at the start of in that passed it */
  BmaHttpStream *stream;      /* (owned) (nullable): what libsoup reads and writes */
  SoupServerMessage *message; /* (owned) (nullable) */
  gboolean has_answered;      /* libsoup wrote some of the response */
  gboolean is_complete;       /* the whole response was written */
  gboolean sent_lately;       /* something went out since half_close_us was set */
  gboolean has_waited;        /* libsoup asked for body bytes that had not come */
  gboolean wants_abort;
  unsigned refuse_with; /* HTTP status, 0 if nothing is wrong with the body */
};

int64_t bma_http_now_plus_ms (unsigned ms);
void bma_http_connection_wake_by (BmaHttpConnection *self, int64_t at_us);
void bma_http_connection_set_deadline (BmaHttpConnection *self, unsigned ms);
void bma_http_connection_refuse (BmaHttpConnection *self, unsigned status);
void bma_http_connection_abort (BmaHttpConnection *self);
ssize_t bma_http_connection_receive (BmaHttpConnection *self);
gboolean bma_http_connection_send (BmaHttpConnection *self,
                                   const void *more,
                                   size_t n_more_bytes,
                                   size_t *n_more_sent) G_GNUC_WARN_UNUSED_RESULT;

void bma_http_connection_enter_handshake (BmaHttpConnection *self,
                                          BmaHttpTls *certificate);
gboolean bma_http_connection_step_handshake (BmaHttpConnection *self);
void bma_http_connection_leave_handshake (BmaHttpConnection *self);
void bma_http_connection_enter_idle (BmaHttpConnection *self);
void bma_http_connection_ready (BmaHttpWatch *watch, unsigned events);

void bma_http_connection_begin_exchange (BmaHttpConnection *self, size_t n_head_bytes);
void bma_http_connection_drop_exchange (BmaHttpConnection *self);
gboolean bma_http_connection_has_read_request (BmaHttpConnection *self);
gboolean bma_http_connection_ends_by_closing (BmaHttpConnection *self);

G_END_DECLS
