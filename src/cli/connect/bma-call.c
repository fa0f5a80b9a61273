/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-call.h"

#include "bma-request-head.h"

#define SILENCE_S     (15 * 60)
#define END_SILENCE_S 5
/* Some servers only repeat what was missed, and then have to be asked again. */
#define RESUMED_SILENCE_S 5
/* After the answer, for the stream to end by itself. */
#define DRAIN_S 5

/**
 * bma_call_new:
 * @purpose: what it is for
 * @message: (transfer full) (nullable): what to send
 * @gateway: where the connections come from
 * @watch: (scope forever): what to ask and tell
 * @user_data: for @watch
 *
 * Returns: (transfer full): a call that is not begun
 */
BmaCall *
bma_call_new (BmaCallPurpose purpose,
              BmaMessage *message,
              BmaGateway *gateway,
              const BmaCallWatch *watch,
              gpointer user_data)
{
  BmaCall *self = g_rc_box_new0 (BmaCall);

  self->purpose = purpose;
  self->message = message;
  self->gateway = g_object_ref (gateway);
  self->watch = watch;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->body = g_string_new (NULL);
  self->retry_ms = -1;
  return self;
}

/**
 * bma_call_ref:
 * @self: a call
 *
 * Returns: (transfer full): the same call
 */
BmaCall *
bma_call_ref (BmaCall *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  BmaCall *self = data;

  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_pointer (&self->message, bma_message_free);
  g_clear_object (&self->gateway);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->exchange);
  g_clear_pointer (&self->sse, bma_sse_free);
  g_string_free (self->body, TRUE);
  g_free (self->session_id);
  g_free (self->last_event_id);
}

/**
 * bma_call_unref:
 * @self: (transfer full): a call
 *
 * Lets go of it.
 */
void
bma_call_unref (BmaCall *self)
{
  g_rc_box_release_full (self, clear);
}

/**
 * bma_call_wants_answer:
 * @self: a call
 *
 * Returns: whether the server has to answer its message
 */
gboolean
bma_call_wants_answer (const BmaCall *self)
{
  return self->message != NULL && self->message->kind == BMA_MESSAGE_REQUEST;
}

static gboolean
on_drained (gpointer user_data)
{
  BmaCall *self = user_data;

  self->timer_id = 0;
  if (self->exchange != NULL)
    bma_exchange_break (self->exchange, "The stream did not end after the answer");
  return G_SOURCE_REMOVE;
}

/**
 * bma_call_drain:
 * @self: a call
 *
 * It is answered, or nobody wants the answer: what is left is given a moment.
 */
void
bma_call_drain (BmaCall *self)
{
  if (self->timer_id == 0 && !self->is_over)
    self->timer_id = g_timeout_add_seconds (DRAIN_S, on_drained, self);
}

static void
on_event (const char *type, const char *data, size_t n_bytes, gpointer user_data)
{
  BmaCall *self = user_data;

  if (self->is_over || n_bytes == 0 || !g_str_equal (type, "message"))
    return;
  self->watch->on_message (self, data, n_bytes, self->user_data);
  if (self->is_answered)
    bma_call_drain (self);
}

static void
on_head (const BmaAnswer *answer, gpointer user_data)
{
  BmaCall *self = user_data;
  const char *session_id = bma_answer_get_header (answer, "mcp-session-id");

  if (bma_answer_get_status (answer) / 100 != 2)
    return;
  self->head_us = g_get_monotonic_time ();
  if (session_id != NULL)
    self->watch->on_session (self, session_id, self->user_data);
  if (bma_answer_is_type (answer, "text/event-stream"))
    self->sse = bma_sse_new (BMA_MESSAGE_MAX_BYTES);
}

static void
on_body (const char *bytes, size_t n_bytes, gpointer user_data)
{
  g_autoptr (BmaCall) self = bma_call_ref (user_data);

  if (self->sse != NULL)
    self->is_too_long = !bma_sse_feed (self->sse, bytes, n_bytes, on_event, self);
  else if (self->body->len + n_bytes > BMA_MESSAGE_MAX_BYTES)
    self->is_too_long = TRUE;
  else
    g_string_append_len (self->body, bytes, (gssize) n_bytes);
  if (self->is_too_long && self->exchange != NULL)
    bma_exchange_break (self->exchange, "The server sent a message that is too long");
}

static void
on_end (const GError *error, gpointer user_data)
{
  g_autoptr (BmaCall) self = bma_call_ref (user_data);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  bma_call_end_exchange (self, error);
}

static const char *
get_method (const BmaCall *self)
{
  if (self->purpose == BMA_CALL_DELETE)
    return "DELETE";
  return self->purpose == BMA_CALL_LISTEN || self->is_resuming ? "GET" : "POST";
}

static unsigned int
get_silence_s (const BmaCall *self)
{
  if (self->purpose == BMA_CALL_DELETE)
    return END_SILENCE_S;
  if (self->is_resuming)
    return RESUMED_SILENCE_S;
  if (self->purpose == BMA_CALL_LISTEN ||
      bma_message_is (self->message, "subscriptions/listen"))
    return 0;
  return SILENCE_S;
}

static GBytes *
make_request (BmaCall *self)
{
  gboolean has_body = !self->is_resuming && self->message != NULL;
  const char *session_id = NULL;
  const char *version = NULL;
  g_autofree char *fields = NULL;

  self->watch->get_session (self, &session_id, &version, self->user_data);
  g_free (self->session_id);
  self->session_id = g_strdup (session_id);
  fields = self->watch->get_fields (self, self->user_data);
  return bma_request_head_make_request (&(BmaRequestHead){
      .method = get_method (self),
      .host = bma_gateway_get_host (self->gateway),
      .target = bma_gateway_get_target (self->gateway),
      .session_id = self->session_id,
      .version = version,
      .last_event_id = has_body ? NULL : self->last_event_id,
      .message = has_body ? self->message : NULL,
      .fields = fields,
  });
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const BmaExchangeWatch watch = { on_head, on_body, on_end };
  g_autoptr (BmaCall) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream)
      connection = bma_gateway_open_finish (BMA_GATEWAY (source), result, &error);
  g_autoptr (GBytes) request = NULL;

  if (self->is_over)
    {
      if (connection != NULL)
        bma_gateway_give_back (self->gateway, g_steal_pointer (&connection));
      return;
    }
  if (connection == NULL)
    {
      bma_call_end_open (self, error);
      return;
    }
  request = make_request (self);
  self->exchange =
      bma_exchange_start (connection, request, get_silence_s (self), &watch, self);
  bma_exchange_pause (self->exchange, self->is_paused);
}

static BmaGatewayEffort
get_effort (const BmaCall *self)
{
  if (self->purpose == BMA_CALL_MESSAGE)
    return bma_call_wants_answer (self) ? BMA_GATEWAY_ASK : BMA_GATEWAY_START;
  return self->purpose == BMA_CALL_RENEWAL ? BMA_GATEWAY_START : BMA_GATEWAY_IF_RUNNING;
}

/**
 * bma_call_start:
 * @self: a call with nothing under way
 *
 * Sends it, also again.
 */
void
bma_call_start (BmaCall *self)
{
  g_clear_object (&self->exchange);
  g_clear_pointer (&self->sse, bma_sse_free);
  g_string_truncate (self->body, 0);
  self->head_us = 0;
  bma_gateway_open_async (self->gateway, get_effort (self), self->cancellable, on_opened,
                          bma_call_ref (self));
}

/**
 * bma_call_cancel:
 * @self: a call
 *
 * Nobody wants it any more. Nothing is told.
 */
void
bma_call_cancel (BmaCall *self)
{
  self->is_over = TRUE;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->exchange != NULL)
    bma_exchange_cancel (self->exchange);
  g_cancellable_cancel (self->cancellable);
}

/**
 * bma_call_pause:
 * @self: a call
 * @is_paused: whether to take no more messages
 *
 * Lets the server wait.
 */
void
bma_call_pause (BmaCall *self, gboolean is_paused)
{
  self->is_paused = is_paused;
  if (self->exchange != NULL && !self->is_over)
    bma_exchange_pause (self->exchange, is_paused);
}

/**
 * bma_call_break:
 * @self: a call
 * @why: for a person
 *
 * What is under way is no good.
 */
void
bma_call_break (BmaCall *self, const char *why)
{
  if (self->exchange != NULL && !self->is_over)
    bma_exchange_break (self->exchange, why);
}
