/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client.h"
#include "bma-clock-dummy.h"
#include "bma-entropy-dummy.h"
#include "bma-store-memory.h"
#include "bma-token.h"

typedef struct
{
  unsigned int n_done;
  unsigned int n_failed;
  unsigned int n_changed;
} Tally;

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Tally *tally = user_data;
  g_autoptr (GError) error = NULL;

  if (!bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      g_assert_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_WRITE);
      tally->n_failed++;
    }
  tally->n_done++;
}

static void
on_changed (BmaStore *store, gpointer change, gpointer user_data)
{
  ((Tally *) user_data)->n_changed++;
}

static void
put_client (BmaStore *store, const char *id, const char *name, Tally *tally)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaClient *client = bma_record_new (&bma_client_type, id);

  client->name = g_strdup (name);
  bma_change_put_take (change, client);
  bma_store_apply_async (store, change, NULL, on_applied, tally);
}

static const char *
client_name (BmaStore *store, const char *id)
{
  const BmaClient *client = bma_store_lookup (store, &bma_client_type, id);

  return client != NULL ? client->name : NULL;
}

static void
test_memory_applies_at_once (void)
{
  g_autoptr (BmaStoreMemory) memory = bma_store_memory_new ();
  BmaStore *store = BMA_STORE (memory);
  Tally tally = { 0 };
  g_autoptr (GPtrArray) clients = NULL;
  g_autoptr (GPtrArray) tokens = NULL;

  g_signal_connect (store, "changed", G_CALLBACK (on_changed), &tally);
  put_client (store, "0a", "one", &tally);
  put_client (store, "0a", "two", &tally);
  g_assert_cmpstr (client_name (store, "0a"), ==, "two");
  g_assert_cmpuint (tally.n_done, ==, 0);
  while (tally.n_done < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tally.n_failed, ==, 0);
  g_assert_cmpuint (tally.n_changed, ==, 2);
  clients = bma_store_list (store, &bma_client_type);
  tokens = bma_store_list (store, &bma_token_type);
  g_assert_cmpuint (clients->len, ==, 1);
  g_assert_cmpuint (tokens->len, ==, 0);
}

static void
test_memory_takes_back_in_reverse (void)
{
  g_autoptr (BmaStoreMemory) memory = bma_store_memory_new ();
  BmaStore *store = BMA_STORE (memory);
  Tally tally = { 0 };

  put_client (store, "0a", "one", &tally);
  while (tally.n_done < 1)
    g_main_context_iteration (NULL, TRUE);
  bma_store_memory_set_failing (memory, TRUE);
  put_client (store, "0a", "two", &tally);
  put_client (store, "0a", "three", &tally);
  put_client (store, "0b", "other", &tally);
  while (tally.n_done < 4)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tally.n_failed, ==, 3);
  g_assert_cmpstr (client_name (store, "0a"), ==, "one");
  g_assert_null (client_name (store, "0b"));
  bma_store_memory_set_failing (memory, FALSE);
  put_client (store, "0b", "works again", &tally);
  while (tally.n_done < 5)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tally.n_failed, ==, 3);
}

static void
test_memory_waits_while_paused (void)
{
  g_autoptr (BmaStoreMemory) memory = bma_store_memory_new ();
  Tally tally = { 0 };

  bma_store_memory_set_paused (memory, TRUE);
  put_client (BMA_STORE (memory), "0a", "one", &tally);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (tally.n_done, ==, 0);
  bma_store_memory_set_paused (memory, FALSE);
  while (tally.n_done < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (bma_store_memory_get_n_applied (memory), ==, 1);
}

static void
test_dummies_are_predictable (void)
{
  g_autoptr (BmaClockDummy) clock = bma_clock_dummy_new ();
  g_autoptr (BmaEntropyDummy) a = bma_entropy_dummy_new ();
  g_autoptr (BmaEntropyDummy) b = bma_entropy_dummy_new ();
  g_autofree char *first = bma_entropy_hex (BMA_ENTROPY (a), 16);
  g_autofree char *second = bma_entropy_hex (BMA_ENTROPY (a), 16);
  g_autofree char *again = bma_entropy_hex (BMA_ENTROPY (b), 16);
  int64_t before_us = bma_clock_now_us (BMA_CLOCK (clock));

  g_assert_cmpstr (first, ==, again);
  g_assert_cmpstr (first, !=, second);
  bma_clock_dummy_advance_s (clock, 5);
  g_assert_cmpint (bma_clock_now_s (BMA_CLOCK (clock)), ==, BMA_CLOCK_DUMMY_START_S + 5);
  bma_clock_dummy_set_s (clock, 7);
  g_assert_cmpint (bma_clock_now_s (BMA_CLOCK (clock)), ==, 7);
  g_assert_cmpint (bma_clock_now_us (BMA_CLOCK (clock)) - before_us, ==,
                   5 * G_USEC_PER_SEC);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/memory/applies-at-once", test_memory_applies_at_once);
  g_test_add_func ("/store/memory/takes-back-in-reverse",
                   test_memory_takes_back_in_reverse);
  g_test_add_func ("/store/memory/waits-while-paused", test_memory_waits_while_paused);
  g_test_add_func ("/store/dummies/are-predictable", test_dummies_are_predictable);
  return g_test_run ();
}
