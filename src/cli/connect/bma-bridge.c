/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bridge-private.h"

#include <string.h>

/* The service gives one program so many connections that this and a listener fit well. */
#define MAX_CALLS         6
#define MAX_WAITING       256
#define MAX_WAITING_BYTES (8 * 1024 * 1024)

G_DEFINE_FINAL_TYPE (BmaBridge, bma_bridge, G_TYPE_OBJECT)

static void
bma_bridge_finalize (GObject *object)
{
  BmaBridge *self = BMA_BRIDGE (object);

  g_clear_handle_id (&self->end_id, g_source_remove);
  for (unsigned int i = 0; i < self->calls->len; i++)
    bma_call_cancel (self->calls->pdata[i]);
  g_ptr_array_unref (self->calls);
  g_ptr_array_unref (self->parked);
  g_hash_table_unref (self->pending);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) bma_message_free);
  g_object_unref (self->gateway);
  g_free (self->init_params);
  g_free (self->session_id);
  g_free (self->lost_id);
  g_free (self->version);
  g_free (self->modern_version);
  bma_param_headers_free (self->param_headers);
  G_OBJECT_CLASS (bma_bridge_parent_class)->finalize (object);
}

static void
bma_bridge_class_init (BmaBridgeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_bridge_finalize;
}

static void
bma_bridge_init (BmaBridge *self)
{
  g_queue_init (&self->waiting);
  self->param_headers = bma_param_headers_new ();
  self->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_call_unref);
  self->parked = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_call_unref);
  self->pending = g_hash_table_new (g_str_hash, g_str_equal);
}

/**
 * bma_bridge_new:
 * @gateway: where the connections come from
 * @watch: (scope forever): what to tell
 * @user_data: for @watch
 *
 * Returns: (transfer full): a bridge over which nothing went yet
 */
BmaBridge *
bma_bridge_new (BmaGateway *gateway, const BmaBridgeWatch *watch, gpointer user_data)
{
  BmaBridge *self = g_object_new (BMA_TYPE_BRIDGE, NULL);

  self->gateway = g_object_ref (gateway);
  self->watch = watch;
  self->user_data = user_data;
  return self;
}

void
bma_bridge_say_error (BmaBridge *self, const char *id, int code, const char *what)
{
  g_autofree char *text = bma_message_make_error (id, code, what);

  self->watch->on_line (text, strlen (text), self->user_data);
}

static void
update_busy (BmaBridge *self)
{
  gboolean is_busy = g_queue_get_length (&self->waiting) > MAX_WAITING ||
                     self->waiting_bytes > MAX_WAITING_BYTES;

  if (is_busy == self->is_busy)
    return;
  self->is_busy = is_busy;
  self->watch->on_busy (is_busy, self->user_data);
}

/* A request is answered exactly once. */
void
bma_bridge_answer (BmaBridge *self, BmaCall *call)
{
  call->is_answered = TRUE;
  if (bma_call_wants_answer (call) &&
      g_hash_table_lookup (self->pending, call->message->key) == call)
    g_hash_table_remove (self->pending, call->message->key);
}

void
bma_bridge_remove (BmaBridge *self, BmaCall *call)
{
  bma_bridge_answer (self, call);
  if (self->listener == call)
    self->listener = NULL;
  g_ptr_array_remove_fast (self->parked, call);
  g_ptr_array_remove_fast (self->calls, call);
  bma_bridge_start_waiting (self);
}

static void
start_message (BmaBridge *self, BmaMessage *message)
{
  if (message->version != NULL && g_strcmp0 (message->version, self->modern_version) != 0)
    {
      g_free (self->modern_version);
      self->modern_version = g_strdup (message->version);
    }
  if (bma_message_is (message, "initialize"))
    bma_bridge_note_start (self, message);
  else if (bma_message_is (message, "notifications/initialized"))
    self->state = BMA_BRIDGE_TELLING;
  bma_bridge_add (self, BMA_CALL_MESSAGE, message);
}

/* In order, and no more at once than there are connections for. */
void
bma_bridge_start_waiting (BmaBridge *self)
{
  while (self->state == BMA_BRIDGE_OPEN && !self->is_over &&
         g_hash_table_size (self->pending) < MAX_CALLS &&
         !g_queue_is_empty (&self->waiting))
    {
      BmaMessage *message = g_queue_pop_head (&self->waiting);

      self->waiting_bytes -= message->length;
      start_message (self, message);
    }
  update_busy (self);
}

static BmaMessage *
steal_waiting (BmaBridge *self, const char *key)
{
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    {
      BmaMessage *message = link->data;

      if (g_strcmp0 (message->key, key) != 0)
        continue;
      g_queue_delete_link (&self->waiting, link);
      self->waiting_bytes -= message->length;
      return message;
    }
  return NULL;
}

/* Returns whether there is nothing to tell the server. */
static gboolean
cancel (BmaBridge *self, const char *key)
{
  g_autoptr (BmaMessage) waiting = steal_waiting (self, key);
  BmaCall *call = g_hash_table_lookup (self->pending, key);

  if (waiting != NULL || call == NULL || call->purpose != BMA_CALL_MESSAGE)
    return waiting != NULL;
  /* It must not be cancelled (MCP, cancellation), and others wait for it. */
  if (bma_message_is (call->message, "initialize"))
    return TRUE;
  /* Without sessions, closing the stream is how a request is cancelled. What waits to be
   * sent again must not be. */
  if (call->message->version != NULL || call->exchange == NULL ||
      bma_exchange_is_over (call->exchange))
    {
      gboolean is_begun = call->message->version == NULL && call->is_resuming;

      bma_call_cancel (call);
      bma_bridge_remove (self, call);
      return !is_begun;
    }
  bma_bridge_answer (self, call);
  bma_call_drain (call);
  return FALSE;
}

static gboolean
is_known (BmaBridge *self, const char *key)
{
  if (g_hash_table_contains (self->pending, key))
    return TRUE;
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    if (g_strcmp0 (((BmaMessage *) link->data)->key, key) == 0)
      return TRUE;
  return FALSE;
}

/* Responses and cancellations do not wait for requests to be answered: those may wait for
 * them. */
static gboolean
may_overtake (BmaBridge *self, const BmaMessage *message)
{
  return self->state == BMA_BRIDGE_OPEN &&
         (message->kind == BMA_MESSAGE_RESPONSE || message->cancels != NULL);
}

/**
 * bma_bridge_take_line:
 * @self: a bridge
 * @text: (array length=length): a line of the program
 * @length: its length in bytes
 *
 * Sends it on.
 */
void
bma_bridge_take_line (BmaBridge *self, const char *text, size_t length)
{
  const char *problem = NULL;
  int code = 0;
  g_autoptr (BmaMessage) message = bma_message_parse (text, length, &code, &problem);

  if (message == NULL)
    bma_bridge_say_error (self, NULL, code, problem);
  else if (message->kind == BMA_MESSAGE_REQUEST && is_known (self, message->key))
    bma_bridge_say_error (self, NULL, BMA_MESSAGE_INVALID_REQUEST,
                          "There is a request with this id already");
  else if (message->cancels != NULL && cancel (self, message->cancels))
    return;
  else if (may_overtake (self, message))
    start_message (self, g_steal_pointer (&message));
  else
    {
      self->waiting_bytes += message->length;
      g_queue_push_tail (&self->waiting, g_steal_pointer (&message));
      bma_bridge_start_waiting (self);
    }
}

/**
 * bma_bridge_refuse_line:
 * @self: a bridge
 *
 * A line of the program was too long to be read.
 */
void
bma_bridge_refuse_line (BmaBridge *self)
{
  bma_bridge_say_error (self, NULL, BMA_MESSAGE_PARSE_ERROR,
                        "The message is longer than 4 MiB");
}

/**
 * bma_bridge_pause:
 * @self: a bridge
 * @is_paused: whether the program reads no lines for now
 *
 * Lets the server wait.
 */
void
bma_bridge_pause (BmaBridge *self, gboolean is_paused)
{
  self->is_paused = is_paused;
  for (unsigned int i = 0; i < self->calls->len; i++)
    bma_call_pause (self->calls->pdata[i], is_paused);
}

/**
 * bma_bridge_break:
 * @self: a bridge
 * @why: for a person
 *
 * The service does not answer: everything under way on its connections failed.
 */
void
bma_bridge_break (BmaBridge *self, const char *why)
{
  g_autoptr (GPtrArray)
      calls = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_call_unref);

  bma_gateway_drop_idle (self->gateway);
  for (unsigned int i = 0; i < self->calls->len; i++)
    g_ptr_array_add (calls, bma_call_ref (self->calls->pdata[i]));
  for (unsigned int i = 0; i < calls->len; i++)
    bma_call_break (calls->pdata[i], why);
}

/**
 * bma_bridge_is_waiting:
 * @self: a bridge
 *
 * Returns: whether the server has to answer something
 */
gboolean
bma_bridge_is_waiting (BmaBridge *self)
{
  return g_hash_table_size (self->pending) > 0;
}
