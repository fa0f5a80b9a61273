/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-request.h"

#include "bma-dbus-access.h"
#include "bma-dbus-error.h"
#include "bma-dbus-token.h"
#include "bma-log.h"
#include "bma-names.h"

/* Codes of the signal Response. */
#define RESPONSE_DONE   0u
#define RESPONSE_DENIED 1u
#define RESPONSE_FAILED 2u

/* How many requests wait for the same question. */
#define USERS_KEY "bma-dbus-users"

struct _BmaDbusRequest
{
  GObject parent_instance;

  BmaDbusParts parts;        /* owned */
  BmaPeer *peer;             /* owned */
  BmaDbusOptions *options;   /* owned */
  char *path;                /* owned */
  BmaApproval *approval;     /* owned, nullable: the person is being asked */
  GCancellable *cancellable; /* owned: ends what is under way */
  unsigned int limit_id;     /* source */
  gboolean is_sign_in;
  gboolean has_ended;
};

G_DEFINE_FINAL_TYPE (BmaDbusRequest, bma_dbus_request, G_TYPE_OBJECT)

/* The question is taken back when the last who waits for it goes. */
static void
leave_approval (BmaDbusRequest *self)
{
  g_autoptr (BmaApproval) approval = g_steal_pointer (&self->approval);
  int n_users = 0;

  if (approval == NULL)
    return;
  g_signal_handlers_disconnect_by_data (approval, self);
  n_users = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (approval), USERS_KEY)) - 1;
  g_object_set_data (G_OBJECT (approval), USERS_KEY, GINT_TO_POINTER (n_users));
  if (n_users == 0)
    bma_approval_cancel (approval);
}

static void
end (BmaDbusRequest *self)
{
  if (self->has_ended)
    return;
  self->has_ended = TRUE;
  g_clear_handle_id (&self->limit_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  leave_approval (self);
  g_signal_emit_by_name (self, "ended");
}

static void
bma_dbus_request_dispose (GObject *object)
{
  BmaDbusRequest *self = BMA_DBUS_REQUEST (object);

  self->has_ended = TRUE;
  g_clear_handle_id (&self->limit_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  leave_approval (self);
  bma_dbus_parts_clear (&self->parts);
  G_OBJECT_CLASS (bma_dbus_request_parent_class)->dispose (object);
}

static void
bma_dbus_request_finalize (GObject *object)
{
  BmaDbusRequest *self = BMA_DBUS_REQUEST (object);

  g_clear_pointer (&self->peer, bma_peer_unref);
  g_clear_pointer (&self->options, bma_dbus_options_free);
  g_clear_object (&self->cancellable);
  g_free (self->path);
  G_OBJECT_CLASS (bma_dbus_request_parent_class)->finalize (object);
}

static void
bma_dbus_request_class_init (BmaDbusRequestClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_dbus_request_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_dbus_request_finalize;
  g_signal_new ("ended", BMA_TYPE_DBUS_REQUEST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
bma_dbus_request_init (BmaDbusRequest *self)
{
  self->cancellable = g_cancellable_new ();
}

/* To the caller alone, whatever others listen for. */
static void
send_signal (BmaDbusRequest *self, const char *name, GVariant *body, GUnixFDList *fds)
{
  g_autoptr (GDBusMessage)
      message = g_dbus_message_new_signal (self->path, BMA_APP_ID ".Request1", name);
  g_autoptr (GError) error = NULL;

  g_dbus_message_set_destination (message, self->peer->sender);
  g_dbus_message_set_body (message, body);
  if (fds != NULL)
    g_dbus_message_set_unix_fd_list (message, fds);
  if (!g_dbus_connection_send_message (self->parts.connection, message,
                                       G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, &error))
    bma_log_debug ("dbus", "%s was not sent: %s", name, error->message);
}

static void
respond (BmaDbusRequest *self, uint32_t code, GVariant *result, GUnixFDList *fds)
{
  g_autoptr (GVariant)
      body = g_variant_ref_sink (g_variant_new ("(u@a{sv})", code, result));

  if (self->has_ended)
    return;
  bma_log (G_LOG_LEVEL_INFO, "dbus", self->options->correlation_id,
           "%s: response %u to %s", self->path, code, self->peer->app_id);
  send_signal (self, "Response", body, fds);
  end (self);
}

static void
respond_empty (BmaDbusRequest *self, uint32_t code)
{
  respond (self, code, g_variant_new ("a{sv}", NULL), NULL);
}

static void
respond_error (BmaDbusRequest *self, GError *failure)
{
  g_autoptr (GError) error = bma_dbus_error_translate (failure);
  g_autofree char *name = bma_dbus_error_get_name (error);
  GVariantDict result;

  g_variant_dict_init (&result, NULL);
  g_variant_dict_insert (&result, "error", "s", name);
  g_variant_dict_insert (&result, "message", "s", error->message);
  respond (self, RESPONSE_FAILED, g_variant_dict_end (&result), NULL);
}

static void
respond_token (BmaDbusRequest *self, const BmaLocalToken *token)
{
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  GVariant *result =
      bma_dbus_token_to_variant (token, self->options->as_fd, &fds, &error);

  if (result != NULL)
    respond (self, RESPONSE_DONE, result, fds);
  else
    respond_error (self, error);
}

static BmaLocalRequest
make_local_request (BmaDbusRequest *self)
{
  return (BmaLocalRequest){
    .scopes = (const char *const *) self->options->scopes,
    .resource = self->options->resource,
    .min_valid_s = self->options->min_valid_s,
    .correlation_id = self->options->correlation_id,
    .reason = self->options->reason,
    .prompt = self->options->prompt,
  };
}

static void
on_allowed_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusRequest) self = user_data;
  GError *error = NULL;
  g_autoptr (BmaLocalToken)
      token = bma_broker_get_token_finish (BMA_BROKER (source), result, &error);

  if (token != NULL)
    respond_token (self, token);
  else
    respond_error (self, error);
}

static void
get_token (BmaDbusRequest *self, GAsyncReadyCallback callback)
{
  BmaLocalRequest request = make_local_request (self);

  bma_broker_get_token_async (self->parts.broker, self->peer, &request, self->cancellable,
                              callback, g_object_ref (self));
}

static void
on_approval_resolved (BmaApproval *approval, gpointer user_data)
{
  g_autoptr (BmaDbusRequest) self = g_object_ref (user_data);
  const GError *error = bma_approval_get_error (approval);

  if (self->has_ended)
    return;
  switch (bma_approval_get_outcome (approval))
    {
    case BMA_APPROVAL_ALLOWED:
      if (self->is_sign_in)
        respond_empty (self, RESPONSE_DONE);
      else
        get_token (self, on_allowed_token);
      break;
    case BMA_APPROVAL_DENIED:
      respond_empty (self, RESPONSE_DENIED);
      break;
    case BMA_APPROVAL_FAILED:
    case BMA_APPROVAL_PENDING:
      respond_error (self,
                     error != NULL
                         ? g_error_copy (error)
                         : g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                                                "The question was not answered"));
      break;
    }
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusRequest) self = user_data;
  g_autoptr (GError) error = NULL;

  if (bma_uri_opener_open_finish (BMA_URI_OPENER (source), result, &error) ||
      self->has_ended)
    return;
  bma_log_notice ("browser", "No page for %s: %s", self->peer->app_id, error->message);
  /* The others were told the address and can show it to the person. */
  if (!bma_dbus_access_may_manage (self->peer))
    respond_error (self, g_error_new (BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                                      "No browser could be opened: %s", error->message));
}

/* A sandboxed program is not told the address: it could open the page itself and press
 * the button. */
static void
show_page (BmaDbusRequest *self, gboolean is_shown)
{
  g_autofree char *url = bma_approval_get_url (self->approval);
  GVariantDict hints;

  g_variant_dict_init (&hints, NULL);
  if (bma_dbus_access_may_manage (self->peer))
    g_variant_dict_insert (&hints, "url", "s", url);
  send_signal (self, "Progress",
               g_variant_new ("(s@a{sv})", "browser", g_variant_dict_end (&hints)), NULL);
  if (!is_shown)
    bma_uri_opener_open_async (self->parts.opener, url, self->options->parent_window,
                               self->options->activation_token, self->cancellable,
                               on_opened, g_object_ref (self));
}

static void
join_approval (BmaDbusRequest *self, BmaApproval *approval)
{
  int n_users = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (approval), USERS_KEY));

  g_object_set_data (G_OBJECT (approval), USERS_KEY, GINT_TO_POINTER (n_users + 1));
  self->approval = approval;
  g_signal_connect_object (approval, "resolved", G_CALLBACK (on_approval_resolved), self,
                           0);
  show_page (self, n_users > 0);
}

static void
ask (BmaDbusRequest *self)
{
  BmaLocalRequest request = make_local_request (self);
  GError *error = NULL;
  BmaApproval *approval =
      self->is_sign_in
          ? bma_broker_request_sign_in (self->parts.broker, self->peer, &error)
          : bma_broker_request_approval (self->parts.broker, self->peer, &request,
                                         &error);

  if (error != NULL)
    respond_error (self, error);
  else if (approval == NULL)
    respond_empty (self, RESPONSE_DONE);
  else
    join_approval (self, approval);
}

static void
on_first_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusRequest) self = user_data;
  GError *error = NULL;
  g_autoptr (BmaLocalToken)
      token = bma_broker_get_token_finish (BMA_BROKER (source), result, &error);

  if (token != NULL)
    {
      respond_token (self, token);
      return;
    }
  if (!self->has_ended &&
      (g_error_matches (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INTERACTION_REQUIRED) ||
       g_error_matches (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_NOT_SIGNED_IN)))
    {
      g_error_free (error);
      ask (self);
      return;
    }
  respond_error (self, error);
}

static gboolean
on_limit (gpointer user_data)
{
  g_autoptr (BmaDbusRequest) self = g_object_ref (user_data);

  self->limit_id = 0;
  respond_error (self, g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_TIMED_OUT,
                                            "The person did not answer in time"));
  return G_SOURCE_REMOVE;
}

/**
 * bma_dbus_request_new:
 * @parts: what it works with
 * @peer: who asks
 * @is_sign_in: whether it is about signing in only
 * @options: (transfer full): for what
 * @path: where it lives on the bus
 *
 * Returns: (transfer full): a request that has done nothing yet
 */
BmaDbusRequest *
bma_dbus_request_new (const BmaDbusParts *parts,
                      BmaPeer *peer,
                      gboolean is_sign_in,
                      BmaDbusOptions *options,
                      const char *path)
{
  BmaDbusRequest *self = g_object_new (BMA_TYPE_DBUS_REQUEST, NULL);

  bma_dbus_parts_copy (&self->parts, parts);
  self->peer = bma_peer_ref (peer);
  self->is_sign_in = is_sign_in;
  self->options = options;
  self->path = g_strdup (path);
  return self;
}

/**
 * bma_dbus_request_start:
 * @self: a request whose path the caller has been told
 * @twin: (nullable): another request of the caller that asks the person the same
 *
 * Gives the token if that is possible at once, else asks the person.
 */
void
bma_dbus_request_start (BmaDbusRequest *self, BmaDbusRequest *twin)
{
  unsigned int lifetime_ms = self->parts.request_lifetime_ms;

  g_return_if_fail (BMA_IS_DBUS_REQUEST (self) && self->limit_id == 0);

  self->limit_id =
      g_timeout_add (lifetime_ms > 0 ? lifetime_ms : BMA_DBUS_REQUEST_LIFETIME_MS,
                     on_limit, self);
  if (twin != NULL)
    join_approval (self, g_object_ref (twin->approval));
  else if (self->is_sign_in || g_strcmp0 (self->options->prompt, "consent") == 0 ||
           g_strcmp0 (self->options->prompt, "login") == 0)
    ask (self);
  else
    get_token (self, on_first_token);
}

/**
 * bma_dbus_request_close:
 * @self: a request
 *
 * Ends it without a Response.
 */
void
bma_dbus_request_close (BmaDbusRequest *self)
{
  g_return_if_fail (BMA_IS_DBUS_REQUEST (self));

  end (self);
}

/**
 * bma_dbus_request_get_path:
 * @self: a request
 *
 * Returns: (transfer none): where it lives on the bus
 */
const char *
bma_dbus_request_get_path (BmaDbusRequest *self)
{
  return self->path;
}

/**
 * bma_dbus_request_get_sender:
 * @self: a request
 *
 * Returns: (transfer none): the bus name of who asks
 */
const char *
bma_dbus_request_get_sender (BmaDbusRequest *self)
{
  return self->peer->sender;
}

/**
 * bma_dbus_request_is_twin:
 * @self: a request that is under way
 * @other: a new request of the same caller
 *
 * Returns: whether the person is being asked for @self what @other would ask
 */
gboolean
bma_dbus_request_is_twin (BmaDbusRequest *self, BmaDbusRequest *other)
{
  return self != other && self->approval != NULL &&
         bma_approval_get_outcome (self->approval) == BMA_APPROVAL_PENDING &&
         self->is_sign_in == other->is_sign_in &&
         g_strv_equal ((const char *const *) self->options->scopes,
                       (const char *const *) other->options->scopes) &&
         g_strcmp0 (self->options->resource, other->options->resource) == 0 &&
         g_strcmp0 (self->options->reason, other->options->reason) == 0;
}
