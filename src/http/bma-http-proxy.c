/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-proxy.h"

#include <libsoup/soup.h>

#include "bma-bearer.h"
#include "bma-broker-token.h"
#include "bma-http-headers.h"
#include "bma-http-upstream.h"
#include "bma-log.h"

#define CHUNK_BYTES              (32 * 1024)
#define MAX_UPSTREAM_CONNECTIONS 4096
#define IDLE_UPSTREAM_S          30

struct _BmaHttpProxy
{
  GObject parent_instance;

  BmaBroker *broker;         /* owned */
  BmaHttpFront *front;       /* owned */
  SoupSession *session;      /* owned */
  BmaSecret *upstream_token; /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (BmaHttpProxy, bma_http_proxy, G_TYPE_OBJECT)

/* One request on its way. One chunk of the answer is in flight at a time, so a slow
 * client slows the upstream and nothing piles up here. Freed when both sides are done. */
typedef struct
{
  grefcount refs;
  BmaHttpExchange *exchange; /* owned */
  BmaHttpFront *front;       /* owned */
  SoupServerMessage *client; /* owned, NULL once the client is done or gone */
  SoupMessage *upstream;     /* owned */
  GInputStream *body;        /* owned, nullable: the upstream's answer */
  GCancellable *cancellable; /* owned: ends the upstream's side */
  gboolean is_reading;
  gboolean is_complete; /* nothing more comes from the upstream */
} Passage;

static Passage *
passage_ref (Passage *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

static void
passage_unref (Passage *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  bma_http_exchange_unref (self->exchange);
  g_object_unref (self->front);
  g_clear_object (&self->client);
  g_clear_object (&self->upstream);
  g_clear_object (&self->body);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* The client got everything, or left: the upstream need not go on. */
static void
on_client_done (SoupServerMessage *message, Passage *self)
{
  if (self->client == NULL)
    return;
  g_signal_handlers_disconnect_by_data (message, self);
  g_clear_object (&self->client);
  if (!self->is_complete)
    g_cancellable_cancel (self->cancellable);
  passage_unref (self);
}

/* The upstream broke off: the client must not take that for the end. */
static void
break_off (Passage *self)
{
  g_autoptr (SoupServerMessage) client = g_object_ref (self->client);

  self->is_complete = TRUE;
  bma_log (G_LOG_LEVEL_INFO, "proxy",
           bma_http_exchange_get_correlation_id (self->exchange),
           "the MCP server broke off its answer");
  bma_http_front_disconnect (self->front, client);
}

static void
on_chunk_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Passage *self = user_data;
  g_autoptr (GBytes)
      chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  SoupMessageBody *body = NULL;

  self->is_reading = FALSE;
  if (self->client != NULL && chunk == NULL)
    break_off (self);
  else if (self->client != NULL)
    {
      body = soup_server_message_get_response_body (self->client);
      if (g_bytes_get_size (chunk) > 0)
        soup_message_body_append_bytes (body, chunk);
      else
        {
          self->is_complete = TRUE;
          soup_message_body_complete (body);
        }
      soup_server_message_unpause (self->client);
    }
  passage_unref (self);
}

static void
read_next (Passage *self)
{
  if (self->is_reading || self->is_complete || self->body == NULL)
    return;
  self->is_reading = TRUE;
  g_input_stream_read_bytes_async (self->body, CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                   self->cancellable, on_chunk_read, passage_ref (self));
}

static void
on_chunk_written (SoupServerMessage *message, Passage *self)
{
  read_next (self);
}

/* A bodyless answer has no stream to wait for. */
static gboolean
has_no_body (Passage *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->upstream);
  unsigned int status = soup_message_get_status (self->upstream);

  return status == 204 || status == 304 ||
         g_str_equal (soup_message_get_method (self->upstream), "HEAD") ||
         (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
          soup_message_headers_get_content_length (headers) == 0);
}

static void
forward_head (Passage *self)
{
  SoupMessageHeaders *from = soup_message_get_response_headers (self->upstream);
  SoupMessageHeaders *to = soup_server_message_get_response_headers (self->client);
  const char *connection = soup_message_headers_get_list (from, "Connection");
  SoupMessageHeadersIter iter;
  const char *name = NULL;
  const char *value = NULL;

  soup_message_headers_iter_init (&iter, from);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    if (bma_http_headers_forward_response (name, connection))
      soup_message_headers_append (to, name, value);
  soup_server_message_set_status (self->client, soup_message_get_status (self->upstream),
                                  NULL);
  if (soup_message_headers_get_encoding (from) == SOUP_ENCODING_CONTENT_LENGTH)
    soup_message_headers_set_content_length (to, soup_message_headers_get_content_length (
                                                     from));
  else if (!has_no_body (self))
    soup_message_headers_set_encoding (to, SOUP_ENCODING_CHUNKED);
}

static void
start_answer (Passage *self)
{
  SoupMessageBody *body = soup_server_message_get_response_body (self->client);

  forward_head (self);
  soup_message_body_set_accumulate (body, FALSE);
  self->is_complete = has_no_body (self);
  if (self->is_complete)
    soup_message_body_complete (body);
  else
    g_signal_connect (self->client, "wrote-chunk", G_CALLBACK (on_chunk_written), self);
  /* The head goes out now, however long the first event takes. */
  soup_server_message_unpause (self->client);
  read_next (self);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Passage *self = user_data;
  g_autoptr (GError) error = NULL;

  self->body = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->client != NULL && self->body != NULL)
    start_answer (self);
  else if (self->client != NULL)
    {
      self->is_complete = TRUE;
      bma_log (G_LOG_LEVEL_WARNING, "proxy",
               bma_http_exchange_get_correlation_id (self->exchange),
               "the MCP server cannot be reached: %s", error->message);
      bma_http_exchange_reply_error_with_status (
          self->exchange, 502, "bad_gateway",
          "the MCP server behind this service cannot be reached; start it, or see "
          "biomcp-auth doctor");
    }
  passage_unref (self);
}

static void
pass (BmaHttpProxy *self, BmaHttpExchange *exchange)
{
  SoupMessage *upstream =
      bma_http_upstream_new_message (exchange,
                                     bma_broker_get_config (self->broker)->upstream,
                                     self->upstream_token);
  Passage *passage = NULL;

  if (upstream == NULL)
    {
      bma_http_exchange_reply_error_with_status (exchange, 400, "invalid_request",
                                                 "the query is malformed");
      return;
    }
  passage = g_new0 (Passage, 1);
  g_ref_count_init (&passage->refs);
  passage->exchange = bma_http_exchange_ref (exchange);
  passage->front = g_object_ref (self->front);
  passage->client = g_object_ref (bma_http_exchange_get_message (exchange));
  passage->upstream = upstream;
  passage->cancellable = g_cancellable_new ();
  g_signal_connect (passage->client, "finished", G_CALLBACK (on_client_done), passage);
  g_signal_connect (passage->client, "disconnected", G_CALLBACK (on_client_done),
                    passage);
  bma_http_exchange_pause (exchange);
  soup_session_send_async (self->session, upstream, G_PRIORITY_DEFAULT,
                           passage->cancellable, on_answered, passage_ref (passage));
}

static void
refuse (BmaHttpExchange *exchange, const BmaBearer *bearer)
{
  BmaBroker *broker = bma_http_exchange_get_broker (exchange);
  g_autofree char *challenge = NULL;

  if (bearer->error.code != BMA_OAUTH_TEMPORARILY_UNAVAILABLE)
    {
      challenge =
          bma_bearer_make_challenge (bma_broker_get_config (broker),
                                     bma_http_exchange_get_header (exchange, "Host"),
                                     bearer->absent ? BMA_OAUTH_NO_ERROR : bearer->error);
      bma_http_exchange_set_header (exchange, "WWW-Authenticate", challenge);
    }
  bma_http_exchange_reply_error (exchange, bearer->error);
}

/**
 * bma_http_proxy_handle:
 * @self: a proxy
 * @exchange: a request for /mcp
 *
 * Judges the token first, then passes the request on.
 */
void
bma_http_proxy_handle (BmaHttpProxy *self, BmaHttpExchange *exchange)
{
  BmaBearer bearer =
      bma_broker_check_bearer (self->broker,
                               bma_http_exchange_get_header (exchange, "Authorization"));

  if (bearer.error.code != BMA_OAUTH_OK)
    refuse (exchange, &bearer);
  else
    pass (self, exchange);
}

static void
bma_http_proxy_dispose (GObject *object)
{
  BmaHttpProxy *self = BMA_HTTP_PROXY (object);

  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->front);
  g_clear_object (&self->broker);
  g_clear_pointer (&self->upstream_token, bma_secret_unref);
  G_OBJECT_CLASS (bma_http_proxy_parent_class)->dispose (object);
}

static void
bma_http_proxy_class_init (BmaHttpProxyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_http_proxy_dispose;
}

static void
bma_http_proxy_init (BmaHttpProxy *self)
{
}

/* libsoup would leave a header with line breaks out and send the request without it. */
static gboolean
fits_header (const BmaSecret *token)
{
  const char *text = bma_secret_peek (token);
  size_t size = bma_secret_get_size (token);

  for (size_t i = 0; i < size; i++)
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  return size > 0;
}

static void
on_token_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaHttpProxy) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaSecret)
      token = bma_keyring_load_finish (BMA_KEYRING (source), result, &error);

  /* A keyring that is locked now says nothing about the token in use. */
  if (token != NULL ||
      g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND))
    g_clear_pointer (&self->upstream_token, bma_secret_unref);
  if (token != NULL && fits_header (token))
    self->upstream_token = g_steal_pointer (&token);
  else if (token != NULL)
    bma_log_warning (
        "proxy", "The upstream-token is not used: it has spaces, line breaks or other "
                 "characters that no token has");
  else if (g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED))
    bma_log_warning ("proxy", "No upstream-token: %s", error->message);
}

static void
load_upstream_token (BmaHttpProxy *self)
{
  if (self->broker == NULL)
    return;
  bma_keyring_load_async (bma_broker_get_keyring (self->broker),
                          BMA_KEYRING_KIND_UPSTREAM_TOKEN,
                          bma_broker_get_config (self->broker)->issuer, NULL,
                          on_token_loaded, g_object_ref (self));
}

/**
 * bma_http_proxy_new:
 * @broker: who judges tokens
 * @front: where the clients' connections are
 *
 * Returns: (transfer full): a proxy
 */
BmaHttpProxy *
bma_http_proxy_new (BmaBroker *broker, BmaHttpFront *front)
{
  BmaHttpProxy *self = g_object_new (BMA_TYPE_HTTP_PROXY, NULL);

  self->broker = g_object_ref (broker);
  self->front = g_object_ref (front);
  self->session = bma_http_upstream_new_session ();
  g_signal_connect_object (broker, "state-changed", G_CALLBACK (load_upstream_token),
                           self, G_CONNECT_SWAPPED);
  load_upstream_token (self);
  return self;
}
