/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-call.h"
#include "bma-keyring-dummy.h"
#include "keyring-await.h"

#define KIND BMA_KEYRING_KIND_SIGNING_KEY

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_time_is_limited (void)
{
  g_autoptr (BmaKeyringDummy) source = bma_keyring_dummy_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaKeyringCall)
      call = bma_keyring_call_new (source, NULL, 1, NULL, on_done, &result);
  g_autoptr (BmaSecret) late = bma_secret_new ("late");

  wait_for (&result);
  g_assert_null (g_task_propagate_pointer (G_TASK (result), &error));
  g_assert_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_TIMED_OUT);
  g_assert_true (g_cancellable_is_cancelled (bma_keyring_call_get_cancellable (call)));
  /* A late answer is dropped, and freed. */
  bma_keyring_call_succeed (call, bma_secret_ref (late),
                            (GDestroyNotify) bma_secret_unref);
  bma_keyring_call_fail (call, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x"));
}

static void
test_can_be_cancelled (void)
{
  g_autoptr (BmaKeyringDummy) source = bma_keyring_dummy_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaKeyringCall)
      call = bma_keyring_call_new (source, NULL, 10000, cancellable, on_done, &result);

  g_cancellable_cancel (cancellable);
  wait_for (&result);
  g_assert_null (g_task_propagate_pointer (G_TASK (result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_cancellable_is_cancelled (bma_keyring_call_get_cancellable (call)));
}

static void
test_answers_in_time (void)
{
  g_autoptr (BmaKeyringDummy) source = bma_keyring_dummy_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (BmaSecret) secret = NULL;
  BmaKeyringCall *call =
      bma_keyring_call_new (source, NULL, 10000, cancellable, on_done, &result);

  bma_keyring_call_set_data (call, g_strdup ("data"), g_free);
  g_assert_cmpstr (bma_keyring_call_get_data (call), ==, "data");
  g_assert_true (bma_keyring_call_get_source (call) == source);
  bma_keyring_call_succeed (call, bma_secret_new ("in time"),
                            (GDestroyNotify) bma_secret_unref);
  bma_keyring_call_unref (call);
  wait_for (&result);
  secret = g_task_propagate_pointer (G_TASK (result), NULL);
  g_assert_cmpstr (bma_secret_peek (secret), ==, "in time");
  g_cancellable_cancel (cancellable);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_dummy (void)
{
  g_autoptr (BmaKeyringDummy) dummy = bma_keyring_dummy_new ();
  BmaKeyring *keyring = BMA_KEYRING (dummy);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaSecret) secret = NULL;

  assert_load_fails (keyring, KIND, BMA_KEYRING_ERROR_NOT_FOUND);
  g_assert_true (await_save (keyring, KIND, "one", NULL));
  assert_loads (keyring, KIND, "one");
  bma_keyring_dummy_set_state (dummy, BMA_KEYRING_STATE_LOCKED);
  assert_load_fails (keyring, KIND, BMA_KEYRING_ERROR_LOCKED);
  assert_save_fails (keyring, KIND, BMA_KEYRING_ERROR_LOCKED);
  bma_keyring_dummy_set_dismissing (dummy, TRUE);
  g_assert_false (await_unlock (keyring, &error));
  g_assert_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_DISMISSED);
  bma_keyring_dummy_set_dismissing (dummy, FALSE);
  g_assert_true (await_unlock (keyring, NULL));
  bma_keyring_dummy_set_paused (dummy, TRUE);
  bma_keyring_load_async (keyring, KIND, "i", NULL, on_done, &result);
  g_assert_cmpuint (bma_keyring_dummy_get_n_waiting (dummy), ==, 1);
  bma_keyring_dummy_put (dummy, KIND, "i", "two");
  bma_keyring_dummy_set_paused (dummy, FALSE);
  wait_for (&result);
  secret = bma_keyring_load_finish (keyring, result, NULL);
  g_assert_cmpstr (bma_secret_peek (secret), ==, "two");
  g_assert_true (bma_keyring_dummy_peek (dummy, KIND, "i") == secret);
  g_assert_cmpuint (bma_keyring_dummy_get_n_loads (dummy), ==, 4);
  g_assert_cmpuint (bma_keyring_dummy_get_n_saves (dummy), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keyring/call/time-is-limited", test_time_is_limited);
  g_test_add_func ("/keyring/call/can-be-cancelled", test_can_be_cancelled);
  g_test_add_func ("/keyring/call/answers-in-time", test_answers_in_time);
  g_test_add_func ("/keyring/dummy/behaves-like-a-keyring", test_dummy);
  return g_test_run ();
}
