/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-dummy.h"

typedef void (*Step) (BmaKeyringDummy *self, GTask *task);

struct _BmaKeyringDummy
{
  GObject parent_instance;

  BmaKeyringState state;
  GHashTable *secrets; /* owned: "kind issuer" to BmaSecret */
  GQueue waiting;      /* owned: of GTask, while paused */
  gboolean paused;
  gboolean failing;
  gboolean dismissing;
  gboolean takes_last;
  gboolean read_only;
  unsigned int n_loads;
  unsigned int n_saves;
  unsigned int n_done;     /* saves that were carried out */
  unsigned int fatal_save; /* 0: none */
};

/* What a task is about. */
typedef struct
{
  Step step;
  char *name;        /* owned (nullable) */
  BmaSecret *secret; /* owned (nullable) */
} Work;

static void bma_keyring_dummy_iface_init (BmaKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaKeyringDummy,
                               bma_keyring_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_KEYRING,
                                                      bma_keyring_dummy_iface_init))

static char *
make_name (const char *kind, const char *issuer)
{
  return g_strdup_printf ("%s %s", kind, issuer);
}

static void
work_free (gpointer data)
{
  Work *self = data;

  g_clear_pointer (&self->secret, bma_secret_unref);
  g_free (self->name);
  g_free (self);
}

static void
run (BmaKeyringDummy *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);

  work->step (self, task);
}

static void
start (BmaKeyring *keyring, GTask *started, Step step, char *name, BmaSecret *secret)
{
  BmaKeyringDummy *self = BMA_KEYRING_DUMMY (keyring);
  g_autoptr (GTask) task = started;
  Work *work = g_new0 (Work, 1);

  work->step = step;
  work->name = name;
  work->secret = secret != NULL ? bma_secret_ref (secret) : NULL;
  g_task_set_task_data (task, work, work_free);
  if (self->paused)
    g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  else
    run (self, task);
}

static gboolean
is_usable (BmaKeyringDummy *self, GTask *task)
{
  int code = BMA_KEYRING_ERROR_FAILED;

  if (self->state == BMA_KEYRING_STATE_LOCKED)
    code = BMA_KEYRING_ERROR_LOCKED;
  else if (self->state == BMA_KEYRING_STATE_MISSING)
    code = BMA_KEYRING_ERROR_MISSING;
  else if (!self->failing)
    return TRUE;
  g_task_return_new_error (task, BMA_KEYRING_ERROR, code, "The dummy keyring says no");
  return FALSE;
}

static void
load (BmaKeyringDummy *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);
  BmaSecret *secret = g_hash_table_lookup (self->secrets, work->name);

  if (!is_usable (self, task))
    return;
  if (secret != NULL)
    g_task_return_pointer (task, bma_secret_ref (secret),
                           (GDestroyNotify) bma_secret_unref);
  else
    g_task_return_new_error (task, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND,
                             "The dummy keyring has no such secret");
}

static void
save (BmaKeyringDummy *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);
  gboolean is_dead = FALSE;

  if (!is_usable (self, task))
    return;
  if (self->read_only)
    {
      g_task_return_new_error (task, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_READ_ONLY,
                               "The dummy keyring takes nothing");
      return;
    }
  self->n_done++;
  is_dead = self->fatal_save > 0 && self->n_done >= self->fatal_save;
  if (!is_dead || (self->takes_last && self->n_done == self->fatal_save))
    g_hash_table_insert (self->secrets, g_steal_pointer (&work->name),
                         g_steal_pointer (&work->secret));
  if (is_dead)
    g_task_return_new_error (task, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_TIMED_OUT,
                             "The dummy keyring does not say what became of it");
  else
    g_task_return_boolean (task, TRUE);
}

static void
unlock (BmaKeyringDummy *self, GTask *task)
{
  if (self->state == BMA_KEYRING_STATE_LOCKED && self->dismissing)
    {
      g_task_return_new_error (task, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_DISMISSED,
                               "The dummy person closed the dialog");
      return;
    }
  if (self->state == BMA_KEYRING_STATE_LOCKED)
    bma_keyring_dummy_set_state (self, BMA_KEYRING_STATE_READY);
  if (is_usable (self, task))
    g_task_return_boolean (task, TRUE);
}

static BmaKeyringState
bma_keyring_dummy_get_state (BmaKeyring *keyring)
{
  return BMA_KEYRING_DUMMY (keyring)->state;
}

static void
bma_keyring_dummy_load_async (BmaKeyring *keyring,
                              const char *kind,
                              const char *issuer,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  BMA_KEYRING_DUMMY (keyring)->n_loads++;
  start (keyring, g_task_new (keyring, cancellable, callback, user_data), load,
         make_name (kind, issuer), NULL);
}

static BmaSecret *
bma_keyring_dummy_load_finish (BmaKeyring *keyring, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bma_keyring_dummy_save_async (BmaKeyring *keyring,
                              const char *kind,
                              const char *issuer,
                              const char *label,
                              BmaSecret *secret,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  BMA_KEYRING_DUMMY (keyring)->n_saves++;
  start (keyring, g_task_new (keyring, cancellable, callback, user_data), save,
         make_name (kind, issuer), secret);
}

static void
bma_keyring_dummy_unlock_async (BmaKeyring *keyring,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  start (keyring, g_task_new (keyring, cancellable, callback, user_data), unlock, NULL,
         NULL);
}

static gboolean
bma_keyring_dummy_finish (BmaKeyring *keyring, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
bma_keyring_dummy_finalize (GObject *object)
{
  BmaKeyringDummy *self = BMA_KEYRING_DUMMY (object);

  g_assert (g_queue_is_empty (&self->waiting));
  g_hash_table_unref (self->secrets);
  G_OBJECT_CLASS (bma_keyring_dummy_parent_class)->finalize (object);
}

static void
bma_keyring_dummy_class_init (BmaKeyringDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_keyring_dummy_finalize;
}

static void
bma_keyring_dummy_init (BmaKeyringDummy *self)
{
  self->state = BMA_KEYRING_STATE_READY;
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) bma_secret_unref);
  g_queue_init (&self->waiting);
}

static void
bma_keyring_dummy_iface_init (BmaKeyringInterface *iface)
{
  iface->get_state = bma_keyring_dummy_get_state;
  iface->load_async = bma_keyring_dummy_load_async;
  iface->load_finish = bma_keyring_dummy_load_finish;
  iface->save_async = bma_keyring_dummy_save_async;
  iface->save_finish = bma_keyring_dummy_finish;
  iface->unlock_async = bma_keyring_dummy_unlock_async;
  iface->unlock_finish = bma_keyring_dummy_finish;
}

/**
 * bma_keyring_dummy_new:
 *
 * Returns: (transfer full): an unlocked keyring without secrets
 */
BmaKeyringDummy *
bma_keyring_dummy_new (void)
{
  return g_object_new (BMA_TYPE_KEYRING_DUMMY, NULL);
}

/**
 * bma_keyring_dummy_set_state:
 * @self: a dummy
 * @state: its new state
 *
 * Changes the state and tells.
 */
void
bma_keyring_dummy_set_state (BmaKeyringDummy *self, BmaKeyringState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_signal_emit_by_name (self, "state-changed");
}

/**
 * bma_keyring_dummy_set_paused:
 * @self: a dummy
 * @paused: whether calls wait
 *
 * Lets calls wait; those that wait go on, in order, when it is not paused any more.
 */
void
bma_keyring_dummy_set_paused (BmaKeyringDummy *self, gboolean paused)
{
  self->paused = paused;
  while (!self->paused && !g_queue_is_empty (&self->waiting))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);

      run (self, task);
    }
}

/**
 * bma_keyring_dummy_set_failing:
 * @self: a dummy
 * @failing: whether calls fail with %BMA_KEYRING_ERROR_FAILED
 *
 * Makes it fail.
 */
void
bma_keyring_dummy_set_failing (BmaKeyringDummy *self, gboolean failing)
{
  self->failing = failing;
}

/**
 * bma_keyring_dummy_set_fatal_save:
 * @self: a dummy
 * @number: which save, counted from 1, is the first that is not answered well; 0 for none
 * @takes_effect: whether what that one saves is kept nevertheless
 *
 * From some save on nobody learns what became of it.
 */
void
bma_keyring_dummy_set_fatal_save (BmaKeyringDummy *self,
                                  unsigned int number,
                                  gboolean takes_effect)
{
  self->fatal_save = number;
  self->takes_last = takes_effect;
}

/**
 * bma_keyring_dummy_is_dead:
 * @self: a dummy
 *
 * Returns: whether the fatal save has come
 */
gboolean
bma_keyring_dummy_is_dead (BmaKeyringDummy *self)
{
  return self->fatal_save > 0 && self->n_done >= self->fatal_save;
}

/**
 * bma_keyring_dummy_set_read_only:
 * @self: a dummy
 * @read_only: whether saving fails with %BMA_KEYRING_ERROR_READ_ONLY
 *
 * Makes it like secrets in files.
 */
void
bma_keyring_dummy_set_read_only (BmaKeyringDummy *self, gboolean read_only)
{
  self->read_only = read_only;
}

/**
 * bma_keyring_dummy_set_dismissing:
 * @self: a dummy
 * @dismissing: whether the person closes the prompt of unlock
 *
 * Says what the person does.
 */
void
bma_keyring_dummy_set_dismissing (BmaKeyringDummy *self, gboolean dismissing)
{
  self->dismissing = dismissing;
}

/**
 * bma_keyring_dummy_put:
 * @self: a dummy
 * @kind: what it is
 * @issuer: whose it is
 * @text: (nullable): the secret, or %NULL to remove it
 *
 * Sets a secret, whatever the state.
 */
void
bma_keyring_dummy_put (BmaKeyringDummy *self,
                       const char *kind,
                       const char *issuer,
                       const char *text)
{
  g_autofree char *name = make_name (kind, issuer);

  if (text == NULL)
    g_hash_table_remove (self->secrets, name);
  else
    g_hash_table_insert (self->secrets, g_steal_pointer (&name), bma_secret_new (text));
}

/**
 * bma_keyring_dummy_peek:
 * @self: a dummy
 * @kind: what it is
 * @issuer: whose it is
 *
 * Returns: (transfer none) (nullable): the secret, whatever the state
 */
BmaSecret *
bma_keyring_dummy_peek (BmaKeyringDummy *self, const char *kind, const char *issuer)
{
  g_autofree char *name = make_name (kind, issuer);

  return g_hash_table_lookup (self->secrets, name);
}

/**
 * bma_keyring_dummy_get_n_loads:
 * @self: a dummy
 *
 * Returns: how often a secret was asked for
 */
unsigned int
bma_keyring_dummy_get_n_loads (BmaKeyringDummy *self)
{
  return self->n_loads;
}

/**
 * bma_keyring_dummy_get_n_saves:
 * @self: a dummy
 *
 * Returns: how often a secret was to be kept
 */
unsigned int
bma_keyring_dummy_get_n_saves (BmaKeyringDummy *self)
{
  return self->n_saves;
}

/**
 * bma_keyring_dummy_get_n_waiting:
 * @self: a dummy
 *
 * Returns: how many calls wait while it is paused
 */
unsigned int
bma_keyring_dummy_get_n_waiting (BmaKeyringDummy *self)
{
  return g_queue_get_length (&self->waiting);
}
