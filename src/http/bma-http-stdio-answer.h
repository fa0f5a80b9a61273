/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-front.h"
#include "bma-http-streams.h"
#include "bma-stdio-session.h"
#include "bma-upstream.h"

G_BEGIN_DECLS

/**
 * BmaHttpStdioAnswer:
 * @streams: where it is entered
 * @front: where the client's connection is
 * @exchange: the client's request
 * @bearer: whose request it is
 * @session: who answers
 * @can_stream: whether the client takes a stream of events
 * @is_standalone: the request stands alone (MCP 2026-07-28)
 * @opens_session: the request is `initialize`
 *
 * What an answer is made of.
 */
typedef struct
{
  BmaHttpStreams *streams;
  BmaHttpFront *front;
  BmaHttpExchange *exchange;
  const BmaBearer *bearer;
  BmaStdioSession *session;
  gboolean can_stream;
  gboolean is_standalone;
  gboolean opens_session;
} BmaHttpStdioParts;

gboolean bma_http_stdio_answer_start (const BmaHttpStdioParts *parts,
                                      const GPtrArray *messages);
gboolean bma_http_stdio_answer_listen (const BmaHttpStdioParts *parts);
void bma_http_stdio_refuse_for_now (BmaHttpExchange *exchange, BmaUpstream *upstream);

G_END_DECLS
