/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli-fixture.h"

#include <string.h>

static void
test_token (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "run --token-fd 9 --scope a -- cat /dev/fd/9");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==, TEST_TOKEN);
  g_assert_cmpstr (self->err, ==, "");
  g_assert_cmpstr (self->service->scopes, ==, "['a']");
  g_assert_cmpstr (self->service->options, ==, "{'as-fd': <true>}");
}

static void
test_header (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "run --header-fd 3 --token-fd 4 -- cat /dev/fd/3");
  g_assert_cmpstr (self->out, ==, "Authorization: Bearer " TEST_TOKEN "\n");
  cli_fixture_run (self, NULL, "run --header-fd 4 --token-fd 3 -- cat /dev/fd/4");
  g_assert_cmpstr (self->out, ==, "Authorization: Bearer " TEST_TOKEN "\n");
}

/* The command is told where to read, and the token stands nowhere else. */
static void
test_environment (CliFixture *self, gconstpointer data)
{
  g_autofree char *arguments = NULL;

  cli_fixture_run (self, NULL, "run --token-fd 9 -- env");
  g_assert_nonnull (strstr (self->out, "BIOMCP_AUTH_TOKEN_FD=9\n"));
  g_assert_nonnull (strstr (self->out, "BIOMCP_AUTH_HEADER_FD="));
  g_assert_null (strstr (self->out, TEST_TOKEN));
  cli_fixture_run (self, NULL, "run -- cat /proc/self/cmdline /proc/self/environ");
  arguments = g_strdup (self->out);
  g_assert_null (strstr (arguments, TEST_TOKEN));
}

/* As if it had been started directly. */
static void
test_exit_codes (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "run -- sh -c exit\t7");
  g_assert_cmpint (self->code, ==, 7);
  cli_fixture_run (self, NULL, "run -- /nowhere/at/all");
  g_assert_cmpint (self->code, ==, 127);
  g_assert_nonnull (strstr (self->err, "/nowhere/at/all cannot be started"));
  cli_fixture_run (self, NULL, "run -- /etc/passwd");
  g_assert_cmpint (self->code, ==, 126);
}

static void
test_usage (CliFixture *self, gconstpointer data)
{
  static const char *const lines[] = {
    "run",
    "run --",
    "run true",
    "run --token-fd 2 -- true",
    "run --token-fd 5 --header-fd 5 -- true",
    "run --min-valid-s -5 -- true",
    "run --nonsense -- true",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      cli_fixture_run (self, NULL, lines[i]);
      g_assert_cmpint (self->code, ==, 64);
      g_assert_nonnull (strstr (self->err, "biomcp-auth run --help"));
    }
}

/* No token, no command. */
static void
test_refused (CliFixture *self, gconstpointer data)
{
  self->service->token_error = "InteractionRequired";
  cli_fixture_run (self, NULL, "run --no-interaction -- echo started");
  g_assert_cmpint (self->code, ==, 2);
  g_assert_cmpstr (self->out, ==, "");
  self->service->answer = FAKE_ANSWER_AFTER;
  self->service->response_code = 1;
  cli_fixture_run (self, NULL, "run -- echo started");
  g_assert_cmpint (self->code, ==, 3);
  g_assert_cmpstr (self->out, ==, "");
}

static void
test_asked (CliFixture *self, gconstpointer data)
{
  self->service->token_error = "InteractionRequired";
  self->service->answer = FAKE_ANSWER_AFTER;
  cli_fixture_run (self, NULL, "run --token-fd 9 -- cat /dev/fd/9");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==, TEST_TOKEN);
}

int
main (int argc, char **argv)
{
  cli_fixture_init (argc, argv);
  g_test_init (&argc, &argv, NULL);
  cli_fixture_add ("/cli/run/token", test_token);
  cli_fixture_add ("/cli/run/header", test_header);
  cli_fixture_add ("/cli/run/environment", test_environment);
  cli_fixture_add ("/cli/run/exit-codes", test_exit_codes);
  cli_fixture_add ("/cli/run/usage", test_usage);
  cli_fixture_add ("/cli/run/refused", test_refused);
  cli_fixture_add ("/cli/run/asked", test_asked);
  return g_test_run ();
}
