/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-manager-private.h"

#include "bma-log.h"

#define RETRY_S 5

G_DEFINE_FINAL_TYPE (BmaKeyManager, bma_key_manager, G_TYPE_OBJECT)

static gboolean
is_shared (const BmaKeyPolicy *policy)
{
  return policy->algorithm == BMA_ALGORITHM_HS256;
}

static gboolean
on_retry (gpointer data)
{
  BmaKeyManager *self = data;

  self->timer_id = 0;
  bma_key_manager_load (self);
  return G_SOURCE_REMOVE;
}

/**
 * bma_key_manager_set_problem:
 * @self: a key manager without keys
 * @error: (transfer full): why there are none
 *
 * Tells, and tries again later.
 */
void
bma_key_manager_set_problem (BmaKeyManager *self, GError *error)
{
  gboolean news = !g_error_matches (self->problem, error->domain, error->code);
  gboolean transient =
      !g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_LOCKED) &&
      !g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING);

  g_clear_error (&self->problem);
  self->problem = error;
  self->busy = FALSE;
  bma_key_manager_refuse_commands (self);
  if (news)
    {
      bma_log_warning ("keys", "No signing key: %s", error->message);
      g_signal_emit_by_name (self, "changed");
    }
  /* A locked or missing keyring tells when that changes; other trouble does not. */
  if (transient && self->timer_id == 0)
    self->timer_id = g_timeout_add_seconds (RETRY_S, on_retry, self);
}

/* (transfer full) */
static void
set_keys (BmaKeyManager *self, BmaKeyset *keys)
{
  const BmaKey *before = self->keys != NULL ? bma_keyset_get_signer (self->keys) : NULL;
  const BmaKey *signer = bma_keyset_get_signer (keys);

  if (before == NULL || !g_str_equal (bma_key_get_id (before), bma_key_get_id (signer)))
    bma_log_notice ("keys", "Signing with key %s (%s)", bma_key_get_id (signer),
                    bma_algorithm_to_text (bma_key_get_algorithm (signer)));
  g_clear_pointer (&self->keys, bma_keyset_free);
  self->keys = keys;
  g_clear_error (&self->problem);
  g_signal_emit_by_name (self, "changed");
}

/**
 * bma_key_manager_adopt:
 * @self: a key manager
 * @roster: (transfer full): what the keyring has, or the roster in use that was changed
 *
 * Uses these keys from now on.
 */
void
bma_key_manager_adopt (BmaKeyManager *self, BmaRoster *roster)
{
  if (self->roster != roster)
    g_clear_pointer (&self->roster, bma_roster_free);
  self->roster = roster;
  set_keys (self, bma_roster_make_keyset (roster));
}

static void
on_secret_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyManager) self = user_data;
  g_autoptr (BmaSecret) secret = NULL;
  g_autoptr (BmaKeyset) keys = bma_keyset_new ();
  g_autoptr (BmaKey) key = NULL;
  GError *error = NULL;

  secret = bma_keyring_load_finish (BMA_KEYRING (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }
  if (g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND))
    g_prefix_error (&error, "[tokens] algorithm=HS256 needs a secret of 32 bytes or "
                            "more, and there is none: ");
  if (secret != NULL)
    key = bma_key_new_from_secret (secret, BMA_KEY_SHARED_ID, &error);
  if (key == NULL)
    {
      bma_key_manager_set_problem (self, error);
      return;
    }
  self->busy = FALSE;
  bma_keyset_add (keys, key);
  set_keys (self, g_steal_pointer (&keys));
}

static void
on_roster_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyManager) self = user_data;
  g_autoptr (BmaSecret) text = NULL;
  BmaRoster *roster = NULL;
  GError *error = NULL;

  text = bma_keyring_load_finish (BMA_KEYRING (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }
  if (g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND))
    {
      g_error_free (error);
      bma_key_manager_begin_with_key (self, BMA_KEY_CHANGE_FIRST, NULL);
      return;
    }
  if (text != NULL)
    roster =
        bma_roster_parse (bma_secret_peek (text), bma_secret_get_size (text), &error);
  if (roster == NULL)
    {
      bma_key_manager_set_problem (self, error);
      return;
    }
  self->busy = FALSE;
  bma_key_manager_adopt (self, roster);
  bma_key_manager_tend (self);
}

/**
 * bma_key_manager_load:
 * @self: a key manager
 *
 * Looks for the keys, unless they are there or being looked for. Never shows a prompt.
 */
void
bma_key_manager_load (BmaKeyManager *self)
{
  gboolean shared = is_shared (&self->policy);

  if (self->keys != NULL || self->busy)
    return;
  self->busy = TRUE;
  bma_keyring_load_async (self->keyring,
                          shared ? BMA_KEYRING_KIND_JWT_SECRET
                                 : BMA_KEYRING_KIND_SIGNING_KEY,
                          self->issuer, self->cancellable,
                          shared ? on_secret_loaded : on_roster_loaded,
                          g_object_ref (self));
}

/* Everything goes at once; what is under way is of no use any more. */
static void
start_anew (BmaKeyManager *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_pointer (&self->keys, bma_keyset_free);
  g_clear_pointer (&self->roster, bma_roster_free);
  g_clear_error (&self->problem);
  g_clear_error (&self->trouble);
  bma_key_manager_refuse_commands (self);
  self->busy = FALSE;
  self->unsaved = FALSE;
  self->hold_until_s = 0;
  self->due_s = G_MAXINT64;
  g_signal_emit_by_name (self, "changed");
  bma_key_manager_load (self);
}

/**
 * bma_key_manager_reload_secret:
 * @self: a key manager
 *
 * Takes up the secret of HS256 that was just put into the keyring; no effect with other
 * algorithms.
 */
void
bma_key_manager_reload_secret (BmaKeyManager *self)
{
  if (is_shared (&self->policy))
    start_anew (self);
}

/**
 * bma_key_manager_set_policy:
 * @self: a key manager
 * @policy: what the configuration wants now
 *
 * ES256 and RS256 follow each other by rotation. Between them and HS256 nothing is
 * carried over: the tokens of one are refused with the other.
 */
void
bma_key_manager_set_policy (BmaKeyManager *self, const BmaKeyPolicy *policy)
{
  gboolean changes_family = is_shared (policy) != is_shared (&self->policy);

  self->policy = *policy;
  self->hold_until_s = 0;
  if (changes_family)
    start_anew (self);
  else
    bma_key_manager_tend (self);
}

static void
on_keyring_state_changed (BmaKeyManager *self)
{
  self->hold_until_s = 0;
  if (self->roster != NULL)
    bma_key_manager_tend (self);
  else
    bma_key_manager_load (self);
}

static void
bma_key_manager_dispose (GObject *object)
{
  BmaKeyManager *self = BMA_KEY_MANAGER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_object (&self->keyring);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (bma_key_manager_parent_class)->dispose (object);
}

static void
bma_key_manager_finalize (GObject *object)
{
  BmaKeyManager *self = BMA_KEY_MANAGER (object);

  /* A waiting command holds a reference to us. */
  g_assert (g_queue_is_empty (&self->commands));
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->keys, bma_keyset_free);
  g_clear_pointer (&self->roster, bma_roster_free);
  g_clear_pointer (&self->spare, bma_key_unref);
  g_clear_error (&self->problem);
  g_clear_error (&self->trouble);
  g_free (self->issuer);
  G_OBJECT_CLASS (bma_key_manager_parent_class)->finalize (object);
}

static void
bma_key_manager_class_init (BmaKeyManagerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_key_manager_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_key_manager_finalize;
  g_signal_new ("changed", BMA_TYPE_KEY_MANAGER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
bma_key_manager_init (BmaKeyManager *self)
{
  self->cancellable = g_cancellable_new ();
  self->due_s = G_MAXINT64;
  g_queue_init (&self->commands);
}

/**
 * bma_key_manager_new:
 * @keyring: where the keys are kept
 * @clock: time
 * @issuer: whose keys they are
 * @policy: what the configuration wants
 *
 * Returns: (transfer full): a key manager that has not looked yet
 */
BmaKeyManager *
bma_key_manager_new (BmaKeyring *keyring,
                     BmaClock *clock,
                     const char *issuer,
                     const BmaKeyPolicy *policy)
{
  BmaKeyManager *self = g_object_new (BMA_TYPE_KEY_MANAGER, NULL);

  self->keyring = g_object_ref (keyring);
  self->clock = g_object_ref (clock);
  self->issuer = g_strdup (issuer);
  self->policy = *policy;
  g_signal_connect_object (keyring, "state-changed",
                           G_CALLBACK (on_keyring_state_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

static gboolean
on_due (gpointer data)
{
  BmaKeyManager *self = data;

  self->timer_id = 0;
  bma_key_manager_tend (self);
  return G_SOURCE_REMOVE;
}

/**
 * bma_key_manager_get_keys:
 * @self: a key manager
 *
 * When something is due that no timer has seen, after a suspend for instance, it is done
 * right after.
 *
 * Returns: (transfer none) (nullable): the keys, or %NULL while there are none
 */
const BmaKeyset *
bma_key_manager_get_keys (BmaKeyManager *self)
{
  if (self->roster != NULL && bma_clock_now_s (self->clock) >= self->due_s)
    {
      self->due_s = G_MAXINT64;
      g_clear_handle_id (&self->timer_id, g_source_remove);
      /* Not when the loop is idle: it may never be. */
      self->timer_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_due, self, NULL);
    }
  return self->keys;
}

/**
 * bma_key_manager_get_roster:
 * @self: a key manager
 *
 * Returns: (transfer none) (nullable): the keys and their states; %NULL while there are
 *   none, and with HS256
 */
const BmaRoster *
bma_key_manager_get_roster (BmaKeyManager *self)
{
  return self->roster;
}

/**
 * bma_key_manager_get_problem:
 * @self: a key manager
 *
 * Returns: (transfer none) (nullable): why there is no key
 */
const GError *
bma_key_manager_get_problem (BmaKeyManager *self)
{
  return self->problem;
}

/**
 * bma_key_manager_get_trouble:
 * @self: a key manager
 *
 * Returns: (transfer none) (nullable): why the keys, which work, cannot be rotated
 */
const GError *
bma_key_manager_get_trouble (BmaKeyManager *self)
{
  return self->trouble;
}
