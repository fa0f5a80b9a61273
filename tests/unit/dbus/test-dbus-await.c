/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <gio/gunixfdlist.h>

/* Callers that fetch the outcome of a request instead of waiting for a signal. */

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
begin_fetch (Fixture *f, Caller *caller, const char *path, GAsyncResult **result)
{
  g_dbus_connection_call_with_unix_fd_list (
      caller->bus, g_dbus_connection_get_unique_name (f->service_bus), path, REQUEST,
      "Await", NULL, G_VARIANT_TYPE ("(ua{sv})"), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL,
      NULL, on_fetched, result);
}

/* NULL and the name of the error, if it is one. */
static GVariant *
end_fetch (Caller *caller, GAsyncResult **result, uint32_t *code, char **error_name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = NULL;
  GVariant *outcome = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  reply = g_dbus_connection_call_with_unix_fd_list_finish (caller->bus, &fds, *result,
                                                           &error);
  g_clear_object (result);
  if (reply == NULL)
    {
      *error_name = g_dbus_error_get_remote_error (error);
      return NULL;
    }
  g_variant_get (reply, "(u@a{sv})", code, &outcome);
  g_assert_true ((fds != NULL) == g_variant_lookup (outcome, "token-fd", "h", NULL));
  return outcome;
}

static void
expect (Fixture *f, Caller *caller, const char *path, uint32_t expected, const char *key)
{
  GAsyncResult *result = NULL;
  g_autofree char *error_name = NULL;
  g_autoptr (GVariant) outcome = NULL;
  g_autoptr (GVariant) value = NULL;
  uint32_t code = 99;

  begin_fetch (f, caller, path, &result);
  outcome = end_fetch (caller, &result, &code, &error_name);
  g_assert_null (error_name);
  g_assert_cmpuint (code, ==, expected);
  if (key != NULL)
    value = g_variant_lookup_value (outcome, key, NULL);
  g_assert_true ((value != NULL) == (key != NULL));
}

static void
expect_gone (Fixture *f, Caller *caller, const char *path)
{
  g_autofree char *error = caller_error (caller, f, path, REQUEST, "Await", NULL);

  g_assert_true (g_str_has_prefix (error, "org.freedesktop.DBus.Error.Unknown"));
}

static void
test_waits (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "{'await': <true>}");
  g_autofree char *title = NULL;
  g_autofree char *error_name = NULL;
  g_autoptr (GVariant) outcome = NULL;
  GAsyncResult *result = NULL;
  uint32_t code = 99;

  caller_wait (&f->app, f, "Progress");
  begin_fetch (f, &f->app, path, &result);
  caller_settle (&f->app, f);
  g_assert_null (result);
  title = fixture_press (f, "allow", "always");
  outcome = end_fetch (&f->app, &result, &code, &error_name);
  g_assert_cmpuint (code, ==, 0);
  g_assert_true (g_variant_lookup (outcome, "access-token", "s", NULL));
  expect_gone (f, &f->app, path);
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
}

/* It may be known before anybody asks. */
static void
test_is_kept (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autofree char *path = NULL;
  g_autofree char *as_file = NULL;

  caller_forget (&f->app);
  path = fixture_request (f, &f->app, "{'await': <true>}");
  as_file = fixture_request (f, &f->app, "{'await': <true>, 'as-fd': <true>}");
  caller_settle (&f->app, f);
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
  expect_gone (f, &f->other, path);
  expect (f, &f->app, path, 0, "access-token");
  expect_gone (f, &f->app, path);
  expect (f, &f->app, as_file, 0, "token-fd");
}

static void
test_denied (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "{'await': <true>}");
  g_autofree char *title = NULL;

  caller_wait (&f->app, f, "Progress");
  title = fixture_press (f, "deny", NULL);
  expect (f, &f->app, path, 1, NULL);
}

static void
test_brings_the_key (Fixture *f, gconstpointer setup)
{
  g_autofree char *path =
      fixture_request (f, &f->host, "{'await': <true>, 'pair': <true>}");
  g_autofree char *title = NULL;

  caller_wait (&f->host, f, "Progress");
  title = fixture_press (f, "allow", "always");
  expect (f, &f->host, path, 0, "pairing-key");
}

static void
test_closed (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "{'await': <true>}");
  g_autofree char *twice = NULL;
  g_autofree char *error_name = NULL;
  g_autoptr (GVariant) closed = NULL;
  g_autoptr (GVariant) outcome = NULL;
  GAsyncResult *result = NULL;
  uint32_t code = 99;

  caller_wait (&f->app, f, "Progress");
  begin_fetch (f, &f->app, path, &result);
  twice = caller_error (&f->app, f, path, REQUEST, "Await", NULL);
  g_assert_cmpstr (twice, ==, ERROR "InvalidArgument");
  closed = caller_ok (&f->app, f, path, REQUEST, "Close", NULL);
  outcome = end_fetch (&f->app, &result, &code, &error_name);
  g_assert_null (outcome);
  g_assert_cmpstr (error_name, ==, ERROR "Cancelled");
}

/* Who did not say so gets the signal as well. */
static void
test_unannounced (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *title = NULL;
  g_autofree char *error_name = NULL;
  g_autoptr (GVariant) outcome = NULL;
  GAsyncResult *result = NULL;
  uint32_t code = 99;

  caller_wait (&f->app, f, "Progress");
  begin_fetch (f, &f->app, path, &result);
  caller_settle (&f->app, f);
  title = fixture_press (f, "allow", "always");
  caller_wait (&f->app, f, "Response");
  outcome = end_fetch (&f->app, &result, &code, &error_name);
  g_assert_cmpuint (code, ==, 0);
}

static char *
try_request (Fixture *f, Caller *caller)
{
  char *error = NULL;
  g_autoptr (GVariant) reply = caller_call (
      caller, f, ROOT, BROKER, "RequestToken",
      g_variant_new ("(sas@a{sv})", "", NULL,
                     g_variant_new_parsed ("{'handle-token': <'a'>, 'await': <true>}")),
      NULL, NULL, &error);

  return error;
}

/* The outcome that nobody fetches does not stay, and neither does its name. */
static void
test_too_old (Fixture *f, gconstpointer setup)
{
  g_autofree char *path =
      fixture_request (f, &f->app, "{'handle-token': <'a'>, 'await': <true>}");
  g_autofree char *error = try_request (f, &f->app);

  while (error != NULL)
    {
      g_assert_cmpstr (error, ==, ERROR "InvalidArgument");
      g_free (error);
      error = try_request (f, &f->app);
    }
}

#define ADD(name, func)                                                                  \
  g_test_add ("/dbus/await/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  static const Setup short_lived = { .request_lifetime_ms = 50 };

  g_test_init (&argc, &argv, NULL);
  ADD ("answers-when-the-person-did", test_waits);
  ADD ("outcome-waits-for-its-caller", test_is_kept);
  ADD ("denied-is-told", test_denied);
  ADD ("brings-the-pairing-key", test_brings_the_key);
  ADD ("ends-with-the-request", test_closed);
  ADD ("signal-comes-unless-told-otherwise", test_unannounced);
  g_test_add ("/dbus/await/ends-when-it-is-too-old", Fixture, &short_lived,
              fixture_set_up, test_too_old, fixture_tear_down);
  return g_test_run ();
}
