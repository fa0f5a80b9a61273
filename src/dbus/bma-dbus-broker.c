/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-broker.h"

#include "bma-dbus-access.h"
#include "bma-dbus-call.h"
#include "bma-dbus-generated.h"
#include "bma-dbus-rejected.h"
#include "bma-dbus-requests.h"
#include "bma-dbus-token.h"
#include "bma-names.h"

#define INTERFACE          BMA_APP_ID ".Broker1"
#define INTERFACE_VERSION  1
#define GET_TOKEN_LIMIT_MS (20 * 1000)

struct _BmaDbusBroker
{
  GObject parent_instance;

  BmaDbusParts parts;        /* owned */
  BmaDbusBroker1 *skeleton;  /* owned */
  BmaDbusRequests *requests; /* owned */
  BmaDbusAdoptFunc adopt;    /* nullable: no endpoints */
  gpointer adopt_data;       /* unowned: for adopt */
};

G_DEFINE_FINAL_TYPE (BmaDbusBroker, bma_dbus_broker, G_TYPE_OBJECT)

/* A token on its way to a caller. */
typedef struct
{
  BmaDbusCall *call; /* owned */
  gboolean as_fd;
} Delivery;

static void
delivery_free (Delivery *self)
{
  bma_dbus_call_unref (self->call);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Delivery, delivery_free)

/* Takes the error. */
static void
deliver (BmaDbusCall *call, gboolean as_fd, const BmaLocalToken *token, GError *error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  GVariant *dict = NULL;

  if (token != NULL)
    dict = bma_dbus_token_to_variant (token, as_fd, &fds, &error);
  if (dict != NULL)
    bma_dbus_call_return (call, g_variant_new ("(@a{sv})", dict), fds);
  else
    bma_dbus_call_fail (call, error);
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Delivery) delivery = user_data;
  GError *error = NULL;
  g_autoptr (BmaLocalToken)
      token = bma_broker_get_token_finish (BMA_BROKER (source), result, &error);

  deliver (delivery->call, delivery->as_fd, token, error);
}

/* At once if there is one, which is the usual case and has to be quick. */
static void
find_token (BmaDbusBroker *self,
            BmaDbusCall *call,
            const BmaLocalRequest *request,
            gboolean as_fd)
{
  BmaPeer *peer = bma_dbus_call_get_peer (call);
  GError *error = NULL;
  g_autoptr (BmaLocalToken)
      token = bma_broker_peek_token (self->parts.broker, peer, request, &error);
  Delivery *delivery = NULL;

  if (token != NULL || error != NULL)
    {
      deliver (call, as_fd, token, error);
      return;
    }
  delivery = g_new0 (Delivery, 1);
  delivery->call = bma_dbus_call_ref (call);
  delivery->as_fd = as_fd;
  bma_broker_get_token_async (self->parts.broker, peer, request, NULL, on_token,
                              delivery);
}

static void
get_token (BmaDbusCall *call, gpointer object)
{
  BmaDbusBroker *self = BMA_DBUS_BROKER (object);
  g_autofree const char **scopes = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (BmaDbusOptions) parsed = NULL;
  GError *error = NULL;
  BmaLocalRequest request = { NULL };

  g_variant_get (bma_dbus_call_get_arguments (call), "(^a&s@a{sv})", &scopes, &options);
  parsed =
      bma_dbus_options_parse (BMA_DBUS_METHOD_GET_TOKEN, NULL, scopes, options, &error);
  if (parsed == NULL)
    {
      bma_dbus_call_fail (call, error);
      return;
    }
  request.scopes = (const char *const *) parsed->scopes;
  request.resource = parsed->resource;
  request.min_valid_s = parsed->min_valid_s;
  request.max_valid_s = parsed->max_valid_s;
  request.tie = parsed->tie;
  request.correlation_id = parsed->correlation_id;
  bma_dbus_call_show_key (call, parsed->pairing_key);
  find_token (self, call, &request, parsed->as_fd);
}

static void
report_rejected (BmaDbusCall *call, gpointer object)
{
  bma_dbus_rejected_report (call, BMA_DBUS_BROKER (object)->parts.broker);
}

static void
open_endpoint (BmaDbusCall *call, gpointer object)
{
  BmaDbusBroker *self = BMA_DBUS_BROKER (object);

  bma_dbus_endpoint_open (call, self->parts.broker, self->adopt, self->adopt_data);
}

/* The caller learns the path before it hears of the outcome. */
static void
add_request (BmaDbusBroker *self,
             BmaDbusCall *call,
             gboolean is_sign_in,
             BmaDbusOptions *options,
             GError *problem)
{
  g_autoptr (BmaDbusRequest) request = NULL;
  BmaDbusRequest *added = NULL;
  GError *error = problem;

  if (options != NULL)
    {
      bma_dbus_call_show_key (call, options->pairing_key);
      added = bma_dbus_requests_add (self->requests, bma_dbus_call_get_peer (call),
                                     is_sign_in, options, &error);
    }
  if (added == NULL)
    {
      bma_dbus_call_fail (call, error);
      return;
    }
  request = g_object_ref (added);
  bma_dbus_call_return (call, g_variant_new ("(o)", bma_dbus_request_get_path (request)),
                        NULL);
  bma_dbus_request_start (request);
}

static void
request_token (BmaDbusCall *call, gpointer object)
{
  g_autofree const char **scopes = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *window = NULL;
  BmaDbusOptions *parsed = NULL;
  GError *error = NULL;

  g_variant_get (bma_dbus_call_get_arguments (call), "(&s^a&s@a{sv})", &window, &scopes,
                 &options);
  parsed = bma_dbus_options_parse (BMA_DBUS_METHOD_REQUEST_TOKEN, window, scopes, options,
                                   &error);
  add_request (BMA_DBUS_BROKER (object), call, FALSE, parsed, error);
}

static void
sign_in (BmaDbusCall *call, gpointer object)
{
  g_autoptr (GVariant) options = NULL;
  const char *window = NULL;
  BmaDbusOptions *parsed = NULL;
  GError *error = NULL;

  g_variant_get (bma_dbus_call_get_arguments (call), "(&s@a{sv})", &window, &options);
  parsed =
      bma_dbus_options_parse (BMA_DBUS_METHOD_SIGN_IN, window, NULL, options, &error);
  add_request (BMA_DBUS_BROKER (object), call, TRUE, parsed, error);
}

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusCall) call = user_data;
  GError *error = NULL;

  if (bma_broker_sign_out_finish (BMA_BROKER (source), result, &error))
    bma_dbus_call_return (call, NULL, NULL);
  else
    bma_dbus_call_fail (call, error);
}

static void
sign_out (BmaDbusCall *call, gpointer object)
{
  BmaDbusBroker *self = BMA_DBUS_BROKER (object);

  if (bma_dbus_call_check_manager (call))
    bma_broker_sign_out_async (self->parts.broker, NULL, on_signed_out,
                               bma_dbus_call_ref (call));
}

/* One for each method: the handlers differ in nothing but what they call. */
#define HANDLER(name, limit_ms, func)                                                    \
  static gboolean name (BmaDbusBroker *self, GDBusMethodInvocation *invocation)          \
  {                                                                                      \
    bma_dbus_call_begin (self->parts.resolver, invocation, limit_ms, func, self);        \
    return TRUE;                                                                         \
  }

HANDLER (on_get_token, GET_TOKEN_LIMIT_MS, get_token)
HANDLER (on_open_endpoint, 0, open_endpoint)
HANDLER (on_report_rejected, 0, report_rejected)
HANDLER (on_request_token, 0, request_token)
HANDLER (on_sign_in, 0, sign_in)
HANDLER (on_sign_out, 0, sign_out)

static void
update_properties (BmaDbusBroker *self)
{
  const BmaConfig *config = bma_broker_get_config (self->parts.broker);

  bma_dbus_broker1_set_state (self->skeleton, bma_broker_get_state (self->parts.broker));
  bma_dbus_broker1_set_attention_needed (self->skeleton, bma_broker_get_attention_needed (
                                                             self->parts.broker));
  bma_dbus_broker1_set_issuer (self->skeleton, config->issuer);
  bma_dbus_broker1_set_resource (self->skeleton, config->resources[0]);
}

/* Only what the contract names, and only to those it is about. */
static void
on_grant_changed (BmaBroker *broker,
                  const BmaGrant *grant,
                  const char *change,
                  BmaDbusBroker *self)
{
  static const char *const told[] = { "refreshed", "reduced", "revoked", "expired",
                                      NULL };
  g_autoptr (GPtrArray) peers = NULL;
  g_autofree char *path = NULL;

  if (!g_strv_contains (told, change))
    return;
  peers = bma_peer_resolver_list (self->parts.resolver);
  path = g_strconcat (BMA_DBUS_GRANT_FOLDER "/", grant->record.id, NULL);
  for (unsigned int i = 0; i < peers->len; i++)
    {
      const BmaPeer *peer = g_ptr_array_index (peers, i);

      if (bma_dbus_access_holds (peer, grant))
        g_dbus_connection_emit_signal (self->parts.connection, peer->sender,
                                       BMA_OBJECT_PATH, INTERFACE, "GrantChanged",
                                       g_variant_new ("(os)", path, change), NULL);
    }
}

static void
bma_dbus_broker_dispose (GObject *object)
{
  BmaDbusBroker *self = BMA_DBUS_BROKER (object);

  g_clear_object (&self->requests);
  if (self->skeleton != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_clear_object (&self->skeleton);
  bma_dbus_parts_clear (&self->parts);
  G_OBJECT_CLASS (bma_dbus_broker_parent_class)->dispose (object);
}

static void
bma_dbus_broker_class_init (BmaDbusBrokerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_dbus_broker_dispose;
}

static void
bma_dbus_broker_init (BmaDbusBroker *self)
{
  static const char *const capabilities[] = {
    "get-token",  "token-fd",  "request-token", "sign-in",
    "grants",     "clients",   "status",        "diagnose",
    "set-secret", "list-keys", "rotate-keys",   "create-client",
    "pairing",    "await",     "monitor",       "report-rejected",
    NULL
  };

  self->skeleton = bma_dbus_broker1_skeleton_new ();
  bma_dbus_broker1_set_version (self->skeleton, INTERFACE_VERSION);
  bma_dbus_broker1_set_capabilities (self->skeleton, capabilities);
}

static void
connect_handlers (BmaDbusBroker *self)
{
  static const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-get-token", G_CALLBACK (on_get_token) },
    { "handle-open-endpoint", G_CALLBACK (on_open_endpoint) },
    { "handle-report-rejected", G_CALLBACK (on_report_rejected) },
    { "handle-request-token", G_CALLBACK (on_request_token) },
    { "handle-sign-in", G_CALLBACK (on_sign_in) },
    { "handle-sign-out", G_CALLBACK (on_sign_out) },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (self->skeleton, handlers[i].signal, handlers[i].handler,
                             self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->parts.broker, "state-changed",
                           G_CALLBACK (update_properties), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->parts.broker, "grant-changed",
                           G_CALLBACK (on_grant_changed), self, 0);
}

/**
 * bma_dbus_broker_new:
 * @parts: what it works with
 * @error: return location for an error
 *
 * Puts org.biomcp.Auth.Broker1 on the bus.
 *
 * Returns: (transfer full) (nullable): it
 */
BmaDbusBroker *
bma_dbus_broker_new (const BmaDbusParts *parts, GError **error)
{
  g_autoptr (BmaDbusBroker) self = g_object_new (BMA_TYPE_DBUS_BROKER, NULL);

  bma_dbus_parts_copy (&self->parts, parts);
  self->requests = bma_dbus_requests_new (parts, error);
  if (self->requests == NULL)
    return NULL;
  update_properties (self);
  connect_handlers (self);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton),
                                         parts->connection, BMA_OBJECT_PATH, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * bma_dbus_broker_set_adopt:
 * @self: the interface
 * @adopt: serves HTTP on sockets that are handed out
 * @user_data: for @adopt, must outlive the interface
 *
 * Makes org.biomcp.Auth.Broker1.OpenEndpoint work.
 */
void
bma_dbus_broker_set_adopt (BmaDbusBroker *self,
                           BmaDbusAdoptFunc adopt,
                           gpointer user_data)
{
  self->adopt = adopt;
  self->adopt_data = user_data;
  bma_dbus_broker_add_capability (self, "open-endpoint");
}

/**
 * bma_dbus_broker_add_capability:
 * @self: the interface
 * @capability: a word
 *
 * Says that the service can do something more.
 */
void
bma_dbus_broker_add_capability (BmaDbusBroker *self, const char *capability)
{
  const char *const *old = bma_dbus_broker1_get_capabilities (self->skeleton);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) capabilities = NULL;

  g_strv_builder_addv (builder, (const char **) old);
  g_strv_builder_add (builder, capability);
  capabilities = g_strv_builder_end (builder);
  bma_dbus_broker1_set_capabilities (self->skeleton, (const char *const *) capabilities);
}
