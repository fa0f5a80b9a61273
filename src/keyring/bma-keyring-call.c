/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-call.h"

struct _BmaKeyringCall
{
  grefcount refs;
  GTask *task;               /* owned (nullable): until it has answered */
  gpointer source;           /* owned: the keyring */
  GCancellable *cancellable; /* owned: cancelled when nobody waits any more */
  GSource *on_time;          /* owned (nullable) */
  GSource *on_cancel;        /* owned (nullable) */
  gpointer data;             /* owned (nullable) */
  GDestroyNotify free_data;  /* (nullable) */
};

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* The task, the first time; afterwards %NULL. */
static GTask *
take_task (BmaKeyringCall *self)
{
  clear_source (&self->on_time);
  clear_source (&self->on_cancel);
  return g_steal_pointer (&self->task);
}

static gboolean
on_call_time_out (gpointer user_data)
{
  g_autoptr (BmaKeyringCall) self = bma_keyring_call_ref (user_data);

  bma_keyring_call_fail (
      self, g_error_new_literal (BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_TIMED_OUT,
                                 "The keyring did not answer in time: try again, or look "
                                 "whether it waits for you with a password dialog"));
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
on_call_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) self = bma_keyring_call_ref (user_data);

  bma_keyring_call_fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                    "The keyring is not waited for"));
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

/**
 * bma_keyring_call_new:
 * @source: the keyring
 * @tag: the source tag of the task
 * @limit_ms: milliseconds after which it fails with %BMA_KEYRING_ERROR_TIMED_OUT
 * @cancellable: (nullable): to give up
 * @callback: (nullable): called with the answer
 * @user_data: for @callback
 *
 * Returns: (transfer full): a call; the time runs
 */
BmaKeyringCall *
bma_keyring_call_new (gpointer source,
                      gpointer tag,
                      unsigned int limit_ms,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  BmaKeyringCall *self = g_new0 (BmaKeyringCall, 1);

  g_ref_count_init (&self->refs);
  self->source = g_object_ref (source);
  self->cancellable = g_cancellable_new ();
  self->task = g_task_new (source, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, tag);
  g_task_set_name (self->task, "keyring");
  self->on_time = g_timeout_source_new (limit_ms);
  g_source_set_callback (self->on_time, on_call_time_out, self, NULL);
  g_source_attach (self->on_time, g_main_context_get_thread_default ());
  if (cancellable == NULL)
    return self;
  self->on_cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->on_cancel, G_SOURCE_FUNC (on_call_cancelled), self, NULL);
  g_source_attach (self->on_cancel, g_main_context_get_thread_default ());
  return self;
}

/**
 * bma_keyring_call_ref:
 * @self: a call
 *
 * Returns: (transfer full): @self, for the next step
 */
BmaKeyringCall *
bma_keyring_call_ref (BmaKeyringCall *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_ref_count_inc (&self->refs);
  return self;
}

/**
 * bma_keyring_call_unref:
 * @self: (transfer full): a call
 *
 * Drops a reference; the last one must not go before the call has answered.
 */
void
bma_keyring_call_unref (BmaKeyringCall *self)
{
  g_return_if_fail (self != NULL);

  if (!g_ref_count_dec (&self->refs))
    return;
  g_assert (self->task == NULL);
  if (self->free_data != NULL)
    self->free_data (self->data);
  g_object_unref (self->cancellable);
  g_object_unref (self->source);
  g_free (self);
}

/**
 * bma_keyring_call_get_source:
 * @self: a call
 *
 * Returns: (transfer none): the keyring
 */
gpointer
bma_keyring_call_get_source (BmaKeyringCall *self)
{
  return self->source;
}

/**
 * bma_keyring_call_get_cancellable:
 * @self: a call
 *
 * Returns: (transfer none): what every step takes
 */
GCancellable *
bma_keyring_call_get_cancellable (BmaKeyringCall *self)
{
  return self->cancellable;
}

/**
 * bma_keyring_call_set_data:
 * @self: a call
 * @data: (transfer full): what the steps need
 * @free_data: frees it
 *
 * Keeps @data as long as the call.
 */
void
bma_keyring_call_set_data (BmaKeyringCall *self, gpointer data, GDestroyNotify free_data)
{
  g_return_if_fail (self->data == NULL);

  self->data = data;
  self->free_data = free_data;
}

/**
 * bma_keyring_call_get_data:
 * @self: a call
 *
 * Returns: (transfer none) (nullable): what the steps need
 */
gpointer
bma_keyring_call_get_data (BmaKeyringCall *self)
{
  return self->data;
}

/**
 * bma_keyring_call_succeed:
 * @self: a call
 * @value: (transfer full): the answer, not %NULL
 * @free_value: (nullable): frees it
 *
 * Answers, unless it has answered.
 */
void
bma_keyring_call_succeed (BmaKeyringCall *self, gpointer value, GDestroyNotify free_value)
{
  g_autoptr (GTask) task = take_task (self);

  if (task != NULL)
    g_task_return_pointer (task, value, free_value);
  else if (free_value != NULL)
    free_value (value);
}

/**
 * bma_keyring_call_fail:
 * @self: a call
 * @error: (transfer full): why
 *
 * Answers, unless it has answered.
 */
void
bma_keyring_call_fail (BmaKeyringCall *self, GError *error)
{
  g_autoptr (GTask) task = take_task (self);

  if (task != NULL)
    g_task_return_error (task, error);
  else
    g_error_free (error);
}
