/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-front.h"

G_BEGIN_DECLS

/* A real SoupServer behind a front on a free port, with these handlers:
 *   /echo    answers with the request's body
 *   /method  answers with the method and the path
 *   /large   answers with LARGE_BYTES bytes
 *   /chunks  answers "one" and "two", chunked
 *   /eof     starts an answer without length and pauses: see waiting
 *   /stream  starts a chunked answer and pauses: see waiting
 *   /wait    pauses: see waiting
 * The peers are raw sockets in the same thread and main loop. */

#define LARGE_BYTES (3 * 1024 * 1024)

#define REQUEST(method, path, fields)                                                    \
  method " " path " HTTP/1.1\r\nHost: localhost\r\n" fields "\r\n"
#define GET(path) REQUEST ("GET", path, "")

typedef struct
{
  SoupServer *server;         /* (owned) */
  BmaHttpFront *front;        /* (owned) */
  SoupServerMessage *waiting; /* (owned) (nullable): the last one that paused */
  unsigned n_handled;         /* requests that reached a handler */
  unsigned n_disconnected;    /* messages that paused and got ::disconnected */
  unsigned n_refused;         /* ::refused of the front */
  unsigned n_fds;             /* open descriptors before the front was made */
} Fixture;

Fixture *fixture_new (const BmaHttpFrontLimits *limits);
void fixture_free (Fixture *self);
void fixture_answer (Fixture *self, const char *body);
void fixture_await_waiting (Fixture *self, unsigned n_handled);
void fixture_await_connections (Fixture *self, unsigned n);
void fixture_pass_time (Fixture *self, unsigned ms);

unsigned count_fds (void);
void run_loop_until_quiet (void);
int peer_connect (Fixture *fixture);
int peer_connect_to (GSocketAddress *address);
void peer_send (int fd, const char *bytes, size_t n_bytes);
void peer_send_text (int fd, const char *text);
void peer_finish_sending (int fd);
char *peer_read_until (int fd, const char *end);
char *peer_read_response (int fd);
char *peer_read_all (int fd);
gboolean peer_is_reset (int fd);
void assert_honest_request_is_answered (Fixture *fixture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

G_END_DECLS
