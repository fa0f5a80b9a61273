/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-local-token.h"
#include "bma-pairing.h"

static BmaPeer *
make_peer (const char *trust)
{
  return bma_peer_new (":1.7", "/usr/bin/app", trust, "/usr/bin/app", 1000, 4711);
}

static char *
hash_of (const char *key)
{
  g_autoptr (BmaSecret) secret = bma_secret_new (key);

  return bma_pairing_hash (secret);
}

static BmaGrant *
make_grant (const char *id, const char *key, int64_t last_used_at_s)
{
  BmaGrant *grant = bma_record_new (&bma_grant_type, id);

  grant->kind = g_strdup (BMA_GRANT_KIND_DBUS_APP);
  grant->trust = g_strdup (BMA_TRUST_PAIRED);
  grant->app_id = g_strdup ("/usr/bin/then");
  grant->pairing_hash = hash_of (key);
  grant->last_used_at_s = last_used_at_s;
  return grant;
}

/* Who that is when it shows the key. */
static char *
recognise (const char *trust, const char *key, const BmaGrant *grant)
{
  g_autoptr (BmaPeer) peer = make_peer (trust);
  g_autofree char *hash = key != NULL ? hash_of (key) : NULL;
  g_autoptr (BmaPeer) showing = bma_peer_new_with_pairing (peer, hash);
  g_autoptr (BmaPeer) known = bma_pairing_recognise (showing, grant);

  return g_strdup_printf ("%s %s", known->trust, known->app_id);
}

static void
test_recognise (void)
{
  g_autoptr (BmaGrant) grant = make_grant ("ab", "right", 0);
  g_autoptr (BmaGrant) other = make_grant ("ab", "right", 0);
  g_autoptr (BmaGrant) broken = make_grant ("ab", "right", 0);
  const struct
  {
    const char *trust;
    const char *key;
    const BmaGrant *grant;
    const char *known;
  } cases[] = {
    { BMA_TRUST_CLAIMED, "right", grant, "paired /usr/bin/then" },
    { BMA_TRUST_CLAIMED, "wrong", grant, "claimed /usr/bin/app" },
    { BMA_TRUST_CLAIMED, "", grant, "claimed /usr/bin/app" },
    { BMA_TRUST_CLAIMED, NULL, grant, "claimed /usr/bin/app" },
    { BMA_TRUST_CLAIMED, "right", NULL, "claimed /usr/bin/app" },
    { BMA_TRUST_CLAIMED, "right", other, "claimed /usr/bin/app" },
    { BMA_TRUST_CLAIMED, "right", broken, "claimed /usr/bin/app" },
    { BMA_TRUST_SANDBOX, "right", grant, "sandbox /usr/bin/app" },
    { BMA_TRUST_UNIT, "right", grant, "unit /usr/bin/app" },
  };

  g_free (other->trust);
  other->trust = g_strdup (BMA_TRUST_CLAIMED);
  g_free (broken->pairing_hash);
  broken->pairing_hash = g_strdup ("");
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *known = recognise (cases[i].trust, cases[i].key, cases[i].grant);

      g_test_message ("case %zu", i);
      g_assert_cmpstr (known, ==, cases[i].known);
    }
}

static void
test_name (void)
{
  g_autoptr (BmaPeer)
      nameless = bma_peer_new (":1.7", ":1.7", BMA_TRUST_CLAIMED, NULL, 1000, 0);
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_CLAIMED);
  g_autofree char *hash = hash_of ("key");
  g_autoptr (BmaPeer) first = bma_pairing_make_peer (nameless, NULL, hash);
  g_autoptr (BmaPeer) second = bma_pairing_make_peer (peer, NULL, hash);

  g_assert_cmpstr (first->app_id, ==, "paired-2c70e12b");
  g_assert_true (g_str_has_prefix (hash, "2c70e12b"));
  g_assert_cmpstr (second->app_id, ==, "/usr/bin/app");
  g_assert_cmpstr (second->executable, ==, "/usr/bin/app");
}

static void
test_decisions (void)
{
  static const struct
  {
    const char *trust;
    gboolean is_nameless;
    gboolean wants_pairing;
    const char *always; /* what becomes of it */
    const char *session;
  } cases[] = {
    { BMA_TRUST_SANDBOX, FALSE, FALSE, "always", "session" },
    { BMA_TRUST_UNIT, FALSE, FALSE, "always", "session" },
    { BMA_TRUST_PAIRED, FALSE, FALSE, "always", "session" },
    { BMA_TRUST_CLAIMED, FALSE, FALSE, "session", "session" },
    { BMA_TRUST_CLAIMED, FALSE, TRUE, "always", "session" },
    { BMA_TRUST_CLAIMED, TRUE, FALSE, "once", "once" },
    { BMA_TRUST_CLAIMED, TRUE, TRUE, "always", "once" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *app_id = cases[i].is_nameless ? ":1.7" : "/usr/bin/app";
      g_autoptr (BmaPeer)
          peer = bma_peer_new (":1.7", app_id, cases[i].trust, NULL, 1000, 4711);
      gboolean wants_pairing = cases[i].wants_pairing;

      g_test_message ("case %zu", i);
      g_assert_cmpstr (bma_local_token_pick_decision ("always", peer, wants_pairing), ==,
                       cases[i].always);
      g_assert_cmpstr (bma_local_token_pick_decision ("session", peer, wants_pairing), ==,
                       cases[i].session);
      g_assert_cmpstr (bma_local_token_pick_decision (NULL, peer, wants_pairing), ==,
                       cases[i].session);
      g_assert_cmpstr (bma_local_token_pick_decision ("once", peer, wants_pairing), ==,
                       "once");
    }
}

static void
test_bounded (void)
{
  g_autoptr (GPtrArray) grants = g_ptr_array_new_with_free_func (bma_record_unref);
  const BmaGrant *surplus = NULL;

  for (int i = 0; i < BMA_MAX_PAIRINGS - 1; i++)
    {
      g_autofree char *id = g_strdup_printf ("%x", i);

      g_ptr_array_add (grants, make_grant (id, id, 1000 - i));
    }
  g_ptr_array_add (grants, bma_record_new (&bma_grant_type, "0ther"));
  g_assert_null (bma_pairing_find_surplus (grants));
  g_ptr_array_add (grants, make_grant ("ffff", "f", 2000));
  surplus = bma_pairing_find_surplus (grants);
  g_assert_nonnull (surplus);
  g_assert_cmpint (surplus->last_used_at_s, ==, 1000 - (BMA_MAX_PAIRINGS - 2));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/pairing/a-wrong-key-is-as-good-as-none", test_recognise);
  g_test_add_func ("/oauth/pairing/the-nameless-get-a-name", test_name);
  g_test_add_func ("/oauth/pairing/always-takes-proof-or-a-key", test_decisions);
  g_test_add_func ("/oauth/pairing/the-longest-unused-makes-room", test_bounded);
  return g_test_run ();
}
