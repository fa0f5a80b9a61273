/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-libsecret.h"
#include "keyring-await.h"
#include "secret-service-dummy.h"

#define KIND BMA_KEYRING_KIND_SIGNING_KEY

static GTestDBus *volatile bus =
    NULL; /* ends with this process, see test-keyring-libsecret.c */

typedef struct
{
  SecretServiceDummy service;
  BmaKeyring *keyring; /* owned */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  secret_service_dummy_start (&fixture->service, GPOINTER_TO_INT (data));
  fixture->keyring = bma_keyring_libsecret_new ();
  await_state (fixture->keyring, BMA_KEYRING_STATE_LOCKED);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  secret_service_dummy_stop (&fixture->service);
  await_state (fixture->keyring, BMA_KEYRING_STATE_MISSING);
  g_object_unref (fixture->keyring);
}

static void
test_unlocks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_load_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_LOCKED);
  assert_save_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_LOCKED);
  g_assert_cmpuint (fixture->service.n_prompts, ==, 0);
  g_assert_true (await_unlock (fixture->keyring, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->service.n_prompts, ==, 1);
  g_assert_cmpint (bma_keyring_get_state (fixture->keyring), ==, BMA_KEYRING_STATE_READY);
  assert_load_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_NOT_FOUND);
}

static void
test_creates (Fixture *fixture, gconstpointer data)
{
  fixture->service.has_collection = FALSE;
  assert_load_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_MISSING);
  g_assert_true (await_unlock (fixture->keyring, NULL));
  g_assert_cmpint (bma_keyring_get_state (fixture->keyring), ==, BMA_KEYRING_STATE_READY);
}

static void
test_dismissed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (await_unlock (fixture->keyring, &error));
  g_assert_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_DISMISSED);
  g_assert_cmpint (bma_keyring_get_state (fixture->keyring), ==,
                   BMA_KEYRING_STATE_LOCKED);
}

static void
test_service_dies (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (await_unlock (fixture->keyring, &error));
  g_assert_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING);
}

/* Somebody else unlocks and locks it. */
static void
test_watches (Fixture *fixture, gconstpointer data)
{
  secret_service_dummy_set_locked (&fixture->service, FALSE);
  await_state (fixture->keyring, BMA_KEYRING_STATE_READY);
  secret_service_dummy_set_locked (&fixture->service, TRUE);
  await_state (fixture->keyring, BMA_KEYRING_STATE_LOCKED);
  g_assert_cmpuint (fixture->service.n_prompts, ==, 0);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_cancelling_closes_the_dialog (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bma_keyring_unlock_async (fixture->keyring, cancellable, on_done, &result);
  while (fixture->service.n_prompts == 0)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  while (result == NULL || fixture->service.n_dismissals == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (bma_keyring_unlock_finish (fixture->keyring, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(path, mode, function)                                                        \
  g_test_add ("/keyring/prompt/" path, Fixture, GINT_TO_POINTER (mode), set_up,          \
              function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  ADD ("unlocks", SECRET_SERVICE_DUMMY_UNLOCK, test_unlocks);
  ADD ("creates-a-collection", SECRET_SERVICE_DUMMY_UNLOCK, test_creates);
  ADD ("dismissed-is-not-locked", SECRET_SERVICE_DUMMY_DISMISS, test_dismissed);
  ADD ("survives-odd-results", SECRET_SERVICE_DUMMY_ODD_TYPE, test_dismissed);
  ADD ("survives-the-end-of-the-service", SECRET_SERVICE_DUMMY_VANISH, test_service_dies);
  ADD ("watches-the-collection", SECRET_SERVICE_DUMMY_WAIT, test_watches);
  ADD ("cancelling-closes-the-dialog", SECRET_SERVICE_DUMMY_WAIT,
       test_cancelling_closes_the_dialog);
  return g_test_run ();
}
