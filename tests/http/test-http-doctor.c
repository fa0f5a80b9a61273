/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "http-fixture.h"

#include <string.h>

#include "bma-http-self-check.h"

static GVariant *
diagnose (HttpFixture *fixture)
{
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_autoptr (BmaCheck) check = bma_http_self_check_new (client);
  g_autoptr (GAsyncResult) result = NULL;

  bma_broker_set_self_check (fixture->broker, check);
  bma_broker_diagnose_async (fixture->broker, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return bma_broker_diagnose_finish (fixture->broker, result, NULL);
}

/* Asserts that there is one such finding, and what to do unless it is well. */
static char *
find (GVariant *findings, const char *wanted, const char *wanted_level)
{
  GVariantIter iter;
  const char *level = NULL;
  const char *check = NULL;
  const char *what = NULL;
  const char *advice = NULL;
  char *found = NULL;

  g_variant_iter_init (&iter, findings);
  while (g_variant_iter_next (&iter, "(&s&s&s&s)", &level, &check, &what, &advice))
    {
      if (!g_str_equal (check, wanted))
        continue;
      g_assert_null (found);
      g_assert_cmpstr (level, ==, wanted_level);
      g_assert_true ((*advice == '\0') == g_str_equal (level, "ok"));
      found = g_strdup (what);
    }
  g_assert_nonnull (found);
  return found;
}

static void
test_well (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (GVariant) findings = diagnose (fixture);
  g_autofree char *metadata = find (findings, "metadata", "ok");
  g_autofree char *clock = find (findings, "clock", "ok");

  g_assert_nonnull (strstr (metadata, fixture->config->resources[0]));
  g_assert_nonnull (clock);
}

/* What clients would find there instead of us. */
static void
move_issuer (HttpFixture *fixture, unsigned int port)
{
  g_free (fixture->config->issuer);
  fixture->config->issuer = g_strdup_printf ("http://127.0.0.1:%u", port);
}

static void
test_another_program_has_the_port (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (GVariant) findings = NULL;
  g_autofree char *what = NULL;

  move_issuer (fixture, bma_http_front_get_port (fixture->upstream_front));
  findings = diagnose (fixture);
  what = find (findings, "metadata", "error");
  g_assert_nonnull (
      strstr (what, "oauth-protected-resource/mcp answers with status 202"));
}

static void
test_another_service_answers (void)
{
  g_autoptr (HttpFixture) other = http_fixture_new (NULL);
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (GVariant) findings = NULL;
  g_autofree char *what = NULL;

  move_issuer (fixture, bma_http_server_get_port (other->server));
  findings = diagnose (fixture);
  what = find (findings, "metadata", "error");
  g_assert_nonnull (strstr (what, "describes another service"));
}

static void
test_nobody_answers (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (GVariant) findings = NULL;
  g_autofree char *what = NULL;

  g_clear_object (&fixture->server);
  findings = diagnose (fixture);
  what = find (findings, "metadata", "error");
  g_assert_nonnull (strstr (what, "cannot be fetched"));
}

static void
test_clock_was_set_back (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (GVariant) findings = NULL;
  g_autofree char *what = NULL;

  g_assert_nonnull (code);
  bma_clock_dummy_advance_s (fixture->clock, -24 * 3600);
  findings = diagnose (fixture);
  what = find (findings, "clock", "error");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/doctor/well", test_well);
  g_test_add_func ("/http/doctor/another-program-has-the-port",
                   test_another_program_has_the_port);
  g_test_add_func ("/http/doctor/another-service-answers", test_another_service_answers);
  g_test_add_func ("/http/doctor/nobody-answers", test_nobody_answers);
  g_test_add_func ("/http/doctor/clock-was-set-back", test_clock_was_set_back);
  return g_test_run ();
}
