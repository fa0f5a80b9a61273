/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bridge-private.h"

#define DELETE_LIMIT_S 2

static gboolean
on_ended (gpointer user_data)
{
  BmaBridge *self = user_data;

  self->end_id = 0;
  self->watch->on_ended (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
end_in_s (BmaBridge *self, unsigned int limit_s)
{
  g_clear_handle_id (&self->end_id, g_source_remove);
  self->end_id = limit_s > 0 ? g_timeout_add_seconds (limit_s, on_ended, self)
                             : g_idle_add (on_ended, self);
}

static void
cancel_everything (BmaBridge *self)
{
  while (self->calls->len > 0)
    {
      g_autoptr (BmaCall) call = bma_call_ref (self->calls->pdata[0]);

      bma_call_cancel (call);
      bma_bridge_remove (self, call);
    }
}

/* A session that nobody uses any more is ended (MCP 2025-11-25, session management). */
static void
end_now (BmaBridge *self)
{
  self->is_over = TRUE;
  cancel_everything (self);
  if (self->session_id != NULL)
    bma_bridge_add (self, BMA_CALL_DELETE, NULL);
  end_in_s (self, self->session_id != NULL ? DELETE_LIMIT_S : 0);
}

static gboolean
is_work (const BmaCall *call)
{
  return call->purpose == BMA_CALL_RENEWAL ||
         (call->purpose == BMA_CALL_MESSAGE && !call->is_answered &&
          !bma_message_is (call->message, "subscriptions/listen"));
}

static gboolean
has_work (BmaBridge *self)
{
  for (unsigned int i = 0; i < self->calls->len; i++)
    if (is_work (self->calls->pdata[i]))
      return TRUE;
  return !g_queue_is_empty (&self->waiting);
}

static gboolean
on_grace_over (gpointer user_data)
{
  BmaBridge *self = user_data;

  self->end_id = 0;
  end_now (self);
  return G_SOURCE_REMOVE;
}

/* After something of @call came to an end. */
void
bma_bridge_check_end (BmaBridge *self, BmaCall *call)
{
  if (self->is_over && call->purpose == BMA_CALL_DELETE)
    end_in_s (self, 0);
  if (!self->is_ending || self->is_over || has_work (self))
    return;
  g_clear_handle_id (&self->end_id, g_source_remove);
  self->end_id = g_idle_add (on_grace_over, self);
}

/**
 * bma_bridge_end:
 * @self: a bridge
 * @grace_s: how long to wait for what is under way, in seconds; 0 for not at all
 *
 * The program says nothing any more. Ends the session.
 */
void
bma_bridge_end (BmaBridge *self, unsigned int grace_s)
{
  self->is_ending = TRUE;
  if (self->is_over)
    {
      end_in_s (self, 0);
      return;
    }
  g_clear_handle_id (&self->end_id, g_source_remove);
  if (grace_s > 0 && has_work (self))
    self->end_id = g_timeout_add_seconds (grace_s, on_grace_over, self);
  else
    end_now (self);
}
