/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-client.h"

#include <libsoup/soup.h>

#include "bma-http-transfer.h"
#include "bma-uri.h"
#include "bma-vetted-host.h"

#define MAX_CONNECTIONS          32
#define MAX_CONNECTIONS_PER_HOST 16
#define IDLE_S                   5 /* only HTTP/2 keeps a connection at all */

/**
 * BmaHttpClient:
 *
 * Asks a server one thing at a time and expects little: no redirects, no cookies, no
 * passwords of a URL, no compression, one time limit for everything, one size limit.
 *
 * Every request has a connection of its own: none fails because a server closed an idle
 * one, and none is sent twice.
 */
struct _BmaHttpClient
{
  GObject parent_instance;

  SoupSession *direct;  /* owned: for loopback, never through a proxy */
  SoupSession *outside; /* owned: through the proxy that the desktop is set to */
  BmaNetwork *network;  /* owned, nullable: only public addresses are asked */
  unsigned int timeout_ms;
  unsigned int max_response_bytes;
};

typedef enum
{
  PROP_TIMEOUT_MS = 1,
  PROP_MAX_RESPONSE_BYTES,
} Property;

static GParamSpec *properties[PROP_MAX_RESPONSE_BYTES + 1];

G_DEFINE_FINAL_TYPE (BmaHttpClient, bma_http_client, G_TYPE_OBJECT)

static void
bma_http_client_get_property (GObject *object,
                              unsigned int id,
                              GValue *value,
                              GParamSpec *spec)
{
  BmaHttpClient *self = BMA_HTTP_CLIENT (object);

  switch ((Property) id)
    {
    case PROP_TIMEOUT_MS:
      g_value_set_uint (value, self->timeout_ms);
      break;
    case PROP_MAX_RESPONSE_BYTES:
      g_value_set_uint (value, self->max_response_bytes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
bma_http_client_set_property (GObject *object,
                              unsigned int id,
                              const GValue *value,
                              GParamSpec *spec)
{
  BmaHttpClient *self = BMA_HTTP_CLIENT (object);

  switch ((Property) id)
    {
    case PROP_TIMEOUT_MS:
      self->timeout_ms = g_value_get_uint (value);
      break;
    case PROP_MAX_RESPONSE_BYTES:
      self->max_response_bytes = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
bma_http_client_dispose (GObject *object)
{
  BmaHttpClient *self = BMA_HTTP_CLIENT (object);

  g_clear_object (&self->direct);
  g_clear_object (&self->outside);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (bma_http_client_parent_class)->dispose (object);
}

static void
bma_http_client_class_init (BmaHttpClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT |
                            G_PARAM_STATIC_STRINGS;

  object_class->get_property = bma_http_client_get_property;
  object_class->set_property = bma_http_client_set_property;
  object_class->dispose = bma_http_client_dispose;

  /**
   * BmaHttpClient:timeout-ms:
   *
   * Milliseconds for a request and its whole answer.
   */
  properties[PROP_TIMEOUT_MS] = g_param_spec_uint ("timeout-ms", NULL, NULL, 1, G_MAXUINT,
                                                   BMA_HTTP_CLIENT_TIMEOUT_MS, flags);
  /**
   * BmaHttpClient:max-response-bytes:
   *
   * Size of the largest body that is accepted.
   */
  properties[PROP_MAX_RESPONSE_BYTES] =
      g_param_spec_uint ("max-response-bytes", NULL, NULL, 0, G_MAXINT,
                         BMA_HTTP_CLIENT_MAX_RESPONSE_BYTES, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static SoupSession *
make_session (GSocketConnectable *connectable)
{
  SoupSession *session =
      soup_session_new_with_options ("remote-connectable", connectable, "max-conns",
                                     MAX_CONNECTIONS, "max-conns-per-host",
                                     MAX_CONNECTIONS_PER_HOST, "timeout", 0,
                                     "idle-timeout", IDLE_S, "user-agent",
                                     "biomcp-auth/" BMA_VERSION, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

static void
bma_http_client_init (BmaHttpClient *self)
{
  self->outside = make_session (NULL);
  self->direct = make_session (NULL);
  soup_session_set_proxy_resolver (self->direct, NULL);
}

/**
 * bma_http_client_new:
 *
 * Returns: (transfer full): a client with the default limits
 */
BmaHttpClient *
bma_http_client_new (void)
{
  return g_object_new (BMA_TYPE_HTTP_CLIENT, NULL);
}

/**
 * bma_http_client_new_guarded:
 * @network: the network
 *
 * For URLs that strangers name: only https, never through a proxy, and only if every
 * address of the host is a public one. What was looked at is what is connected to.
 *
 * Returns: (transfer full): a client with the default limits
 */
BmaHttpClient *
bma_http_client_new_guarded (BmaNetwork *network)
{
  BmaHttpClient *self = bma_http_client_new ();

  self->network = g_object_ref (network);
  return self;
}

/* A session of its own, because it connects to one vetted host only. */
static SoupSession *
make_guarded_session (BmaHttpClient *self, GUri *uri)
{
  g_autoptr (GSocketConnectable)
      host = bma_vetted_host_new (self->network, g_uri_get_host (uri),
                                  (uint16_t) g_uri_get_port (uri));
  SoupSession *session = make_session (host);

  soup_session_set_proxy_resolver (session, NULL);
  return session;
}

/* The one of ours, or a new one that belongs to @task. */
static SoupSession *
pick_session (BmaHttpClient *self, GTask *task, GUri *uri)
{
  SoupSession *guarded = NULL;

  if (self->network == NULL)
    return bma_uri_is_loopback_host (g_uri_get_host (uri)) ? self->direct : self->outside;
  guarded = make_guarded_session (self, uri);
  g_object_set_data_full (G_OBJECT (task), "session", guarded, g_object_unref);
  return guarded;
}

static SoupMessage *
make_message (const char *method,
              const char *uri,
              const char *content_type,
              GBytes *body,
              BmaSecret *authorization)
{
  SoupMessage *message = soup_message_new (method, uri);
  SoupMessageHeaders *headers = NULL;

  if (message == NULL)
    return NULL;
  headers = soup_message_get_request_headers (message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT |
                                       SOUP_MESSAGE_NEW_CONNECTION |
                                       SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  soup_message_headers_replace (headers, "Connection", "close");
  soup_message_headers_replace (headers, "Accept", "application/json");
  if (authorization != NULL)
    soup_message_headers_replace (headers, "Authorization",
                                  bma_secret_peek (authorization));
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, content_type, body);
  return message;
}

/**
 * bma_http_client_send_async:
 * @self: a client
 * @method: HTTP method
 * @uri: an https URL, or http on a loopback host
 * @content_type: (nullable): media type of @body
 * @body: (nullable): what to send
 * @authorization: (nullable): value of the Authorization header
 * @cancellable: (nullable): ends it
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Sends a request and reads the whole answer, whatever its status.
 */
void
bma_http_client_send_async (BmaHttpClient *self,
                            const char *method,
                            const char *uri,
                            const char *content_type,
                            GBytes *body,
                            BmaSecret *authorization,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (SoupMessage) message = NULL;
  SoupSession *session = NULL;

  g_return_if_fail (BMA_IS_HTTP_CLIENT (self));
  g_return_if_fail (method != NULL && uri != NULL);
  g_return_if_fail (body == NULL || content_type != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, bma_http_client_send_async);
  g_task_set_name (task, "bma_http_client_send");
  if (bma_uri_is_https_or_loopback (uri) &&
      (self->network == NULL || g_str_has_prefix (uri, "https://")))
    message = make_message (method, uri, content_type, body, authorization);
  if (message == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                               "Only https URLs are asked, and http on this computer");
      return;
    }
  session = pick_session (self, task, soup_message_get_uri (message));
  bma_http_transfer_run (g_steal_pointer (&task), session, message, self->timeout_ms,
                         self->max_response_bytes);
}

/**
 * bma_http_client_send_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error
 *
 * Errors: #GIOErrorEnum, among them %G_IO_ERROR_TIMED_OUT,
 * %G_IO_ERROR_HOST_NOT_FOUND, %G_IO_ERROR_CONNECTION_REFUSED, %G_IO_ERROR_PARTIAL_INPUT,
 * %G_IO_ERROR_MESSAGE_TOO_LARGE, %G_IO_ERROR_CANCELLED and, for a URL that is not asked,
 * %G_IO_ERROR_INVALID_ARGUMENT; #GTlsError when the connection is not safe. The texts
 * name the host and nothing else of the URL.
 *
 * A body that ends early between two chunks looks complete to libsoup; who parses it
 * finds out.
 *
 * Returns: (transfer full) (nullable): the answer
 */
BmaHttpResponse *
bma_http_client_send_finish (BmaHttpClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BMA_IS_HTTP_CLIENT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
