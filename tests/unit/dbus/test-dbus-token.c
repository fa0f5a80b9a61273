/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

static GVariant *
token_arguments (const char *options)
{
  g_autoptr (GVariant)
      dict = g_variant_parse (G_VARIANT_TYPE ("a{sv}"), options, NULL, NULL, NULL);

  return g_variant_new ("(@as@a{sv})", g_variant_new_strv (NULL, 0), dict);
}

static GVariant *
get_token (Fixture *f, Caller *caller, const char *options)
{
  g_autoptr (GVariant)
      reply = caller_ok (caller, f, ROOT, BROKER, "GetToken", token_arguments (options));

  return g_variant_get_child_value (reply, 0);
}

static char *
refuse_token (Fixture *f, Caller *caller, const char *options)
{
  return caller_error (caller, f, ROOT, BROKER, "GetToken", token_arguments (options));
}

static void
test_needs_consent (Fixture *f, gconstpointer setup)
{
  g_autofree char *name = refuse_token (f, &f->app, "@a{sv} {}");

  g_assert_cmpstr (name, ==, ERROR "InteractionRequired");
  g_assert_cmpuint (bma_uri_opener_dummy_get_n_opened (f->opener), ==, 0);
}

static void
test_gives_token (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autoptr (GVariant) result = get_token (f, &f->app, "@a{sv} {}");
  g_autofree char *other = refuse_token (f, &f->other, "@a{sv} {}");
  g_autofree const char **scopes = NULL;
  const char *text = NULL;
  int64_t expires_at_s = 0;

  g_assert_true (g_variant_lookup (result, "access-token", "&s", &text));
  g_assert_cmpuint (strlen (text), >, 100);
  g_assert_true (g_variant_lookup (result, "token-type", "&s", &text));
  g_assert_cmpstr (text, ==, "Bearer");
  g_assert_true (g_variant_lookup (result, "expires-at", "x", &expires_at_s));
  g_assert_cmpint (expires_at_s, >, BMA_CLOCK_DUMMY_START_S);
  g_assert_true (g_variant_lookup (result, "scopes", "^a&s", &scopes));
  g_assert_cmpstr (scopes[0], ==, "mcp");
  g_assert_true (g_variant_lookup (result, "issuer", "&s", &text));
  g_assert_cmpstr (text, ==, "http://127.0.0.1:8417");
  g_assert_true (g_variant_lookup (result, "resource", "&s", &text));
  g_assert_cmpstr (text, ==, "http://127.0.0.1:8417/mcp");
  g_assert_true (g_variant_lookup (result, "grant", "&o", &text));
  g_assert_cmpstr (text, ==, grant);
  g_assert_false (g_variant_lookup (result, "token-fd", "h", NULL));
  g_assert_cmpstr (other, ==, ERROR "InteractionRequired");
}

static void
test_gives_descriptor (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply =
      caller_call (&f->app, f, ROOT, BROKER, "GetToken",
                   token_arguments ("{'as-fd': <true>, 'max-valid-s': <uint32 60>}"),
                   NULL, &fds, NULL);
  g_autoptr (GVariant) result = g_variant_get_child_value (reply, 0);
  char text[4096] = "";
  int32_t handle = -1;
  int fd = -1;

  g_assert_false (g_variant_lookup (result, "access-token", "s", NULL));
  g_assert_true (g_variant_lookup (result, "token-fd", "h", &handle));
  fd = g_unix_fd_list_get (fds, handle, NULL);
  g_assert_cmpint (read (fd, text, sizeof text - 1), >, 100);
  g_assert_true (g_str_has_prefix (text, "eyJ"));
  g_assert_cmpint (pwrite (fd, "x", 1, 0), ==, -1);
  g_assert_false (caller_saw (&f->app, text));
  close (fd);
}

static void
test_refuses_strangers (Fixture *f, gconstpointer setup)
{
  const char *sender = g_dbus_connection_get_unique_name (f->app.bus);
  g_autofree char *token = NULL;
  g_autofree char *request = NULL;

  bma_peer_resolver_dummy_forget (BMA_PEER_RESOLVER_DUMMY (f->resolver), sender);
  token = refuse_token (f, &f->app, "@a{sv} {}");
  request = caller_error (&f->app, f, ROOT, BROKER, "SignIn",
                          g_variant_new ("(sa{sv})", "", NULL));
  g_assert_cmpstr (token, ==, ERROR "AccessDenied");
  g_assert_cmpstr (request, ==, ERROR "AccessDenied");
}

static void
test_refuses_bad_arguments (Fixture *f, gconstpointer setup)
{
  g_autofree char *option = refuse_token (f, &f->app, "{'colour': <'red'>}");
  g_autofree char *resource = refuse_token (f, &f->app, "{'resource': <'http://else'>}");
  const char *scopes[] = { "everything", NULL };
  g_autofree char *scope = caller_error (&f->app, f, ROOT, BROKER, "GetToken",
                                         g_variant_new ("(^asa{sv})", scopes, NULL));

  g_assert_cmpstr (option, ==, ERROR "InvalidArgument");
  g_assert_cmpstr (resource, ==, ERROR "InvalidResource");
  g_assert_cmpstr (scope, ==, ERROR "InvalidScope");
}

static GVariant *
get_property (Fixture *f, const char *name)
{
  g_autoptr (GVariant)
      reply = caller_ok (&f->app, f, ROOT, "org.freedesktop.DBus.Properties", "Get",
                         g_variant_new ("(ss)", BROKER, name));
  g_autoptr (GVariant) value = g_variant_get_child_value (reply, 0);

  return g_variant_get_variant (value);
}

static void
test_shows_properties (Fixture *f, gconstpointer setup)
{
  g_autoptr (GVariant) version = get_property (f, "Version");
  g_autoptr (GVariant) state = get_property (f, "State");
  g_autoptr (GVariant) attention = get_property (f, "AttentionNeeded");
  g_autoptr (GVariant) issuer = get_property (f, "Issuer");
  g_autoptr (GVariant) resource = get_property (f, "Resource");
  g_autoptr (GVariant) capabilities = get_property (f, "Capabilities");
  g_autofree const char **words = g_variant_get_strv (capabilities, NULL);

  g_assert_cmpuint (g_variant_get_uint32 (version), ==, 1);
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "ready");
  g_assert_false (g_variant_get_boolean (attention));
  g_assert_cmpstr (g_variant_get_string (issuer, NULL), ==, "http://127.0.0.1:8417");
  g_assert_cmpstr (g_variant_get_string (resource, NULL), ==,
                   "http://127.0.0.1:8417/mcp");
  g_assert_true (g_strv_contains (words, "request-token"));
  g_assert_true (g_strv_contains (words, "create-client"));
  g_assert_false (g_strv_contains (words, "reload"));
}

static void
subscribe_properties (Caller *caller, Fixture *f)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      caller->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "AddMatch",
      g_variant_new ("(s)", "type='signal',interface='org.freedesktop.DBus.Properties'"),
      NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

  g_assert_nonnull (reply);
}

static void
test_signs_out (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autofree char *refused = NULL;
  g_autofree char *token = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) changed = NULL;
  const char *state = NULL;

  subscribe_properties (&f->app, f);
  refused = caller_error (&f->app, f, ROOT, BROKER, "SignOut", NULL);
  g_assert_cmpstr (refused, ==, ERROR "AccessDenied");
  reply = caller_ok (&f->host, f, ROOT, BROKER, "SignOut", NULL);
  token = refuse_token (f, &f->app, "@a{sv} {}");
  g_assert_cmpstr (token, ==, ERROR "NotSignedIn");
  changed =
      g_variant_get_child_value (caller_wait (&f->app, f, "PropertiesChanged")->body, 1);
  g_assert_true (g_variant_lookup (changed, "State", "&s", &state));
  g_assert_cmpstr (state, ==, "signed-out");
}

static void
test_tells_holders_of_change (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autofree char *other = fixture_allow (f, &f->other, "always");
  g_autoptr (GVariant) reply = caller_ok (&f->host, f, grant, GRANT, "Revoke", NULL);
  const char *path = NULL;
  const char *change = NULL;

  g_variant_get (caller_wait (&f->app, f, "GrantChanged")->body, "(&o&s)", &path,
                 &change);
  g_assert_cmpstr (path, ==, grant);
  g_assert_cmpstr (change, ==, "revoked");
  caller_settle (&f->other, f);
  caller_settle (&f->host, f);
  g_assert_cmpuint (caller_count (&f->other, "GrantChanged"), ==, 0);
  g_assert_cmpuint (caller_count (&f->host, "GrantChanged"), ==, 0);
}

static void
test_once_ends_with_connection (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "once");
  g_autoptr (GVariant) result = get_token (f, &f->app, "@a{sv} {}");
  const char *id = strrchr (grant, '/') + 1;

  g_assert_nonnull (bma_store_lookup (BMA_STORE (f->store), &bma_grant_type, id));
  fixture_leave (f, &f->app);
  g_assert_null (bma_store_lookup (BMA_STORE (f->store), &bma_grant_type, id));
}

static char *
report (Fixture *f, Caller *caller, const char *grant, const char *challenge)
{
  g_autoptr (GVariant) reply = caller_ok (caller, f, ROOT, BROKER, "ReportRejected",
                                          g_variant_new ("(os)", grant, challenge));
  g_autoptr (GVariant) advice = g_variant_get_child_value (reply, 0);
  char *action = NULL;

  g_assert_true (g_variant_lookup (advice, "action", "s", &action));
  return action;
}

/* A server that rejects whatever it gets does not keep us signing. */
static void
test_replaces_rejected (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autoptr (GVariant) before = get_token (f, &f->app, "@a{sv} {}");
  g_autoptr (GVariant) same = get_token (f, &f->app, "@a{sv} {}");
  g_autofree char *retry = report (f, &f->app, grant, "Bearer error=\"invalid_token\"");
  g_autoptr (GVariant) after = get_token (f, &f->app, "@a{sv} {}");
  g_autofree char *give_up = report (f, &f->app, grant, "Basic realm=\"x\"");
  g_autofree char *second = report (f, &f->app, grant, "Bearer");
  g_autofree char *third = report (f, &f->app, grant, "Bearer");
  g_autofree char *fourth = report (f, &f->app, grant, "Bearer");
  g_autofree char *other = caller_error (&f->other, f, ROOT, BROKER, "ReportRejected",
                                         g_variant_new ("(os)", grant, "Bearer"));
  g_autofree char *missing =
      caller_error (&f->app, f, ROOT, BROKER, "ReportRejected",
                    g_variant_new ("(os)", ROOT "/grant/0", "Bearer"));

  g_assert_true (g_variant_equal (before, same));
  g_assert_cmpstr (retry, ==, "retry");
  g_assert_false (g_variant_equal (before, after));
  g_assert_cmpstr (give_up, ==, "give-up");
  g_assert_cmpstr (second, ==, "retry");
  g_assert_cmpstr (third, ==, "retry");
  g_assert_cmpstr (fourth, ==, "give-up");
  g_assert_cmpstr (other, ==, ERROR "NotFound");
  g_assert_cmpstr (missing, ==, ERROR "NotFound");
}

/* A button of a notification would be an action, and an action can be activated by every
 * program on the bus: so there are none. */
static void
test_nobody_can_press_allow (Fixture *f, gconstpointer setup)
{
  static const char *const paths[] = { ROOT, "/", "/org/biomcp" };

  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
      g_autofree char *name =
          caller_error (&f->app, f, paths[i], "org.freedesktop.Application",
                        "ActivateAction",
                        g_variant_new ("(sava{sv})", "allow", NULL, NULL));
      g_autofree char *actions =
          caller_error (&f->app, f, paths[i], "org.gtk.Actions", "Activate",
                        g_variant_new ("(sava{sv})", "allow", NULL, NULL));

      g_assert_true (g_str_has_prefix (name, "org.freedesktop.DBus.Error.Unknown"));
      g_assert_true (g_str_has_prefix (actions, "org.freedesktop.DBus.Error.Unknown"));
    }
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
}

#define ADD(name, func)                                                                  \
  g_test_add ("/dbus/token/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

static BmaConfig *
lock_config (const char *drop, const char *tokens)
{
  BmaConfig *config = bma_config_new ();

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  g_free (config->drop_tokens_on_lock);
  config->drop_tokens_on_lock = g_strdup (drop);
  g_free (config->tokens_while_locked);
  config->tokens_while_locked = g_strdup (tokens);
  return config;
}

/* What was allowed stays allowed: afterwards nobody is asked again. */
static void
test_locked_screen (Fixture *f, gconstpointer setup)
{
  g_autoptr (BmaConfig) lenient = lock_config ("yes", "yes");
  g_autoptr (BmaConfig) strict = lock_config ("yes", "no");
  g_autofree char *grant = NULL;
  g_autofree char *error = NULL;
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) after = NULL;

  grant = fixture_allow (f, &f->app, "always");
  bma_broker_set_config (f->broker, lenient);
  bma_broker_set_locked (f->broker, TRUE);
  before = get_token (f, &f->app, "@a{sv} {}");
  bma_broker_set_config (f->broker, strict);
  error = refuse_token (f, &f->app, "@a{sv} {}");
  g_assert_cmpstr (error, ==, ERROR "InteractionRequired");
  bma_broker_set_locked (f->broker, FALSE);
  after = get_token (f, &f->app, "@a{sv} {}");
}

/* Offline is a state, not the end of anything. */
static void
test_offline (Fixture *f, gconstpointer setup)
{
  g_autoptr (BmaConfig) config = lock_config ("no", "yes");
  g_autofree char *grant = NULL;
  g_autoptr (GVariant) token = NULL;

  grant = fixture_allow (f, &f->app, "always");
  bma_broker_set_online (f->broker, FALSE);
  g_assert_cmpstr (bma_broker_get_state (f->broker), ==, "ready");
  g_free (config->upstream);
  config->upstream = g_strdup ("https://mcp.example.org/mcp");
  bma_broker_set_config (f->broker, config);
  g_assert_cmpstr (bma_broker_get_state (f->broker), ==, "offline");
  token = get_token (f, &f->app, "@a{sv} {}");
  bma_broker_set_online (f->broker, TRUE);
  g_assert_cmpstr (bma_broker_get_state (f->broker), ==, "ready");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("needs-consent", test_needs_consent);
  ADD ("waits-for-a-locked-screen-if-so-configured", test_locked_screen);
  ADD ("is-given-offline", test_offline);
  ADD ("is-given-after-consent-to-that-app-alone", test_gives_token);
  ADD ("comes-in-a-sealed-descriptor", test_gives_descriptor);
  ADD ("is-refused-to-strangers", test_refuses_strangers);
  ADD ("is-refused-for-bad-arguments", test_refuses_bad_arguments);
  ADD ("properties-tell-the-truth", test_shows_properties);
  ADD ("ends-with-sign-out", test_signs_out);
  ADD ("holders-hear-of-changes-and-others-do-not", test_tells_holders_of_change);
  ADD ("once-ends-with-the-connection", test_once_ends_with_connection);
  ADD ("replaces-what-a-server-rejected", test_replaces_rejected);
  ADD ("nobody-can-press-allow-over-the-bus", test_nobody_can_press_allow);
  return g_test_run ();
}
