/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-error.h"
#include "bma-clock-dummy.h"
#include "bma-key-manager.h"
#include "bma-keyring-dummy.h"

#include <string.h>

#define ISSUER   "http://127.0.0.1:8417"
#define KIND     BMA_KEYRING_KIND_SIGNING_KEY
#define LIFETIME 3600
#define AGE      (90 * 86400)
#define SECRET   "the secret that others have too."

static const char bare_jwk[] =
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"kid\":\"old\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
    "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}";

typedef struct
{
  BmaClockDummy *clock;     /* owned */
  BmaKeyringDummy *keyring; /* owned */
  BmaKeyManager *keys;      /* owned, nullable */
  BmaKeyPolicy policy;
} Fixture;

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
start (Fixture *f)
{
  f->keys = bma_key_manager_new (BMA_KEYRING (f->keyring), BMA_CLOCK (f->clock), ISSUER,
                                 &f->policy);
  bma_key_manager_load (f->keys);
  settle ();
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->clock = bma_clock_dummy_new ();
  f->keyring = bma_keyring_dummy_new ();
  f->policy = (BmaKeyPolicy){ BMA_ALGORITHM_ES256, AGE, LIFETIME };
}

static void
stop (Fixture *f)
{
  g_clear_object (&f->keys);
  settle ();
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  stop (f);
  g_object_unref (f->keyring);
  g_object_unref (f->clock);
}

static void
advance (Fixture *f, int64_t seconds)
{
  bma_clock_dummy_advance_s (f->clock, seconds);
  g_assert_nonnull (bma_key_manager_get_keys (f->keys));
  settle ();
}

static char *
signer (Fixture *f)
{
  return g_strdup (
      bma_key_get_id (bma_keyset_get_signer (bma_key_manager_get_keys (f->keys))));
}

static gboolean
knows (Fixture *f, const char *id)
{
  return bma_keyset_lookup (bma_key_manager_get_keys (f->keys), id) != NULL;
}

/* NULL when there is none. */
static const char *
find (Fixture *f, BmaKeyState state)
{
  const BmaRosterKey *entry =
      bma_roster_find (bma_key_manager_get_roster (f->keys), state);

  return entry != NULL ? bma_key_get_id (entry->key) : NULL;
}

static const char *
peek (Fixture *f)
{
  return bma_secret_peek (bma_keyring_dummy_peek (f->keyring, KIND, ISSUER));
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* NULL when it went well. */
static GError *
rotate (Fixture *f, gboolean now)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  bma_key_manager_rotate_async (f->keys, now, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_key_manager_rotate_finish (f->keys, result, &error) ==
                 (error == NULL));
  settle ();
  return error;
}

static void
await_algorithm (Fixture *f, BmaKeyState state, BmaAlgorithm algorithm)
{
  const BmaRosterKey *entry = NULL;

  while (entry == NULL || bma_key_get_algorithm (entry->key) != algorithm)
    {
      const BmaRoster *roster = bma_key_manager_get_roster (f->keys);

      entry = roster != NULL ? bma_roster_find (roster, state) : NULL;
      if (entry == NULL)
        g_main_context_iteration (NULL, TRUE);
    }
  settle ();
}

static void
test_first_key (Fixture *f, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *again = NULL;

  bma_keyring_dummy_set_paused (f->keyring, TRUE);
  start (f);
  bma_keyring_dummy_set_paused (f->keyring, FALSE);
  bma_keyring_dummy_set_paused (f->keyring, TRUE);
  settle ();
  /* Made, and not saved yet: it does not sign. */
  g_assert_cmpuint (bma_keyring_dummy_get_n_waiting (f->keyring), ==, 1);
  g_assert_null (bma_key_manager_get_keys (f->keys));
  bma_keyring_dummy_set_paused (f->keyring, FALSE);
  settle ();
  first = signer (f);
  g_assert_cmpuint (bma_keyring_dummy_get_n_saves (f->keyring), ==, 1);
  stop (f);
  start (f);
  again = signer (f);
  g_assert_cmpstr (first, ==, again);
  g_assert_cmpuint (bma_keyring_dummy_get_n_saves (f->keyring), ==, 1);
}

static void
test_by_age (Fixture *f, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *next = NULL;
  g_autoptr (BmaRoster) kept = NULL;

  start (f);
  first = signer (f);
  advance (f, AGE - 1);
  g_assert_null (find (f, BMA_KEY_STATE_NEXT));
  advance (f, 1);
  next = g_strdup (find (f, BMA_KEY_STATE_NEXT));
  g_assert_nonnull (next);
  g_assert_true (knows (f, next));
  g_assert_cmpstr (find (f, BMA_KEY_STATE_ACTIVE), ==, first);
  advance (f, BMA_KEY_LEAD_S - 1);
  g_assert_cmpstr (find (f, BMA_KEY_STATE_ACTIVE), ==, first);
  advance (f, 1);
  second = signer (f);
  g_assert_cmpstr (second, ==, next);
  g_assert_true (knows (f, first));
  /* Nobody can sign with the old one any more, whoever reads the keyring. */
  kept = bma_roster_parse (peek (f), strlen (peek (f)), NULL);
  g_assert_false (
      bma_key_is_private (bma_roster_find (kept, BMA_KEY_STATE_RETIRING)->key));
  advance (f, LIFETIME - 1);
  g_assert_true (knows (f, first));
  advance (f, 1);
  g_assert_false (knows (f, first));
  g_assert_null (strstr (peek (f), first));
  g_assert_nonnull (strstr (peek (f), second));
}

static void
test_by_command (Fixture *f, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *next = NULL;
  unsigned int n_saves = 0;

  start (f);
  first = signer (f);
  g_assert_no_error (rotate (f, FALSE));
  next = g_strdup (find (f, BMA_KEY_STATE_NEXT));
  g_assert_nonnull (next);
  n_saves = bma_keyring_dummy_get_n_saves (f->keyring);
  g_assert_no_error (rotate (f, FALSE));
  g_assert_cmpstr (find (f, BMA_KEY_STATE_NEXT), ==, next);
  g_assert_cmpuint (bma_keyring_dummy_get_n_saves (f->keyring), ==, n_saves);
  g_assert_cmpstr (find (f, BMA_KEY_STATE_ACTIVE), ==, first);
  advance (f, BMA_KEY_LEAD_S);
  g_assert_cmpstr (find (f, BMA_KEY_STATE_ACTIVE), ==, next);
  g_assert_cmpstr (find (f, BMA_KEY_STATE_RETIRING), ==, first);
}

static void
test_at_once (Fixture *f, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *next = NULL;
  g_autofree char *second = NULL;

  start (f);
  first = signer (f);
  g_assert_no_error (rotate (f, FALSE));
  next = g_strdup (find (f, BMA_KEY_STATE_NEXT));
  g_assert_no_error (rotate (f, TRUE));
  second = signer (f);
  g_assert_cmpuint (bma_keyset_get_size (bma_key_manager_get_keys (f->keys)), ==, 1);
  g_assert_cmpstr (second, !=, first);
  g_assert_cmpstr (second, !=, next);
  g_assert_null (strstr (peek (f), first));
  g_assert_null (strstr (peek (f), next));
  g_assert_nonnull (strstr (peek (f), second));
}

static void
test_too_often (Fixture *f, gconstpointer unused)
{
  GError *error = NULL;
  unsigned int n = 0;

  f->policy.lifetime_s = 86400;
  start (f);
  while (error == NULL && n++ <= BMA_ROSTER_MAX_KEYS)
    {
      error = rotate (f, FALSE);
      if (error == NULL)
        advance (f, BMA_KEY_LEAD_S);
    }
  g_assert_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_RATE_LIMITED);
  g_assert_cmpuint (n, ==, BMA_ROSTER_MAX_KEYS);
  g_clear_error (&error);
  advance (f, 86400 - 1);
  g_assert_no_error (rotate (f, FALSE));
  g_assert_no_error (rotate (f, TRUE));
}

/* Also several at once, while the keyring takes its time. */
static void
test_commands_wait (Fixture *f, gconstpointer unused)
{
  g_autoptr (GAsyncResult) one = NULL;
  g_autoptr (GAsyncResult) two = NULL;
  g_autoptr (GAsyncResult) three = NULL;
  g_autofree char *first = NULL;

  start (f);
  first = signer (f);
  bma_keyring_dummy_set_paused (f->keyring, TRUE);
  bma_key_manager_rotate_async (f->keys, FALSE, NULL, on_result, &one);
  bma_key_manager_rotate_async (f->keys, TRUE, NULL, on_result, &two);
  bma_key_manager_rotate_async (f->keys, FALSE, NULL, on_result, &three);
  settle ();
  g_assert_null (one);
  g_assert_null (find (f, BMA_KEY_STATE_NEXT));
  bma_keyring_dummy_set_paused (f->keyring, FALSE);
  settle ();
  g_assert_true (bma_key_manager_rotate_finish (f->keys, one, NULL));
  g_assert_true (bma_key_manager_rotate_finish (f->keys, two, NULL));
  g_assert_true (bma_key_manager_rotate_finish (f->keys, three, NULL));
  g_assert_false (knows (f, first));
  g_assert_nonnull (find (f, BMA_KEY_STATE_NEXT));
  g_assert_null (find (f, BMA_KEY_STATE_RETIRING));
}

static void
test_upgrade (Fixture *f, gconstpointer unused)
{
  g_autofree char *id = NULL;

  bma_keyring_dummy_put (f->keyring, KIND, ISSUER, bare_jwk);
  start (f);
  id = signer (f);
  g_assert_cmpstr (id, ==, "old");
  g_assert_nonnull (strstr (peek (f), "\"state\":\"active\""));
  g_assert_nonnull (strstr (peek (f), "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"));
  g_assert_no_error (rotate (f, FALSE));
  advance (f, BMA_KEY_LEAD_S);
  /* How long its tokens live is not known: as long as tokens can. */
  advance (f, BMA_ROSTER_LONGEST_LIFETIME_S - 1);
  g_assert_true (knows (f, "old"));
  advance (f, 1);
  g_assert_false (knows (f, "old"));
}

/* The key is right, and that it cannot be written down is nothing to complain about. */
static void
test_read_only (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) later = NULL;
  g_autoptr (GError) now = NULL;
  g_autofree char *id = NULL;

  bma_keyring_dummy_put (f->keyring, KIND, ISSUER, bare_jwk);
  bma_keyring_dummy_set_read_only (f->keyring, TRUE);
  start (f);
  g_assert_null (bma_key_manager_get_trouble (f->keys));
  later = rotate (f, FALSE);
  now = rotate (f, TRUE);
  g_assert_error (later, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_READ_ONLY);
  g_assert_error (now, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_READ_ONLY);
  id = signer (f);
  g_assert_cmpstr (id, ==, "old");
  g_assert_cmpstr (peek (f), ==, bare_jwk);
  g_assert_null (find (f, BMA_KEY_STATE_NEXT));
  g_assert_null (bma_key_manager_get_trouble (f->keys));
  advance (f, AGE);
  g_assert_error (bma_key_manager_get_trouble (f->keys), BMA_KEYRING_ERROR,
                  BMA_KEYRING_ERROR_READ_ONLY);
  g_assert_true (knows (f, "old"));
}

/* Nothing is made in place of what cannot be read, and nothing is written over it. */
static void
test_damaged (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  bma_keyring_dummy_put (f->keyring, KIND, ISSUER, "{\"keys\":[]}");
  start (f);
  g_assert_null (bma_key_manager_get_keys (f->keys));
  g_assert_error (bma_key_manager_get_problem (f->keys), BMA_JOSE_ERROR,
                  BMA_JOSE_ERROR_KEY);
  error = rotate (f, TRUE);
  g_assert_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY);
  g_assert_cmpuint (bma_keyring_dummy_get_n_saves (f->keyring), ==, 0);
}

static void
on_changed (unsigned int *n_changes)
{
  ++*n_changes;
}

/* Another reason is told, though it has the same number in its own domain. */
static void
test_damaged_behind_lock (Fixture *f, gconstpointer unused)
{
  unsigned int n_changes = 0;

  G_STATIC_ASSERT ((int) BMA_KEYRING_ERROR_LOCKED == (int) BMA_JOSE_ERROR_KEY);
  bma_keyring_dummy_put (f->keyring, KIND, ISSUER, "{\"keys\":[]}");
  bma_keyring_dummy_set_state (f->keyring, BMA_KEYRING_STATE_LOCKED);
  start (f);
  g_assert_error (bma_key_manager_get_problem (f->keys), BMA_KEYRING_ERROR,
                  BMA_KEYRING_ERROR_LOCKED);
  g_signal_connect_swapped (f->keys, "changed", G_CALLBACK (on_changed), &n_changes);
  bma_keyring_dummy_set_state (f->keyring, BMA_KEYRING_STATE_READY);
  settle ();
  g_assert_error (bma_key_manager_get_problem (f->keys), BMA_JOSE_ERROR,
                  BMA_JOSE_ERROR_KEY);
  g_assert_cmpuint (n_changes, ==, 1);
}

static void
test_failing_saves (Fixture *f, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autoptr (GError) error = NULL;

  start (f);
  first = signer (f);
  bma_keyring_dummy_set_failing (f->keyring, TRUE);
  error = rotate (f, TRUE);
  g_assert_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED);
  g_assert_cmpstr (find (f, BMA_KEY_STATE_ACTIVE), ==, first);
  advance (f, AGE);
  g_assert_null (find (f, BMA_KEY_STATE_NEXT));
  g_assert_nonnull (bma_key_manager_get_trouble (f->keys));
  bma_keyring_dummy_set_failing (f->keyring, FALSE);
  advance (f, 59);
  g_assert_null (find (f, BMA_KEY_STATE_NEXT));
  advance (f, 2);
  g_assert_nonnull (find (f, BMA_KEY_STATE_NEXT));
  g_assert_null (bma_key_manager_get_trouble (f->keys));
  bma_keyring_dummy_set_failing (f->keyring, TRUE);
  advance (f, 10 * BMA_KEY_LEAD_S);
  g_assert_cmpstr (find (f, BMA_KEY_STATE_ACTIVE), ==, first);
  bma_keyring_dummy_set_failing (f->keyring, FALSE);
  advance (f, 61);
  g_assert_cmpstr (find (f, BMA_KEY_STATE_RETIRING), ==, first);
}

/* A keyring that is locked in between: the person unlocks it, and it goes on. */
static void
test_locked_meanwhile (Fixture *f, gconstpointer unused)
{
  start (f);
  bma_keyring_dummy_set_state (f->keyring, BMA_KEYRING_STATE_LOCKED);
  settle ();
  advance (f, AGE);
  g_assert_null (find (f, BMA_KEY_STATE_NEXT));
  bma_keyring_dummy_set_state (f->keyring, BMA_KEYRING_STATE_READY);
  settle ();
  g_assert_nonnull (find (f, BMA_KEY_STATE_NEXT));
}

/* The life of a process, until it dies or @end_s. Whatever key has signed verifies until
 * its tokens have expired, and a key signs only when it has been published long enough.
 */
typedef struct
{
  GHashTable *published; /* owned: id -> seconds, when it was first seen */
  GHashTable *signed_at; /* owned: id -> seconds, when it signed last */
} History;

static void
observe (Fixture *f, History *history)
{
  int64_t now_s = bma_clock_now_s (BMA_CLOCK (f->clock));
  const BmaRoster *roster = bma_key_manager_get_roster (f->keys);
  g_autofree char *id = NULL;
  GHashTableIter iter;
  gpointer key, value;

  if (roster == NULL)
    return;
  id = signer (f);
  for (unsigned int i = 0; i < bma_roster_get_size (roster); i++)
    if (!g_hash_table_contains (history->published,
                                bma_key_get_id (bma_roster_get (roster, i)->key)))
      g_hash_table_insert (history->published,
                           g_strdup (bma_key_get_id (bma_roster_get (roster, i)->key)),
                           GSIZE_TO_POINTER (now_s));
  if (g_hash_table_size (history->published) > 1)
    g_assert_cmpint (now_s - (int64_t) GPOINTER_TO_SIZE (
                                 g_hash_table_lookup (history->published, id)),
                     >=, BMA_KEY_LEAD_S);
  g_hash_table_insert (history->signed_at, g_steal_pointer (&id),
                       GSIZE_TO_POINTER (now_s));
  g_hash_table_iter_init (&iter, history->signed_at);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (now_s - (int64_t) GPOINTER_TO_SIZE (value) < LIFETIME)
      g_assert_true (knows (f, key));
}

static void
live (Fixture *f, History *history, int64_t end_s)
{
  start (f);
  observe (f, history);
  while (!bma_keyring_dummy_is_dead (f->keyring) &&
         bma_clock_now_s (BMA_CLOCK (f->clock)) < end_s)
    {
      advance (f, BMA_KEY_LEAD_S / 2);
      observe (f, history);
    }
  stop (f);
}

/* Dies at its save @number, before it or after it and before that is known; the next
 * process goes on at once. */
static void
assert_survives (Fixture *f, unsigned int number, gboolean takes_effect)
{
  History history = {
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
  };
  g_autoptr (BmaRoster) kept = NULL;
  int64_t end_s = bma_clock_now_s (BMA_CLOCK (f->clock)) + 86400 + 3 * LIFETIME;

  f->policy.rotate_after_s = 86400;
  bma_keyring_dummy_set_fatal_save (f->keyring, number, takes_effect);
  live (f, &history, end_s);
  g_assert_true (bma_keyring_dummy_is_dead (f->keyring));
  bma_keyring_dummy_set_fatal_save (f->keyring, 0, FALSE);
  live (f, &history, end_s);
  kept = bma_roster_parse (peek (f), strlen (peek (f)), NULL);
  g_assert_cmpuint (bma_roster_get_size (kept), ==, 1);
  g_assert_cmpuint (g_hash_table_size (history.signed_at), ==, 2);
  g_hash_table_unref (history.published);
  g_hash_table_unref (history.signed_at);
}

/* The first key; twice for the next one; twice for its turn; when the old one goes. */
#define FATAL_SAVES 6

static void
test_crashes (Fixture *f, gconstpointer unused)
{
  for (unsigned int number = 1; number <= FATAL_SAVES; number++)
    for (unsigned int takes_effect = 0; takes_effect < 2; takes_effect++)
      {
        Fixture one = { 0 };

        g_test_message ("dies at save %u, %s", number,
                        takes_effect ? "after it" : "before it");
        set_up (&one, NULL);
        assert_survives (&one, number, takes_effect > 0);
        tear_down (&one, NULL);
      }
}

/* The save of the promotion was carried out, but took longer than tokens live. */
static void
test_slow_promotion (Fixture *f, gconstpointer unused)
{
  g_autofree char *first = NULL;

  start (f);
  first = signer (f);
  g_assert_no_error (rotate (f, FALSE));
  bma_keyring_dummy_set_paused (f->keyring, TRUE);
  advance (f, BMA_KEY_LEAD_S);
  bma_clock_dummy_advance_s (f->clock, 2 * LIFETIME);
  g_assert_cmpstr (find (f, BMA_KEY_STATE_ACTIVE), ==, first);
  bma_keyring_dummy_set_paused (f->keyring, FALSE);
  settle ();
  g_assert_cmpstr (find (f, BMA_KEY_STATE_RETIRING), ==, first);
  advance (f, LIFETIME - 1);
  g_assert_true (knows (f, first));
  advance (f, 1);
  g_assert_false (knows (f, first));
}

static void
test_other_algorithm (Fixture *f, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *withdrawn = NULL;
  const BmaRosterKey *active = NULL;

  start (f);
  first = signer (f);
  f->policy.algorithm = BMA_ALGORITHM_RS256;
  bma_key_manager_set_policy (f->keys, &f->policy);
  await_algorithm (f, BMA_KEY_STATE_NEXT, BMA_ALGORITHM_RS256);
  withdrawn = g_strdup (find (f, BMA_KEY_STATE_NEXT));
  f->policy.algorithm = BMA_ALGORITHM_ES256;
  bma_key_manager_set_policy (f->keys, &f->policy);
  settle ();
  g_assert_null (find (f, BMA_KEY_STATE_NEXT));
  g_assert_false (knows (f, withdrawn));
  f->policy.algorithm = BMA_ALGORITHM_RS256;
  bma_key_manager_set_policy (f->keys, &f->policy);
  await_algorithm (f, BMA_KEY_STATE_NEXT, BMA_ALGORITHM_RS256);
  g_assert_cmpstr (find (f, BMA_KEY_STATE_ACTIVE), ==, first);
  advance (f, BMA_KEY_LEAD_S);
  active = bma_roster_find (bma_key_manager_get_roster (f->keys), BMA_KEY_STATE_ACTIVE);
  g_assert_cmpint (bma_key_get_algorithm (active->key), ==, BMA_ALGORITHM_RS256);
  g_assert_true (knows (f, first));
  advance (f, LIFETIME);
  g_assert_false (knows (f, first));
}

static gboolean
on_tick (gpointer user_data)
{
  (*(unsigned int *) user_data)++;
  return G_SOURCE_CONTINUE;
}

/* The first key is one of RS256: it signs at once, and the main loop does not wait. */
static void
test_first_rs256 (Fixture *f, gconstpointer unused)
{
  unsigned int n_ticks = 0;
  unsigned int tick_id = g_idle_add (on_tick, &n_ticks);

  f->policy.algorithm = BMA_ALGORITHM_RS256;
  f->keys = bma_key_manager_new (BMA_KEYRING (f->keyring), BMA_CLOCK (f->clock), ISSUER,
                                 &f->policy);
  bma_key_manager_load (f->keys);
  while (bma_key_manager_get_keys (f->keys) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick_id);
  g_assert_cmpuint (n_ticks, >, 10);
  g_assert_cmpint (bma_key_get_algorithm (
                       bma_keyset_get_signer (bma_key_manager_get_keys (f->keys))),
                   ==, BMA_ALGORITHM_RS256);
}

static void
test_shared_secret (Fixture *f, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *id = NULL;
  g_autofree char *jwks = NULL;
  g_autoptr (GError) error = NULL;

  start (f);
  first = signer (f);
  f->policy.algorithm = BMA_ALGORITHM_HS256;
  bma_key_manager_set_policy (f->keys, &f->policy);
  /* Gone at once, and not after the keyring has answered. */
  g_assert_null (bma_key_manager_get_keys (f->keys));
  settle ();
  g_assert_error (bma_key_manager_get_problem (f->keys), BMA_KEYRING_ERROR,
                  BMA_KEYRING_ERROR_NOT_FOUND);
  g_assert_nonnull (
      strstr (bma_key_manager_get_problem (f->keys)->message, "algorithm=HS256"));
  bma_keyring_dummy_put (f->keyring, BMA_KEYRING_KIND_JWT_SECRET, ISSUER, "too short");
  bma_key_manager_reload_secret (f->keys);
  settle ();
  g_assert_error (bma_key_manager_get_problem (f->keys), BMA_JOSE_ERROR,
                  BMA_JOSE_ERROR_KEY);
  bma_keyring_dummy_put (f->keyring, BMA_KEYRING_KIND_JWT_SECRET, ISSUER, SECRET);
  bma_key_manager_reload_secret (f->keys);
  settle ();
  id = signer (f);
  g_assert_cmpstr (id, ==, BMA_KEY_SHARED_ID);
  g_assert_cmpuint (bma_keyset_get_size (bma_key_manager_get_keys (f->keys)), ==, 1);
  g_assert_false (knows (f, first));
  jwks = bma_keyset_to_jwks (bma_key_manager_get_keys (f->keys));
  g_assert_cmpstr (jwks, ==, "{\"keys\":[]}");
  error = rotate (f, TRUE);
  g_assert_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED);

  f->policy.algorithm = BMA_ALGORITHM_ES256;
  bma_key_manager_set_policy (f->keys, &f->policy);
  g_assert_null (bma_key_manager_get_keys (f->keys));
  settle ();
  g_assert_false (knows (f, BMA_KEY_SHARED_ID));
  g_assert_true (knows (f, first));
}

/* What is under way when the family changes has no effect any more. */
static void
test_family_changes_meanwhile (Fixture *f, gconstpointer unused)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bma_keyring_dummy_put (f->keyring, BMA_KEYRING_KIND_JWT_SECRET, ISSUER, SECRET);
  start (f);
  bma_keyring_dummy_set_paused (f->keyring, TRUE);
  bma_key_manager_rotate_async (f->keys, TRUE, NULL, on_result, &result);
  settle ();
  f->policy.algorithm = BMA_ALGORITHM_HS256;
  bma_key_manager_set_policy (f->keys, &f->policy);
  bma_keyring_dummy_set_paused (f->keyring, FALSE);
  settle ();
  g_assert_nonnull (result);
  g_assert_false (bma_key_manager_rotate_finish (f->keys, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (bma_key_manager_get_roster (f->keys));
  g_assert_cmpuint (bma_keyset_get_size (bma_key_manager_get_keys (f->keys)), ==, 1);
  g_assert_true (knows (f, BMA_KEY_SHARED_ID));
}

#define ADD(path, function)                                                              \
  g_test_add ("/broker/key-manager/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD ("first-key-signs-when-it-is-saved", test_first_key);
  ADD ("rotates-by-age", test_by_age);
  ADD ("rotates-by-command", test_by_command);
  ADD ("replaces-all-keys-at-once", test_at_once);
  ADD ("does-not-rotate-too-often", test_too_often);
  ADD ("commands-follow-each-other", test_commands_wait);
  ADD ("takes-up-the-bare-key-of-an-older-version", test_upgrade);
  ADD ("read-only-keyring", test_read_only);
  ADD ("damaged-item-is-left-alone", test_damaged);
  ADD ("damaged-item-behind-a-lock-is-told", test_damaged_behind_lock);
  ADD ("failed-saves-change-nothing", test_failing_saves);
  ADD ("goes-on-when-the-keyring-is-unlocked", test_locked_meanwhile);
  ADD ("outlives-a-crash-at-each-step", test_crashes);
  ADD ("slow-save-shortens-no-token", test_slow_promotion);
  ADD ("other-algorithm-follows-by-rotation", test_other_algorithm);
  ADD ("first-key-of-rs256-blocks-nothing", test_first_rs256);
  ADD ("shared-secret-is-alone", test_shared_secret);
  ADD ("family-changes-in-the-middle", test_family_changes_meanwhile);
  return g_test_run ();
}
