/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "bma-peer-dbus.h"

static GVariant *
await_response (Fixture *f, Caller *caller, uint32_t expected)
{
  GVariant *result = NULL;
  uint32_t code = 99;

  g_variant_get (caller_wait (caller, f, "Response")->body, "(u@a{sv})", &code, &result);
  g_assert_cmpuint (code, ==, expected);
  return result;
}

static void
expect_error (GVariant *result, const char *name)
{
  const char *error = NULL;
  const char *message = NULL;

  g_assert_true (g_variant_lookup (result, "error", "&s", &error));
  g_assert_true (g_variant_lookup (result, "message", "&s", &message));
  g_assert_cmpstr (error, ==, name);
  g_assert_cmpuint (strlen (message), >, 5);
}

static char *
make_path (Caller *caller, const char *token)
{
  g_autofree char *sender =
      g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (caller->bus) + 1), ".",
                    '_');

  return g_strdup_printf (ROOT "/request/%s/%s", sender, token);
}

static void
test_allowed (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->host, "{'handle-token': <'mine'>}");
  g_autofree char *expected = make_path (&f->host, "mine");
  g_autofree char *title = NULL;
  g_autoptr (GVariant) hints = NULL;
  g_autoptr (GVariant) result = NULL;
  const char *stage = NULL;
  const char *url = NULL;

  g_assert_cmpstr (path, ==, expected);
  g_variant_get (caller_wait (&f->host, f, "Progress")->body, "(&s@a{sv})", &stage,
                 &hints);
  g_assert_cmpstr (stage, ==, "browser");
  g_assert_true (g_variant_lookup (hints, "url", "&s", &url));
  g_assert_cmpstr (url, ==, bma_uri_opener_dummy_get_last (f->opener));
  title = fixture_press (f, "allow", "session");
  result = await_response (f, &f->host, 0);
  g_assert_true (g_variant_lookup (result, "access-token", "s", NULL));
  g_assert_cmpstr (caller_wait (&f->host, f, "Response")->path, ==, path);
}

static void
test_at_once (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autofree char *path = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  Heard *heard = NULL;

  caller_forget (&f->app);
  path = fixture_request (f, &f->app, "{'as-fd': <true>}");
  result = await_response (f, &f->app, 0);
  g_assert_cmpuint (caller_count (&f->app, "Progress"), ==, 0);
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 1);
  g_assert_false (g_variant_lookup (result, "access-token", "s", NULL));
  heard = caller_wait (&f->app, f, "Response");
  g_assert_cmpint (g_unix_fd_list_get_length (heard->fds), ==, 1);
}

static void
test_prompt_consent_asks_again (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autofree char *path = NULL;

  caller_forget (&f->app);
  path = fixture_request (f, &f->app, "{'prompt': <'consent'>}");
  caller_wait (&f->app, f, "Progress");
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 2);
}

static void
test_denied (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *title = NULL;
  g_autoptr (GVariant) result = NULL;

  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "deny", NULL);
  result = await_response (f, &f->app, 1);
  g_assert_cmpuint (g_variant_n_children (result), ==, 0);
}

static void
test_hides_page_from_sandbox (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autoptr (GVariant) hints = NULL;
  const char *url = NULL;

  g_variant_get (caller_wait (&f->app, f, "Progress")->body, "(s@a{sv})", NULL, &hints);
  g_assert_cmpuint (g_variant_n_children (hints), ==, 0);
  url = bma_uri_opener_dummy_get_last (f->opener);
  g_assert_nonnull (url);
  g_assert_false (caller_saw (&f->app, strstr (url, "approval=") + strlen ("approval=")));
}

static void
test_is_unicast (Fixture *f, gconstpointer setup)
{
  g_autoptr (GVariant) matched = g_dbus_connection_call_sync (
      f->other.bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "AddMatch",
      g_variant_new ("(s)", "type='signal',interface='" REQUEST "'"), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_autofree char *grant = fixture_allow (f, &f->app, "always");

  g_assert_nonnull (matched);
  caller_settle (&f->other, f);
  g_assert_cmpuint (caller_count (&f->other, "Response"), ==, 0);
  g_assert_cmpuint (caller_count (&f->other, "Progress"), ==, 0);
  g_assert_false (caller_saw (&f->other, "eyJ"));
}

static char *
introspect (Fixture *f, Caller *caller, const char *path)
{
  g_autoptr (GVariant)
      reply = caller_ok (caller, f, path, "org.freedesktop.DBus.Introspectable",
                         "Introspect", NULL);
  char *xml = NULL;

  g_variant_get (reply, "(s)", &xml);
  return xml;
}

static void
test_others_see_nothing (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "{'handle-token': <'mine'>}");
  g_autofree char *missing = make_path (&f->app, "missing");
  g_autofree char *nobody = g_strdup (ROOT "/request/9_99/mine");
  g_autofree char *sender = g_path_get_dirname (path);
  g_autofree char *folder = introspect (f, &f->other, ROOT "/request");
  g_autofree char *foreign = introspect (f, &f->other, sender);
  g_autofree char *nothing = introspect (f, &f->other, ROOT "/request/9_99");
  g_autofree char *own = introspect (f, &f->app, sender);
  g_autofree char *there = caller_error (&f->other, f, path, REQUEST, "Close", NULL);
  g_autofree char *not_there =
      caller_error (&f->other, f, missing, REQUEST, "Close", NULL);
  g_autofree char *never = caller_error (&f->other, f, nobody, REQUEST, "Close", NULL);
  g_autofree char *host = caller_error (&f->host, f, path, REQUEST, "Close", NULL);
  g_autoptr (GVariant) closed = NULL;

  g_assert_null (strstr (folder, "node name"));
  g_assert_null (strstr (foreign, "mine"));
  g_assert_cmpstr (foreign, ==, nothing);
  g_assert_nonnull (strstr (own, "mine"));
  g_assert_cmpstr (there, ==, not_there);
  g_assert_cmpstr (there, ==, never);
  g_assert_cmpstr (there, ==, host);
  closed = caller_ok (&f->app, f, path, REQUEST, "Close", NULL);
  g_assert_nonnull (closed);
}

static void
test_close_ends_it (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autoptr (GVariant) closed = NULL;
  g_autofree char *again = NULL;
  g_autofree char *title = NULL;

  caller_wait (&f->app, f, "Progress");
  closed = caller_ok (&f->app, f, path, REQUEST, "Close", NULL);
  again = caller_error (&f->app, f, path, REQUEST, "Close", NULL);
  title = fixture_press (f, "allow", "always");
  caller_settle (&f->app, f);
  g_assert_cmpstr (title, !=, "Allowed");
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
  g_assert_true (g_str_has_prefix (again, "org.freedesktop.DBus.Error.Unknown"));
}

static void
test_ends_with_caller (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *title = NULL;

  caller_wait (&f->app, f, "Progress");
  fixture_leave (f, &f->app);
  title = fixture_press (f, "allow", "always");
  g_assert_cmpstr (title, !=, "Allowed");
}

/* A question, and what somebody may have only while they are there. */
static void
test_keeps_the_service (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = NULL;
  g_autoptr (GVariant) response = NULL;
  g_autofree char *title = NULL;

  g_assert_false (bma_broker_is_needed (f->broker));
  path = fixture_request (f, &f->app, "@a{sv} {}");
  g_assert_true (bma_broker_is_needed (f->broker));
  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "allow", "once");
  response = await_response (f, &f->app, 0);
  bma_clock_dummy_advance_s (f->clock, 3600);
  g_assert_true (bma_broker_is_needed (f->broker));
  fixture_leave (f, &f->app);
  g_assert_false (bma_broker_is_needed (f->broker));
}

static void
restart (Fixture *f)
{
  BmaDbusParts parts = { .broker = f->broker,
                         .connection = f->service_bus,
                         .resolver = f->resolver,
                         .opener = BMA_URI_OPENER (f->opener) };

  f->service = bma_dbus_service_new (&parts, NULL);
  g_assert_nonnull (f->service);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Who was allowed something for as long as it is there, and leaves while the service is
 * not. */
static void
test_leaves_before_restart (Fixture *f, gconstpointer setup)
{
  g_autofree char *gone = fixture_allow (f, &f->app, "once");
  g_autofree char *kept = fixture_allow (f, &f->other, "once");
  BmaStore *store = BMA_STORE (f->store);

  g_clear_object (&f->service);
  fixture_leave (f, &f->app);
  restart (f);
  g_assert_null (bma_store_lookup (store, &bma_grant_type, strrchr (gone, '/') + 1));
  g_assert_nonnull (bma_store_lookup (store, &bma_grant_type, strrchr (kept, '/') + 1));
}

/* Or after that, without another call. */
static void
test_leaves_after_restart (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "once");
  const char *id = strrchr (grant, '/') + 1;

  g_clear_object (&f->service);
  g_object_run_dispose (G_OBJECT (f->resolver));
  g_clear_object (&f->resolver);
  f->resolver = bma_peer_dbus_new (f->service_bus);
  restart (f);
  fixture_leave (f, &f->app);
  while (bma_store_lookup (BMA_STORE (f->store), &bma_grant_type, id) != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_times_out (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autoptr (GVariant) result = await_response (f, &f->app, 2);
  g_autofree char *title = NULL;

  expect_error (result, ERROR "TimedOut");
  title = fixture_press (f, "allow", "always");
  g_assert_cmpstr (title, !=, "Allowed");
}

static void
test_same_question_is_asked_once (Fixture *f, gconstpointer setup)
{
  g_autofree char *first = fixture_request (f, &f->app, "{'handle-token': <'a'>}");
  g_autofree char *second = NULL;
  g_autofree char *title = NULL;
  g_autoptr (GVariant) closed = NULL;
  g_autoptr (GVariant) result = NULL;

  caller_wait (&f->app, f, "Progress");
  second = fixture_request (f, &f->app, "{'handle-token': <'b'>}");
  while (caller_count (&f->app, "Progress") < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 1);
  closed = caller_ok (&f->app, f, first, REQUEST, "Close", NULL);
  title = fixture_press (f, "allow", "always");
  g_assert_cmpstr (title, ==, "Allowed");
  result = await_response (f, &f->app, 0);
  g_assert_cmpstr (caller_wait (&f->app, f, "Response")->path, ==, second);
}

static void
test_never (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autofree char *path = fixture_request (f, &f->app, "{'prompt': <'consent'>}");
  g_autofree char *title = NULL;
  g_autofree char *seen = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GVariant) denied = NULL;
  g_autoptr (GVariant) result = NULL;

  caller_forget (&f->app);
  title = fixture_press (f, "never", NULL);
  g_assert_cmpstr (title, ==, "Never allowed");
  denied = await_response (f, &f->app, 1);
  refused = caller_error (&f->app, f, ROOT, BROKER, "GetToken",
                          g_variant_new ("(asa{sv})", NULL, NULL));
  g_assert_cmpstr (refused, ==, ERROR "AccessDenied");
  caller_forget (&f->app);
  again = fixture_request (f, &f->app, "{'prompt': <'consent'>}");
  result = await_response (f, &f->app, 2);
  expect_error (result, ERROR "AccessDenied");
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 2);
  seen = caller_error (&f->app, f, grant, GRANT, "Revoke", NULL);
  g_assert_nonnull (seen);
}

/* The path of the grant that says never. */
static char *
find_refusal (Fixture *f, Caller *caller)
{
  g_autoptr (GVariant)
      reply = caller_ok (caller, f, ROOT, "org.freedesktop.DBus.ObjectManager",
                         "GetManagedObjects", NULL);
  g_autoptr (GVariantIter) objects = NULL;
  const char *path = NULL;
  GVariant *interfaces = NULL;
  char *found = NULL;

  g_variant_get (reply, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_next (objects, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) owned = interfaces;
      g_autoptr (GVariant)
          properties = g_variant_lookup_value (interfaces, GRANT, G_VARIANT_TYPE_VARDICT);
      const char *decision = NULL;

      if (properties != NULL &&
          g_variant_lookup (properties, "Decision", "&s", &decision) &&
          g_str_equal (decision, "never"))
        {
          g_assert_null (found);
          found = g_strdup (path);
        }
    }
  return found;
}

static void
test_never_is_taken_back (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *title = NULL;
  g_autofree char *refusal = NULL;
  g_autofree char *own = NULL;
  g_autofree char *error = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GVariant) revoked = NULL;

  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "never", NULL);
  caller_wait (&f->app, f, "Response");
  own = find_refusal (f, &f->app);
  refusal = find_refusal (f, &f->host);
  g_assert_null (own);
  g_assert_nonnull (refusal);
  error = caller_error (&f->app, f, refusal, GRANT, "Revoke", NULL);
  g_assert_true (g_str_has_prefix (error, "org.freedesktop.DBus.Error.Unknown"));
  revoked = caller_ok (&f->host, f, refusal, GRANT, "Revoke", NULL);
  caller_forget (&f->app);
  again = fixture_request (f, &f->app, "@a{sv} {}");
  caller_wait (&f->app, f, "Progress");
}

static void
test_twins_on_other_connections (Fixture *f, gconstpointer setup)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *title = NULL;
  g_autoptr (GVariant) a = NULL;
  g_autoptr (GVariant) b = NULL;

  fixture_name (f, &f->other, "org.example.App", BMA_TRUST_SANDBOX);
  first = fixture_request (f, &f->app, "{'reason': <'to read'>}");
  second = fixture_request (f, &f->other, "{'reason': <'to write'>}");
  caller_wait (&f->app, f, "Progress");
  caller_wait (&f->other, f, "Progress");
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 1);
  title = fixture_press (f, "allow", "once");
  g_assert_cmpstr (title, ==, "Allowed");
  a = await_response (f, &f->app, 0);
  b = await_response (f, &f->other, 0);
  fixture_leave (f, &f->app);
  caller_forget (&f->other);
  g_free (second);
  second = fixture_request (f, &f->other, "@a{sv} {}");
  g_variant_unref (b);
  b = await_response (f, &f->other, 0);
}

static void
test_not_now (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *title = NULL;
  g_autofree char *again = NULL;
  g_autofree char *acted = NULL;
  g_autoptr (GVariant) result = NULL;
  const char *stage = NULL;

  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "later", NULL);
  g_assert_cmpstr (title, ==, "Not now");
  result = await_response (f, &f->app, 2);
  expect_error (result, ERROR "Cancelled");
  g_assert_false (bma_broker_get_attention_needed (f->broker));
  caller_forget (&f->app);
  again = fixture_request (f, &f->app, "@a{sv} {}");
  g_variant_get (caller_wait (&f->app, f, "Progress")->body, "(&sa{sv})", &stage, NULL);
  g_assert_cmpstr (stage, ==, "waiting");
  g_assert_true (bma_broker_get_attention_needed (f->broker));
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 1);
  /* Nor by saying that the person did something, for a while. */
  caller_forget (&f->app);
  acted = fixture_request (f, &f->app, "{'activation-token': <'made-up'>}");
  caller_wait (&f->app, f, "Progress");
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 1);
  bma_clock_dummy_advance_s (f->clock, 60);
  g_free (acted);
  acted = fixture_request (f, &f->app, "{'activation-token': <'pressed'>}");
  while (bma_uri_opener_dummy_get_n_opened (f->opener) < 2)
    g_main_context_iteration (NULL, TRUE);
}

/* Programs in a sandbox open no page after the other by taking questions back. */
static void
test_nagging (Fixture *f, gconstpointer setup)
{
  static const char act[] = "{'activation-token': <'made-up'>}";
  g_autofree char *path = fixture_request (f, &f->app, act);
  g_autoptr (GVariant) closed = NULL;
  const char *stage = NULL;

  caller_wait (&f->app, f, "Progress");
  closed = caller_ok (&f->app, f, path, REQUEST, "Close", NULL);
  caller_forget (&f->app);
  g_free (path);
  path = fixture_request (f, &f->app, act);
  g_variant_get (caller_wait (&f->app, f, "Progress")->body, "(&sa{sv})", &stage, NULL);
  g_assert_cmpstr (stage, ==, "waiting");
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 1);
  bma_clock_dummy_advance_s (f->clock, 30);
  g_free (path);
  path = fixture_request (f, &f->app, act);
  while (bma_uri_opener_dummy_get_n_opened (f->opener) < 2)
    g_main_context_iteration (NULL, TRUE);
}

/* Never is the answer to whatever else the program asks, too. */
static void
test_never_answers_all (Fixture *f, gconstpointer setup)
{
  g_autofree char *first = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *second =
      fixture_request (f, &f->app, "{'resource': <'http://127.0.0.1:8417/mcp'>}");
  g_autofree char *title = NULL;
  uint32_t code = 99;

  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "answer", "decision-1=never");
  while (caller_count (&f->app, "Response") < 2)
    g_main_context_iteration (NULL, TRUE);
  for (unsigned int i = 0; i < f->app.heard->len; i++)
    {
      const Heard *heard = f->app.heard->pdata[i];

      if (!g_str_equal (heard->name, "Response"))
        continue;
      g_variant_get (heard->body, "(ua{sv})", &code, NULL);
      g_assert_cmpuint (code, ==, 1);
    }
}

/* Whoever signed in for another program is signed in. */
static void
test_sign_in_by_another (Fixture *f, gconstpointer setup)
{
  g_autoptr (GVariant) out = caller_ok (&f->host, f, ROOT, BROKER, "SignOut", NULL);
  g_autofree char *path = fixture_request (f, &f->other, "@a{sv} {}");
  g_autoptr (GVariant) reply = caller_ok (&f->app, f, ROOT, BROKER, "SignIn",
                                          g_variant_new ("(sa{sv})", "", NULL));
  g_autofree char *title = NULL;
  g_autoptr (GVariant) token = NULL;
  g_autoptr (GVariant) signed_in = NULL;

  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "answer", "decision-1=session");
  token = await_response (f, &f->other, 0);
  signed_in = await_response (f, &f->app, 0);
}

/* The grant with more scopes, as if the person had allowed them to that caller. */
static void
widen (Fixture *f, const char *path)
{
  static const char *const scopes[] = { "mcp", "mcp:write", NULL };
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaGrant *grant = bma_record_copy (
      bma_store_lookup (BMA_STORE (f->store), &bma_grant_type, strrchr (path, '/') + 1));

  g_strfreev (grant->scopes);
  grant->scopes = g_strdupv ((char **) scopes);
  bma_change_put_take (change, grant);
  bma_store_apply_lazily (BMA_STORE (f->store), change);
}

static unsigned int
count_scopes (Fixture *f, const char *path)
{
  const BmaGrant *grant =
      bma_store_lookup (BMA_STORE (f->store), &bma_grant_type, strrchr (path, '/') + 1);

  return g_strv_length (grant->scopes);
}

/* What one connection was allowed once, another of the same program was not. */
static void
test_once_lends_no_scopes (Fixture *f, gconstpointer setup)
{
  g_autofree char *first = fixture_allow (f, &f->app, "once");
  g_autofree char *second = NULL;

  widen (f, first);
  fixture_name (f, &f->other, "org.example.App", BMA_TRUST_SANDBOX);
  second = fixture_allow (f, &f->other, "once");
  g_assert_cmpstr (first, ==, second);
  g_assert_cmpuint (count_scopes (f, second), ==, 1);
}

/* Nor is it allowed for longer because something else is. */
static void
test_once_is_not_always (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "once");
  g_autofree char *path = NULL;
  g_autofree char *title = NULL;
  const char *change = NULL;

  widen (f, grant);
  caller_forget (&f->app);
  path = fixture_request (f, &f->app, "{'prompt': <'consent'>}");
  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "allow", "always");
  g_variant_get (caller_wait (&f->app, f, "GrantChanged")->body, "(o&s)", NULL, &change);
  g_assert_cmpstr (change, ==, "reduced");
  g_assert_cmpuint (count_scopes (f, grant), ==, 1);
}

static void
test_extended (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autofree char *path = NULL;
  g_autofree char *title = NULL;
  const char *change = NULL;

  widen (f, grant);
  g_assert_cmpuint (caller_count (&f->app, "GrantChanged"), ==, 0);
  caller_forget (&f->app);
  path = fixture_request (f, &f->app, "{'prompt': <'consent'>}");
  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "allow", "always");
  g_variant_get (caller_wait (&f->app, f, "GrantChanged")->body, "(o&s)", NULL, &change);
  g_assert_cmpstr (change, ==, "refreshed");
  g_assert_cmpuint (count_scopes (f, grant), ==, 2);
}

/* What waits is shown to a person who types a command. */
static void
test_person_looks (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *again = NULL;
  g_autofree char *title = NULL;
  g_autofree char *allowed = NULL;
  g_autoptr (GVariant) looked = NULL;
  g_autoptr (GVariant) token = NULL;

  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "deny", NULL);
  caller_wait (&f->app, f, "Response");
  caller_forget (&f->app);
  again = fixture_request (f, &f->app, "@a{sv} {}");
  caller_wait (&f->app, f, "Progress");
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 1);
  looked = caller_ok (&f->host, f, ROOT, BROKER, "SignIn",
                      g_variant_new ("(s@a{sv})", "",
                                     g_variant_new_parsed ("{'person-acted': <true>}")));
  caller_wait (&f->host, f, "Response");
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 2);
  allowed = fixture_press (f, "allow", "always");
  g_assert_cmpstr (allowed, ==, "Allowed");
  token = await_response (f, &f->app, 0);
}

static void
test_there_is_an_end_of_them (Fixture *f, gconstpointer setup)
{
  g_autofree char *name = NULL;
  g_autofree char *twice = NULL;
  g_autofree char *first = fixture_request (f, &f->app, "{'handle-token': <'a'>}");

  twice = caller_error (&f->app, f, ROOT, BROKER, "RequestToken",
                        g_variant_new ("(sas@a{sv})", "", NULL,
                                       g_variant_new_parsed ("{'handle-token': <'a'>}")));
  g_assert_cmpstr (twice, ==, ERROR "InvalidArgument");
  for (unsigned int i = 1; i < 16; i++)
    g_free (fixture_request (f, &f->app, "@a{sv} {}"));
  name = caller_error (&f->app, f, ROOT, BROKER, "RequestToken",
                       g_variant_new ("(sasa{sv})", "", NULL, NULL));
  g_assert_cmpstr (name, ==, ERROR "RateLimited");
}

static void
test_without_browser (Fixture *f, gconstpointer setup)
{
  g_autofree char *sandboxed = NULL;
  g_autofree char *host = NULL;
  g_autofree char *title = NULL;
  g_autoptr (GVariant) failed = NULL;
  g_autoptr (GVariant) done = NULL;

  bma_uri_opener_dummy_set_failing (f->opener, TRUE);
  sandboxed = fixture_request (f, &f->app, "@a{sv} {}");
  failed = await_response (f, &f->app, 2);
  expect_error (failed, ERROR "Failed");
  host = fixture_request (f, &f->host, "@a{sv} {}");
  caller_wait (&f->host, f, "Progress");
  title = fixture_press (f, "allow", "session");
  done = await_response (f, &f->host, 0);
}

static void
test_sign_in (Fixture *f, gconstpointer setup)
{
  g_autoptr (GVariant) reply = caller_ok (&f->app, f, ROOT, BROKER, "SignIn",
                                          g_variant_new ("(sa{sv})", "", NULL));
  g_autoptr (GVariant) at_once = await_response (f, &f->app, 0);
  g_autoptr (GVariant) out = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autofree char *title = NULL;

  out = caller_ok (&f->host, f, ROOT, BROKER, "SignOut", NULL);
  caller_forget (&f->app);
  again = caller_ok (&f->app, f, ROOT, BROKER, "SignIn",
                     g_variant_new ("(sa{sv})", "", NULL));
  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "allow", NULL);
  result = await_response (f, &f->app, 0);
  g_assert_cmpuint (g_variant_n_children (result), ==, 0);
  g_assert_cmpstr (bma_broker_get_state (f->broker), ==, "ready");
}

#define ADD(name, func)                                                                  \
  g_test_add ("/dbus/request/" name, Fixture, NULL, fixture_set_up, func,                \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  static const Setup short_lived = { .request_lifetime_ms = 50 };

  g_test_init (&argc, &argv, NULL);
  ADD ("allowed-gives-a-token", test_allowed);
  ADD ("needs-no-page-once-allowed", test_at_once);
  ADD ("prompt-consent-asks-again", test_prompt_consent_asks_again);
  ADD ("denied-is-told", test_denied);
  ADD ("sandboxed-callers-do-not-learn-the-page", test_hides_page_from_sandbox);
  ADD ("signals-go-to-the-caller-alone", test_is_unicast);
  ADD ("does-not-exist-for-others", test_others_see_nothing);
  ADD ("close-takes-the-question-back", test_close_ends_it);
  ADD ("ends-with-its-caller", test_ends_with_caller);
  ADD ("once-ends-with-who-left-meanwhile", test_leaves_before_restart);
  ADD ("once-ends-with-who-never-called-again", test_leaves_after_restart);
  ADD ("keeps-the-service", test_keeps_the_service);
  ADD ("same-question-is-asked-once", test_same_question_is_asked_once);
  ADD ("same-question-of-other-connections-is-the-same", test_twins_on_other_connections);
  ADD ("never-is-kept-and-takes-back-the-grant", test_never);
  ADD ("never-is-the-persons-to-take-back", test_never_is_taken_back);
  ADD ("never-answers-all-it-asks", test_never_answers_all);
  ADD ("sign-in-is-done-when-another-program-brought-it", test_sign_in_by_another);
  ADD ("once-lends-no-scopes", test_once_lends_no_scopes);
  ADD ("once-does-not-become-always", test_once_is_not_always);
  ADD ("extended-grant-is-told-as-refreshed", test_extended);
  ADD ("taking-back-opens-no-second-page", test_nagging);
  ADD ("what-was-put-off-stays-away", test_not_now);
  ADD ("what-waits-is-shown-on-sign-in", test_person_looks);
  ADD ("there-is-an-end-of-them", test_there_is_an_end_of_them);
  ADD ("without-browser-sandboxed-callers-are-told", test_without_browser);
  ADD ("sign-in-asks-only-if-signed-out", test_sign_in);
  g_test_add ("/dbus/request/ends-when-it-is-too-old", Fixture, &short_lived,
              fixture_set_up, test_times_out, fixture_tear_down);
  return g_test_run ();
}
