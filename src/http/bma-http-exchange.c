/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-exchange-private.h"

#include <string.h>

#include "bma-metrics.h"

#define CORRELATION_ID_BYTES 8

/* Nothing more comes of the message: it and the exchange would keep each other for ever.
 */
static void
on_finished (SoupServerMessage *message, BmaHttpExchange *self)
{
  g_signal_handlers_disconnect_by_data (message, self);
}

static void
on_disconnected (SoupServerMessage *message, BmaHttpExchange *self)
{
  self->gone = TRUE;
  g_cancellable_cancel (self->cancellable);
  on_finished (message, self);
}

static void
follow (BmaHttpExchange *self, const char *signal, GCallback callback)
{
  g_signal_connect_data (self->message, signal, callback, bma_http_exchange_ref (self),
                         (GClosureNotify) (void (*) (void)) bma_http_exchange_unref, 0);
}

static void
count (BmaHttpExchange *self, int n)
{
  BmaMetrics *metrics = bma_broker_get_metrics (self->broker);

  bma_metrics_set (metrics, BMA_METRIC_EXCHANGES, NULL,
                   (int64_t) bma_metrics_get (metrics, BMA_METRIC_EXCHANGES, NULL, NULL) +
                       n);
}

/**
 * bma_http_exchange_new:
 * @broker: the broker
 * @message: the request
 *
 * Returns: (transfer full): the exchange
 */
BmaHttpExchange *
bma_http_exchange_new (BmaBroker *broker, SoupServerMessage *message)
{
  BmaHttpExchange *self = g_new0 (BmaHttpExchange, 1);

  g_ref_count_init (&self->refs);
  self->broker = g_object_ref (broker);
  self->message = g_object_ref (message);
  self->cancellable = g_cancellable_new ();
  self->correlation_id =
      bma_entropy_hex (bma_broker_get_entropy (broker), CORRELATION_ID_BYTES);
  bma_http_peer_resolve (message, bma_broker_get_config (broker), &self->peer);
  follow (self, "disconnected", G_CALLBACK (on_disconnected));
  follow (self, "finished", G_CALLBACK (on_finished));
  count (self, 1);
  return self;
}

/**
 * bma_http_exchange_ref:
 * @self: an exchange
 *
 * Returns: (transfer full): @self
 */
BmaHttpExchange *
bma_http_exchange_ref (BmaHttpExchange *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

/**
 * bma_http_exchange_unref:
 * @self: (transfer full): an exchange
 *
 * Drops a reference.
 */
void
bma_http_exchange_unref (BmaHttpExchange *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  count (self, -1);
  g_object_unref (self->broker);
  g_object_unref (self->message);
  g_object_unref (self->cancellable);
  g_free (self->correlation_id);
  g_free (self);
}

/**
 * bma_http_exchange_get_broker:
 * @self: an exchange
 *
 * Returns: (transfer none): the broker
 */
BmaBroker *
bma_http_exchange_get_broker (BmaHttpExchange *self)
{
  return self->broker;
}

/**
 * bma_http_exchange_get_peer:
 * @self: an exchange
 *
 * Returns: (transfer none): who sent the request
 */
const BmaHttpPeer *
bma_http_exchange_get_peer (BmaHttpExchange *self)
{
  return &self->peer;
}

/**
 * bma_http_exchange_is_owner:
 * @self: an exchange
 *
 * Returns: whether the request comes from the person at this desktop, from their own
 *   program and directly
 */
gboolean
bma_http_exchange_is_owner (BmaHttpExchange *self)
{
  return self->peer.kind == BMA_HTTP_PEER_OWNER;
}

/**
 * bma_http_exchange_get_message:
 * @self: an exchange
 *
 * Returns: (transfer none): libsoup's side of it
 */
SoupServerMessage *
bma_http_exchange_get_message (BmaHttpExchange *self)
{
  return self->message;
}

/**
 * bma_http_exchange_get_cancellable:
 * @self: an exchange
 *
 * Returns: (transfer none): cancelled when the client leaves
 */
GCancellable *
bma_http_exchange_get_cancellable (BmaHttpExchange *self)
{
  return self->cancellable;
}

/**
 * bma_http_exchange_get_correlation_id:
 * @self: an exchange
 *
 * Returns: (transfer none): what its errors and its log lines are marked with
 */
const char *
bma_http_exchange_get_correlation_id (BmaHttpExchange *self)
{
  return self->correlation_id;
}

/**
 * bma_http_exchange_set_topic:
 * @self: an exchange
 * @topic: (transfer none): one of a few words; static
 *
 * Notes what the request is about, for those who count.
 */
void
bma_http_exchange_set_topic (BmaHttpExchange *self, const char *topic)
{
  self->topic = topic;
}

/**
 * bma_http_exchange_get_topic:
 * @self: an exchange
 *
 * Returns: (transfer none) (nullable): what the request is about
 */
const char *
bma_http_exchange_get_topic (BmaHttpExchange *self)
{
  return self->topic;
}

/**
 * bma_http_exchange_set_error:
 * @self: an exchange
 * @error: (transfer none): name of an error; static
 *
 * Notes what it is answered with, whatever the answer looks like, for those who count.
 */
void
bma_http_exchange_set_error (BmaHttpExchange *self, const char *error)
{
  self->error = error;
}

/**
 * bma_http_exchange_get_error:
 * @self: an exchange
 *
 * Returns: (transfer none) (nullable): the name of the error it was answered with
 */
const char *
bma_http_exchange_get_error (BmaHttpExchange *self)
{
  return self->error;
}

/**
 * bma_http_exchange_get_path:
 * @self: an exchange
 *
 * Returns: (transfer none): the path as it came, not decoded
 */
const char *
bma_http_exchange_get_path (BmaHttpExchange *self)
{
  return g_uri_get_path (soup_server_message_get_uri (self->message));
}

/**
 * bma_http_exchange_get_query:
 * @self: an exchange
 *
 * Returns: (transfer none): the query as it came, or ""
 */
const char *
bma_http_exchange_get_query (BmaHttpExchange *self)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (self->message));

  return query != NULL ? query : "";
}

/**
 * bma_http_exchange_get_header:
 * @self: an exchange
 * @name: a request header
 *
 * Returns: (transfer none) (nullable): its value; several are joined by commas
 */
const char *
bma_http_exchange_get_header (BmaHttpExchange *self, const char *name)
{
  return soup_message_headers_get_list (soup_server_message_get_request_headers (
                                            self->message),
                                        name);
}

/**
 * bma_http_exchange_wants_json:
 * @self: an exchange
 *
 * Returns: whether the client asks for JSON and not for a page
 */
gboolean
bma_http_exchange_wants_json (BmaHttpExchange *self)
{
  const char *accept = bma_http_exchange_get_header (self, "Accept");

  return accept != NULL && strstr (accept, "application/json") != NULL &&
         strstr (accept, "text/html") == NULL;
}

/**
 * bma_http_exchange_pause:
 * @self: an exchange
 *
 * The answer comes later.
 */
void
bma_http_exchange_pause (BmaHttpExchange *self)
{
  self->paused = TRUE;
  soup_server_message_pause (self->message);
}

/**
 * bma_http_exchange_set_header:
 * @self: an exchange
 * @name: a response header
 * @value: its value, without line breaks
 *
 * Sets a response header.
 */
void
bma_http_exchange_set_header (BmaHttpExchange *self, const char *name, const char *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message),
                                name, value);
}

/**
 * bma_http_exchange_add_header:
 * @self: an exchange
 * @name: a response header
 * @value: its value, without line breaks
 *
 * Adds a response header.
 */
void
bma_http_exchange_add_header (BmaHttpExchange *self, const char *name, const char *value)
{
  soup_message_headers_append (soup_server_message_get_response_headers (self->message),
                               name, value);
}
