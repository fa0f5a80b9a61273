/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli-fixture.h"

#include <signal.h>
#include <string.h>

static void
test_plain (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "token");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==, TEST_TOKEN "\n");
  g_assert_cmpstr (self->err, ==, "");
  g_assert_cmpstr (self->service->options, ==, "@a{sv} {}");
}

static void
test_shapes (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "token --header");
  g_assert_cmpstr (self->out, ==, "Authorization: Bearer " TEST_TOKEN "\n");
  cli_fixture_run (self, NULL, "token --header-json");
  g_assert_cmpstr (self->out, ==, "{\"Authorization\":\"Bearer " TEST_TOKEN "\"}\n");
  cli_fixture_run (self, NULL, "token --json");
  g_assert_nonnull (strstr (self->out, "\"access-token\" : \"" TEST_TOKEN "\""));
  g_assert_nonnull (strstr (self->out, "\"expires-at\" : 1900000000"));
  cli_fixture_run (self, NULL, "token --json --header");
  g_assert_cmpint (self->code, ==, 64);
  g_assert_cmpstr (self->out, ==, "");
}

static void
test_options (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL,
                   "token --scope a --scope b --resource http://x/ --min-valid-s 60");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->service->scopes, ==, "['a', 'b']");
  g_assert_nonnull (strstr (self->service->options, "'resource': <'http://x/'>"));
  g_assert_nonnull (strstr (self->service->options, "'min-valid-s': <uint32 60>"));
  cli_fixture_run (self, NULL, "token --min-valid-s -5");
  g_assert_cmpint (self->code, ==, 64);
  cli_fixture_run (self, NULL, "token --min-valid-s 4294967296");
  g_assert_cmpint (self->code, ==, 64);
}

static void
test_no_interaction (CliFixture *self, gconstpointer data)
{
  self->service->token_error = "InteractionRequired";
  cli_fixture_run (self, NULL, "token --no-interaction");
  g_assert_cmpint (self->code, ==, 2);
  g_assert_cmpstr (self->out, ==, "");
  g_assert_nonnull (strstr (self->err, "Because of the test"));
  g_assert_cmpuint (self->service->n_requests, ==, 0);
}

/* Nobody is asked when asking would not help. */
static void
test_other_errors (CliFixture *self, gconstpointer data)
{
  self->service->token_error = "Offline";
  cli_fixture_run (self, NULL, "token");
  g_assert_cmpint (self->code, ==, 4);
  self->service->token_error = "AccessDenied";
  cli_fixture_run (self, NULL, "token");
  g_assert_cmpint (self->code, ==, 3);
  g_assert_cmpuint (self->service->n_requests, ==, 0);
}

static void
test_interactive (CliFixture *self, gconstpointer data)
{
  self->service->token_error = "NotSignedIn";
  cli_fixture_run (self, NULL, "token --scope mcp --min-valid-s 9");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==, TEST_TOKEN "\n");
  g_assert_nonnull (strstr (self->err, "http://127.0.0.1:1/page\n"));
  g_assert_cmpstr (self->service->scopes, ==, "['mcp']");
  g_assert_nonnull (strstr (self->service->options, "'min-valid-s': <uint32 9>"));
}

/* Why the program subscribes before it calls. */
static void
test_early_response (CliFixture *self, gconstpointer data)
{
  self->service->token_error = "InteractionRequired";
  self->service->answer = FAKE_ANSWER_BEFORE;
  cli_fixture_run (self, NULL, "token");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==, TEST_TOKEN "\n");
}

static void
test_refused (CliFixture *self, gconstpointer data)
{
  self->service->token_error = "InteractionRequired";
  self->service->response_code = 1;
  cli_fixture_run (self, NULL, "token");
  g_assert_cmpint (self->code, ==, 3);
  g_assert_cmpstr (self->out, ==, "");
}

static void
test_failed (CliFixture *self, gconstpointer data)
{
  self->service->token_error = "InteractionRequired";
  self->service->response_code = 2;
  self->service->response_error = "KeyringLocked";
  cli_fixture_run (self, NULL, "token");
  g_assert_cmpint (self->code, ==, 4);
  g_assert_nonnull (strstr (self->err, "It did not work"));
  self->service->response_error = NULL;
  cli_fixture_run (self, NULL, "token");
  g_assert_cmpint (self->code, ==, 1);
}

static void
interrupt (gpointer user_data)
{
  CliFixture *self = user_data;

  g_subprocess_send_signal (self->child, SIGINT);
}

static void
test_interrupted (CliFixture *self, gconstpointer data)
{
  self->service->answer = FAKE_ANSWER_NEVER;
  self->service->on_request = interrupt;
  self->service->user_data = self;
  cli_fixture_run (self, NULL, "sign-in");
  g_assert_cmpint (self->code, ==, 3);
  while (self->service->n_closed == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_vanished (CliFixture *self, gconstpointer data)
{
  self->service->token_error = "InteractionRequired";
  self->service->answer = FAKE_ANSWER_VANISH;
  cli_fixture_run (self, NULL, "token");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->err, "stopped"));
}

static void
test_sign_in_and_out (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "sign-in");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==, "You are signed in.\n");
  cli_fixture_run (self, NULL, "sign-in --json");
  g_assert_nonnull (strstr (self->out, "\"signed-in\" : true"));
  cli_fixture_run (self, NULL, "sign-out");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==, "You are signed out.\n");
}

int
main (int argc, char **argv)
{
  cli_fixture_init (argc, argv);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  cli_fixture_add ("/cli/token/plain", test_plain);
  cli_fixture_add ("/cli/token/shapes", test_shapes);
  cli_fixture_add ("/cli/token/options", test_options);
  cli_fixture_add ("/cli/token/no-interaction", test_no_interaction);
  cli_fixture_add ("/cli/token/other-errors-ask-nobody", test_other_errors);
  cli_fixture_add ("/cli/token/interactive", test_interactive);
  cli_fixture_add ("/cli/request/response-before-reply", test_early_response);
  cli_fixture_add ("/cli/request/refused", test_refused);
  cli_fixture_add ("/cli/request/failed", test_failed);
  cli_fixture_add ("/cli/request/interrupt-closes", test_interrupted);
  cli_fixture_add ("/cli/request/service-vanishes", test_vanished);
  cli_fixture_add ("/cli/sign/in-and-out", test_sign_in_and_out);
  return g_test_run ();
}
