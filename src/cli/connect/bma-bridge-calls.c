/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bridge-private.h"

#include "bma-text.h"

#define MAX_SHOWN_CHARS 600

/* A response that nobody waits for is one that came twice, or that was cancelled. */
static void
take_response (BmaBridge *self, const BmaMessage *message)
{
  BmaCall *call = message->key != NULL ? g_hash_table_lookup (self->pending, message->key)
                                       : NULL;

  if (call == NULL)
    return;
  bma_bridge_answer (self, call);
  if (call->purpose == BMA_CALL_RENEWAL)
    {
      bma_bridge_take_renewed (self, call, message);
      return;
    }
  self->watch->on_line (message->text, message->length, self->user_data);
  if (bma_message_is (call->message, "initialize"))
    bma_bridge_note_started (self, message);
  else if (bma_message_is (call->message, "tools/list"))
    bma_param_headers_learn (self->param_headers, message);
  bma_bridge_start_waiting (self);
  bma_bridge_check_end (self, call);
}

static void
on_message (BmaCall *call, const char *text, size_t length, gpointer user_data)
{
  BmaBridge *self = user_data;
  const char *problem = NULL;
  int code = 0;
  g_autoptr (BmaMessage) message = bma_message_parse (text, length, &code, &problem);

  if (message == NULL)
    g_printerr ("biomcp-auth: A message of the MCP server is left out: %s\n", problem);
  else if (message->kind == BMA_MESSAGE_RESPONSE)
    take_response (self, message);
  else
    self->watch->on_line (message->text, message->length, self->user_data);
}

static void
end_renewal_step (BmaBridge *self, BmaCall *call, const char *problem)
{
  if (problem == NULL && !call->is_answered && bma_call_wants_answer (call))
    problem = "The MCP server gave no new session";
  if (problem != NULL || !bma_call_wants_answer (call))
    bma_bridge_end_renewal (self, problem);
}

/* Part of it may be the server's words, for a terminal. */
static void
complain (const BmaCall *call, const char *problem)
{
  const char *method = call->message != NULL && call->message->method != NULL
                           ? call->message->method
                           : "answer";
  g_autofree char *text = g_strdup_printf ("%s: %s", method, problem);
  g_autofree char *shown = bma_text_display (text, MAX_SHOWN_CHARS);

  g_printerr ("biomcp-auth: %s\n", shown);
}

static void
on_over (BmaCall *call, const char *problem, gpointer user_data)
{
  BmaBridge *self = user_data;
  g_autoptr (BmaCall) kept = bma_call_ref (call);
  gboolean is_unanswered = bma_call_wants_answer (call) && !call->is_answered;

  if (problem != NULL)
    complain (call, problem);
  if (call->purpose == BMA_CALL_RENEWAL)
    end_renewal_step (self, call, problem);
  else if (is_unanswered)
    bma_bridge_say_error (self, call->message->id, BMA_MESSAGE_FAILED,
                          problem != NULL ? problem : "The MCP server gave no answer");
  if (call->purpose == BMA_CALL_MESSAGE && is_unanswered &&
      bma_message_is (call->message, "initialize"))
    self->state = BMA_BRIDGE_OPEN;
  if (self->state == BMA_BRIDGE_TELLING &&
      bma_message_is (call->message, "notifications/initialized"))
    {
      self->state = BMA_BRIDGE_OPEN;
      bma_bridge_listen (self);
    }
  bma_bridge_remove (self, call);
  bma_bridge_check_end (self, call);
}

static void
on_session (BmaCall *call, const char *session_id, gpointer user_data)
{
  BmaBridge *self = user_data;

  if (!bma_message_is (call->message, "initialize") || call->is_resuming)
    return;
  g_free (self->session_id);
  self->session_id = g_strdup (session_id);
}

static void
on_session_gone (BmaCall *call, gpointer user_data)
{
  bma_bridge_park (user_data, call);
}

static void
get_session (BmaCall *call,
             const char **session_id,
             const char **version,
             gpointer user_data)
{
  BmaBridge *self = user_data;
  const BmaMessage *message = call->message;

  *session_id = NULL;
  *version = NULL;
  if (message != NULL && message->version != NULL)
    *version = message->version;
  else if (bma_message_is (message, "initialize") && !call->is_resuming)
    return;
  else
    {
      *session_id = self->session_id;
      *version = self->version != NULL ? self->version : self->modern_version;
    }
}

static char *
get_fields (BmaCall *call, gpointer user_data)
{
  BmaBridge *self = user_data;
  const BmaMessage *message = call->message;

  if (!bma_message_is (message, "tools/call") || message->version == NULL)
    return NULL;
  return bma_param_headers_make (self->param_headers, message);
}

void
bma_bridge_add (BmaBridge *self, BmaCallPurpose purpose, BmaMessage *message)
{
  static const BmaCallWatch watch = { get_session, get_fields, on_message,
                                      on_session,  on_over,    on_session_gone };
  BmaCall *call = bma_call_new (purpose, message, self->gateway, &watch, self);

  g_ptr_array_add (self->calls, call);
  if (bma_call_wants_answer (call))
    g_hash_table_insert (self->pending, message->key, call);
  if (purpose == BMA_CALL_LISTEN)
    self->listener = call;
  bma_call_pause (call, self->is_paused);
  bma_call_start (call);
}
