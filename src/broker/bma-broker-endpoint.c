/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-endpoint.h"

#include "bma-bearer.h"
#include "bma-broker-private.h"
#include "bma-local-token.h"
#include "bma-log.h"

/* A connection is one MCP client's: a program needs few. */
#define MAX_OF_HOLDER 16
#define MAX_ENDPOINTS 256

struct _BmaEndpoint
{
  GObject parent_instance;

  BmaBroker *broker; /* owned */
  BmaPeer *peer;     /* owned */
  char *grant_id;    /* owned */
  char **scopes;     /* owned, nullable: all that the grant has */
  char *resource;    /* owned */
  gboolean is_closed;
};

G_DEFINE_FINAL_TYPE (BmaEndpoint, bma_endpoint, G_TYPE_OBJECT)

static void
bma_endpoint_finalize (GObject *object)
{
  BmaEndpoint *self = BMA_ENDPOINT (object);

  g_ptr_array_remove_fast (self->broker->endpoints, self);
  g_object_unref (self->broker);
  bma_peer_unref (self->peer);
  g_free (self->grant_id);
  g_strfreev (self->scopes);
  g_free (self->resource);
  G_OBJECT_CLASS (bma_endpoint_parent_class)->finalize (object);
}

static void
bma_endpoint_class_init (BmaEndpointClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_endpoint_finalize;
  g_signal_new ("closed", BMA_TYPE_ENDPOINT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
bma_endpoint_init (BmaEndpoint *self)
{
}

static gboolean
is_of_holder (const BmaPeer *peer, const BmaPeer *other)
{
  return g_str_equal (peer->app_id, other->app_id) &&
         g_str_equal (peer->trust, other->trust);
}

static gboolean
has_room (BmaBroker *self, const BmaPeer *peer)
{
  unsigned int n = 0;

  for (unsigned int i = 0; i < self->endpoints->len; i++)
    n += is_of_holder (((BmaEndpoint *) self->endpoints->pdata[i])->peer, peer);
  return n < MAX_OF_HOLDER && self->endpoints->len < MAX_ENDPOINTS;
}

static GError *
refuse (BmaBroker *self,
        BmaPeer *peer,
        const BmaLocalRequest *request,
        const BmaGrant **grant)
{
  BmaLocalAction action = bma_broker_decide_local (self, peer, request, grant);
  GError *error = bma_broker_refuse_local (self, action, request);

  if (error != NULL || has_room (self, peer))
    return error;
  return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_RATE_LIMITED,
                              "There are too many endpoints; close one first");
}

/**
 * bma_broker_open_endpoint:
 * @self: a broker
 * @peer: who asks
 * @request: for what; without scopes it is whatever the grant has, now and later
 * @error: return location for a #BmaBrokerError
 *
 * Lets a local caller use the MCP server without a token, if the person allowed it
 * before. Never shows anything.
 *
 * Returns: (transfer full) (nullable): what the caller's connection has to be marked with
 */
BmaEndpoint *
bma_broker_open_endpoint (BmaBroker *self,
                          BmaPeer *peer,
                          const BmaLocalRequest *request,
                          GError **error)
{
  const BmaGrant *grant = NULL;
  GError *problem = refuse (self, peer, request, &grant);
  BmaEndpoint *endpoint = NULL;

  bma_log (G_LOG_LEVEL_INFO, "local", request->correlation_id, "%s (%s): %s",
           peer->app_id, peer->trust, problem == NULL ? "endpoint" : "no endpoint");
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return NULL;
    }
  endpoint = g_object_new (BMA_TYPE_ENDPOINT, NULL);
  endpoint->broker = g_object_ref (self);
  endpoint->peer = bma_peer_ref (peer);
  endpoint->grant_id = g_strdup (grant->record.id);
  if (request->scopes != NULL && request->scopes[0] != NULL)
    endpoint->scopes = g_strdupv ((char **) request->scopes);
  endpoint->resource =
      g_strdup (request->resource != NULL
                    ? bma_config_match_resource (self->config, request->resource)
                    : self->config->resources[0]);
  g_ptr_array_add (self->endpoints, endpoint);
  bma_broker_note_use (self, grant);
  return endpoint;
}

/**
 * bma_endpoint_get_grant_id:
 * @self: an endpoint
 *
 * Returns: (transfer none): what it was opened for
 */
const char *
bma_endpoint_get_grant_id (BmaEndpoint *self)
{
  return self->grant_id;
}

/**
 * bma_endpoint_get_resource:
 * @self: an endpoint
 *
 * Returns: (transfer none): the resource it leads to (RFC 8707)
 */
const char *
bma_endpoint_get_resource (BmaEndpoint *self)
{
  return self->resource;
}

static BmaBearer
judge (BmaEndpoint *self)
{
  const BmaLocalRequest request = {
    .scopes = (const char *const *) self->scopes,
    .resource = self->resource,
  };
  BmaBearer bearer = { .expires_at_s = G_MAXINT64 };
  const BmaGrant *grant = NULL;

  if (self->is_closed ||
      bma_broker_decide_local (self->broker, self->peer, &request, &grant) !=
          BMA_LOCAL_ISSUE ||
      !g_str_equal (grant->record.id, self->grant_id))
    {
      bearer.error = (BmaOauthError){ BMA_OAUTH_INVALID_TOKEN,
                                      "what this connection was for was taken back" };
      return bearer;
    }
  bearer.grant_id = grant->record.id;
  bearer.subject_id = grant->subject_id;
  bearer.scopes =
      (const char *const *) (self->scopes != NULL ? self->scopes : grant->scopes);
  bearer.error =
      bma_bearer_decide_scopes (bearer.scopes,
                                (const char *const *) self->broker->config->scopes);
  return bearer;
}

/**
 * bma_endpoint_check:
 * @self: an endpoint
 *
 * Judges a request on it, as [method@Broker.check_bearer] does one with a token. Whatever
 * was taken back counts at once.
 *
 * Returns: the verdict; `error.code` is %BMA_OAUTH_OK when it may pass
 */
BmaBearer
bma_endpoint_check (BmaEndpoint *self)
{
  return judge (self);
}

/**
 * bma_endpoint_close:
 * @self: an endpoint
 *
 * Ends it for good.
 */
void
bma_endpoint_close (BmaEndpoint *self)
{
  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  bma_log_info ("local", "%s (%s): endpoint closed", self->peer->app_id,
                self->peer->trust);
  g_signal_emit_by_name (self, "closed");
}

/* Closing one may drop another. */
static void
close_if (BmaBroker *self,
          gboolean (*is_over) (BmaEndpoint *endpoint, gconstpointer data),
          gconstpointer data)
{
  g_autoptr (GPtrArray)
      all = g_ptr_array_copy (self->endpoints, (GCopyFunc) (void (*) (void)) g_object_ref,
                              NULL);

  g_ptr_array_set_free_func (all, g_object_unref);
  for (unsigned int i = 0; i < all->len; i++)
    if (is_over (all->pdata[i], data))
      bma_endpoint_close (all->pdata[i]);
}

static gboolean
is_any (BmaEndpoint *endpoint, gconstpointer data)
{
  return TRUE;
}

static gboolean
is_of_sender (BmaEndpoint *endpoint, gconstpointer data)
{
  return g_str_equal (endpoint->peer->sender, data);
}

static gboolean
is_taken_back (BmaEndpoint *endpoint, gconstpointer data)
{
  BmaBearer bearer = judge (endpoint);

  return bearer.error.code != BMA_OAUTH_OK &&
         bearer.error.code != BMA_OAUTH_INSUFFICIENT_SCOPE;
}

static gboolean
on_recheck (gpointer data)
{
  BmaBroker *self = data;

  self->recheck_id = 0;
  close_if (self, is_taken_back, NULL);
  return G_SOURCE_REMOVE;
}

/* The change is applied after it was announced. */
static void
recheck_soon (BmaBroker *self)
{
  if (self->recheck_id == 0 && self->endpoints->len > 0)
    self->recheck_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_recheck, self, NULL);
}

/**
 * bma_broker_init_endpoints:
 * @self: a broker
 *
 * Has endpoints end with what they are for.
 */
void
bma_broker_init_endpoints (BmaBroker *self)
{
  self->endpoints = g_ptr_array_new ();
  g_signal_connect (self, "grant-changed", G_CALLBACK (recheck_soon), NULL);
  g_signal_connect (self, "state-changed", G_CALLBACK (recheck_soon), NULL);
}

/**
 * bma_broker_close_endpoints:
 * @self: a broker
 * @sender: (nullable): of whom; %NULL for everybody
 *
 * Ends endpoints at once.
 */
void
bma_broker_close_endpoints (BmaBroker *self, const char *sender)
{
  close_if (self, sender != NULL ? is_of_sender : is_any, sender);
}
