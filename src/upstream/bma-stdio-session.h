/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

#include "bma-child.h"
#include "bma-rpc.h"

G_BEGIN_DECLS

/* The error code of what answers a request whose server is gone; no server's own. */
#define BMA_STDIO_SERVER_GONE INT64_MIN

/**
 * BmaStdioSession:
 *
 * One run of a server that speaks MCP over standard input and output, and the streams of
 * the client it runs for. Requests get ids of ours on their way to the server, so that an
 * answer finds the stream it belongs to whatever ids clients choose.
 *
 * Signals: `ended` (): once, when the server is gone or asked to go.
 */
#define BMA_TYPE_STDIO_SESSION (bma_stdio_session_get_type ())
G_DECLARE_FINAL_TYPE (BmaStdioSession, bma_stdio_session, BMA, STDIO_SESSION, GObject)

/**
 * BmaStdioSink:
 *
 * Where messages for a client go: the answer to its request, or the stream that it
 * listens to.
 */
typedef struct _BmaStdioSink BmaStdioSink;

/**
 * BmaStdioSinkFuncs:
 * @message: a message, without line breaks; @answer is its part as answer to a request of
 *   this sink, or %NULL
 * @ended: the session ended; @reason is for people. The sink is to be left.
 *
 * Who has a sink. Each may leave it.
 */
typedef struct
{
  void (*message) (const char *text, const BmaRpc *answer, gpointer data);
  void (*ended) (const char *reason, gpointer data);
} BmaStdioSinkFuncs;

BmaStdioSession *bma_stdio_session_new (const char *id,
                                        const char *owner,
                                        int64_t now_us) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_stdio_session_start (BmaStdioSession *self,
                                  const char *keeper,
                                  const char *const *words,
                                  GError **error);
void bma_stdio_session_end (BmaStdioSession *self, const char *reason);

const char *bma_stdio_session_get_id (BmaStdioSession *self);
const char *bma_stdio_session_get_owner (BmaStdioSession *self);
const char *bma_stdio_session_get_version (BmaStdioSession *self);
gboolean bma_stdio_session_has_answered (BmaStdioSession *self);
gboolean bma_stdio_session_is_busy (BmaStdioSession *self);
gboolean bma_stdio_session_has_ended (BmaStdioSession *self);
const char *bma_stdio_session_get_trouble (BmaStdioSession *self);
int64_t bma_stdio_session_get_started_us (BmaStdioSession *self);
int64_t bma_stdio_session_get_used_us (BmaStdioSession *self);
void bma_stdio_session_touch (BmaStdioSession *self, int64_t now_us);

BmaStdioSink *bma_stdio_session_call (BmaStdioSession *self,
                                      const GPtrArray *messages,
                                      gboolean can_stream,
                                      const BmaStdioSinkFuncs *funcs,
                                      gpointer data) G_GNUC_WARN_UNUSED_RESULT;
BmaStdioSink *bma_stdio_session_listen (BmaStdioSession *self,
                                        const BmaStdioSinkFuncs *funcs,
                                        gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void bma_stdio_session_take_backlog (BmaStdioSession *self, BmaStdioSink *listener);
gboolean bma_stdio_session_tell (BmaStdioSession *self, const GPtrArray *messages);
BmaStdioSession *bma_stdio_sink_get_session (BmaStdioSink *self);
unsigned int bma_stdio_sink_get_n_open (BmaStdioSink *self);
void bma_stdio_sink_set_full (BmaStdioSink *self, gboolean is_full);
void bma_stdio_sink_leave (BmaStdioSink *self, gboolean cancel);

G_END_DECLS
