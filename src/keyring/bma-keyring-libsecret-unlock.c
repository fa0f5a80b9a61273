/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-libsecret-private.h"

#include "bma-keyring-prompt.h"

#define COLLECTION_LABEL "org.freedesktop.Secret.Collection.Label"
#define NO_PROMPT        "/"

static void
on_unlocked_place_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) call = user_data;
  g_autoptr (BmaKeyringPlace) place = bma_keyring_libsecret_take_place (call, result);
  GError *error = NULL;

  if (place == NULL)
    return;
  if (bma_keyring_place_check (place, &error))
    bma_keyring_call_succeed (call, GINT_TO_POINTER (TRUE), NULL);
  else
    bma_keyring_call_fail (call, error);
}

static void
look_again (BmaKeyringCall *call)
{
  bma_keyring_place_find_async (bma_keyring_call_get_cancellable (call),
                                on_unlocked_place_found, bma_keyring_call_ref (call));
}

static void
on_prompt_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) call = user_data;
  GError *error = NULL;

  if (bma_keyring_prompt_finish (result, &error))
    look_again (call);
  else
    bma_keyring_call_fail (call, bma_keyring_translate_error (error));
}

/* Unlock and CreateCollection both answer with a pair: what was done at once, and the
 * prompt to show for the rest. */
static void
on_unlock_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) call = user_data;
  g_autofree char *prompt = NULL;
  GError *error = NULL;
  g_autoptr (GVariant)
      answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (answer == NULL)
    {
      bma_keyring_call_fail (call, bma_keyring_translate_error (error));
      return;
    }
  if (!g_variant_is_of_type (answer, G_VARIANT_TYPE ("(*o)")))
    {
      bma_keyring_call_fail (
          call, g_error_new_literal (BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED,
                                     "The secret service gave a strange answer"));
      return;
    }
  g_variant_get_child (answer, 1, "o", &prompt);
  if (g_str_equal (prompt, NO_PROMPT))
    look_again (call);
  else
    bma_keyring_prompt_async (G_DBUS_PROXY (source), prompt,
                              bma_keyring_call_get_cancellable (call), on_prompt_answered,
                              bma_keyring_call_ref (call));
}

static void
unlock_collection (BmaKeyringCall *call, const BmaKeyringPlace *place)
{
  const char *path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (place->collection));

  g_dbus_proxy_call (G_DBUS_PROXY (place->service), "Unlock",
                     g_variant_new ("(@ao)", g_variant_new_objv (&path, 1)),
                     G_DBUS_CALL_FLAGS_NONE, -1, bma_keyring_call_get_cancellable (call),
                     on_unlock_called, bma_keyring_call_ref (call));
}

/* Where nobody typed a password at login (automatic or fingerprint login) there may be no
 * default keyring yet; the service asks the person for the new password. */
static void
create_collection (BmaKeyringCall *call, const BmaKeyringPlace *place)
{
  GVariantBuilder properties;

  g_variant_builder_init (&properties, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&properties, "{sv}", COLLECTION_LABEL,
                         g_variant_new_string ("Default keyring"));
  g_dbus_proxy_call (G_DBUS_PROXY (place->service), "CreateCollection",
                     g_variant_new ("(a{sv}s)", &properties, SECRET_COLLECTION_DEFAULT),
                     G_DBUS_CALL_FLAGS_NONE, -1, bma_keyring_call_get_cancellable (call),
                     on_unlock_called, bma_keyring_call_ref (call));
}

static void
on_unlock_place_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) call = user_data;
  g_autoptr (BmaKeyringPlace) place = bma_keyring_libsecret_take_place (call, result);

  if (place == NULL)
    return;
  if (bma_keyring_place_get_state (place) == BMA_KEYRING_STATE_READY)
    bma_keyring_call_succeed (call, GINT_TO_POINTER (TRUE), NULL);
  else if (place->collection != NULL)
    unlock_collection (call, place);
  else
    create_collection (call, place);
}

/**
 * bma_keyring_libsecret_unlock:
 * @keyring: a keyring
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Implements [method@Keyring.unlock_async]: the place, Unlock or CreateCollection, the
 * prompt, and the place again, because only that tells whether it helped.
 */
void
bma_keyring_libsecret_unlock (BmaKeyring *keyring,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  BmaKeyringCall *call = bma_keyring_call_new (keyring, bma_keyring_libsecret_unlock,
                                               BMA_KEYRING_PROMPT_LIMIT_MS, cancellable,
                                               callback, user_data);

  bma_keyring_place_find_async (bma_keyring_call_get_cancellable (call),
                                on_unlock_place_found, call);
}
