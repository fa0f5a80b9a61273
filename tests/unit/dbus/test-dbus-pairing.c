/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <string.h>

#include "bma-approval.h"
#include "bma-pairing.h"
#include "bma-text.h"

/* Programs that can prove nothing get a key by which they are known again. */

static GVariant *
make_options (GVariant *key, gboolean wants_pairing)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (key != NULL)
    g_variant_dict_insert_value (&dict, "pairing-key", key);
  if (wants_pairing)
    g_variant_dict_insert (&dict, "pair", "b", TRUE);
  return g_variant_dict_end (&dict);
}

static char *
get_token (Fixture *f, Caller *caller, GVariant *key)
{
  char *error = NULL;
  char *grant = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GVariant)
      reply = caller_call (caller, f, ROOT, BROKER, "GetToken",
                           g_variant_new ("(as@a{sv})", NULL, make_options (key, FALSE)),
                           NULL, NULL, &error);

  if (reply == NULL)
    return error;
  result = g_variant_get_child_value (reply, 0);
  g_assert_true (g_variant_lookup (result, "grant", "o", &grant));
  g_assert_false (g_variant_lookup (result, "pairing-key", "ay", NULL));
  return grant;
}

static void
expect_token (Fixture *f, Caller *caller, GVariant *key, const char *grant)
{
  g_autofree char *got = get_token (f, caller, key);

  g_assert_cmpstr (got, ==, grant);
}

/* RequestToken with the page answered; the result of the Response. */
static GVariant *
request (Fixture *f, Caller *caller, GVariant *key, const char *decision)
{
  g_autofree char *title = NULL;
  g_autoptr (GVariant) reply = NULL;
  GVariant *result = NULL;
  uint32_t code = 99;

  caller_forget (caller);
  reply = caller_ok (caller, f, ROOT, BROKER, "RequestToken",
                     g_variant_new ("(sas@a{sv})", "", NULL, make_options (key, TRUE)));
  if (decision != NULL)
    {
      caller_wait (caller, f, "Progress");
      title = fixture_press (f, "allow", decision);
      g_assert_cmpstr (title, ==, "Allowed");
    }
  g_variant_get (caller_wait (caller, f, "Response")->body, "(u@a{sv})", &code, &result);
  g_assert_cmpuint (code, ==, 0);
  return result;
}

/* Allowed always: the key, and the path of the grant. */
static GVariant *
pair (Fixture *f, Caller *caller, char **grant)
{
  g_autoptr (GVariant) result = request (f, caller, NULL, "always");
  GVariant *key = g_variant_lookup_value (result, "pairing-key", G_VARIANT_TYPE ("ay"));

  g_assert_nonnull (key);
  g_assert_cmpuint (g_variant_n_children (key), ==, BMA_PAIRING_KEY_BYTES);
  g_assert_true (g_variant_lookup (result, "grant", "o", grant));
  return key;
}

static const BmaGrant *
get_record (Fixture *f, const char *path)
{
  return bma_store_lookup (BMA_STORE (f->store), &bma_grant_type,
                           strrchr (path, '/') + 1);
}

static void
name (Fixture *f, Caller *caller, const char *app_id, const char *executable)
{
  const char *sender = g_dbus_connection_get_unique_name (caller->bus);

  bma_peer_resolver_dummy_name (BMA_PEER_RESOLVER_DUMMY (f->resolver),
                                bma_peer_new (sender, app_id != NULL ? app_id : sender,
                                              BMA_TRUST_CLAIMED, executable, 0, 1));
}

/* A wrong key makes no new question, and so no more of them than four. */
static void
test_wrong_keys_ask_once (Fixture *f, gconstpointer setup)
{
  g_autoptr (GPtrArray) approvals = NULL;

  for (unsigned int i = 0; i < 3; i++)
    {
      g_autofree char *options = g_strdup_printf ("{'pairing-key': <b'wrong-%u'>}", i);
      g_autofree char *path = fixture_request (f, &f->host, options);
    }
  while (caller_count (&f->host, "Progress") < 3)
    g_main_context_iteration (NULL, TRUE);
  approvals = bma_broker_list_approvals (f->broker);
  g_assert_cmpuint (approvals->len, ==, 1);
}

static void
test_known_again (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = NULL;
  g_autoptr (GVariant) key = pair (f, &f->host, &grant);
  const BmaGrant *record = get_record (f, grant);
  g_autofree char *hex = bma_text_hex (g_variant_get_data (key), 32);
  g_autoptr (GVariant) again = NULL;

  g_assert_cmpstr (record->trust, ==, BMA_TRUST_PAIRED);
  g_assert_cmpstr (record->decision, ==, BMA_DECISION_ALWAYS);
  g_assert_cmpstr (record->app_id, ==, "/usr/bin/host");
  g_assert_cmpstr (record->pairing_hash, !=, hex);
  /* The connection that got it need not show it; it is given once. */
  expect_token (f, &f->host, NULL, grant);
  again = request (f, &f->host, NULL, NULL);
  g_assert_false (g_variant_lookup (again, "pairing-key", "ay", NULL));
  /* Whoever shows it is that program, in another session too. */
  bma_broker_set_session (f->broker, "another session");
  name (f, &f->other, "/usr/bin/host", "/usr/bin/host");
  expect_token (f, &f->other, NULL, ERROR "InteractionRequired");
  expect_token (f, &f->other, key, grant);
  expect_token (f, &f->other, NULL, grant);
}

static void
test_wrong_key (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = NULL;
  g_autoptr (GVariant) key = pair (f, &f->host, &grant);
  uint8_t bytes[BMA_PAIRING_KEY_BYTES];

  memcpy (bytes, g_variant_get_data (key), sizeof bytes);
  bytes[31] ^= 1;
  name (f, &f->other, "/usr/bin/host", "/usr/bin/host");
  expect_token (f, &f->other,
                g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, 32, 1),
                ERROR "InteractionRequired");
  expect_token (f, &f->other,
                g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, 31, 1),
                ERROR "InteractionRequired");
  expect_token (f, &f->other, g_variant_new_bytestring (""), ERROR "InteractionRequired");
  expect_token (f, &f->other, g_variant_new_array (G_VARIANT_TYPE_BYTE, NULL, 0),
                ERROR "InteractionRequired");
  /* A sandbox proves more than a key does, and keeps to its own. */
  expect_token (f, &f->app, key, ERROR "InteractionRequired");
}

static void
test_only_if_always (Fixture *f, gconstpointer setup)
{
  g_autoptr (GVariant) result = request (f, &f->host, NULL, "session");
  g_autoptr (GVariant) proven = request (f, &f->app, NULL, "always");
  g_autofree char *grant = NULL;

  g_assert_false (g_variant_lookup (result, "pairing-key", "ay", NULL));
  g_assert_true (g_variant_lookup (result, "grant", "o", &grant));
  g_assert_cmpstr (get_record (f, grant)->trust, ==, BMA_TRUST_CLAIMED);
  g_assert_cmpstr (get_record (f, grant)->decision, ==, BMA_DECISION_SESSION);
  /* Who can prove who they are need no key. */
  g_assert_false (g_variant_lookup (proven, "pairing-key", "ay", NULL));
}

static void
test_revoked (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GVariant) key = pair (f, &f->host, &grant);
  g_autoptr (GVariant) revoked = NULL;
  g_autoptr (GVariant) result = NULL;

  caller_forget (&f->host);
  revoked = caller_ok (&f->host, f, grant, GRANT, "Revoke", NULL);
  caller_wait (&f->host, f, "GrantChanged");
  expect_token (f, &f->host, NULL, ERROR "InteractionRequired");
  expect_token (f, &f->host, key, ERROR "InteractionRequired");
  /* It does not come to life again with the next one. */
  result = request (f, &f->host, key, "always");
  g_assert_true (g_variant_lookup (result, "pairing-key", "ay", NULL));
  g_assert_true (g_variant_lookup (result, "grant", "o", &second));
  g_assert_cmpstr (second, !=, grant);
  name (f, &f->other, "/usr/bin/host", "/usr/bin/host");
  expect_token (f, &f->other, key, ERROR "InteractionRequired");
}

/* As in Flatpak, where we are told nothing about anybody. */
static void
test_nameless (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = NULL;
  g_autofree char *foreign = NULL;
  g_autofree char *refused = NULL;
  g_autoptr (GVariant) key = NULL;
  g_autoptr (GVariant) seen = NULL;
  g_autoptr (GVariant) result = NULL;

  name (f, &f->host, NULL, NULL);
  name (f, &f->other, NULL, NULL);
  result = request (f, &f->other, NULL, "session");
  g_assert_true (g_variant_lookup (result, "grant", "o", &foreign));
  g_assert_cmpstr (get_record (f, foreign)->decision, ==, BMA_DECISION_ONCE);
  expect_token (f, &f->host, NULL, ERROR "InteractionRequired");
  key = pair (f, &f->host, &grant);
  g_assert_true (g_str_has_prefix (get_record (f, grant)->app_id, "paired-"));
  /* It sees what it holds, and nothing of others. */
  seen = caller_ok (&f->host, f, grant, "org.freedesktop.DBus.Properties", "GetAll",
                    g_variant_new ("(s)", GRANT));
  refused = caller_error (&f->host, f, foreign, GRANT, "Revoke", NULL);
  g_assert_true (g_str_has_prefix (refused, "org.freedesktop.DBus.Error.Unknown"));
  g_clear_pointer (&refused, g_free);
  refused = caller_error (&f->other, f, grant, GRANT, "Revoke", NULL);
  g_assert_true (g_str_has_prefix (refused, "org.freedesktop.DBus.Error.Unknown"));
  g_clear_pointer (&refused, g_free);
  refused = caller_error (&f->host, f, ROOT, SERVER, "GetStatus", NULL);
  g_assert_cmpstr (refused, ==, ERROR "AccessDenied");
  fixture_leave (f, &f->other);
  g_assert_null (get_record (f, foreign));
}

static void
test_secret (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = NULL;
  g_autoptr (GVariant) key = pair (f, &f->host, &grant);
  g_autofree char *printed = g_variant_print (key, TRUE);

  g_assert_true (caller_saw (&f->host, printed));
  g_assert_false (caller_saw (&f->app, printed));
  g_assert_false (caller_saw (&f->other, printed));
  g_assert_cmpint (strlen (get_record (f, grant)->pairing_hash), ==, 64);
}

#define ADD(title, func)                                                                 \
  g_test_add ("/dbus/pairing/" title, Fixture, NULL, fixture_set_up, func,               \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("wrong-keys-make-no-new-questions", test_wrong_keys_ask_once);
  ADD ("whoever-shows-the-key-is-known-again", test_known_again);
  ADD ("a-wrong-key-is-as-good-as-none", test_wrong_key);
  ADD ("keys-are-for-always-and-who-proves-nothing", test_only_if_always);
  ADD ("a-revoked-key-stays-dead", test_revoked);
  ADD ("the-nameless-share-nothing", test_nameless);
  ADD ("nobody-else-learns-the-key", test_secret);
  return g_test_run ();
}
