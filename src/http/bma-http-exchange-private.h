/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* One request (bma-http-exchange.c) and its answer (bma-http-exchange-reply.c). */

#include "bma-http-exchange.h"

G_BEGIN_DECLS

struct _BmaHttpExchange
{
  grefcount refs;
  BmaBroker *broker;          /* owned */
  SoupServerMessage *message; /* owned */
  GCancellable *cancellable;  /* owned: cancelled when the client leaves */
  char *correlation_id;       /* owned */
  BmaHttpPeer peer;
  const char *topic; /* static, nullable */
  const char *error; /* static, nullable: what it was answered with */
  gboolean paused;
  gboolean gone; /* the client left */
};

G_END_DECLS
