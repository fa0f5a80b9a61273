/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

/**
 * BmaLoopbackServer:
 *
 * A SoupServer on a free port of 127.0.0.1, in the process of the test. It accepts the
 * connections itself: soup_server_listen() of libsoup 3.2 leaks, which would hide leaks
 * of ours.
 */
typedef struct
{
  SoupServer *server;      /* owned: add handlers to it */
  GSocketService *service; /* owned */
  GTlsCertificate *tls;    /* owned, nullable: speak https */
  char *origin;            /* owned: http://127.0.0.1:PORT */
} BmaLoopbackServer;

void bma_loopback_server_start (BmaLoopbackServer *self, GTlsCertificate *tls);
void bma_loopback_server_stop (BmaLoopbackServer *self);
