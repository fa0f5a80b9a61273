/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-manager-private.h"

#include "bma-log.h"

/* Changes of the keys, one at a time: make a key if one is needed, save the roster as it
 * is to be, use it. */

/* How long nothing is tried after a failure. */
#define HOLD_S 60

typedef struct
{
  BmaKeyManager *manager;    /* owned */
  GCancellable *cancellable; /* owned: that of the manager when it began */
  GTask *command;            /* owned, nullable: who asked for it */
  BmaRoster *roster;         /* owned, nullable: what is saved */
  BmaKeyChange kind;
} Change;

static void
change_free (Change *self)
{
  if (self->command != NULL)
    g_task_return_new_error (self->command, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                             "The keys are loaded anew");
  g_clear_object (&self->command);
  g_clear_pointer (&self->roster, bma_roster_free);
  g_object_unref (self->cancellable);
  g_object_unref (self->manager);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_free)

static Change *
change_new (BmaKeyManager *manager, BmaKeyChange kind, GTask *command)
{
  Change *self = g_new0 (Change, 1);

  manager->busy = TRUE;
  self->manager = g_object_ref (manager);
  self->cancellable = g_object_ref (manager->cancellable);
  self->command = command;
  self->kind = kind;
  return self;
}

static int64_t
now_s (BmaKeyManager *self)
{
  return bma_clock_now_s (self->clock);
}

static void
set_trouble (BmaKeyManager *self, GError *error)
{
  if (!g_error_matches (self->trouble, error->domain, error->code))
    bma_log_warning ("keys", "The keys cannot be changed: %s", error->message);
  g_clear_error (&self->trouble);
  self->trouble = error;
}

/* (transfer full) both */
static void
change_fail (Change *failed, GError *error)
{
  g_autoptr (Change) change = failed;
  BmaKeyManager *self = change->manager;

  self->read_only = self->read_only || g_error_matches (error, BMA_KEYRING_ERROR,
                                                        BMA_KEYRING_ERROR_READ_ONLY);
  if (change->kind == BMA_KEY_CHANGE_FIRST)
    {
      bma_key_manager_set_problem (self, error);
      return;
    }
  self->busy = FALSE;
  self->hold_until_s = now_s (self) + HOLD_S;
  if (change->command != NULL)
    {
      g_task_return_error (change->command, error);
      g_clear_object (&change->command);
    }
  else if (change->kind == BMA_KEY_CHANGE_NOTE && self->read_only)
    g_error_free (error);
  else
    set_trouble (self, error);
  bma_key_manager_tend (self);
}

static void
tell (BmaKeyManager *self, const Change *change)
{
  const BmaRosterKey *next = bma_roster_find (self->roster, BMA_KEY_STATE_NEXT);

  if (change->kind == BMA_KEY_CHANGE_ANNOUNCE)
    bma_log_notice ("keys", "Key %s (%s) is published and signs in %d s",
                    bma_key_get_id (next->key),
                    bma_algorithm_to_text (bma_key_get_algorithm (next->key)),
                    BMA_KEY_LEAD_S);
  if (change->kind == BMA_KEY_CHANGE_REPLACE)
    bma_log_notice ("keys", "All earlier keys are dropped, and access tokens with them");
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Change) change = user_data;
  BmaKeyManager *self = change->manager;
  GError *error = NULL;
  gboolean saved = bma_keyring_save_finish (BMA_KEYRING (source), result, &error);

  if (g_cancellable_is_cancelled (change->cancellable))
    {
      g_clear_error (&error);
      return;
    }
  if (!saved)
    {
      change_fail (g_steal_pointer (&change), error);
      return;
    }
  self->busy = FALSE;
  self->unsaved = FALSE;
  g_clear_error (&self->trouble);
  if (change->kind != BMA_KEY_CHANGE_NOTE)
    {
      g_clear_pointer (&self->spare, bma_key_unref);
      bma_key_manager_adopt (self, g_steal_pointer (&change->roster));
      tell (self, change);
    }
  if (change->command != NULL)
    {
      g_task_return_boolean (change->command, TRUE);
      g_clear_object (&change->command);
    }
  bma_key_manager_tend (self);
}

/* (transfer full) both */
static void
change_save (Change *change, BmaRoster *roster)
{
  BmaKeyManager *self = change->manager;
  g_autofree char *label = g_strdup_printf ("BioMCP signing keys for %s", self->issuer);
  g_autoptr (BmaSecret) text = NULL;
  GError *error = NULL;

  change->roster = roster;
  text = bma_roster_write (roster, &error);
  if (text == NULL)
    {
      change_fail (change, error);
      return;
    }
  bma_keyring_save_async (self->keyring, BMA_KEYRING_KIND_SIGNING_KEY, self->issuer,
                          label, text, change->cancellable, on_saved, change);
}

static void
change_save_with_key (Change *change)
{
  BmaKeyManager *self = change->manager;

  if (change->kind == BMA_KEY_CHANGE_ANNOUNCE)
    change_save (change,
                 bma_key_rotation_announce (self->roster, self->spare, now_s (self)));
  else
    change_save (change,
                 bma_key_rotation_begin (self->spare, &self->policy, now_s (self)));
}

static void
on_key_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Change) change = user_data;
  BmaKeyManager *self = change->manager;
  GError *error = NULL;
  BmaKey *key = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_cancellable_is_cancelled (change->cancellable))
    {
      g_clear_pointer (&key, bma_key_unref);
      g_clear_error (&error);
      return;
    }
  if (key == NULL)
    {
      change_fail (g_steal_pointer (&change), error);
      return;
    }
  self->spare = key;
  change_save_with_key (g_steal_pointer (&change));
}

/* In a worker thread. */
static void
run_make_key (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  BmaKey *key = bma_key_generate ((BmaAlgorithm) GPOINTER_TO_INT (data), &error);

  if (key != NULL)
    g_task_return_pointer (task, key, (GDestroyNotify) bma_key_unref);
  else
    g_task_return_error (task, error);
}

/* (transfer full) A key of RS256 takes long to make, one of ES256 a moment. */
static void
change_make_key (Change *change)
{
  BmaKeyManager *self = change->manager;
  g_autoptr (GTask) task = NULL;
  gboolean fits = self->spare != NULL &&
                  bma_key_get_algorithm (self->spare) == self->policy.algorithm;

  /* What may be in the keyring already is not the key that replaces all. */
  if (fits && change->kind != BMA_KEY_CHANGE_REPLACE)
    {
      change_save_with_key (change);
      return;
    }
  g_clear_pointer (&self->spare, bma_key_unref);
  task = g_task_new (NULL, NULL, on_key_made, change);
  g_task_set_source_tag (task, change_make_key);
  g_task_set_name (task, "make-signing-key");
  g_task_set_task_data (task, GINT_TO_POINTER (self->policy.algorithm), NULL);
  if (self->policy.algorithm == BMA_ALGORITHM_RS256)
    g_task_run_in_thread (task, run_make_key);
  else
    run_make_key (task, NULL, GINT_TO_POINTER (self->policy.algorithm), NULL);
}

/**
 * bma_key_manager_begin_with_key:
 * @self: a key manager that is not busy
 * @kind: a change that needs a new key
 * @command: (transfer full) (nullable): who asked for it
 *
 * Makes the key, saves and uses the roster that has it.
 */
void
bma_key_manager_begin_with_key (BmaKeyManager *self, BmaKeyChange kind, GTask *command)
{
  change_make_key (change_new (self, kind, command));
}

/**
 * bma_key_manager_begin:
 * @self: a key manager that is not busy
 * @kind: a change
 * @roster: (transfer full): the keys after it
 *
 * Saves and uses the roster.
 */
void
bma_key_manager_begin (BmaKeyManager *self, BmaKeyChange kind, BmaRoster *roster)
{
  change_save (change_new (self, kind, NULL), roster);
}
