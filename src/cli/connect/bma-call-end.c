/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-call.h"

#include <string.h>

#include "bma-cli-client.h"
#include "bma-json-scan.h"

#define PATIENCE_US (30 * G_USEC_PER_SEC)
/* A stream that lasted so long was a good one. */
#define GOOD_US (5 * G_USEC_PER_SEC)

#define LOST                                                                             \
  "The connection to the MCP server was lost, and nobody can know whether the request "  \
  "was carried out. It was not sent again."

static void
over (BmaCall *self, const char *problem)
{
  self->is_over = TRUE;
  self->watch->on_over (self, problem, self->user_data);
}

static gboolean
on_delay_over (gpointer user_data)
{
  BmaCall *self = user_data;

  self->timer_id = 0;
  bma_call_start (self);
  return G_SOURCE_REMOVE;
}

static void
start_later (BmaCall *self, int64_t delay_ms)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->timer_id =
      g_timeout_add ((unsigned int) MIN (delay_ms, 60 * 1000), on_delay_over, self);
}

static void
note_failure (BmaCall *self)
{
  int64_t now_us = g_get_monotonic_time ();

  if (self->head_us != 0 && now_us - self->head_us > GOOD_US)
    {
      self->failing_since_us = 0;
      self->n_tries = 0;
    }
  if (self->failing_since_us == 0)
    self->failing_since_us = now_us;
  self->n_tries++;
}

static gboolean
is_patient (const BmaCall *self)
{
  return self->purpose == BMA_CALL_LISTEN ||
         g_get_monotonic_time () - self->failing_since_us < PATIENCE_US;
}

/* A text at @path of the body, if it is JSON. */
static BmaJsonPeek
find_in_body (const BmaCall *self, const char *name)
{
  static const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  BmaJsonPeek root = { NULL, 0 };
  BmaJsonPeek key = { NULL, 0 };
  BmaJsonPeek value = { NULL, 0 };
  const char *problem = NULL;

  if (!bma_json_scan (self->body->str, self->body->len, &limits, &problem))
    return value;
  root = bma_json_peek_root (self->body->str, self->body->len);
  while (bma_json_peek_next (&root, &key, &value))
    if (key.length == strlen (name) + 2 && strncmp (key.at + 1, name, strlen (name)) == 0)
      return value;
  return (BmaJsonPeek){ NULL, 0 };
}

static gboolean
is_error_message (const BmaCall *self)
{
  BmaJsonPeek version = find_in_body (self, "jsonrpc");
  BmaJsonPeek error = find_in_body (self, "error");

  return version.length > 0 && bma_json_peek_get_kind (&error) == '{';
}

static gboolean
says_session (const BmaCall *self)
{
  g_autofree char *body = g_ascii_strdown (self->body->str, (gssize) self->body->len);

  return strstr (body, "session") != NULL;
}

/* scope="..." of the challenge (RFC 6750, section 3). */
static char **
dup_wanted_scopes (const BmaCall *self)
{
  const char *challenge = bma_answer_get_header (bma_exchange_get_answer (self->exchange),
                                                 "www-authenticate");
  const char *start = challenge != NULL &&
                              strstr (challenge, "insufficient_scope") != NULL
                          ? strstr (challenge, "scope=\"")
                          : NULL;
  g_autofree char *scopes = NULL;

  if (start == NULL)
    return NULL;
  start += strlen ("scope=\"");
  scopes = g_strndup (start, strcspn (start, "\""));
  return *scopes != '\0' ? g_strsplit (scopes, " ", -1) : NULL;
}

static char *
describe_refusal (const BmaCall *self)
{
  BmaJsonPeek value = find_in_body (self, "error_description");
  g_autofree char *text = bma_json_peek_dup_string (&value);

  return g_strdup_printf ("The MCP server refused it: HTTP %u%s%s",
                          bma_answer_get_status (
                              bma_exchange_get_answer (self->exchange)),
                          text != NULL ? ", " : "", text != NULL ? text : "");
}

static void
on_stepped_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaCall) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *what = NULL;

  if (bma_gateway_ask_finish (BMA_GATEWAY (source), result, &error))
    {
      if (!self->is_over)
        bma_call_start (self);
      return;
    }
  what = bma_cli_client_describe (error);
  if (!self->is_over)
    over (self, what);
}

static void
step_up (BmaCall *self)
{
  g_auto (GStrv) scopes = dup_wanted_scopes (self);

  self->was_stepped_up = TRUE;
  bma_gateway_ask_async (self->gateway, (const char *const *) scopes, self->cancellable,
                         on_stepped_up, bma_call_ref (self));
}

/* The server's error, but with the id of the request. */
static void
deliver (BmaCall *self)
{
  BmaJsonPeek error = find_in_body (self, "error");
  g_autofree char *raw = g_strndup (error.at, error.length);
  g_autofree char *text = g_strconcat ("{\"jsonrpc\":\"2.0\",\"id\":", self->message->id,
                                       ",\"error\":", raw, "}", NULL);

  self->watch->on_message (self, text, strlen (text), self->user_data);
  over (self, NULL);
}

static void
resume (BmaCall *self)
{
  self->is_resuming = self->purpose != BMA_CALL_LISTEN;
  start_later (self, MAX (self->retry_ms, bma_outcome_delay_ms (self->n_tries)));
}

static void
carry_out (BmaCall *self, BmaOutcome outcome, const char *problem)
{
  g_autofree char *refusal = NULL;

  if (outcome != BMA_OUTCOME_RESUME)
    {
      self->is_resuming = FALSE;
      g_clear_pointer (&self->last_event_id, g_free);
    }
  switch (outcome)
    {
    case BMA_OUTCOME_DONE:
      over (self, NULL);
      return;
    case BMA_OUTCOME_DELIVER:
      deliver (self);
      return;
    case BMA_OUTCOME_AGAIN:
      start_later (self, bma_outcome_delay_ms (self->n_tries));
      return;
    case BMA_OUTCOME_REOPEN:
      self->was_reopened = TRUE;
      bma_gateway_drop_idle (self->gateway);
      bma_call_start (self);
      return;
    case BMA_OUTCOME_RESUME:
      resume (self);
      return;
    case BMA_OUTCOME_RENEW:
      self->was_renewed = TRUE;
      self->watch->on_session_gone (self, self->user_data);
      return;
    case BMA_OUTCOME_STEP_UP:
      step_up (self);
      return;
    case BMA_OUTCOME_LOST:
      refusal = g_strconcat (LOST, problem != NULL ? " Why: " : NULL, problem, NULL);
      over (self, refusal);
      return;
    default:
      refusal = problem == NULL ? describe_refusal (self) : NULL;
      over (self, problem != NULL ? problem : refusal);
      return;
    }
}

/* Of the service: it did not reach the MCP server, or did not let it pass. */
static gboolean
was_not_begun (const BmaCall *self, unsigned int status)
{
  const BmaAnswer *answer = bma_exchange_get_answer (self->exchange);

  return status == 429 ||
         (status == 502 && bma_answer_get_header (answer, "retry-after") != NULL);
}

static BmaOutcome
decide (BmaCall *self, unsigned int status)
{
  gboolean is_refused = status >= 300;
  g_auto (GStrv) scopes = is_refused ? dup_wanted_scopes (self) : NULL;

  return bma_outcome_decide (&(BmaOutcomeFacts){
      .status = status,
      .wants_answer = bma_call_wants_answer (self),
      .is_answered = self->is_answered,
      .may_repeat = bma_message_may_repeat (self->message),
      .was_not_begun = was_not_begun (self, status),
      .was_sent = self->is_resuming || bma_exchange_was_sent (self->exchange),
      .is_resuming = self->is_resuming,
      .has_event_id = self->last_event_id != NULL,
      .had_session = self->session_id != NULL,
      .says_session = is_refused && says_session (self),
      .is_error_message = is_refused && bma_call_wants_answer (self) &&
                          is_error_message (self),
      .wants_scope = scopes != NULL,
      .was_renewed = self->was_renewed,
      .was_reopened = self->was_reopened,
      .was_stepped_up = self->was_stepped_up,
      .is_patient = status / 100 == 2 && self->last_event_id != NULL ? TRUE
                                                                     : is_patient (self),
  });
}

/* What the server says by itself: it need not, but if it does it is listened to. */
static void
end_listening (BmaCall *self, unsigned int status)
{
  if (self->session_id != NULL && status == 404)
    self->watch->on_session_gone (self, self->user_data);
  else if (status >= 400 && status < 500 && status != 401 && status != 429)
    over (self, NULL);
  else
    resume (self);
}

static void
note_place (BmaCall *self)
{
  const char *id = self->sse != NULL ? bma_sse_get_last_id (self->sse) : NULL;

  if (id != NULL)
    {
      g_free (self->last_event_id);
      self->last_event_id = g_strdup (id);
    }
  if (self->sse != NULL && bma_sse_get_retry_ms (self->sse) >= 0)
    self->retry_ms = bma_sse_get_retry_ms (self->sse);
}

/**
 * bma_call_end_exchange:
 * @self: a call
 * @error: (nullable): why the answer is not complete
 *
 * An exchange is over: finds out what that means.
 */
void
bma_call_end_exchange (BmaCall *self, const GError *error)
{
  const BmaAnswer *answer = bma_exchange_get_answer (self->exchange);
  unsigned int status = bma_answer_get_status (answer);
  GIOStream *connection = error == NULL ? bma_exchange_take_connection (self->exchange)
                                        : NULL;

  if (connection != NULL)
    bma_gateway_give_back (self->gateway, connection);
  note_place (self);
  note_failure (self);
  /* Half a head or half a refusal says nothing. */
  if (error != NULL && status / 100 != 2)
    status = 0;
  if (error == NULL && status / 100 == 2 && self->sse == NULL && self->body->len > 0 &&
      bma_call_wants_answer (self))
    self->watch->on_message (self, self->body->str, self->body->len, self->user_data);
  if (self->is_over)
    return;
  if (self->purpose == BMA_CALL_LISTEN)
    end_listening (self, status);
  else if (self->purpose == BMA_CALL_DELETE)
    over (self, NULL);
  else if (self->is_too_long && !self->is_answered)
    over (self, "The MCP server sent a message that is too long");
  else
    carry_out (self, decide (self, status), error != NULL ? error->message : NULL);
}

/**
 * bma_call_end_open:
 * @self: a call
 * @error: why there is no connection
 *
 * Tries again if that can help.
 */
void
bma_call_end_open (BmaCall *self, const GError *error)
{
  g_autofree char *what = NULL;

  note_failure (self);
  if (self->purpose == BMA_CALL_LISTEN ||
      (bma_gateway_may_try_again (error) && is_patient (self)))
    {
      start_later (self, bma_outcome_delay_ms (self->n_tries));
      return;
    }
  what = bma_cli_client_describe (error);
  if (self->is_resuming)
    over (self, LOST);
  else
    over (self, what);
}
