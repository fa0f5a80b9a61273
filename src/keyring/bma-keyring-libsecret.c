/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-libsecret-private.h"

#include "bma-keyring-watch.h"
#include "bma-log.h"

struct _BmaKeyringLibsecret
{
  GObject parent_instance;

  BmaKeyringState state;
  BmaKeyringWatch *watch; /* owned */
  GCancellable *refresh;  /* owned (nullable): while the state is asked for */
  gboolean refresh_again; /* something changed meanwhile */
};

static void bma_keyring_libsecret_iface_init (BmaKeyringInterface *iface);
static void refresh (BmaKeyringLibsecret *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaKeyringLibsecret,
                               bma_keyring_libsecret,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_KEYRING,
                                                      bma_keyring_libsecret_iface_init))

static void
set_state (BmaKeyringLibsecret *self, BmaKeyringState state)
{
  if (self->state == state)
    return;
  self->state = state;
  bma_log_info ("keyring", "The keyring is %s", bma_keyring_state_to_text (state));
  g_signal_emit_by_name (self, "state-changed");
}

/**
 * bma_keyring_libsecret_note:
 * @self: a keyring
 * @place: (nullable): what was found
 * @error: (nullable): why nothing was found
 *
 * Learns the state from what a call saw. Of errors only "there is none" says something.
 */
void
bma_keyring_libsecret_note (BmaKeyringLibsecret *self,
                            const BmaKeyringPlace *place,
                            const GError *error)
{
  if (place != NULL)
    set_state (self, bma_keyring_place_get_state (place));
  else if (g_error_matches (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING))
    set_state (self, BMA_KEYRING_STATE_MISSING);
}

/**
 * bma_keyring_libsecret_take_place:
 * @call: a call that asked for the place
 * @result: what the callback got
 *
 * Notes the state, and fails @call when nothing was found.
 *
 * Returns: (transfer full) (nullable): the place, in whatever state
 */
BmaKeyringPlace *
bma_keyring_libsecret_take_place (BmaKeyringCall *call, GAsyncResult *result)
{
  GError *error = NULL;
  BmaKeyringPlace *place = bma_keyring_place_find_finish (result, &error);

  bma_keyring_libsecret_note (bma_keyring_call_get_source (call), place, error);
  if (place == NULL)
    bma_keyring_call_fail (call, error);
  return place;
}

static void
on_refresh_place_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BmaKeyringLibsecret *self = user_data; /* valid unless it was cancelled */
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaKeyringPlace) place = bma_keyring_place_find_finish (result, &error);
  gboolean again = FALSE;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->refresh);
  again = self->refresh_again;
  self->refresh_again = FALSE;
  if (again)
    refresh (self);
  bma_keyring_libsecret_note (self, place, error);
}

static void
refresh (BmaKeyringLibsecret *self)
{
  if (self->refresh != NULL)
    {
      self->refresh_again = TRUE;
      return;
    }
  self->refresh = g_cancellable_new ();
  bma_keyring_place_find_async (self->refresh, on_refresh_place_found, self);
}

/* Asking a service that has gone would start it again, locked, and without end if it
 * crashes: the next call does that. A service that was never seen is not missing either:
 * the first call starts it. */
static void
on_service_changed (gboolean present, gpointer user_data)
{
  BmaKeyringLibsecret *self = user_data;

  if (present)
    refresh (self);
  else if (self->state != BMA_KEYRING_STATE_UNKNOWN)
    set_state (self, BMA_KEYRING_STATE_MISSING);
}

static BmaKeyringState
bma_keyring_libsecret_get_state (BmaKeyring *keyring)
{
  return BMA_KEYRING_LIBSECRET (keyring)->state;
}

static BmaSecret *
bma_keyring_libsecret_load_finish (BmaKeyring *keyring,
                                   GAsyncResult *result,
                                   GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Calls answer with any pointer but NULL when they succeed. */
static gboolean
bma_keyring_libsecret_finish (BmaKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), FALSE);

  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}

static void
bma_keyring_libsecret_constructed (GObject *object)
{
  BmaKeyringLibsecret *self = BMA_KEYRING_LIBSECRET (object);

  G_OBJECT_CLASS (bma_keyring_libsecret_parent_class)->constructed (object);
  self->watch = bma_keyring_watch_new (on_service_changed, self);
}

static void
bma_keyring_libsecret_dispose (GObject *object)
{
  BmaKeyringLibsecret *self = BMA_KEYRING_LIBSECRET (object);

  g_clear_pointer (&self->watch, bma_keyring_watch_free);
  g_cancellable_cancel (self->refresh);
  g_clear_object (&self->refresh);
  G_OBJECT_CLASS (bma_keyring_libsecret_parent_class)->dispose (object);
}

static void
bma_keyring_libsecret_class_init (BmaKeyringLibsecretClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = bma_keyring_libsecret_constructed;
  object_class->dispose = bma_keyring_libsecret_dispose;
}

static void
bma_keyring_libsecret_init (BmaKeyringLibsecret *self)
{
}

static void
bma_keyring_libsecret_iface_init (BmaKeyringInterface *iface)
{
  iface->get_state = bma_keyring_libsecret_get_state;
  iface->load_async = bma_keyring_libsecret_load;
  iface->load_finish = bma_keyring_libsecret_load_finish;
  iface->save_async = bma_keyring_libsecret_save;
  iface->save_finish = bma_keyring_libsecret_finish;
  iface->unlock_async = bma_keyring_libsecret_unlock;
  iface->unlock_finish = bma_keyring_libsecret_finish;
}

/**
 * bma_keyring_libsecret_new:
 *
 * The state is unknown until the service was seen on the bus or a call was made.
 *
 * Returns: (transfer full): the keyring of this person's session
 */
BmaKeyring *
bma_keyring_libsecret_new (void)
{
  return g_object_new (BMA_TYPE_KEYRING_LIBSECRET, NULL);
}
