/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The front, shared by its files: bma-http-front.c (its life) and
 * bma-http-front-admission.c (where connections come from and which are let in). */

#include "bma-http-connection.h"
#include "bma-http-front.h"
#include "bma-http-listener.h"

G_BEGIN_DECLS

/**
 * BmaHttpFront:
 *
 * Stands between the network and a [class@Soup.Server] that has no listener of its own.
 *
 * It accepts connections, validates every byte of a request's framing before libsoup sees
 * it, holds caps and deadlines, and keeps connections alive. Each request is handed to
 * libsoup as a connection of its own: no idle, slow or vanished peer ever occupies it.
 *
 * The server must not be told to listen, or it would keep those connections to itself.
 */
struct _BmaHttpFront
{
  GObject parent_instance;

  SoupServer *server; /* (owned) */
  BmaHttpFrontLimits limits;
  BmaHttpReactor *reactor; /* (owned) (nullable): NULL only if creating it failed */
  BmaHttpPool *pool;       /* (owned) */
  GPtrArray *listeners;    /* (owned) (element-type BmaHttpListener) (owned) */
  BmaHttpTls *tls;         /* (owned) (nullable): what listeners on TCP show */
  GQueue handshakes;       /* of BmaHttpConnection (unowned) */
  BmaHttpConnectionContext context;
};

G_END_DECLS
