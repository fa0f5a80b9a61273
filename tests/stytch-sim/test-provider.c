/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The provider against the simulator: whole sign-ins, browser included. */

#include "sim-driver.h"
#include "stytch-fixture.h"

#include <string.h>

#include "bma-text.h"

#define TX "tx-of-the-test"

static const char *program; /* path of the simulator */

typedef struct
{
  Sim sim;
  StytchFixture stytch;
} Fixture;

static void
fixture_start (Fixture *self)
{
  sim_start (&self->sim, program, STYTCH_PROJECT_ID, STYTCH_PUBLIC_TOKEN, STYTCH_SECRET);
  stytch_fixture_start (&self->stytch, self->sim.origin);
}

static void
fixture_stop (Fixture *self)
{
  stytch_fixture_stop (&self->stytch);
  sim_stop (&self->sim);
}

/* Returns the query of the callback. */
static char *
sign_in (Fixture *self, const char *action)
{
  g_autofree char *challenge = bma_text_sha256_base64url (STYTCH_VERIFIER);
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = stytch_begin_uri (&self->stytch, TX, challenge, NULL, &error);
  char *query = NULL;

  g_assert_no_error (error);
  query = sim_sign_in (&self->sim, uri, action);
  g_assert_true (g_str_has_prefix (query, "tx=" TX "&"));
  return query;
}

static void
assert_alice (const StytchOutcome *outcome)
{
  g_assert_no_error (outcome->error);
  g_assert_true (g_str_has_prefix (outcome->identity->sub, "user-test-"));
  g_assert_cmpstr (outcome->identity->email, ==, "alice@example.com");
}

static void
test_existing_user (void)
{
  g_autofree char *sub = NULL;
  Fixture fixture;

  fixture_start (&fixture);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *query = sign_in (&fixture, "approve-existing");
      g_auto (StytchOutcome) outcome = { 0 };

      stytch_exchange (&fixture.stytch, query, &outcome);
      assert_alice (&outcome);
      g_assert_nonnull (outcome.identity->name);
      if (sub != NULL)
        g_assert_cmpstr (outcome.identity->sub, ==, sub);
      g_free (sub);
      sub = g_strdup (outcome.identity->sub);
    }
  fixture_stop (&fixture);
}

/* A new user is sent to the sign-up URL, which has to be ours as well. */
static void
test_new_user (void)
{
  g_auto (StytchOutcome) outcome = { 0 };
  g_autofree char *query = NULL;
  Fixture fixture;

  fixture_start (&fixture);
  query = sign_in (&fixture, "approve-new");
  stytch_exchange (&fixture.stytch, query, &outcome);
  assert_alice (&outcome);
  fixture_stop (&fixture);
}

static void
test_wrong_secret (void)
{
  g_auto (StytchOutcome) outcome = { 0 };
  g_auto (StytchOutcome) fine = { 0 };
  g_auto (StytchOutcome) checked = { 0 };
  g_autofree char *query = NULL;
  Fixture fixture;

  fixture_start (&fixture);
  query = sign_in (&fixture, "approve-existing");
  stytch_check (&fixture.stytch, &fine);
  g_assert_no_error (fine.error);
  bma_keyring_dummy_put (fixture.stytch.keyring, BMA_KEYRING_KIND_STYTCH_SECRET,
                         STYTCH_PROJECT_ID, "secret-test-canary-wrong");
  stytch_exchange (&fixture.stytch, query, &outcome);
  stytch_assert_failed (&outcome, BMA_IDENTITY_ERROR_CREDENTIALS);
  stytch_check (&fixture.stytch, &checked);
  stytch_assert_failed (&checked, BMA_IDENTITY_ERROR_CREDENTIALS);
  fixture_stop (&fixture);
}

static void
test_used_token (void)
{
  g_auto (StytchOutcome) first = { 0 };
  g_auto (StytchOutcome) second = { 0 };
  g_autofree char *query = NULL;
  Fixture fixture;

  fixture_start (&fixture);
  query = sign_in (&fixture, "approve-existing");
  stytch_exchange (&fixture.stytch, query, &first);
  assert_alice (&first);
  stytch_exchange (&fixture.stytch, query, &second);
  stytch_assert_failed (&second, BMA_IDENTITY_ERROR_EXPIRED);
  fixture_stop (&fixture);
}

static void
test_expired_token (void)
{
  g_auto (StytchOutcome) outcome = { 0 };
  g_autofree char *query = NULL;
  Fixture fixture;

  fixture_start (&fixture);
  query = sign_in (&fixture, "approve-existing");
  sim_switch (&fixture.sim, "clock", "{\"advance_s\":301}");
  stytch_exchange (&fixture.stytch, query, &outcome);
  stytch_assert_failed (&outcome, BMA_IDENTITY_ERROR_EXPIRED);
  fixture_stop (&fixture);
}

static void
test_pkce_mismatch (void)
{
  g_auto (StytchOutcome) outcome = { 0 };
  g_autofree char *query = NULL;
  Fixture fixture;

  fixture_start (&fixture);
  query = sign_in (&fixture, "approve-existing");
  stytch_exchange_begin (&fixture.stytch, query,
                         "another-canary-verifier-another-canary-verifier", NULL,
                         &outcome);
  stytch_await (&outcome);
  stytch_assert_failed (&outcome, BMA_IDENTITY_ERROR_MISMATCH);
  fixture_stop (&fixture);
}

static void
test_faults (void)
{
  static const struct
  {
    const char *fault;
    BmaIdentityError expected;
  } cases[] = {
    { "429", BMA_IDENTITY_ERROR_RATE_LIMITED },
    { "500", BMA_IDENTITY_ERROR_OFFLINE },
    { "user-locked", BMA_IDENTITY_ERROR_USER_LOCKED },
    { "not-json", BMA_IDENTITY_ERROR_PROTOCOL },
    { "truncated", BMA_IDENTITY_ERROR_OFFLINE },
    { "dropped", BMA_IDENTITY_ERROR_OFFLINE },
    { "huge", BMA_IDENTITY_ERROR_PROTOCOL },
  };
  Fixture fixture;

  fixture_start (&fixture);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *query = sign_in (&fixture, "approve-existing");
      g_auto (StytchOutcome) outcome = { 0 };

      g_test_message ("%s", cases[i].fault);
      sim_fault (&fixture.sim, cases[i].fault);
      stytch_exchange (&fixture.stytch, query, &outcome);
      stytch_assert_failed (&outcome, cases[i].expected);
    }
  fixture_stop (&fixture);
}

static void
test_slow (void)
{
  g_auto (StytchOutcome) outcome = { 0 };
  g_autofree char *query = NULL;
  Fixture fixture;

  fixture_start (&fixture);
  query = sign_in (&fixture, "approve-existing");
  g_object_set (fixture.stytch.client, "timeout-ms", 100, NULL);
  sim_fault (&fixture.sim, "slow");
  stytch_exchange (&fixture.stytch, query, &outcome);
  stytch_assert_failed (&outcome, BMA_IDENTITY_ERROR_OFFLINE);
  g_assert_nonnull (strstr (outcome.error->message, "in time"));
  sim_switch (&fixture.sim, "release", "{}");
  fixture_stop (&fixture);
}

/* Gaps in the answer that are no reason to refuse somebody. */
static void
test_gaps (void)
{
  static const char *const faults[] = { "emails-empty", "nulls" };
  Fixture fixture;

  fixture_start (&fixture);
  for (size_t i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *query = sign_in (&fixture, "approve-existing");
      g_auto (StytchOutcome) outcome = { 0 };

      sim_fault (&fixture.sim, faults[i]);
      stytch_exchange (&fixture.stytch, query, &outcome);
      g_assert_no_error (outcome.error);
      g_assert_true (g_str_has_prefix (outcome.identity->sub, "user-test-"));
      if (g_str_equal (faults[i], "emails-empty"))
        g_assert_null (outcome.identity->email);
    }
  fixture_stop (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];

  g_test_add_func ("/stytch/sim/existing-user", test_existing_user);
  g_test_add_func ("/stytch/sim/new-user", test_new_user);
  g_test_add_func ("/stytch/sim/wrong-secret", test_wrong_secret);
  g_test_add_func ("/stytch/sim/used-token", test_used_token);
  g_test_add_func ("/stytch/sim/expired-token", test_expired_token);
  g_test_add_func ("/stytch/sim/pkce-mismatch", test_pkce_mismatch);
  g_test_add_func ("/stytch/sim/faults", test_faults);
  g_test_add_func ("/stytch/sim/slow-answer", test_slow);
  g_test_add_func ("/stytch/sim/gaps-in-the-answer", test_gaps);

  return g_test_run ();
}
