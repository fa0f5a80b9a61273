/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client-sweep.h"
#include "bma-client.h"
#include "bma-grant.h"
#include "bma-janitor.h"
#include "bma-store-memory.h"

#define URL  "https://app.example/c"
#define NOW  (100 * BMA_CLIENT_SWEEP_AGE_S)
#define LONG BMA_CLIENT_SWEEP_AGE_S

static void
put (BmaStore *store, gpointer record)
{
  g_autoptr (BmaChange) change = bma_change_new ();

  bma_change_put_take (change, record);
  bma_store_apply_lazily (store, change);
}

static void
put_client (BmaStore *store,
            const char *id,
            const char *origin,
            int64_t created_at_s,
            int64_t last_used_at_s,
            int64_t fresh_until_s)
{
  BmaClient *client = bma_client_new (id);

  client->origin = g_strdup (origin);
  client->created_at_s = created_at_s;
  client->last_used_at_s = last_used_at_s;
  client->fresh_until_s = fresh_until_s;
  put (store, client);
}

static void
put_grant (BmaStore *store, const char *id, const char *client_id)
{
  BmaGrant *grant = bma_record_new (&bma_grant_type, id);

  grant->client_id = g_strdup (client_id);
  put (store, grant);
}

static gboolean
has_client (BmaStore *store, const char *id)
{
  g_autofree char *record_id = bma_client_make_record_id (id);

  return bma_store_lookup (store, &bma_client_type, record_id) != NULL;
}

static void
finish (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_age (void)
{
  g_autoptr (BmaStoreMemory) memory = bma_store_memory_new ();
  BmaStore *store = BMA_STORE (memory);

  put_client (store, "01", BMA_CLIENT_ORIGIN_REGISTERED, NOW - LONG, 0, 0);
  put_client (store, "02", BMA_CLIENT_ORIGIN_REGISTERED, NOW - LONG + 1, 0, 0);
  /* Allowed once and taken back: it may ask again. */
  put_client (store, "03", BMA_CLIENT_ORIGIN_REGISTERED, 1, 1, 0);
  put_client (store, "04", BMA_CLIENT_ORIGIN_REGISTERED, 1, 0, 0);
  put_grant (store, "aa", "04");
  put_client (store, "05", BMA_CLIENT_ORIGIN_CONFIGURED, 1, 0, 0);
  put_client (store, URL "1", BMA_CLIENT_ORIGIN_DOCUMENT, 1, 1,
              NOW - BMA_CLIENT_SWEEP_STALE_S);
  put_client (store, URL "2", BMA_CLIENT_ORIGIN_DOCUMENT, 1, 0,
              NOW - BMA_CLIENT_SWEEP_STALE_S + 1);
  put_client (store, URL "3", BMA_CLIENT_ORIGIN_DOCUMENT, 1, 1, 1);
  put_grant (store, "bb", URL "3");
  put_client (store, "connected-app-test-1", BMA_CLIENT_ORIGIN_STYTCH, 1, 0, 1);

  g_assert_cmpuint (bma_janitor_sweep (store, NOW), ==, 3);
  g_assert_false (has_client (store, "01"));
  g_assert_true (has_client (store, "02"));
  g_assert_true (has_client (store, "03"));
  g_assert_true (has_client (store, "04"));
  g_assert_true (has_client (store, "05"));
  g_assert_false (has_client (store, URL "1"));
  g_assert_true (has_client (store, URL "2"));
  g_assert_true (has_client (store, URL "3"));
  g_assert_false (has_client (store, "connected-app-test-1"));
  g_assert_cmpuint (bma_janitor_sweep (store, NOW), ==, 0);
  finish ();
}

/* A stranger registers without end; the clients in use stay, and so does the newest. */
static void
test_flood (void)
{
  g_autoptr (BmaStoreMemory) memory = bma_store_memory_new ();
  BmaStore *store = BMA_STORE (memory);
  g_autoptr (GPtrArray) left = NULL;

  put_client (store, "aaaa", BMA_CLIENT_ORIGIN_REGISTERED, 1, 1, 0);
  put_client (store, "bbbb", BMA_CLIENT_ORIGIN_REGISTERED, 1, 0, 0);
  put_grant (store, "bb", "bbbb");
  put_client (store, "cccc", BMA_CLIENT_ORIGIN_CONFIGURED, 1, 0, 0);
  for (unsigned int i = 0; i < 2 * BMA_CLIENT_SWEEP_MAX_IDLE; i++)
    {
      g_autoptr (BmaChange) change = bma_change_new ();
      g_autofree char *id = g_strdup_printf ("%08x", i);
      BmaClient *client = bma_client_new (id);

      client->origin = g_strdup (BMA_CLIENT_ORIGIN_REGISTERED);
      client->created_at_s = 1000 + i;
      bma_client_sweep_make_room (store, change);
      g_assert_cmpuint (bma_change_get_n_ops (change), <=, 1);
      bma_change_put_take (change, client);
      bma_store_apply_lazily (store, change);
    }
  left = bma_store_list (store, &bma_client_type);
  g_assert_cmpuint (left->len, ==, BMA_CLIENT_SWEEP_MAX_IDLE + 3);
  g_assert_true (has_client (store, "aaaa"));
  g_assert_true (has_client (store, "bbbb"));
  g_assert_true (has_client (store, "cccc"));
  g_assert_false (has_client (store, "000003e7"));
  g_assert_true (has_client (store, "000003e8"));
  g_assert_true (has_client (store, "000007cf"));
  finish ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/client-sweep/clients-without-a-grant-go", test_age);
  g_test_add_func ("/broker/client-sweep/the-oldest-idle-one-makes-room", test_flood);
  return g_test_run ();
}
