/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-request-private.h"

#include "bma-dbus-access.h"
#include "bma-dbus-pairing.h"
#include "bma-log.h"

G_DEFINE_FINAL_TYPE (BmaDbusRequest, bma_dbus_request, G_TYPE_OBJECT)

/* The question is taken back when the last who waits for it goes. */
static void
leave_approval (BmaDbusRequest *self)
{
  g_autoptr (BmaApproval) approval = g_steal_pointer (&self->approval);

  if (approval == NULL)
    return;
  g_signal_handlers_disconnect_by_data (approval, self);
  bma_approval_leave (approval, self->peer->sender);
}

void
bma_dbus_request_end (BmaDbusRequest *self)
{
  if (self->has_ended)
    return;
  self->has_ended = TRUE;
  bma_broker_release (self->parts.broker);
  g_clear_handle_id (&self->limit_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  leave_approval (self);
  bma_dbus_request_forget_outcome (self);
  g_signal_emit_by_name (self, "ended");
}

static void
bma_dbus_request_dispose (GObject *object)
{
  BmaDbusRequest *self = BMA_DBUS_REQUEST (object);

  if (!self->has_ended && self->parts.broker != NULL)
    bma_broker_release (self->parts.broker);
  self->has_ended = TRUE;
  g_clear_handle_id (&self->limit_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  leave_approval (self);
  bma_dbus_request_forget_outcome (self);
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
  g_clear_pointer (&self->pairing_key, bma_secret_unref);
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

static BmaLocalRequest
make_local_request (BmaDbusRequest *self)
{
  return (BmaLocalRequest){
    .scopes = (const char *const *) self->options->scopes,
    .resource = self->options->resource,
    .min_valid_s = self->options->min_valid_s,
    .max_valid_s = self->options->max_valid_s,
    .tie = self->options->tie,
    .correlation_id = self->options->correlation_id,
    .reason = self->options->reason,
    .prompt = self->options->prompt,
    .wants_pairing = self->options->pair,
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
    bma_dbus_request_respond_token (self, token);
  else
    bma_dbus_request_respond_error (self, error);
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
        bma_dbus_request_respond_empty (self, RESPONSE_DONE);
      else
        {
          self->pairing_key = bma_approval_take_pairing_key (approval);
          bma_dbus_pairing_learn (self->parts.resolver, &self->peer, self->pairing_key);
          get_token (self, on_allowed_token);
        }
      break;
    case BMA_APPROVAL_DENIED:
      bma_dbus_request_respond_empty (self, RESPONSE_DENIED);
      break;
    case BMA_APPROVAL_FAILED:
    case BMA_APPROVAL_PENDING:
      bma_dbus_request_respond_error (
          self, error != NULL
                    ? g_error_copy (error)
                    : g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                                           "The question was not answered"));
      break;
    }
}

/* A sandboxed program is not told the address: it could open the page itself and press
 * the button. */
static void
tell_stage (BmaDbusRequest *self)
{
  g_autofree char *url = bma_approval_get_url (self->approval);
  GVariantDict hints;

  g_variant_dict_init (&hints, NULL);
  if (bma_dbus_access_may_manage (self->peer))
    g_variant_dict_insert (&hints, "url", "s", url);
  self->has_told_stage = TRUE;
  bma_dbus_request_send_signal (self, "Progress",
                                g_variant_new ("(s@a{sv})",
                                               bma_approval_get_stage (self->approval),
                                               g_variant_dict_end (&hints)),
                                NULL);
}

static void
on_approval_staged (BmaApproval *approval, gpointer user_data)
{
  tell_stage (user_data);
}

/* Only programs that could open a browser themselves are believed without more. */
static BmaDbusAct
make_act (BmaDbusRequest *self)
{
  const BmaDbusOptions *options = self->options;

  return (BmaDbusAct){
    .parent_window = options->parent_window,
    .activation_token = options->activation_token,
    .has_acted = options->activation_token != NULL || *options->parent_window != '\0' ||
                 (options->person_acted && bma_dbus_access_may_manage (self->peer)),
  };
}

static void
join_approval (BmaDbusRequest *self, BmaApproval *approval)
{
  const BmaDbusAct act = make_act (self);

  self->approval = approval;
  g_signal_connect_object (approval, "resolved", G_CALLBACK (on_approval_resolved), self,
                           0);
  g_signal_connect_object (approval, "staged", G_CALLBACK (on_approval_staged), self, 0);
  bma_dbus_prompter_ask (self->parts.prompter, approval, self->peer, &act);
  if (!self->has_ended && !self->has_told_stage &&
      bma_approval_get_stage (approval) != NULL)
    tell_stage (self);
}

/* Nobody need sign in; but who came for that may have come to see what is open. */
static void
finish_sign_in (BmaDbusRequest *self)
{
  const BmaDbusAct act = make_act (self);

  if (act.has_acted && bma_dbus_access_may_manage (self->peer))
    bma_dbus_prompter_look (self->parts.prompter, &act);
  bma_dbus_request_respond_empty (self, RESPONSE_DONE);
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
    bma_dbus_request_respond_error (self, error);
  else if (approval == NULL)
    finish_sign_in (self);
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
      bma_dbus_request_respond_token (self, token);
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
  bma_dbus_request_respond_error (self, error);
}

static gboolean
on_limit (gpointer user_data)
{
  g_autoptr (BmaDbusRequest) self = g_object_ref (user_data);

  self->limit_id = 0;
  if (self->approval != NULL &&
      g_strcmp0 (bma_approval_get_stage (self->approval), "waiting") != 0)
    bma_broker_put_off (self->parts.broker, self->approval, NULL);
  bma_dbus_request_respond_error (
      self, g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_TIMED_OUT,
                                 "The person did not answer in time"));
  bma_dbus_request_end (self);
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
  bma_broker_hold (self->parts.broker);
  self->peer = bma_peer_ref (peer);
  self->is_sign_in = is_sign_in;
  self->options = options;
  self->path = g_strdup (path);
  return self;
}

/**
 * bma_dbus_request_start:
 * @self: a request whose path the caller has been told
 *
 * Gives the token if that is possible at once, else asks the person.
 */
void
bma_dbus_request_start (BmaDbusRequest *self)
{
  unsigned int lifetime_ms = self->parts.request_lifetime_ms;

  g_return_if_fail (BMA_IS_DBUS_REQUEST (self) && self->limit_id == 0);

  self->limit_id =
      g_timeout_add (lifetime_ms > 0 ? lifetime_ms : BMA_DBUS_REQUEST_LIFETIME_MS,
                     on_limit, self);
  if (self->is_sign_in || g_strcmp0 (self->options->prompt, "consent") == 0 ||
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

  bma_dbus_request_end (self);
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
