/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-place.h"

/* secret_backend_get() is installed, documented and introspectable; only <secret.h>
 * forgets its header and the header refuses to come alone (0.20.5 to 0.21.7). */
#define __SECRET_INSIDE_HEADER__
#include <libsecret/secret-backend.h>
#undef __SECRET_INSIDE_HEADER__

/**
 * bma_keyring_place_free:
 * @self: (transfer full): a place
 *
 * Frees it.
 */
void
bma_keyring_place_free (BmaKeyringPlace *self)
{
  g_return_if_fail (self != NULL);

  g_clear_object (&self->collection);
  g_clear_object (&self->service);
  g_free (self);
}

/**
 * bma_keyring_place_get_state:
 * @self: a place
 *
 * Returns: its state; libsecret's file counts as ready, since only its use can tell
 */
BmaKeyringState
bma_keyring_place_get_state (const BmaKeyringPlace *self)
{
  g_return_val_if_fail (self != NULL, BMA_KEYRING_STATE_UNKNOWN);

  if (self->service == NULL)
    return BMA_KEYRING_STATE_READY;
  if (self->collection == NULL)
    return BMA_KEYRING_STATE_MISSING;
  return secret_collection_get_locked (self->collection) ? BMA_KEYRING_STATE_LOCKED
                                                         : BMA_KEYRING_STATE_READY;
}

/**
 * bma_keyring_place_check:
 * @self: a place
 * @error: return location for %BMA_KEYRING_ERROR_LOCKED or %BMA_KEYRING_ERROR_MISSING
 *
 * Returns: whether it is ready
 */
gboolean
bma_keyring_place_check (const BmaKeyringPlace *self, GError **error)
{
  BmaKeyringState state = bma_keyring_place_get_state (self);

  if (state == BMA_KEYRING_STATE_LOCKED)
    g_set_error_literal (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_LOCKED,
                         "The keyring is locked: unlock it and try again");
  if (state == BMA_KEYRING_STATE_MISSING)
    g_set_error_literal (
        error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING,
        "There is no default keyring yet: unlocking it here creates one, "
        "or create one in Passwords and Keys");
  return state == BMA_KEYRING_STATE_READY;
}

static gboolean
means_missing (const GError *error)
{
  static const int codes[] = {
    G_DBUS_ERROR_SERVICE_UNKNOWN,
    G_DBUS_ERROR_NAME_HAS_NO_OWNER,
    G_DBUS_ERROR_NO_REPLY,
    G_DBUS_ERROR_DISCONNECTED,
    G_DBUS_ERROR_NO_SERVER,
    G_DBUS_ERROR_SPAWN_EXEC_FAILED,
    G_DBUS_ERROR_SPAWN_FORK_FAILED,
    G_DBUS_ERROR_SPAWN_CHILD_EXITED,
    G_DBUS_ERROR_SPAWN_CHILD_SIGNALED,
    G_DBUS_ERROR_SPAWN_FAILED,
    G_DBUS_ERROR_SPAWN_FILE_INVALID,
    G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND,
    G_DBUS_ERROR_ACCESS_DENIED,
  };

  for (size_t i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_DBUS_ERROR, codes[i]))
      return TRUE;
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static int
error_to_code (const GError *error)
{
  if (means_missing (error))
    return BMA_KEYRING_ERROR_MISSING;
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    return BMA_KEYRING_ERROR_LOCKED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT))
    return BMA_KEYRING_ERROR_TIMED_OUT;
  return BMA_KEYRING_ERROR_FAILED;
}

/* What was wrong and what to do, before the words of the library. */
static const char *
code_to_advice (int code)
{
  if (code == BMA_KEYRING_ERROR_MISSING)
    return "There is no secret service: start one (such as gnome-keyring) or give the "
           "secrets as files";
  if (code == BMA_KEYRING_ERROR_LOCKED)
    return "The keyring is locked: unlock it and try again";
  if (code == BMA_KEYRING_ERROR_TIMED_OUT)
    return "The keyring did not answer in time: try again";
  return "The keyring failed";
}

static GError *
make_error (int code, GError *error)
{
  g_autoptr (GError) owned = error;

  g_dbus_error_strip_remote_error (owned);
  return g_error_new (BMA_KEYRING_ERROR, code, "%s (%s)", code_to_advice (code),
                      owned->message);
}

/**
 * bma_keyring_translate_error:
 * @error: (transfer full): an error of libsecret or GDBus
 *
 * Returns: (transfer full): a [error@KeyringError] or %G_IO_ERROR_CANCELLED
 */
GError *
bma_keyring_translate_error (GError *error)
{
  if (error->domain == BMA_KEYRING_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return error;
  return make_error (error_to_code (error), error);
}

/* Before there is a connection, GIO reports a missing bus with all kinds of codes. */
static void
return_connection_error (GTask *task, GError *error)
{
  if (error->domain == G_IO_ERROR && error->code != G_IO_ERROR_CANCELLED &&
      error->code != G_IO_ERROR_TIMED_OUT)
    g_task_return_error (task, make_error (BMA_KEYRING_ERROR_MISSING, error));
  else
    g_task_return_error (task, bma_keyring_translate_error (error));
}

static void
on_collection_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (BmaKeyringPlace) place = g_new0 (BmaKeyringPlace, 1);
  GError *error = NULL;

  place->service = g_object_ref (g_task_get_task_data (task));
  place->collection = secret_collection_for_alias_finish (result, &error);
  if (error != NULL)
    g_task_return_error (task, bma_keyring_translate_error (error));
  else
    g_task_return_pointer (task, g_steal_pointer (&place),
                           (GDestroyNotify) bma_keyring_place_free);
}

static void
on_service_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (SecretService) service = secret_service_get_finish (result, &error);

  if (error != NULL)
    {
      return_connection_error (task, error);
      return;
    }
  g_task_set_task_data (task, g_object_ref (service), g_object_unref);
  secret_collection_for_alias (service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                               g_task_get_cancellable (task), on_collection_found,
                               g_object_ref (task));
}

/* Called "transfer full", but the first caller's reference is the one that libsecret's
 * cache keeps: dropping it frees the object under libsecret, which itself never drops it
 * either (0.20.5 to 0.21.7). */
static void
on_backend_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  SecretBackend *backend = secret_backend_get_finish (result, &error);

  if (error != NULL)
    return_connection_error (task, error);
  else if (!SECRET_IS_SERVICE (backend))
    g_task_return_pointer (task, g_new0 (BmaKeyringPlace, 1),
                           (GDestroyNotify) bma_keyring_place_free);
  else
    secret_service_get (SECRET_SERVICE_NONE, g_task_get_cancellable (task),
                        on_service_found, g_object_ref (task));
}

/**
 * bma_keyring_place_find_async:
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks where secret_password_*() would look. Inside Flatpak with the Secret portal that
 * is libsecret's own encrypted file, and asking the D-Bus service about its default
 * collection would say nothing about it.
 *
 * The backend is the one that secret_password_*() uses; the service is the one that
 * libsecret forgets when its owner leaves the bus, and with it the backend, whose session
 * would be dead.
 */
void
bma_keyring_place_find_async (GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, bma_keyring_place_find_async);
  g_task_set_name (task, "keyring-place");
  secret_backend_get (SECRET_BACKEND_OPEN_SESSION, cancellable, on_backend_found, task);
}

/**
 * bma_keyring_place_find_finish:
 * @result: what the callback got
 * @error: return location for a [error@KeyringError] or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the place, in whatever state
 */
BmaKeyringPlace *
bma_keyring_place_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
