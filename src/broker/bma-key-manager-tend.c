/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-manager-private.h"

#include "bma-broker-error.h"

/* When changes of the keys begin: by age, by the configuration, by command. */

/* A timer does not count the time that the machine is suspended, so the clock is looked
 * at now and then. */
#define LONGEST_S  600
#define SHORTEST_S 1

static int64_t
now_s (BmaKeyManager *self)
{
  return bma_clock_now_s (self->clock);
}

/* Whether it did something about it. */
static gboolean
do_what_is_due (BmaKeyManager *self)
{
  BmaKeyDecision decision =
      bma_key_rotation_decide (self->roster, &self->policy, now_s (self));

  self->due_s = decision.look_again_s;
  if (decision.action == BMA_KEY_ACTION_WAIT)
    return FALSE;
  self->due_s = MAX (self->hold_until_s, now_s (self) + SHORTEST_S);
  if (now_s (self) < self->hold_until_s)
    return FALSE;
  if (decision.action == BMA_KEY_ACTION_ANNOUNCE)
    bma_key_manager_begin_with_key (self, BMA_KEY_CHANGE_ANNOUNCE, NULL);
  else if (decision.action == BMA_KEY_ACTION_PROMOTE)
    bma_key_manager_begin (self, BMA_KEY_CHANGE_PROMOTE,
                           bma_key_rotation_promote (self->roster, &self->policy,
                                                     now_s (self)));
  else
    bma_key_manager_begin (self, BMA_KEY_CHANGE_WITHDRAW,
                           bma_key_rotation_withdraw (self->roster));
  return TRUE;
}

static void
do_command (BmaKeyManager *self, GTask *command)
{
  if (GPOINTER_TO_INT (g_task_get_task_data (command)))
    bma_key_manager_begin_with_key (self, BMA_KEY_CHANGE_REPLACE, command);
  else if (bma_roster_find (self->roster, BMA_KEY_STATE_NEXT) != NULL)
    {
      g_task_return_boolean (command, TRUE);
      g_object_unref (command);
    }
  else if (bma_key_rotation_has_room (self->roster))
    bma_key_manager_begin_with_key (self, BMA_KEY_CHANGE_ANNOUNCE, command);
  else
    {
      g_task_return_new_error (command, BMA_BROKER_ERROR, BMA_BROKER_ERROR_RATE_LIMITED,
                               "There are 16 keys that tokens still need: wait until one "
                               "has retired, or let a new key replace them all now");
      g_object_unref (command);
    }
}

static gboolean
on_timer (gpointer data)
{
  BmaKeyManager *self = data;

  self->timer_id = 0;
  bma_key_manager_tend (self);
  return G_SOURCE_REMOVE;
}

static void
set_timer (BmaKeyManager *self)
{
  int64_t wait_s = CLAMP (self->due_s - now_s (self), SHORTEST_S, LONGEST_S);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->timer_id = g_timeout_add_seconds ((unsigned int) wait_s, on_timer, self);
}

/**
 * bma_key_manager_tend:
 * @self: a key manager
 *
 * Does what is to be done about the keys, one thing after the other.
 */
void
bma_key_manager_tend (BmaKeyManager *self)
{
  if (self->roster == NULL || self->busy)
    return;
  if (bma_key_rotation_settle (self->roster, &self->policy, now_s (self)))
    {
      self->unsaved = TRUE;
      bma_key_manager_adopt (self, self->roster);
    }
  while (!self->busy && !g_queue_is_empty (&self->commands))
    do_command (self, g_queue_pop_head (&self->commands));
  if (!self->busy && !do_what_is_due (self) && self->unsaved && !self->read_only &&
      now_s (self) >= self->hold_until_s)
    bma_key_manager_begin (self, BMA_KEY_CHANGE_NOTE, bma_roster_copy (self->roster));
  set_timer (self);
}

/**
 * bma_key_manager_rotate_async:
 * @self: a key manager
 * @revoke_now: whether a new key signs at once and all others are dropped
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Publishes a key that is to sign %BMA_KEY_LEAD_S later, unless there is one already; or
 * replaces all keys, so that every access token is refused from then on.
 */
void
bma_key_manager_rotate_async (BmaKeyManager *self,
                              gboolean revoke_now,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bma_key_manager_rotate_async);
  g_task_set_task_data (task, GINT_TO_POINTER (revoke_now), NULL);
  g_queue_push_tail (&self->commands, task);
  if (self->roster == NULL)
    bma_key_manager_refuse_commands (self);
  bma_key_manager_tend (self);
}

/**
 * bma_key_manager_rotate_finish:
 * @self: a key manager
 * @result: what the callback got
 * @error: return location for a #BmaKeyringError, #BmaBrokerError or #BmaJoseError
 *
 * Returns: whether it is done
 */
gboolean
bma_key_manager_rotate_finish (BmaKeyManager *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * bma_key_manager_refuse_commands:
 * @self: a key manager without keys of ES256 or RS256
 *
 * Tells those who wait for a rotation that there is nothing to rotate.
 */
void
bma_key_manager_refuse_commands (BmaKeyManager *self)
{
  while (!g_queue_is_empty (&self->commands))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->commands);

      if (self->policy.algorithm == BMA_ALGORITHM_HS256)
        g_task_return_new_error (task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                                 "With [tokens] algorithm=HS256 there is one secret, "
                                 "which others have too: set another jwt-secret");
      else if (self->problem != NULL)
        g_task_return_error (task, g_error_copy (self->problem));
      else
        g_task_return_new_error (task, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_LOCKED,
                                 "The keyring has not given the keys yet");
    }
}
