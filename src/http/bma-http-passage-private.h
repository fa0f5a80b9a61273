/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* A passage, shared by its files: bma-http-passage.c (its way) and bma-http-passage-end.c
 * (how it ends early). */

#include "bma-http-passage.h"

G_BEGIN_DECLS

/* One chunk of the answer is in flight at a time, so a slow client slows the upstream and
 * nothing piles up here. Freed when both sides are done. */
struct _BmaHttpPassage
{
  grefcount refs;
  const BmaHttpPassageWatch *watch; /* static */
  gpointer data;                    /* for the watch, until ended */
  BmaHttpExchange *exchange;        /* owned */
  BmaHttpFront *front;              /* owned */
  SoupServerMessage *client;        /* owned, NULL once the client is done or gone */
  SoupMessage *upstream;            /* owned */
  GInputStream *body;               /* owned, nullable: the upstream's answer */
  GCancellable *cancellable;        /* owned: ends the upstream's side */
  int64_t started_us;
  gboolean is_reading;
  gboolean is_complete; /* nothing more comes from the upstream */
  gboolean is_broken;   /* the client's connection is about to be closed */
};

gboolean bma_http_passage_was_sent (BmaHttpPassage *self);

G_END_DECLS
