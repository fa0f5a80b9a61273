/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker-token.h"
#include "bma-http-exchange.h"
#include "bma-http-front.h"

G_BEGIN_DECLS

/**
 * BmaHttpStreams:
 *
 * The requests that are on their way, and whose they are: an answer ends when its token
 * expires or is revoked, and a session of the MCP server is used by nobody but whom it
 * was given to.
 */
#define BMA_TYPE_HTTP_STREAMS (bma_http_streams_get_type ())
G_DECLARE_FINAL_TYPE (BmaHttpStreams, bma_http_streams, BMA, HTTP_STREAMS, GObject)

/**
 * BmaHttpStreamFuncs:
 * @break_off: ends the answer now; @reason is for the log
 * @wind_up: ends it such that the client understands, if it is one to listen to, or if
 *   @all end
 * @give_up: the answer should have begun by now; ends it if it has not
 *
 * What an answer under way can be asked.
 */
typedef struct
{
  void (*break_off) (gpointer data, const char *reason);
  void (*wind_up) (gpointer data, gboolean all);
  void (*give_up) (gpointer data);
} BmaHttpStreamFuncs;

/**
 * BmaHttpStream:
 *
 * One answer under way.
 */
typedef struct _BmaHttpStream BmaHttpStream;

BmaHttpStreams *bma_http_streams_new (BmaBroker *broker) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_http_streams_check_session (BmaHttpStreams *self,
                                         BmaHttpExchange *exchange,
                                         const BmaBearer *bearer);
BmaHttpStream *bma_http_streams_enter (BmaHttpStreams *self,
                                       BmaHttpExchange *exchange,
                                       const BmaBearer *bearer,
                                       const BmaHttpStreamFuncs *funcs,
                                       gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_stream_leave (BmaHttpStream *self);
void bma_http_streams_start (BmaHttpStreams *self,
                             BmaHttpExchange *exchange,
                             const BmaBearer *bearer,
                             BmaHttpFront *front,
                             SoupSession *session,
                             SoupMessage *upstream);
void bma_http_streams_wind_up (BmaHttpStreams *self, gboolean all);
gboolean bma_http_streams_has_sessions (BmaHttpStreams *self);

G_END_DECLS
