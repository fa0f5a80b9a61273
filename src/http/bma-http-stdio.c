/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-stdio.h"

#include <string.h>

#include "bma-broker-upstream.h"
#include "bma-http-body.h"
#include "bma-http-holder.h"
#include "bma-http-operation.h"
#include "bma-http-stdio-answer.h"
#include "bma-mcp-message.h"
#include "bma-rpc.h"

/* From this revision of MCP on requests stand alone; revisions are dates. */
#define STANDALONE_SINCE "2026-07-28"
#define SESSION_ID       "Mcp-Session-Id"
#define VERSION          "MCP-Protocol-Version"
#define EVENT_STREAM     "text/event-stream"
#define JSON             "application/json"

struct _BmaHttpStdio
{
  GObject parent_instance;

  BmaBroker *broker;       /* owned */
  BmaHttpStreams *streams; /* owned */
  BmaHttpFront *front;     /* owned */
  unsigned int recheck_id; /* source */
};

G_DEFINE_FINAL_TYPE (BmaHttpStdio, bma_http_stdio, G_TYPE_OBJECT)

/* One request that is let through. */
typedef struct
{
  BmaHttpStdio *stdio;       /* not owned */
  BmaUpstream *upstream;     /* not owned */
  BmaHttpExchange *exchange; /* not owned */
  const BmaBearer *bearer;   /* not owned */
  const char *owner;         /* not owned: whose sessions it may use */
} Request;

static void
refuse (const Request *request,
        unsigned int status,
        const char *error,
        const char *description)
{
  bma_http_exchange_reply_error_with_status (request->exchange, status, error,
                                             description);
}

static void
refuse_for_now (const Request *request)
{
  bma_http_stdio_refuse_for_now (request->exchange, request->upstream);
}

static BmaHttpStdioParts
make_parts (const Request *request, BmaStdioSession *session)
{
  return (BmaHttpStdioParts){
    .streams = request->stdio->streams,
    .front = request->stdio->front,
    .exchange = request->exchange,
    .bearer = request->bearer,
    .session = session,
    .can_stream = bma_http_exchange_accepts (request->exchange, EVENT_STREAM),
  };
}

static gboolean
is_standalone (const char *version)
{
  return version != NULL && strcmp (version, STANDALONE_SINCE) >= 0;
}

/* Once they have settled on a revision, it is that one. */
static gboolean
fits_version (BmaStdioSession *session, const char *version)
{
  const char *settled = bma_stdio_session_get_version (session);

  return version == NULL || settled == NULL || strcmp (version, settled) == 0;
}

/* The session that the request names; NULL after it was answered that there is none. */
static BmaStdioSession *
find_session (const Request *request)
{
  const char *id = bma_http_exchange_get_header (request->exchange, SESSION_ID);
  const char *version = bma_http_exchange_get_header (request->exchange, VERSION);
  BmaStdioSession *session =
      id != NULL ? bma_upstream_find_session (request->upstream, id) : NULL;

  if (id == NULL)
    refuse (request, 400, "invalid_request",
            SESSION_ID " is missing; initialize a session");
  else if (session == NULL)
    refuse (request, 404, "not_found", "the session is over; initialize a new one");
  else if (strcmp (bma_stdio_session_get_owner (session), request->owner) != 0)
    refuse (request, 403, "invalid_session",
            "the session belongs to somebody else; initialize a new one");
  else if (!fits_version (session, version))
    refuse (request, 400, "invalid_request",
            VERSION " is not the revision that the session was initialized with");
  else
    return session;
  return NULL;
}

static void
handle_get (const Request *request)
{
  BmaStdioSession *session = NULL;
  BmaHttpStdioParts parts;

  if (is_standalone (bma_http_exchange_get_header (request->exchange, VERSION)))
    {
      bma_http_exchange_set_header (request->exchange, "Allow", "POST");
      refuse (request, 405, "method_not_allowed", "POST");
      return;
    }
  session = find_session (request);
  if (session == NULL)
    return;
  parts = make_parts (request, session);
  if (!parts.can_stream)
    refuse (request, 406, "not_acceptable", EVENT_STREAM " is all there is");
  else if (!bma_http_stdio_answer_listen (&parts))
    refuse_for_now (request);
}

static void
handle_delete (const Request *request)
{
  BmaStdioSession *session = find_session (request);

  if (session == NULL)
    return;
  bma_stdio_session_end (session, "the client is done");
  bma_http_exchange_reply (request->exchange, 204, NULL, NULL);
}

/* What clients of MCP 2026-07-28 repeat in headers was checked, if it is there. */
static gboolean
check_headers (const Request *request, const GPtrArray *messages)
{
  static const BmaMcpProblem problem = { BMA_MCP_HEADER_MISMATCH,
                                         "Mcp-Method or Mcp-Name is missing" };
  const BmaMcpMessage *message = g_ptr_array_index (messages, 0);

  if (bma_http_exchange_get_header (request->exchange, "Mcp-Method") != NULL &&
      (!message->has_name_header ||
       bma_http_exchange_get_header (request->exchange, "Mcp-Name") != NULL))
    return TRUE;
  bma_http_exchange_reply (request->exchange, 400, JSON,
                           bma_mcp_message_make_error (messages, problem));
  return FALSE;
}

/* The messages of the body as the server will get them, or NULL after it was answered
 * what is wrong with them. */
static GPtrArray *
read_body (const Request *request, GPtrArray *checked)
{
  const BmaConfig *config = bma_broker_get_config (request->stdio->broker);
  g_autoptr (GBytes) body = bma_http_exchange_dup_body (request->exchange);
  size_t size = 0;
  const char *text = g_bytes_get_data (body, &size);
  BmaMcpProblem problem = { BMA_MCP_INVALID_REQUEST, NULL };
  GPtrArray *messages = bma_rpc_parse (text != NULL ? text : "", size,
                                       config->max_body_bytes, &problem.message);

  if (messages == NULL)
    bma_http_exchange_reply (request->exchange, 400, JSON,
                             bma_mcp_message_make_error (checked, problem));
  return messages;
}

static unsigned int
count_requests (const GPtrArray *messages)
{
  unsigned int n = 0;

  for (unsigned int i = 0; i < messages->len; i++)
    if (((const BmaRpc *) g_ptr_array_index (messages, i))->kind == BMA_RPC_REQUEST)
      n++;
  return n;
}

static void
pass (const Request *request, BmaHttpStdioParts *parts, const GPtrArray *messages)
{
  if (count_requests (messages) > 0)
    {
      if (!bma_http_stdio_answer_start (parts, messages))
        refuse_for_now (request);
    }
  else if (bma_stdio_session_tell (parts->session, messages))
    bma_http_exchange_reply (request->exchange, 202, NULL, NULL);
  else
    refuse_for_now (request);
}

static void
pass_initialize (const Request *request, const GPtrArray *messages)
{
  BmaStdioSession *session =
      bma_upstream_open_session (request->upstream, request->owner);
  BmaHttpStdioParts parts;

  if (session == NULL)
    {
      refuse_for_now (request);
      return;
    }
  parts = make_parts (request, session);
  parts.opens_session = TRUE;
  pass (request, &parts, messages);
}

static void
pass_standalone (const Request *request, const GPtrArray *messages)
{
  BmaStdioSession *session =
      bma_upstream_share_session (request->upstream, request->owner);
  BmaHttpStdioParts parts;

  if (session == NULL)
    {
      refuse_for_now (request);
      return;
    }
  parts = make_parts (request, session);
  parts.is_standalone = TRUE;
  pass (request, &parts, messages);
}

static gboolean
is_initialize (const GPtrArray *messages)
{
  const BmaRpc *message = g_ptr_array_index (messages, 0);

  return messages->len == 1 && message->kind == BMA_RPC_REQUEST &&
         strcmp (message->method, "initialize") == 0;
}

static void
route_post (const Request *request, GPtrArray *checked)
{
  g_autoptr (GPtrArray) messages = read_body (request, checked);
  const BmaMcpMessage *first = g_ptr_array_index (checked, 0);
  const char *version = bma_http_exchange_get_header (request->exchange, VERSION);
  BmaStdioSession *session = NULL;
  BmaHttpStdioParts parts;

  if (messages == NULL)
    return;
  if (is_initialize (messages))
    pass_initialize (request, messages);
  else if (is_standalone (version != NULL ? version : first->version))
    {
      if (check_headers (request, checked))
        pass_standalone (request, messages);
    }
  else if ((session = find_session (request)) != NULL)
    {
      parts = make_parts (request, session);
      pass (request, &parts, messages);
    }
}

static void
handle_post (const Request *request)
{
  g_autoptr (GPtrArray) checked = NULL;

  if (!bma_http_exchange_accepts (request->exchange, EVENT_STREAM) &&
      !bma_http_exchange_accepts (request->exchange, JSON))
    refuse (request, 406, "not_acceptable",
            "Accept must name " JSON " and " EVENT_STREAM);
  else if (!bma_http_exchange_has_content_type (request->exchange, JSON))
    refuse (request, 415, "unsupported_media_type", "Content-Type must be " JSON);
  else if ((checked = bma_http_operation_read_messages (request->exchange)) != NULL)
    route_post (request, checked);
}

/**
 * bma_http_stdio_handle:
 * @self: a server over standard input and output
 * @exchange: a request for /mcp that may pass
 * @bearer: whose request it is
 *
 * Answers it (MCP 2025-11-25 and 2026-07-28, Streamable HTTP).
 */
void
bma_http_stdio_handle (BmaHttpStdio *self,
                       BmaHttpExchange *exchange,
                       const BmaBearer *bearer)
{
  g_autofree char *owner = bma_http_holder_make (bearer);
  const Request request = { self, bma_broker_get_upstream (self->broker), exchange,
                            bearer, owner };
  const char *method =
      soup_server_message_get_method (bma_http_exchange_get_message (exchange));

  if (g_str_equal (method, "POST"))
    handle_post (&request);
  else if (g_str_equal (method, "GET"))
    handle_get (&request);
  else if (g_str_equal (method, "DELETE"))
    handle_delete (&request);
  else
    bma_http_exchange_reply (exchange, 204, NULL, NULL);
}

/* Whether somebody may still use the sessions. */
static gboolean
is_good_owner (const char *owner, gpointer data)
{
  return bma_http_holder_is_good (bma_broker_get_store (BMA_HTTP_STDIO (data)->broker),
                                  owner);
}

static gboolean
on_recheck (gpointer data)
{
  BmaHttpStdio *self = data;
  BmaUpstream *upstream = bma_broker_get_upstream (self->broker);

  self->recheck_id = 0;
  if (upstream != NULL)
    bma_upstream_end_foreign_sessions (upstream, is_good_owner, self);
  return G_SOURCE_REMOVE;
}

/* The change is applied after it was announced. */
static void
recheck_soon (BmaHttpStdio *self)
{
  if (self->recheck_id == 0)
    self->recheck_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_recheck, self, NULL);
}

static void
on_grant_changed (BmaHttpStdio *self, const BmaGrant *grant, const char *change)
{
  if (!g_str_equal (change, "added") && !g_str_equal (change, "refreshed"))
    recheck_soon (self);
}

static void
bma_http_stdio_dispose (GObject *object)
{
  BmaHttpStdio *self = BMA_HTTP_STDIO (object);

  g_clear_handle_id (&self->recheck_id, g_source_remove);
  g_clear_object (&self->broker);
  g_clear_object (&self->streams);
  g_clear_object (&self->front);
  G_OBJECT_CLASS (bma_http_stdio_parent_class)->dispose (object);
}

static void
bma_http_stdio_class_init (BmaHttpStdioClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_http_stdio_dispose;
}

static void
bma_http_stdio_init (BmaHttpStdio *self)
{
}

/**
 * bma_http_stdio_new:
 * @broker: who has the supervisor
 * @streams: where answers are entered
 * @front: where the clients' connections are
 *
 * Returns: (transfer full): the HTTP side of such servers
 */
BmaHttpStdio *
bma_http_stdio_new (BmaBroker *broker, BmaHttpStreams *streams, BmaHttpFront *front)
{
  BmaHttpStdio *self = g_object_new (BMA_TYPE_HTTP_STDIO, NULL);

  self->broker = g_object_ref (broker);
  self->streams = g_object_ref (streams);
  self->front = g_object_ref (front);
  g_signal_connect_object (broker, "grant-changed", G_CALLBACK (on_grant_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (broker, "state-changed", G_CALLBACK (recheck_soon), self,
                           G_CONNECT_SWAPPED);
  return self;
}
