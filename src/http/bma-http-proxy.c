/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-proxy.h"

#include <inttypes.h>
#include <libsoup/soup.h>

#include "bma-broker-token.h"
#include "bma-broker-upstream.h"
#include "bma-http-bearer.h"
#include "bma-http-operation.h"
#include "bma-http-stdio-answer.h"
#include "bma-http-stdio.h"
#include "bma-http-streams.h"
#include "bma-http-upstream.h"
#include "bma-log.h"
#include "bma-served.h"

struct _BmaHttpProxy
{
  GObject parent_instance;

  BmaBroker *broker;          /* owned */
  BmaHttpFront *front;        /* owned */
  SoupSession *session;       /* owned */
  SoupSession *own_session;   /* owned, nullable: for a server that we started */
  GSocketAddress *own_socket; /* owned, nullable: where that is */
  BmaHttpStreams *streams;    /* owned */
  BmaHttpStdio *stdio;        /* owned */
  BmaSecret *upstream_token;  /* owned, nullable */
  gboolean is_token_known;    /* whether the keyring ever told if there is one */
  unsigned int n_loading;     /* times the keyring is being asked for it */
  GPtrArray *held;            /* owned: BmaHttpExchange, which wait for that */
  BmaScopeRules *rules;       /* owned, nullable: of rules_of */
  BmaConfig *rules_of;        /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (BmaHttpProxy, bma_http_proxy, G_TYPE_OBJECT)

/* A connection is good for one place; a server of ours has a new one with each start. */
static SoupSession *
get_session (BmaHttpProxy *self, GSocketAddress *socket)
{
  if (socket == NULL)
    return self->session;
  if (socket != self->own_socket)
    {
      g_clear_object (&self->own_session);
      g_set_object (&self->own_socket, socket);
      self->own_session = bma_http_upstream_new_session (socket);
    }
  return self->own_session;
}

/* place: of a server that we started; it stays while the answer is under way. */
static void
pass_to_address (BmaHttpProxy *self,
                 BmaHttpExchange *exchange,
                 const BmaBearer *bearer,
                 BmaServedPlace *place)
{
  g_autoptr (BmaServedPlace) kept = place;
  const char *address = place != NULL ? place->address
                                      : bma_broker_get_config (self->broker)->upstream;
  const BmaSecret *token = place != NULL && place->secret != NULL ? place->secret
                                                                  : self->upstream_token;
  SoupSession *session = get_session (self, place != NULL ? place->socket : NULL);
  g_autoptr (SoupMessage)
      upstream = bma_http_upstream_new_message (exchange, address, token);

  if (upstream == NULL)
    {
      bma_http_exchange_reply_error_with_status (exchange, 400, "invalid_request",
                                                 "the query is malformed");
      return;
    }
  if (kept != NULL)
    g_object_set_data_full (G_OBJECT (upstream), "bma-place", g_steal_pointer (&kept),
                            (GDestroyNotify) bma_served_place_free);
  bma_http_streams_start (self->streams, exchange, bearer, self->front, session,
                          upstream);
}

static void
refuse (BmaHttpExchange *exchange, const BmaBearer *bearer)
{
  const BmaConfig *config =
      bma_broker_get_config (bma_http_exchange_get_broker (exchange));
  g_autofree char *retry_after = NULL;

  if (bearer->error.code != BMA_OAUTH_TEMPORARILY_UNAVAILABLE)
    bma_http_operation_challenge (exchange,
                                  bearer->absent ? BMA_OAUTH_NO_ERROR : bearer->error,
                                  (const char *const *) config->scopes);
  if (bearer->retry_after_s > 0)
    retry_after = g_strdup_printf ("%" PRId64, bearer->retry_after_s);
  if (retry_after != NULL)
    bma_http_exchange_set_header (exchange, "Retry-After", retry_after);
  bma_http_exchange_reply_error (exchange, bearer->error);
}

/* Parsed once for each configuration. */
static const BmaScopeRules *
get_rules (BmaHttpProxy *self)
{
  const BmaConfig *config = bma_broker_get_config (self->broker);

  if (self->rules != NULL && self->rules_of == config)
    return self->rules;
  g_clear_pointer (&self->rules, bma_scope_rules_free);
  g_clear_pointer (&self->rules_of, bma_config_unref);
  self->rules = bma_scope_rules_new ((const char *const *) config->scope_rules);
  self->rules_of = bma_config_ref (config);
  return self->rules;
}

/* Else it is answered. */
static gboolean
may_pass (BmaHttpProxy *self, BmaHttpExchange *exchange, const BmaBearer *bearer)
{
  if (bearer->error.code == BMA_OAUTH_OK ||
      bearer->error.code == BMA_OAUTH_INSUFFICIENT_SCOPE)
    return bma_http_operation_check (exchange, get_rules (self), bearer) &&
           bma_http_streams_check_session (self->streams, exchange, bearer);
  refuse (exchange, bearer);
  return FALSE;
}

/* A request that waits for the keys of the issuer of its token, or for the MCP server. */
typedef struct
{
  BmaHttpProxy *proxy;       /* owned */
  BmaHttpExchange *exchange; /* owned */
} Waiting;

static Waiting *
waiting_new (BmaHttpProxy *self, BmaHttpExchange *exchange)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->proxy = g_object_ref (self);
  waiting->exchange = bma_http_exchange_ref (exchange);
  bma_http_exchange_pause (exchange);
  return waiting;
}

/* The token is judged again: meanwhile it may have been revoked. */
static void
on_reached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Waiting *waiting = user_data;
  g_autoptr (BmaHttpProxy) self = waiting->proxy;
  g_autoptr (BmaHttpExchange) exchange = waiting->exchange;
  g_autoptr (BmaServedPlace)
      place = bma_upstream_reach_finish (BMA_UPSTREAM (source), result, NULL);
  BmaBearer bearer;

  if (self->broker == NULL ||
      g_cancellable_is_cancelled (bma_http_exchange_get_cancellable (exchange)))
    return;
  if (place == NULL)
    {
      bma_http_stdio_refuse_for_now (exchange, BMA_UPSTREAM (source));
      return;
    }
  bearer = bma_http_bearer_check (exchange);
  if (may_pass (self, exchange, &bearer))
    pass_to_address (self, exchange, &bearer, g_steal_pointer (&place));
}

static void
go_on (BmaHttpProxy *self, BmaHttpExchange *exchange, const BmaBearer *bearer)
{
  BmaUpstream *upstream = bma_broker_get_upstream (self->broker);

  if (!may_pass (self, exchange, bearer))
    return;
  if (upstream == NULL || !bma_upstream_has_command (upstream))
    pass_to_address (self, exchange, bearer, NULL);
  else if (bma_upstream_is_stdio (upstream))
    bma_http_stdio_handle (self->stdio, exchange, bearer);
  else
    bma_upstream_reach_async (upstream, bma_http_exchange_get_cancellable (exchange),
                              on_reached, waiting_new (self, exchange));
}

static void
on_keys_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Waiting *waiting = user_data;
  g_autoptr (BmaHttpProxy) self = waiting->proxy;
  g_autoptr (BmaHttpExchange) exchange = waiting->exchange;
  BmaBearer bearer;

  bma_broker_load_bearer_keys_finish (BMA_BROKER (source), result);
  if (self->broker == NULL ||
      g_cancellable_is_cancelled (bma_http_exchange_get_cancellable (exchange)))
    return;
  bearer = bma_http_bearer_check (exchange);
  go_on (self, exchange, &bearer);
}

/* The first request after a start needs the token of the MCP server too. */
static void
hold (BmaHttpProxy *self, BmaHttpExchange *exchange)
{
  bma_http_exchange_pause (exchange);
  g_ptr_array_add (self->held, bma_http_exchange_ref (exchange));
}

static void
let_go (BmaHttpProxy *self)
{
  g_autoptr (GPtrArray) held = g_steal_pointer (&self->held);

  self->held = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_http_exchange_unref);
  for (unsigned int i = 0; self->broker != NULL && i < held->len; i++)
    if (!g_cancellable_is_cancelled (bma_http_exchange_get_cancellable (held->pdata[i])))
      bma_http_proxy_handle (self, held->pdata[i]);
}

/**
 * bma_http_proxy_handle:
 * @self: a proxy
 * @exchange: a request for /mcp
 *
 * Judges the token first, then what it is used for, then passes the request on.
 */
void
bma_http_proxy_handle (BmaHttpProxy *self, BmaHttpExchange *exchange)
{
  BmaBearer bearer;

  if (!self->is_token_known && self->n_loading > 0)
    {
      hold (self, exchange);
      return;
    }
  bearer = bma_http_bearer_check (exchange);
  if (!bearer.wants_keys)
    {
      go_on (self, exchange, &bearer);
      return;
    }
  bma_broker_load_bearer_keys_async (self->broker,
                                     bma_http_exchange_get_header (exchange,
                                                                   "Authorization"),
                                     bma_http_exchange_get_cancellable (exchange),
                                     on_keys_loaded, waiting_new (self, exchange));
}

/**
 * bma_http_proxy_get_streams:
 * @self: a proxy
 *
 * Returns: (transfer none): the requests that are on their way
 */
BmaHttpStreams *
bma_http_proxy_get_streams (BmaHttpProxy *self)
{
  return self->streams;
}

static void
bma_http_proxy_dispose (GObject *object)
{
  BmaHttpProxy *self = BMA_HTTP_PROXY (object);

  if (self->session != NULL)
    soup_session_abort (self->session);
  if (self->own_session != NULL)
    soup_session_abort (self->own_session);
  g_clear_object (&self->own_session);
  g_clear_object (&self->own_socket);
  g_clear_object (&self->session);
  g_clear_object (&self->stdio);
  g_clear_object (&self->streams);
  g_clear_object (&self->front);
  g_clear_object (&self->broker);
  g_clear_pointer (&self->upstream_token, bma_secret_unref);
  g_clear_pointer (&self->rules, bma_scope_rules_free);
  g_clear_pointer (&self->rules_of, bma_config_unref);
  g_ptr_array_set_size (self->held, 0);
  G_OBJECT_CLASS (bma_http_proxy_parent_class)->dispose (object);
}

static void
bma_http_proxy_finalize (GObject *object)
{
  g_ptr_array_unref (BMA_HTTP_PROXY (object)->held);
  G_OBJECT_CLASS (bma_http_proxy_parent_class)->finalize (object);
}

static void
bma_http_proxy_class_init (BmaHttpProxyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_http_proxy_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_http_proxy_finalize;
}

static void
bma_http_proxy_init (BmaHttpProxy *self)
{
  self->held = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_http_exchange_unref);
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
    {
      g_clear_pointer (&self->upstream_token, bma_secret_unref);
      self->is_token_known = TRUE;
    }
  if (token != NULL && fits_header (token))
    self->upstream_token = g_steal_pointer (&token);
  else if (token != NULL)
    bma_log_warning (
        "proxy", "The upstream-token is not used: it has spaces, line breaks or other "
                 "characters that no token has");
  else if (g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED))
    bma_log_warning ("proxy", "No upstream-token: %s", error->message);
  self->n_loading--;
  if (self->is_token_known || self->n_loading == 0)
    let_go (self);
}

static void
load_upstream_token (BmaHttpProxy *self)
{
  if (self->broker == NULL)
    return;
  self->n_loading++;
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
  self->session = bma_http_upstream_new_session (NULL);
  self->streams = bma_http_streams_new (broker);
  self->stdio = bma_http_stdio_new (broker, self->streams, front);
  g_signal_connect_object (broker, "state-changed", G_CALLBACK (load_upstream_token),
                           self, G_CONNECT_SWAPPED);
  load_upstream_token (self);
  return self;
}
