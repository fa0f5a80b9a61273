/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-outcome.h"

#include "bma-log.h"

static void
outcome_free (BmaOutcome *self)
{
  g_clear_pointer (&self->object, json_object_unref);
  g_free (self);
}

/**
 * bma_outcome_new_for:
 * @task: a task without data
 *
 * Returns: (transfer none): its data from now on
 */
BmaOutcome *
bma_outcome_new_for (GTask *task)
{
  BmaOutcome *self = g_new0 (BmaOutcome, 1);

  g_task_set_task_data (task, self, (GDestroyNotify) outcome_free);
  return self;
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  BmaOutcome *outcome = g_task_get_task_data (task);

  if (!bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      bma_log_warning ("store", "%s", error->message);
      outcome->error = (BmaOauthError){ BMA_OAUTH_SERVER_ERROR,
                                        "the change could not be stored; try again" };
    }
  g_task_return_boolean (task, TRUE);
}

/**
 * bma_outcome_apply_then_return:
 * @self: a broker
 * @task: (transfer full): what to finish
 * @change: what must be durable first
 *
 * What is told must not be undone by a crash, nor a client assertion work again.
 */
void
bma_outcome_apply_then_return (BmaBroker *self, GTask *task, BmaChange *change)
{
  bma_store_apply_async (self->store, change, NULL, on_applied, task);
}

/**
 * bma_outcome_finish:
 * @result: a task with an outcome
 * @error: (out): why not, if not
 *
 * Returns: (transfer full) (nullable): the answer
 */
JsonObject *
bma_outcome_finish (GAsyncResult *result, BmaOauthError *error)
{
  BmaOutcome *outcome = g_task_get_task_data (G_TASK (result));

  *error = outcome->error;
  return error->code == BMA_OAUTH_OK ? g_steal_pointer (&outcome->object) : NULL;
}
