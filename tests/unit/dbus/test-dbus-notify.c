/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "dbus-fixture.h"
#include "notification-server.h"

#define ALLOW  "Allow until I log out"
#define DENY   "Don’t allow"
#define LATER  "Not now"
#define REVIEW "Review…"

#define EXPIRED          1
#define CLOSED_BY_PERSON 2

static NotificationServer *
start_server (Fixture *f)
{
  return notification_server_new (fixture_connect (f), FALSE);
}

/* The stage that the caller was told next. */
static char *
await_stage (Fixture *f, Caller *caller)
{
  char *stage = NULL;

  g_variant_get (caller_wait (caller, f, "Progress")->body, "(sa{sv})", &stage, NULL);
  caller_forget (caller);
  return stage;
}

static void
expect_stage (Fixture *f, Caller *caller, const char *expected)
{
  g_autofree char *stage = await_stage (f, caller);

  g_assert_cmpstr (stage, ==, expected);
}

static void
expect_response (Fixture *f, Caller *caller, uint32_t expected)
{
  uint32_t code = 99;

  g_variant_get (caller_wait (caller, f, "Response")->body, "(ua{sv})", &code, NULL);
  g_assert_cmpuint (code, ==, expected);
  caller_forget (caller);
}

static unsigned int
count_pages (Fixture *f)
{
  return bma_uri_opener_dummy_get_n_opened (f->opener);
}

static void
await_page (Fixture *f)
{
  while (count_pages (f) == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* What the server has sent so far has arrived at the service. */
static void
settle (Fixture *f, GDBusConnection *bus)
{
  Caller caller = { .bus = bus };

  caller_settle (&caller, f);
}

static void
test_allow (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = fixture_request (f, &f->app, "{'reason': <'to read'>}");

  notification_server_await (server, 1);
  expect_stage (f, &f->app, "notification");
  g_assert_cmpstr (server->title, ==, "“org.example.App” wants to connect");
  g_assert_nonnull (strstr (server->body, "sandbox that vouches"));
  g_assert_nonnull (strstr (server->body, "Use the BioMCP tools"));
  g_assert_nonnull (strstr (server->body, "It says: “to read”"));
  bma_clock_dummy_advance_s (f->clock, 1);
  notification_server_press (server, notification_server_get_key (server, ALLOW));
  expect_response (f, &f->app, 0);
  g_assert_cmpuint (count_pages (f), ==, 0);
}

/* Before anybody can have read it, it only opens the page. */
static void
test_too_soon (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");

  expect_stage (f, &f->app, "notification");
  notification_server_press (server, notification_server_get_key (server, ALLOW));
  await_page (f);
  expect_stage (f, &f->app, "browser");
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
}

static void
test_review (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *first = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *second = fixture_request (f, &f->other, "@a{sv} {}");
  g_autofree char *third = fixture_request (f, &f->host, "@a{sv} {}");

  while (server->title == NULL ||
         !g_str_equal (server->title, "3 programs want to connect"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (server->last_id, ==, 1);
  g_assert_nonnull (strstr (server->body, "org.example.App\norg.example.Other"));
  g_assert_null (g_hash_table_lookup (server->keys, ALLOW));
  expect_stage (f, &f->host, "notification");
  notification_server_press (server, "default");
  await_page (f);
  expect_stage (f, &f->host, "browser");
  g_assert_cmpuint (count_pages (f), ==, 1);
}

static void
test_deny (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *again = NULL;

  expect_stage (f, &f->app, "notification");
  notification_server_press (server, notification_server_get_key (server, DENY));
  expect_response (f, &f->app, 1);
  again = fixture_request (f, &f->app, "@a{sv} {}");
  expect_stage (f, &f->app, "waiting");
  g_assert_cmpuint (server->n_shown, ==, 1);
  g_assert_cmpuint (count_pages (f), ==, 0);
}

static void
test_closed (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *again = NULL;

  expect_stage (f, &f->app, "notification");
  notification_server_close (server, CLOSED_BY_PERSON);
  expect_response (f, &f->app, 2);
  again = fixture_request (f, &f->app, "@a{sv} {}");
  expect_stage (f, &f->app, "waiting");
  g_assert_cmpuint (server->n_shown, ==, 1);
}

/* That nobody looked is no answer. */
static void
test_expired (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");

  expect_stage (f, &f->app, "notification");
  notification_server_close (server, EXPIRED);
  expect_stage (f, &f->app, "waiting");
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
  g_assert_true (bma_broker_get_attention_needed (f->broker));
}

/* Who closes one does not answer the next, which they have not seen. */
static void
close_before_next (Fixture *f, uint32_t reason)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *first = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *second = NULL;

  expect_stage (f, &f->app, "notification");
  server->closes_next = reason;
  second = fixture_request (f, &f->other, "@a{sv} {}");
  expect_stage (f, &f->other, "notification");
  g_assert_cmpuint (server->n_shown, ==, 2);
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
  g_assert_cmpuint (caller_count (&f->other, "Response"), ==, 0);
  notification_server_press (server, notification_server_get_key (server, REVIEW));
  await_page (f);
}

static void
test_closed_before_next (Fixture *f, gconstpointer setup)
{
  close_before_next (f, CLOSED_BY_PERSON);
}

static void
test_expired_before_next (Fixture *f, gconstpointer setup)
{
  close_before_next (f, EXPIRED);
}

/* A program in a sandbox that asks and takes back, again and again. */
static void
test_nagging (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autoptr (GVariant) closed = NULL;
  g_autofree char *again = NULL;

  expect_stage (f, &f->app, "notification");
  closed = caller_ok (&f->app, f, path, REQUEST, "Close", NULL);
  again = fixture_request (f, &f->app, "@a{sv} {}");
  expect_stage (f, &f->app, "waiting");
  g_assert_cmpuint (server->n_shown, ==, 1);
}

static void
test_server_dies (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");

  expect_stage (f, &f->app, "notification");
  g_dbus_connection_close_sync (server->bus, NULL, NULL);
  expect_stage (f, &f->app, "waiting");
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
}

/* Another connection knows everything and says the same. */
static void
test_forged (Fixture *f, gconstpointer setup)
{
  static const char *const labels[] = { ALLOW, DENY, REVIEW };
  const char *service = g_dbus_connection_get_unique_name (f->service_bus);
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");

  expect_stage (f, &f->app, "notification");
  bma_clock_dummy_advance_s (f->clock, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (labels); i++)
    for (int is_unicast = 0; is_unicast < 2; is_unicast++)
      notification_server_send (f->other.bus, is_unicast ? service : NULL,
                                "ActionInvoked",
                                g_variant_new ("(us)", server->last_id,
                                               notification_server_get_key (server,
                                                                            labels[i])));
  notification_server_send (f->other.bus, service, "NotificationClosed",
                            g_variant_new ("(uu)", server->last_id, CLOSED_BY_PERSON));
  caller_settle (&f->other, f);
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
  g_assert_cmpuint (count_pages (f), ==, 0);
  notification_server_press (server, notification_server_get_key (server, ALLOW));
  expect_response (f, &f->app, 0);
}

/* Names of other notifications, old ones, made-up ones: none is good for anything. */
static void
test_replayed (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *first = fixture_request (f, &f->app, "@a{sv} {}");
  g_autofree char *second = NULL;
  g_autofree char *old = NULL;

  expect_stage (f, &f->app, "notification");
  old = g_strdup (notification_server_get_key (server, ALLOW));
  second = fixture_request (f, &f->other, "@a{sv} {}");
  expect_stage (f, &f->other, "notification");
  g_assert_cmpuint (server->replaces_id, ==, server->last_id);
  bma_clock_dummy_advance_s (f->clock, 1);
  notification_server_press (server, old);
  notification_server_press (server, "allow");
  notification_server_press (server, "");
  notification_server_send (server->bus, NULL, "ActionInvoked",
                            g_variant_new ("(us)", server->last_id + 1,
                                           notification_server_get_key (server, LATER)));
  settle (f, server->bus);
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
  g_assert_cmpuint (count_pages (f), ==, 0);
  notification_server_press (server, notification_server_get_key (server, REVIEW));
  await_page (f);
  notification_server_press (server, notification_server_get_key (server, REVIEW));
  notification_server_press (server, notification_server_get_key (server, LATER));
  settle (f, server->bus);
  g_assert_cmpuint (count_pages (f), ==, 1);
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
}

static void
test_markup (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = NULL;

  server->capabilities = "actions body body-markup";
  path = fixture_request (f, &f->app, "{'reason': <'<b>urgent</b>\\u202e'>}");
  notification_server_await (server, 1);
  g_assert_null (strstr (server->body, "<b>"));
  g_assert_nonnull (strstr (server->body, "&lt;b&gt;urgent"));
  g_assert_null (strstr (server->body, "\xe2\x80\xae"));
}

static void
test_no_buttons (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = NULL;

  server->capabilities = "body";
  path = fixture_request (f, &f->app, "@a{sv} {}");
  await_page (f);
  expect_stage (f, &f->app, "browser");
  g_assert_cmpuint (server->n_shown, ==, 0);
}

static void
test_no_server (Fixture *f, gconstpointer setup)
{
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");

  await_page (f);
  expect_stage (f, &f->app, "browser");
}

static void
test_act (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = fixture_request (f, &f->host, "{'person-acted': <true>}");
  g_autofree char *made_up = NULL;

  await_page (f);
  expect_stage (f, &f->host, "browser");
  g_assert_cmpuint (server->n_shown, ==, 0);
  made_up = fixture_request (f, &f->app, "{'person-acted': <true>}");
  notification_server_await (server, 1);
  g_assert_cmpuint (count_pages (f), ==, 1);
}

static void
test_taken_back (Fixture *f, gconstpointer setup)
{
  g_autoptr (NotificationServer) server = start_server (f);
  g_autofree char *path = fixture_request (f, &f->app, "@a{sv} {}");
  g_autoptr (GVariant) closed = NULL;

  expect_stage (f, &f->app, "notification");
  closed = caller_ok (&f->app, f, path, REQUEST, "Close", NULL);
  while (server->n_withdrawn == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_portal (Fixture *f, gconstpointer setup)
{
  const char *service = g_dbus_connection_get_unique_name (f->service_bus);
  g_autoptr (NotificationServer)
      server = notification_server_new (fixture_connect (f), TRUE);
  g_autofree char *path = fixture_request (f, &f->app, "{'reason': <'<i>'>}");
  const char *allow = NULL;

  notification_server_await (server, 1);
  expect_stage (f, &f->app, "notification");
  g_assert_nonnull (strstr (server->body, "It says: “<i>”"));
  allow = notification_server_get_key (server, ALLOW);
  g_assert_false (g_str_has_prefix (allow, "app."));
  g_assert_cmpstr (allow, !=, server->default_action);
  bma_clock_dummy_advance_s (f->clock, 1);
  notification_server_send (f->other.bus, service, "ActionInvoked",
                            g_variant_new ("(ssav)", server->portal_id, allow, NULL));
  caller_settle (&f->other, f);
  g_assert_cmpuint (caller_count (&f->app, "Response"), ==, 0);
  notification_server_press (server, allow);
  expect_response (f, &f->app, 0);
}

#define ADD(name, setup, func)                                                           \
  g_test_add ("/dbus/notify/" name, Fixture, &(setup), fixture_set_up, func,             \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  static const Setup host = { .notifies = FIXTURE_NOTIFIES };
  static const Setup portal = { .notifies = FIXTURE_NOTIFIES_BY_PORTAL };

  g_test_init (&argc, &argv, NULL);
  ADD ("allow-needs-no-page", host, test_allow);
  ADD ("allow-too-soon-opens-the-page", host, test_too_soon);
  ADD ("several-are-one-notification-and-one-page", host, test_review);
  ADD ("deny-stays", host, test_deny);
  ADD ("closed-by-the-person-stays-away", host, test_closed);
  ADD ("expired-is-no-answer", host, test_expired);
  ADD ("closing-one-is-no-answer-to-the-next", host, test_closed_before_next);
  ADD ("expiry-of-one-is-no-end-of-the-next", host, test_expired_before_next);
  ADD ("taking-back-is-no-way-to-ask-again", host, test_nagging);
  ADD ("server-may-die", host, test_server_dies);
  ADD ("others-cannot-press", host, test_forged);
  ADD ("old-and-unknown-names-do-nothing", host, test_replayed);
  ADD ("words-of-programs-are-no-markup", host, test_markup);
  ADD ("without-buttons-there-is-a-page", host, test_no_buttons);
  ADD ("without-a-server-there-is-a-page", host, test_no_server);
  ADD ("an-act-opens-the-page-at-once", host, test_act);
  ADD ("goes-with-its-question", host, test_taken_back);
  ADD ("portal", portal, test_portal);
  return g_test_run ();
}
