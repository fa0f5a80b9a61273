/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-manager.h"

#include "bma-log.h"

#define RETRY_S 5

struct _BmaKeyManager
{
  GObject parent_instance;

  BmaKeyring *keyring;       /* owned */
  char *issuer;              /* owned */
  BmaKeyset *keys;           /* owned, nullable: NULL until the key is there */
  BmaKey *unsaved;           /* owned, nullable: made, not yet in the keyring */
  GError *problem;           /* owned, nullable: why there is no key */
  GCancellable *cancellable; /* owned */
  gboolean busy;
  unsigned int retry_id; /* source */
};

G_DEFINE_FINAL_TYPE (BmaKeyManager, bma_key_manager, G_TYPE_OBJECT)

static gboolean
on_retry (gpointer data)
{
  BmaKeyManager *self = data;

  self->retry_id = 0;
  bma_key_manager_load (self);
  return G_SOURCE_REMOVE;
}

static void
set_problem (BmaKeyManager *self, GError *error)
{
  gboolean news = self->problem == NULL || self->problem->code != error->code;
  gboolean transient =
      !g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_LOCKED) &&
      !g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING);

  g_clear_error (&self->problem);
  self->problem = error;
  self->busy = FALSE;
  if (news)
    {
      bma_log_warning ("keys", "No signing key: %s", error->message);
      g_signal_emit_by_name (self, "changed");
    }
  /* A locked or missing keyring tells when that changes; other trouble does not. */
  if (transient && self->retry_id == 0)
    self->retry_id = g_timeout_add_seconds (RETRY_S, on_retry, self);
}

static void
set_key (BmaKeyManager *self, BmaKey *key)
{
  self->keys = bma_keyset_new ();
  bma_keyset_add (self->keys, key);
  g_clear_error (&self->problem);
  self->busy = FALSE;
  bma_log_notice ("keys", "Signing with key %s", bma_key_get_id (key));
  g_signal_emit_by_name (self, "changed");
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyManager) self = user_data;
  g_autoptr (BmaKey) key = NULL;
  GError *error = NULL;

  if (!bma_keyring_save_finish (BMA_KEYRING (source), result, &error))
    {
      /* Kept: the next attempt saves the same key. */
      set_problem (self, error);
      return;
    }
  key = g_steal_pointer (&self->unsaved);
  set_key (self, key);
}

static void
make_key (BmaKeyManager *self)
{
  g_autoptr (BmaSecret) jwk = NULL;
  g_autofree char *label = NULL;
  GError *error = NULL;

  if (self->unsaved == NULL)
    self->unsaved = bma_key_generate (BMA_ALGORITHM_ES256, &error);
  if (self->unsaved != NULL)
    jwk = bma_key_export_private (self->unsaved, &error);
  if (jwk == NULL)
    {
      set_problem (self, error);
      return;
    }
  label = g_strdup_printf ("BioMCP signing key for %s", self->issuer);
  bma_keyring_save_async (self->keyring, BMA_KEYRING_KIND_SIGNING_KEY, self->issuer,
                          label, jwk, self->cancellable, on_saved, g_object_ref (self));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyManager) self = user_data;
  g_autoptr (BmaSecret) jwk = NULL;
  g_autoptr (BmaKey) key = NULL;
  GError *error = NULL;

  jwk = bma_keyring_load_finish (BMA_KEYRING (source), result, &error);
  if (g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND))
    {
      g_clear_error (&error);
      make_key (self);
      return;
    }
  if (jwk != NULL)
    key = bma_key_new_from_jwk (bma_secret_peek (jwk), bma_secret_get_size (jwk),
                                BMA_ALGORITHM_ES256, &error);
  if (key == NULL)
    set_problem (self, error);
  else
    set_key (self, key);
}

/**
 * bma_key_manager_load:
 * @self: a key manager
 *
 * Looks for the key, unless it is there or being looked for. Never shows a prompt.
 */
void
bma_key_manager_load (BmaKeyManager *self)
{
  if (self->keys != NULL || self->busy)
    return;
  self->busy = TRUE;
  bma_keyring_load_async (self->keyring, BMA_KEYRING_KIND_SIGNING_KEY, self->issuer,
                          self->cancellable, on_loaded, g_object_ref (self));
}

static void
on_keyring_state_changed (BmaKeyManager *self)
{
  bma_key_manager_load (self);
}

static void
bma_key_manager_dispose (GObject *object)
{
  BmaKeyManager *self = BMA_KEY_MANAGER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_clear_object (&self->keyring);
  G_OBJECT_CLASS (bma_key_manager_parent_class)->dispose (object);
}

static void
bma_key_manager_finalize (GObject *object)
{
  BmaKeyManager *self = BMA_KEY_MANAGER (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->keys, bma_keyset_free);
  g_clear_pointer (&self->unsaved, bma_key_unref);
  g_clear_error (&self->problem);
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
}

/**
 * bma_key_manager_new:
 * @keyring: where the key is kept
 * @issuer: whose key it is
 *
 * Returns: (transfer full): a key manager that has not looked yet
 */
BmaKeyManager *
bma_key_manager_new (BmaKeyring *keyring, const char *issuer)
{
  BmaKeyManager *self = g_object_new (BMA_TYPE_KEY_MANAGER, NULL);

  self->keyring = g_object_ref (keyring);
  self->issuer = g_strdup (issuer);
  g_signal_connect_object (keyring, "state-changed",
                           G_CALLBACK (on_keyring_state_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * bma_key_manager_get_keys:
 * @self: a key manager
 *
 * Returns: (transfer none) (nullable): the keys, or %NULL while there are none
 */
const BmaKeyset *
bma_key_manager_get_keys (BmaKeyManager *self)
{
  return self->keys;
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
