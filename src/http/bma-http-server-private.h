/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The server, shared by its files: bma-http-server.c (how it starts) and
 * bma-http-server-stop.c (how it ends). */

#include <libsoup/soup.h>

#include "bma-http-account.h"
#include "bma-http-front.h"
#include "bma-http-proxy.h"
#include "bma-http-server.h"

G_BEGIN_DECLS

struct _BmaHttpServer
{
  GObject parent_instance;

  SoupServer *soup;        /* owned: parses and serves, never listens itself */
  BmaHttpFront *front;     /* owned, nullable: listens, and stands before libsoup */
  BmaHttpTls *tls;         /* owned, nullable: what clients are shown */
  BmaHttpProxy *proxy;     /* owned, nullable */
  BmaHttpAccount *account; /* owned, nullable */
  BmaBroker *broker;       /* owned, nullable */
  GSocket *bound;          /* owned, nullable: reserved, not listening yet */
  GArray *adopted;         /* owned: of int, descriptors, owned: listening already */
  uint16_t port;
  unsigned int n_requests; /* since the start; may wrap */
};

G_END_DECLS
