/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bridge-private.h"

#include <string.h>

#define OWN_ID "biomcp-auth:%u"

/* One of our own. */
static BmaMessage *
make_message (const char *text)
{
  const char *problem = NULL;
  int code = 0;
  BmaMessage *message = bma_message_parse (text, strlen (text), &code, &problem);

  g_assert (message != NULL);
  return message;
}

/* The program begins a session; another one that it had is over. */
void
bma_bridge_note_start (BmaBridge *self, const BmaMessage *initialize)
{
  BmaJsonPeek params = bma_message_find (initialize, (const char *[]){ "params", NULL });

  g_free (self->init_params);
  self->init_params = params.length > 0 ? g_strndup (params.at, params.length)
                                        : g_strdup ("{}");
  if (self->listener != NULL)
    {
      BmaCall *listener = self->listener;

      bma_call_cancel (listener);
      bma_bridge_remove (self, listener);
    }
  g_clear_pointer (&self->session_id, g_free);
  g_clear_pointer (&self->version, g_free);
  self->state = BMA_BRIDGE_STARTING;
}

static char *
dup_version (const BmaMessage *answer)
{
  BmaJsonPeek value =
      bma_message_find (answer, (const char *[]){ "result", "protocolVersion", NULL });

  return bma_json_peek_dup_string (&value);
}

void
bma_bridge_note_started (BmaBridge *self, const BmaMessage *answer)
{
  g_free (self->version);
  self->version = dup_version (answer);
  if (self->state == BMA_BRIDGE_STARTING)
    self->state = BMA_BRIDGE_OPEN;
}

/* What the server says by itself (MCP 2025-11-25, section "Listening for Messages"). */
void
bma_bridge_listen (BmaBridge *self)
{
  if (self->listener == NULL && self->version != NULL)
    bma_bridge_add (self, BMA_CALL_LISTEN, NULL);
}

/* The session of @call is gone. Whoever notices first has a new one made. */
void
bma_bridge_park (BmaBridge *self, BmaCall *call)
{
  g_autofree char *text = NULL;

  g_clear_pointer (&call->last_event_id, g_free);
  /* Somebody else has made one since it was sent. */
  if (g_strcmp0 (call->session_id, self->session_id) != 0 &&
      self->state != BMA_BRIDGE_RENEWING)
    {
      bma_call_start (call);
      return;
    }
  g_ptr_array_add (self->parked, bma_call_ref (call));
  if (self->state == BMA_BRIDGE_RENEWING)
    return;
  g_printerr (
      "biomcp-auth: The MCP server has forgotten the session; making a new one\n");
  self->state = BMA_BRIDGE_RENEWING;
  g_free (self->lost_id);
  self->lost_id = g_steal_pointer (&self->session_id);
  text = g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"id\":\"" OWN_ID
                          "\",\"method\":\"initialize\",\"params\":%s}",
                          ++self->n_own, self->init_params);
  bma_bridge_add (self, BMA_CALL_RENEWAL, make_message (text));
}

/* The program believes in its old session, so the new one has to be like it. */
void
bma_bridge_take_renewed (BmaBridge *self, BmaCall *call, const BmaMessage *answer)
{
  g_autofree char *version = dup_version (answer);

  if (version == NULL || g_strcmp0 (version, self->version) != 0)
    {
      bma_bridge_end_renewal (self, "The MCP server has changed: connect again");
      return;
    }
  bma_bridge_add (self, BMA_CALL_RENEWAL,
                  make_message ("{\"jsonrpc\":\"2.0\",\"method\":"
                                "\"notifications/initialized\"}"));
}

/* Our "initialize" failed, or our "notifications/initialized" is through. */
void
bma_bridge_end_renewal (BmaBridge *self, const char *problem)
{
  g_autoptr (GPtrArray) parked = NULL;

  if (self->state != BMA_BRIDGE_RENEWING)
    return;
  parked = self->parked;
  self->parked = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_call_unref);
  self->state = BMA_BRIDGE_OPEN;
  /* The next request finds out that it is gone, and tries again. */
  if (problem != NULL && self->session_id == NULL)
    self->session_id = g_steal_pointer (&self->lost_id);
  for (unsigned int i = 0; i < parked->len; i++)
    {
      BmaCall *call = parked->pdata[i];

      if (call->is_over)
        continue;
      if (problem == NULL)
        bma_call_start (call);
      else
        call->watch->on_over (call, problem, call->user_data);
    }
}
