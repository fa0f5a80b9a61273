/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The provider against the two endpoints it uses, in the same process. */

#include "stytch-server.h"

#include <string.h>

#define CALLBACK "tx=1&stytch_token_type=oauth&token=canary-token"

static void
test_exchange (void)
{
  g_auto (StytchOutcome) outcome = { 0 };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, STYTCH_USER);
  stytch_exchange (&fixture.stytch, CALLBACK, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (outcome.identity->sub, ==, "user-test-1");
  g_assert_cmpstr (outcome.identity->name, ==, "Ada");
  g_assert_cmpstr (outcome.identity->email, ==, "a@x.org");
  g_assert_cmpstr (fixture.seen, ==, "POST /v1/oauth/authenticate");
  g_assert_cmpstr (fixture.authorization, ==, STYTCH_BASIC);
  g_assert_cmpstr (fixture.seen_body, ==,
                   "{\"token\":\"canary-token\",\"code_verifier\":\"" STYTCH_VERIFIER
                   "\"}");
  g_assert_cmpuint (fixture.n_requests, ==, 1);
  stytch_server_stop (&fixture);
}

/* Each exchange fetches the secret anew: one that was changed is used at once. */
static void
test_secret_is_not_kept (void)
{
  StytchServer fixture;

  stytch_server_start (&fixture, 200, STYTCH_USER);
  for (unsigned int i = 1; i <= 2; i++)
    {
      g_auto (StytchOutcome) outcome = { 0 };

      stytch_exchange (&fixture.stytch, CALLBACK, &outcome);
      g_assert_no_error (outcome.error);
      g_assert_cmpuint (bma_keyring_dummy_get_n_loads (fixture.stytch.keyring), ==, i);
      if (i == 2)
        g_assert_cmpstr (fixture.authorization, !=, STYTCH_BASIC);
      bma_keyring_dummy_put (fixture.stytch.keyring, BMA_KEYRING_KIND_STYTCH_SECRET,
                             STYTCH_PROJECT_ID, "secret-test-new");
    }
  stytch_server_stop (&fixture);
}

static void
test_refusals (void)
{
  static const struct
  {
    unsigned int status;
    const char *body;
    BmaIdentityError expected;
  } cases[] = {
    { 401, "{\"error_type\":\"unauthorized_credentials\"}",
      BMA_IDENTITY_ERROR_CREDENTIALS },
    { 404, "{\"error_type\":\"oauth_token_not_found\"}", BMA_IDENTITY_ERROR_EXPIRED },
    { 400, "{\"error_type\":\"pkce_mismatch\"}", BMA_IDENTITY_ERROR_MISMATCH },
    { 429, "{}", BMA_IDENTITY_ERROR_RATE_LIMITED },
    { 500, "oops canary", BMA_IDENTITY_ERROR_OFFLINE },
    { 200, "<html>canary", BMA_IDENTITY_ERROR_PROTOCOL },
    { 200, "", BMA_IDENTITY_ERROR_PROTOCOL },
    { 302, "", BMA_IDENTITY_ERROR_CONFIGURATION },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (StytchOutcome) outcome = { 0 };
      StytchServer fixture;

      stytch_server_start (&fixture, cases[i].status, cases[i].body);
      stytch_exchange (&fixture.stytch, CALLBACK, &outcome);
      stytch_assert_failed (&outcome, cases[i].expected);
      g_assert_cmpuint (fixture.n_requests, ==, 1);
      stytch_server_stop (&fixture);
    }
}

/* What is wrong before anything is sent. */
static void
test_nothing_is_sent (void)
{
  static const struct
  {
    const char *query;
    BmaIdentityError expected;
  } cases[] = {
    { "tx=1&error=access_denied&error_description=canary", BMA_IDENTITY_ERROR_REFUSED },
    { "tx=1&stytch_token_type=magic_links&token=canary", BMA_IDENTITY_ERROR_PROTOCOL },
    { "tx=1", BMA_IDENTITY_ERROR_PROTOCOL },
  };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, STYTCH_USER);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (StytchOutcome) outcome = { 0 };

      stytch_exchange (&fixture.stytch, cases[i].query, &outcome);
      stytch_assert_failed (&outcome, cases[i].expected);
    }
  g_assert_cmpuint (fixture.n_requests, ==, 0);
  g_assert_cmpuint (bma_keyring_dummy_get_n_loads (fixture.stytch.keyring), ==, 0);
  stytch_server_stop (&fixture);
}

static void
test_keyring (void)
{
  static const struct
  {
    BmaKeyringState state;
    const char *advice;
  } cases[] = {
    { BMA_KEYRING_STATE_LOCKED, "unlock it" },
    { BMA_KEYRING_STATE_MISSING, "No keyring is running" },
  };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, STYTCH_USER);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (StytchOutcome) outcome = { 0 };

      bma_keyring_dummy_set_state (fixture.stytch.keyring, cases[i].state);
      stytch_exchange (&fixture.stytch, CALLBACK, &outcome);
      stytch_assert_failed (&outcome, BMA_IDENTITY_ERROR_KEYRING);
      g_assert_nonnull (strstr (outcome.error->message, cases[i].advice));
    }
  g_assert_cmpuint (fixture.n_requests, ==, 0);
  stytch_server_stop (&fixture);
}

static void
test_no_secret (void)
{
  g_auto (StytchOutcome) outcome = { 0 };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, STYTCH_USER);
  g_free (fixture.stytch.config->stytch_project_id);
  fixture.stytch.config->stytch_project_id = g_strdup ("project-test-2");
  stytch_exchange (&fixture.stytch, CALLBACK, &outcome);
  stytch_assert_failed (&outcome, BMA_IDENTITY_ERROR_CONFIGURATION);
  g_assert_nonnull (strstr (outcome.error->message, "setup stytch"));
  stytch_server_stop (&fixture);
}

static void
test_not_set_up (void)
{
  g_auto (StytchOutcome) outcome = { 0 };
  g_auto (StytchOutcome) checked = { 0 };
  g_autoptr (GError) error = NULL;
  StytchServer fixture;

  stytch_server_start (&fixture, 200, STYTCH_USER);
  g_clear_pointer (&fixture.stytch.config->stytch_public_token, g_free);
  stytch_exchange (&fixture.stytch, CALLBACK, &outcome);
  stytch_assert_failed (&outcome, BMA_IDENTITY_ERROR_CONFIGURATION);
  stytch_check (&fixture.stytch, &checked);
  stytch_assert_failed (&checked, BMA_IDENTITY_ERROR_CONFIGURATION);
  g_assert_null (stytch_begin_uri (&fixture.stytch, "tx", "c", NULL, &error));
  g_assert_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
  stytch_server_stop (&fixture);
}

static void
test_login_uri (void)
{
  static const struct
  {
    const char *method;
    const char *expected; /* NULL = refused */
  } cases[] = {
    { NULL, "google" }, { "google", "google" }, { "github", "github" },
    { "gitlab", NULL }, { "", NULL },           { "../x", NULL },
  };
  StytchFixture stytch;

  stytch_fixture_start (&stytch, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *expected = g_strdup_printf (
          "https://test.stytch.com/v1/public/oauth/%s/start"
          "?public_token=" STYTCH_PUBLIC_TOKEN
          "&login_redirect_url=http%%3A%%2F%%2F127.0.0.1%%3A8417%%2Fcallback%%3Ftx%%3DtX"
          "&signup_redirect_url=http%%3A%%2F%%2F127.0.0.1%%3A8417%%2Fcallback%%3Ftx%%3DtX"
          "&code_challenge=Ch",
          cases[i].expected);
      g_autofree char *uri =
          stytch_begin_uri (&stytch, "tX", "Ch", cases[i].method, &error);

      g_assert_cmpstr (uri, ==, cases[i].expected != NULL ? expected : NULL);
      if (uri == NULL)
        g_assert_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
    }
  g_assert_null (bma_identity_provider_get_immediate (stytch.provider));
  g_assert_cmpstr (bma_identity_provider_get_name (stytch.provider), ==, "stytch");
  stytch_fixture_stop (&stytch);
}

static void
test_time_out (void)
{
  g_auto (StytchOutcome) outcome = { 0 };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, NULL);
  g_object_set (fixture.stytch.client, "timeout-ms", 50, NULL);
  stytch_exchange (&fixture.stytch, CALLBACK, &outcome);
  stytch_assert_failed (&outcome, BMA_IDENTITY_ERROR_OFFLINE);
  g_assert_cmpuint (fixture.n_requests, <=, 1);
  stytch_server_stop (&fixture);
}

/* Even then the error is one of ours: the pages for people are looked up by its code. */
static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (StytchOutcome) outcome = { 0 };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, NULL);
  stytch_exchange_begin (&fixture.stytch, CALLBACK, STYTCH_VERIFIER, cancellable,
                         &outcome);
  while (fixture.waiting == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  stytch_await (&outcome);
  stytch_assert_failed (&outcome, BMA_IDENTITY_ERROR_OFFLINE);
  stytch_server_stop (&fixture);
}

static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (StytchOutcome) outcome = { 0 };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, STYTCH_USER);
  g_cancellable_cancel (cancellable);
  stytch_exchange_begin (&fixture.stytch, CALLBACK, STYTCH_VERIFIER, cancellable,
                         &outcome);
  stytch_await (&outcome);
  g_assert_nonnull (outcome.error);
  g_assert_true (outcome.error->domain == BMA_IDENTITY_ERROR);
  g_assert_cmpuint (fixture.n_requests, ==, 0);
  stytch_server_stop (&fixture);
}

static void
test_check (void)
{
  static const struct
  {
    unsigned int status;
    const char *body;
    int expected; /* -1 = fine */
  } cases[] = {
    { 200, "{\"status_code\":200,\"project_id\":\"" STYTCH_PROJECT_ID "\"}", -1 },
    { 200, "{\"project_id\":\"project-test-2\"}", BMA_IDENTITY_ERROR_CREDENTIALS },
    { 401, "{\"error_type\":\"unauthorized_credentials\"}",
      BMA_IDENTITY_ERROR_CREDENTIALS },
    { 500, "{}", BMA_IDENTITY_ERROR_OFFLINE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (StytchOutcome) outcome = { 0 };
      StytchServer fixture;

      stytch_server_start (&fixture, cases[i].status, cases[i].body);
      stytch_check (&fixture.stytch, &outcome);
      g_assert_cmpstr (fixture.seen, ==, "GET /v1/debug/whoami");
      g_assert_cmpstr (fixture.authorization, ==, STYTCH_BASIC);
      if (cases[i].expected < 0)
        g_assert_no_error (outcome.error);
      else
        stytch_assert_failed (&outcome, (BmaIdentityError) cases[i].expected);
      stytch_server_stop (&fixture);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stytch/provider/exchange", test_exchange);
  g_test_add_func ("/stytch/provider/secret-is-fetched-each-time",
                   test_secret_is_not_kept);
  g_test_add_func ("/stytch/provider/refusals-are-not-retried", test_refusals);
  g_test_add_func ("/stytch/provider/bad-callback-sends-nothing", test_nothing_is_sent);
  g_test_add_func ("/stytch/provider/keyring-locked-or-missing", test_keyring);
  g_test_add_func ("/stytch/provider/secret-not-stored", test_no_secret);
  g_test_add_func ("/stytch/provider/not-set-up", test_not_set_up);
  g_test_add_func ("/stytch/provider/login-uri", test_login_uri);
  g_test_add_func ("/stytch/provider/silence-is-offline", test_time_out);
  g_test_add_func ("/stytch/provider/cancelled-meanwhile", test_cancelled);
  g_test_add_func ("/stytch/provider/cancelled-before", test_cancelled_before);
  g_test_add_func ("/stytch/provider/check", test_check);

  return g_test_run ();
}
