/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include "bma-dbus-monitor.h"
#include "bma-log.h"

static void
subscribe (Fixture *f, Caller *caller)
{
  g_autoptr (GVariant) reply = caller_ok (caller, f, ROOT, SERVER, "Subscribe", NULL);
}

static void
test_tells (Fixture *f, gconstpointer setup)
{
  Heard *heard = NULL;
  const char *level = NULL;
  const char *topic = NULL;
  const char *message = NULL;
  const char *correlation_id = NULL;
  int64_t time_s = 0;

  subscribe (f, &f->host);
  caller_forget (&f->host);
  bma_log (G_LOG_LEVEL_INFO, "test", "abc-1", "it\nhappened");
  heard = caller_wait (&f->host, f, "Event");
  g_variant_get (heard->body, "(x&s&s&s&s)", &time_s, &level, &topic, &message,
                 &correlation_id);
  g_assert_cmpint (time_s, ==, bma_clock_now_s (BMA_CLOCK (f->clock)));
  g_assert_cmpstr (level, ==, "info");
  g_assert_cmpstr (topic, ==, "test");
  g_assert_cmpstr (message, ==, "it happened");
  g_assert_cmpstr (correlation_id, ==, "abc-1");
}

static void
test_only_who_asked (Fixture *f, gconstpointer setup)
{
  g_autoptr (GVariant) reply = NULL;

  subscribe (f, &f->host);
  bma_log_notice ("test", "one");
  caller_settle (&f->app, f);
  caller_settle (&f->host, f);
  g_assert_cmpuint (caller_count (&f->app, "Event"), ==, 0);
  g_assert_cmpuint (caller_count (&f->host, "Event"), >, 0);
  reply = caller_ok (&f->host, f, ROOT, SERVER, "Unsubscribe", NULL);
  caller_forget (&f->host);
  bma_log_notice ("test", "two");
  caller_settle (&f->host, f);
  g_assert_cmpuint (caller_count (&f->host, "Event"), ==, 0);
}

static void
test_not_for_sandboxes (Fixture *f, gconstpointer setup)
{
  g_autofree char *error = caller_error (&f->app, f, ROOT, SERVER, "Subscribe", NULL);

  g_assert_cmpstr (error, ==, ERROR "AccessDenied");
  bma_log_notice ("test", "one");
  caller_settle (&f->app, f);
  g_assert_cmpuint (caller_count (&f->app, "Event"), ==, 0);
}

/* What is left out of a flood is counted. */
static void
test_bounded (Fixture *f, gconstpointer setup)
{
  unsigned int n_before = 0;

  subscribe (f, &f->host);
  bma_clock_dummy_advance_s (f->clock, 1);
  caller_forget (&f->host);
  for (unsigned int i = 0; i < BMA_DBUS_MONITOR_MAX_PER_S + 7; i++)
    bma_log_info ("test", "event %u", i);
  caller_settle (&f->host, f);
  n_before = caller_count (&f->host, "Event");
  g_assert_cmpuint (n_before, ==, BMA_DBUS_MONITOR_MAX_PER_S);
  bma_clock_dummy_advance_s (f->clock, 1);
  bma_log_info ("test", "the last");
  caller_settle (&f->host, f);
  g_assert_cmpuint (caller_count (&f->host, "Event"), ==, n_before + 2);
  g_assert_true (caller_saw (&f->host, "more events were left out"));
}

static gpointer
write_lines (gpointer data)
{
  for (unsigned int i = 0; i < 50; i++)
    bma_log_info ("thread", "line %u", i);
  return NULL;
}

static void
test_threads (Fixture *f, gconstpointer setup)
{
  GThread *thread = NULL;

  subscribe (f, &f->host);
  bma_clock_dummy_advance_s (f->clock, 1);
  caller_forget (&f->host);
  thread = g_thread_new ("lines", write_lines, NULL);
  g_thread_join (thread);
  while (caller_count (&f->host, "Event") < 50)
    caller_settle (&f->host, f);
}

/* The log goes on when whoever listened has gone. */
static void
test_leaves (Fixture *f, gconstpointer setup)
{
  subscribe (f, &f->host);
  fixture_leave (f, &f->host);
  bma_log_info ("test", "nobody hears it");
  caller_settle (&f->app, f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                  \
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("/dbus/monitor/tells", test_tells);
  ADD ("/dbus/monitor/only-who-asked", test_only_who_asked);
  ADD ("/dbus/monitor/not-for-sandboxes", test_not_for_sandboxes);
  ADD ("/dbus/monitor/bounded", test_bounded);
  ADD ("/dbus/monitor/threads", test_threads);
  ADD ("/dbus/monitor/leaves", test_leaves);
  return g_test_run ();
}
