/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-exchange.h"
#include "bma-http-front.h"

G_BEGIN_DECLS

/**
 * BmaHttpPassage:
 *
 * One request on its way to the MCP server, and the answer on its way back. It lives
 * until both sides are done with it.
 */
typedef struct _BmaHttpPassage BmaHttpPassage;

/**
 * BmaHttpPassageWatch:
 * @answered: the head of the answer is there and not passed on yet; %FALSE when the
 *   client has got another answer instead
 * @ended: the client has everything, or is gone; called once
 *
 * Who wants to know about a passage.
 */
typedef struct
{
  gboolean (*answered) (BmaHttpPassage *passage, gpointer data);
  void (*ended) (BmaHttpPassage *passage, gpointer data);
} BmaHttpPassageWatch;

BmaHttpPassage *bma_http_passage_start (BmaHttpExchange *exchange,
                                        BmaHttpFront *front,
                                        SoupSession *session,
                                        SoupMessage *upstream,
                                        const BmaHttpPassageWatch *watch,
                                        gpointer data);
BmaHttpExchange *bma_http_passage_get_exchange (BmaHttpPassage *self);
SoupMessage *bma_http_passage_get_upstream (BmaHttpPassage *self);
gboolean bma_http_passage_is_waiting (BmaHttpPassage *self);
void bma_http_passage_give_up (BmaHttpPassage *self);
gboolean bma_http_passage_is_event_stream (BmaHttpPassage *self);
void bma_http_passage_wind_up (BmaHttpPassage *self);
void bma_http_passage_break_off (BmaHttpPassage *self, const char *reason);

G_END_DECLS
