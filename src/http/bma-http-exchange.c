/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-exchange.h"

#include <string.h>

#include "bma-json.h"
#include "bma-log.h"
#include "bma-secret.h"

#define CORRELATION_ID_BYTES 8

struct _BmaHttpExchange
{
  grefcount refs;
  BmaBroker *broker;          /* owned */
  SoupServerMessage *message; /* owned */
  GCancellable *cancellable;  /* owned: cancelled when the client leaves */
  char *correlation_id;       /* owned */
  gboolean paused;
  gboolean gone; /* the client left */
};

static void
on_disconnected (SoupServerMessage *message, BmaHttpExchange *self)
{
  self->gone = TRUE;
  g_cancellable_cancel (self->cancellable);
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
  g_signal_connect_data (message, "disconnected", G_CALLBACK (on_disconnected),
                         bma_http_exchange_ref (self),
                         (GClosureNotify) (void (*) (void)) bma_http_exchange_unref, 0);
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

/**
 * bma_http_exchange_reply:
 * @self: an exchange
 * @status: HTTP status
 * @content_type: (nullable): a constant
 * @body: (transfer full) (nullable): text
 *
 * Answers. Everything is `no-store` unless the handler said otherwise.
 */
void
bma_http_exchange_reply (BmaHttpExchange *self,
                         unsigned int status,
                         const char *content_type,
                         char *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);

  if (self->gone)
    {
      bma_secret_free_text (body);
      return;
    }
  soup_server_message_set_status (self->message, status, NULL);
  if (soup_message_headers_get_one (headers, "Cache-Control") == NULL)
    soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  if (status >= 400)
    soup_message_headers_replace (headers, "X-Correlation-Id", self->correlation_id);
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes =
          g_bytes_new_with_free_func (body, strlen (body),
                                      (GDestroyNotify) bma_secret_free_text, body);

      soup_message_headers_replace (headers, "Content-Type", content_type);
      soup_message_body_append_bytes (soup_server_message_get_response_body (
                                          self->message),
                                      bytes);
    }
  if (self->paused)
    soup_server_message_unpause (self->message);
  self->paused = FALSE;
}

/**
 * bma_http_exchange_reply_json:
 * @self: an exchange
 * @status: HTTP status
 * @object: the body
 *
 * Answers with JSON.
 */
void
bma_http_exchange_reply_json (BmaHttpExchange *self,
                              unsigned int status,
                              JsonObject *object)
{
  bma_http_exchange_reply (self, status, "application/json", bma_json_to_text (object));
}

/**
 * bma_http_exchange_reply_error_with_status:
 * @self: an exchange
 * @status: HTTP status
 * @error: error name
 * @description: (nullable): for developers
 *
 * Answers with an error (RFC 6749 section 5.2) and logs it.
 */
void
bma_http_exchange_reply_error_with_status (BmaHttpExchange *self,
                                           unsigned int status,
                                           const char *error,
                                           const char *description)
{
  g_autoptr (JsonObject) object = json_object_new ();

  bma_log (status >= 500 ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_INFO, "http",
           self->correlation_id, "%u %s: %s", status, error,
           description != NULL ? description : "");
  json_object_set_string_member (object, "error", error);
  bma_json_set_string (object, "error_description", description);
  bma_http_exchange_reply_json (self, status, object);
}

/**
 * bma_http_exchange_reply_error:
 * @self: an exchange
 * @error: an OAuth error
 *
 * Answers with an OAuth error and its usual status.
 */
void
bma_http_exchange_reply_error (BmaHttpExchange *self, BmaOauthError error)
{
  if (error.code == BMA_OAUTH_TEMPORARILY_UNAVAILABLE)
    bma_http_exchange_set_header (self, "Retry-After", "5");
  bma_http_exchange_reply_error_with_status (self,
                                             bma_oauth_error_get_status (error.code),
                                             bma_oauth_error_to_text (error.code),
                                             error.description);
}
