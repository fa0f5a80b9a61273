/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-streams.h"

#include <string.h>

#include "bma-http-bearer.h"
#include "bma-http-holder.h"
#include "bma-http-passage.h"
#include "bma-session-table.h"

#define MAX_SESSIONS 4096
#define TICK_S       1
#define SESSION_ID   "Mcp-Session-Id"

struct _BmaHttpStreams
{
  GObject parent_instance;

  BmaBroker *broker;         /* owned */
  BmaSessionTable *sessions; /* owned */
  GQueue open;               /* of BmaHttpStream, owned by whose answers they are */
  unsigned int tick_id;      /* source: while there is something open */
  unsigned int recheck_id;   /* source */
};

G_DEFINE_FINAL_TYPE (BmaHttpStreams, bma_http_streams, G_TYPE_OBJECT)

struct _BmaHttpStream
{
  BmaHttpStreams *owner;           /* owned */
  BmaHttpExchange *exchange;       /* owned */
  const BmaHttpStreamFuncs *funcs; /* static */
  gpointer data;                   /* for funcs; not owned: it tells when it ends */
  GList link;                      /* in open */
  char *holder;                    /* owned: whose sessions it may use */
  char *session_id;                /* owned, nullable: that of the request */
  int64_t expires_at_s;
  int64_t answer_by_us; /* monotonic, 0 for whenever it likes */
};

static gboolean
is_foreign (BmaHttpStreams *self, const char *session_id, const char *holder)
{
  const char *owner =
      bma_session_table_lookup (self->sessions, session_id,
                                bma_clock_now_us (bma_broker_get_clock (self->broker)));

  return owner != NULL &&
         !bma_http_holder_may_use (bma_broker_get_store (self->broker), owner, holder);
}

static void
refuse_session (BmaHttpExchange *exchange)
{
  bma_http_exchange_reply_error_with_status (
      exchange, 403, "invalid_session",
      "the session belongs to somebody else; initialize a new one");
}

/**
 * bma_http_streams_check_session:
 * @self: the streams
 * @exchange: a request
 * @bearer: whose request it is
 *
 * A session id is no proof of anything (MCP security best practices, session hijacking).
 *
 * Returns: whether the session it names, if any, may be used; else it is answered
 */
gboolean
bma_http_streams_check_session (BmaHttpStreams *self,
                                BmaHttpExchange *exchange,
                                const BmaBearer *bearer)
{
  const char *id = bma_http_exchange_get_header (exchange, SESSION_ID);
  g_autofree char *holder = NULL;

  if (id == NULL)
    return TRUE;
  if (!bma_session_table_is_id (id))
    {
      bma_http_exchange_reply_error_with_status (exchange, 400, "invalid_request",
                                                 SESSION_ID " is malformed");
      return FALSE;
    }
  holder = bma_http_holder_make (bearer);
  if (!is_foreign (self, id, holder))
    return TRUE;
  refuse_session (exchange);
  return FALSE;
}

static void
note_sessions (BmaHttpStreams *self, const BmaHttpStream *stream, SoupMessage *upstream)
{
  const char *given =
      soup_message_headers_get_one (soup_message_get_response_headers (upstream),
                                    SESSION_ID);
  int64_t now_us = bma_clock_now_us (bma_broker_get_clock (self->broker));
  unsigned int status = soup_message_get_status (upstream);
  gboolean succeeded = status >= 200 && status < 300;
  gboolean is_over =
      status == 404 ||
      (succeeded && g_str_equal (soup_message_get_method (upstream), "DELETE"));

  if (stream->session_id != NULL && is_over)
    bma_session_table_unbind (self->sessions, stream->session_id);
  else if (stream->session_id != NULL && succeeded)
    bma_session_table_bind (self->sessions, stream->session_id, stream->holder, now_us);
  /* What the MCP server gives is new, whoever had that id before. */
  if (given != NULL && succeeded && !is_over && bma_session_table_is_id (given) &&
      g_strcmp0 (given, stream->session_id) != 0)
    bma_session_table_bind (self->sessions, given, stream->holder, now_us);
}

static gboolean
on_answered (BmaHttpPassage *passage, gpointer data)
{
  const BmaHttpStream *stream = data;
  BmaHttpStreams *self = stream->owner;

  /* Two may have come with the same unknown session: the first has it. */
  if (stream->session_id != NULL && is_foreign (self, stream->session_id, stream->holder))
    {
      refuse_session (bma_http_passage_get_exchange (passage));
      return FALSE;
    }
  note_sessions (self, stream, bma_http_passage_get_upstream (passage));
  return TRUE;
}

static void
on_ended (BmaHttpPassage *passage, gpointer data)
{
  bma_http_stream_leave (data);
}

static gboolean
on_tick (gpointer data)
{
  BmaHttpStreams *self = data;
  int64_t now_s = bma_clock_now_s (bma_broker_get_clock (self->broker));
  int64_t now_us = bma_clock_now_us (bma_broker_get_clock (self->broker));

  for (GList *link = self->open.head; link != NULL; link = link->next)
    {
      const BmaHttpStream *stream = link->data;

      if (stream->expires_at_s <= now_s)
        stream->funcs->break_off (stream->data, "the access token expired");
      else if (stream->answer_by_us != 0 && stream->answer_by_us <= now_us)
        stream->funcs->give_up (stream->data);
    }
  if (!g_queue_is_empty (&self->open))
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
on_recheck (gpointer data)
{
  BmaHttpStreams *self = data;

  self->recheck_id = 0;
  for (GList *link = self->open.head; link != NULL; link = link->next)
    {
      const BmaHttpStream *stream = link->data;
      BmaBearer bearer = bma_http_bearer_check (stream->exchange);

      /* A keyring that is locked now says nothing about the token. */
      if (bearer.error.code != BMA_OAUTH_OK &&
          bearer.error.code != BMA_OAUTH_TEMPORARILY_UNAVAILABLE)
        stream->funcs->break_off (stream->data, "the access token was revoked");
    }
  return G_SOURCE_REMOVE;
}

/* The change is applied after it was announced. */
static void
recheck_soon (BmaHttpStreams *self)
{
  if (self->recheck_id == 0 && !g_queue_is_empty (&self->open))
    self->recheck_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_recheck, self, NULL);
}

static void
on_grant_changed (BmaHttpStreams *self, const BmaGrant *grant, const char *change)
{
  if (!g_str_equal (change, "added") && !g_str_equal (change, "refreshed"))
    recheck_soon (self);
}

/**
 * bma_http_streams_enter:
 * @self: the streams
 * @exchange: a request that may pass
 * @bearer: whose request it is
 * @funcs: (transfer none): how to end it; static
 * @data: for @funcs; must be good until the stream is left
 *
 * Has an answer end when its token is not good any more.
 *
 * Returns: (transfer full): the stream, to be left
 */
BmaHttpStream *
bma_http_streams_enter (BmaHttpStreams *self,
                        BmaHttpExchange *exchange,
                        const BmaBearer *bearer,
                        const BmaHttpStreamFuncs *funcs,
                        gpointer data)
{
  uint32_t answer_timeout_ms = bma_broker_get_config (self->broker)->answer_timeout_ms;
  BmaHttpStream *stream = g_new0 (BmaHttpStream, 1);

  stream->owner = g_object_ref (self);
  stream->exchange = bma_http_exchange_ref (exchange);
  stream->funcs = funcs;
  stream->data = data;
  stream->holder = bma_http_holder_make (bearer);
  stream->session_id = g_strdup (bma_http_exchange_get_header (exchange, SESSION_ID));
  stream->expires_at_s = bearer->expires_at_s;
  /* Some servers begin a stream with its first event. */
  if (!g_str_equal (soup_server_message_get_method (
                        bma_http_exchange_get_message (exchange)),
                    "GET"))
    stream->answer_by_us = bma_clock_now_us (bma_broker_get_clock (self->broker)) +
                           (int64_t) answer_timeout_ms * 1000;
  stream->link.data = stream;
  g_queue_push_tail_link (&self->open, &stream->link);
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add_seconds (TICK_S, on_tick, self);
  return stream;
}

/**
 * bma_http_stream_leave:
 * @self: (transfer full): a stream
 *
 * The answer is over.
 */
void
bma_http_stream_leave (BmaHttpStream *self)
{
  g_queue_unlink (&self->owner->open, &self->link);
  g_object_unref (self->owner);
  bma_http_exchange_unref (self->exchange);
  g_free (self->holder);
  g_free (self->session_id);
  g_free (self);
}

static void
break_off_passage (gpointer data, const char *reason)
{
  bma_http_passage_break_off (data, reason);
}

/* A stream that the client opened to listen ends when it likes; the answer to a request
 * should come whole. */
static void
wind_up_passage (gpointer data, gboolean all)
{
  SoupMessage *upstream = bma_http_passage_get_upstream (data);

  if (all || (bma_http_passage_is_event_stream (data) &&
              g_str_equal (soup_message_get_method (upstream), "GET")))
    bma_http_passage_wind_up (data);
}

static void
give_up_passage (gpointer data)
{
  if (bma_http_passage_is_waiting (data))
    bma_http_passage_give_up (data);
}

/**
 * bma_http_streams_start:
 * @self: the streams
 * @exchange: a request that may pass
 * @bearer: whose request it is
 * @front: where the client's connection is
 * @session: what to send with
 * @upstream: the request to the MCP server
 *
 * Sends the request on and streams the answer back, as long as the token is good.
 */
void
bma_http_streams_start (BmaHttpStreams *self,
                        BmaHttpExchange *exchange,
                        const BmaBearer *bearer,
                        BmaHttpFront *front,
                        SoupSession *session,
                        SoupMessage *upstream)
{
  static const BmaHttpPassageWatch watch = { on_answered, on_ended };
  static const BmaHttpStreamFuncs funcs = { break_off_passage, wind_up_passage,
                                            give_up_passage };
  BmaHttpStream *stream = bma_http_streams_enter (self, exchange, bearer, &funcs, NULL);

  stream->data =
      bma_http_passage_start (exchange, front, session, upstream, &watch, stream);
}

/**
 * bma_http_streams_wind_up:
 * @self: the streams
 * @all: the answers to requests too, not only streams that were opened to listen
 *
 * Ends what is open such that clients go on when the service is there again.
 */
void
bma_http_streams_wind_up (BmaHttpStreams *self, gboolean all)
{
  GList *next = NULL;

  for (GList *link = self->open.head; link != NULL; link = next)
    {
      const BmaHttpStream *stream = link->data;

      next = link->next;
      stream->funcs->wind_up (stream->data, all);
    }
}

/**
 * bma_http_streams_has_sessions:
 * @self: the streams
 *
 * Returns: whether it is known here whose a session of the MCP server is
 */
gboolean
bma_http_streams_has_sessions (BmaHttpStreams *self)
{
  return !bma_session_table_is_empty (self->sessions,
                                      bma_clock_now_us (
                                          bma_broker_get_clock (self->broker)));
}

static void
bma_http_streams_dispose (GObject *object)
{
  BmaHttpStreams *self = BMA_HTTP_STREAMS (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->recheck_id, g_source_remove);
  g_clear_object (&self->broker);
  G_OBJECT_CLASS (bma_http_streams_parent_class)->dispose (object);
}

static void
bma_http_streams_finalize (GObject *object)
{
  bma_session_table_free (BMA_HTTP_STREAMS (object)->sessions);
  G_OBJECT_CLASS (bma_http_streams_parent_class)->finalize (object);
}

static void
bma_http_streams_class_init (BmaHttpStreamsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_http_streams_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_http_streams_finalize;
}

static void
bma_http_streams_init (BmaHttpStreams *self)
{
  self->sessions = bma_session_table_new (MAX_SESSIONS);
}

/**
 * bma_http_streams_new:
 * @broker: who judges tokens
 *
 * Returns: (transfer full): no streams yet
 */
BmaHttpStreams *
bma_http_streams_new (BmaBroker *broker)
{
  BmaHttpStreams *self = g_object_new (BMA_TYPE_HTTP_STREAMS, NULL);

  self->broker = g_object_ref (broker);
  g_signal_connect_object (broker, "grant-changed", G_CALLBACK (on_grant_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (broker, "state-changed", G_CALLBACK (recheck_soon), self,
                           G_CONNECT_SWAPPED);
  return self;
}
