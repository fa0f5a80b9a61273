/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "keyring-await.h"

#define ISSUER "http://127.0.0.1:8417"

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

BmaSecret *
await_load (BmaKeyring *keyring, const char *kind, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bma_keyring_load_async (keyring, kind, ISSUER, NULL, on_done, &result);
  wait_for (&result);
  return bma_keyring_load_finish (keyring, result, error);
}

gboolean
await_save (BmaKeyring *keyring, const char *kind, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (BmaSecret) secret = bma_secret_new (text);

  bma_keyring_save_async (keyring, kind, ISSUER, "A label", secret, NULL, on_done,
                          &result);
  wait_for (&result);
  return bma_keyring_save_finish (keyring, result, error);
}

gboolean
await_unlock (BmaKeyring *keyring, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bma_keyring_unlock_async (keyring, NULL, on_done, &result);
  wait_for (&result);
  return bma_keyring_unlock_finish (keyring, result, error);
}

static void
on_state_changed (BmaKeyring *keyring, gpointer user_data)
{
  g_test_message ("state-changed: %s",
                  bma_keyring_state_to_text (bma_keyring_get_state (keyring)));
  ++*(unsigned int *) user_data;
}

/* The signal must tell; polling would hide that it does not. */
void
await_state (BmaKeyring *keyring, BmaKeyringState state)
{
  unsigned int n_signals = 0;
  unsigned int n_seen = 0;
  gulong id = 0;

  if (bma_keyring_get_state (keyring) == state)
    return;
  id = g_signal_connect (keyring, "state-changed", G_CALLBACK (on_state_changed),
                         &n_signals);
  do
    {
      while (n_signals == n_seen)
        g_main_context_iteration (NULL, TRUE);
      n_seen = n_signals;
    }
  while (bma_keyring_get_state (keyring) != state);
  g_signal_handler_disconnect (keyring, id);
}

void
assert_loads (BmaKeyring *keyring, const char *kind, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaSecret) secret = await_load (keyring, kind, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (bma_secret_peek (secret), ==, text);
}

void
assert_load_fails (BmaKeyring *keyring, const char *kind, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (await_load (keyring, kind, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, BMA_KEYRING_ERROR, code);
}

void
assert_save_fails (BmaKeyring *keyring, const char *kind, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (await_save (keyring, kind, "no", &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, BMA_KEYRING_ERROR, code);
}
