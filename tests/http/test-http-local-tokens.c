/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-broker-keys.h"
#include "http-fixture.h"

/* The tokens that an app gets again and again: which of them are the same, and when they
 * end. */

#define N_CALLERS 100

#define MAX_TIES_OF_GRANT 256

static BmaPeer *
make_peer (const char *sender)
{
  return bma_peer_new (sender, "app.service", BMA_TRUST_UNIT, "/usr/bin/app", 0, 1);
}

static char *
allow (HttpFixture *fixture, const char *scopes)
{
  const BmaSubject *subject = NULL;
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaGrant *grant = NULL;
  char *id = NULL;

  while (!g_str_equal (bma_broker_get_state (fixture->broker), "ready"))
    g_main_context_iteration (NULL, TRUE);
  subject = bma_broker_get_subject (fixture->broker);
  id = bma_grant_make_id (BMA_GRANT_KIND_DBUS_APP, "unit:app.service", subject->record.id,
                          fixture->config->resources[0]);
  grant = bma_record_new (&bma_grant_type, id);
  grant->kind = g_strdup (BMA_GRANT_KIND_DBUS_APP);
  grant->app_id = g_strdup ("app.service");
  grant->trust = g_strdup (BMA_TRUST_UNIT);
  grant->subject_id = g_strdup (subject->record.id);
  grant->resource = g_strdup (fixture->config->resources[0]);
  grant->scopes = g_strsplit (scopes, " ", -1);
  grant->decision = g_strdup (BMA_DECISION_ALWAYS);
  bma_change_put_take (change, grant);
  bma_store_apply_lazily (BMA_STORE (fixture->store), change);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return id;
}

static BmaLocalToken *
await_token (HttpFixture *fixture, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  BmaLocalToken *token = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  token = bma_broker_get_token_finish (fixture->broker, *result, &error);
  g_assert_no_error (error);
  g_clear_object (result);
  return token;
}

static BmaLocalToken *
get_token (HttpFixture *fixture, BmaPeer *peer, const BmaLocalRequest *request)
{
  static const BmaLocalRequest plain = { NULL };
  GAsyncResult *result = NULL;

  bma_broker_get_token_async (fixture->broker, peer, request != NULL ? request : &plain,
                              NULL, http_keep_result, &result);
  return await_token (fixture, &result);
}

static unsigned int
use (HttpFixture *fixture, const BmaLocalToken *token)
{
  g_autofree char *bearer = g_strconcat ("Bearer ", bma_secret_peek (token->token), NULL);
  g_autoptr (HttpAnswer) answer =
      http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);

  return answer->status;
}

static unsigned int
count (HttpFixture *fixture, const char *source)
{
  return (unsigned int) bma_metrics_get (bma_broker_get_metrics (fixture->broker),
                                         BMA_METRIC_LOCAL_TOKENS, source, NULL);
}

static void
assert_same (const BmaLocalToken *a, const BmaLocalToken *b, gboolean are_same)
{
  g_assert_cmpint (strcmp (bma_secret_peek (a->token), bma_secret_peek (b->token)) == 0,
                   ==, are_same);
}

static void
test_one_signature (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (":1.1");
  g_autofree char *id = allow (fixture, "mcp");
  const BmaLocalRequest request = { NULL };
  GAsyncResult *results[N_CALLERS] = { NULL };
  g_autoptr (BmaLocalToken) first = NULL;
  const BmaGrant *grant = NULL;

  for (size_t i = 0; i < N_CALLERS; i++)
    bma_broker_get_token_async (fixture->broker, peer, &request, NULL, http_keep_result,
                                &results[i]);
  first = await_token (fixture, &results[0]);
  for (size_t i = 1; i < N_CALLERS; i++)
    {
      g_autoptr (BmaLocalToken) token = await_token (fixture, &results[i]);

      assert_same (first, token, TRUE);
    }
  g_assert_cmpuint (count (fixture, "signed"), ==, 1);
  g_assert_cmpuint (count (fixture, "cached"), ==, N_CALLERS - 1);
  g_assert_cmpuint (use (fixture, first), ==, 202);
  /* Each was a use, and they are in the record when somebody wants to see it. */
  bma_broker_flush_uses (fixture->broker);
  grant = bma_store_lookup (BMA_STORE (fixture->store), &bma_grant_type, id);
  g_assert_cmpint (grant->n_uses, ==, N_CALLERS);
  g_assert_cmpint (grant->last_used_at_s, ==, BMA_CLOCK_DUMMY_START_S);
}

static void
test_nobody_gets_what_is_not_safe (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (":1.1");
  g_autofree char *id = allow (fixture, "mcp");
  const BmaLocalRequest request = { NULL };
  GAsyncResult *results[2] = { NULL, NULL };
  g_autoptr (BmaLocalToken) token = NULL;

  bma_store_memory_set_failing (fixture->store, TRUE);
  for (size_t i = 0; i < 2; i++)
    bma_broker_get_token_async (fixture->broker, peer, &request, NULL, http_keep_result,
                                &results[i]);
  g_assert_null (bma_broker_peek_token (fixture->broker, peer, &request, NULL));
  for (size_t i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      while (results[i] == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_null (bma_broker_get_token_finish (fixture->broker, results[i], &error));
      g_assert_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED);
      g_object_unref (results[i]);
    }
  bma_store_memory_set_failing (fixture->store, FALSE);
  token = get_token (fixture, peer, NULL);
  g_assert_cmpuint (use (fixture, token), ==, 202);
}

static void
test_renewed_in_time (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (":1.1");
  g_autofree char *id = allow (fixture, "mcp");
  int64_t life_s = fixture->config->access_lifetime_s;
  g_autoptr (BmaLocalToken) first = get_token (fixture, peer, NULL);
  const BmaLocalRequest long_enough = { .min_valid_s = (uint32_t) life_s / 2 };
  g_autoptr (BmaLocalToken) same = NULL;
  g_autoptr (BmaLocalToken) longer = NULL;
  g_autoptr (BmaLocalToken) renewed = NULL;

  bma_clock_dummy_advance_s (fixture->clock, life_s * 3 / 4);
  same = get_token (fixture, peer, NULL);
  assert_same (first, same, TRUE);
  longer = get_token (fixture, peer, &long_enough);
  assert_same (first, longer, FALSE);
  bma_clock_dummy_advance_s (fixture->clock, life_s * 3 / 4 + 1);
  renewed = get_token (fixture, peer, NULL);
  assert_same (longer, renewed, FALSE);
  g_assert_cmpint (renewed->expires_at_s, ==,
                   bma_clock_now_s (BMA_CLOCK (fixture->clock)) + life_s);
}

static void
test_dropped (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (":1.1");
  g_autofree char *id = allow (fixture, "mcp");
  g_autofree char *again = NULL;
  g_autoptr (BmaLocalToken) first = get_token (fixture, peer, NULL);
  g_autoptr (BmaLocalToken) second = NULL;
  g_autoptr (BmaLocalToken) third = NULL;
  GAsyncResult *result = NULL;

  bma_broker_rotate_keys_async (fixture->broker, TRUE, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_rotate_keys_finish (fixture->broker, result, NULL));
  g_clear_object (&result);
  second = get_token (fixture, peer, NULL);
  g_assert_cmpuint (use (fixture, first), ==, 401);
  g_assert_cmpuint (use (fixture, second), ==, 202);
  bma_broker_revoke_grant_async (fixture->broker, id, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_revoke_grant_finish (fixture->broker, result, NULL));
  g_clear_object (&result);
  /* The grant comes back, its tokens do not. */
  again = allow (fixture, "mcp");
  third = get_token (fixture, peer, NULL);
  g_assert_cmpuint (use (fixture, second), ==, 401);
  g_assert_cmpuint (use (fixture, third), ==, 202);
}

static void
test_narrowed (void)
{
  static const char *const base[] = { "base", NULL };
  static const char *const all[] = { "base", "mcp:write", NULL };
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (":1.1");
  const BmaLocalRequest narrow = { .scopes = base, .max_valid_s = 60 };
  const BmaLocalRequest wide = { .scopes = all };
  g_autofree char *id = NULL;
  g_autoptr (BmaLocalToken) narrow_token = NULL;
  g_autoptr (BmaLocalToken) wide_token = NULL;
  g_autoptr (BmaLocalToken) narrow_again = NULL;

  g_strfreev (fixture->config->scopes);
  g_strfreev (fixture->config->scope_rules);
  fixture->config->scopes = g_strsplit ("base", " ", -1);
  fixture->config->scope_rules = g_strsplit ("tools/call=mcp:write", " ", -1);
  id = allow (fixture, "base mcp:write");
  wide_token = get_token (fixture, peer, &wide);
  narrow_token = get_token (fixture, peer, &narrow);
  narrow_again = get_token (fixture, peer, &narrow);
  assert_same (wide_token, narrow_token, FALSE);
  assert_same (narrow_again, narrow_token, TRUE);
  g_assert_cmpuint (g_strv_length (narrow_token->scopes), ==, 1);
  g_assert_cmpint (narrow_token->expires_at_s, ==, BMA_CLOCK_DUMMY_START_S + 60);
  g_assert_cmpuint (use (fixture, narrow_token), ==, 202);
  bma_clock_dummy_advance_s (fixture->clock, 61);
  g_assert_cmpuint (use (fixture, narrow_token), ==, 401);
  /* A short life does not shorten that of others. */
  g_assert_cmpuint (use (fixture, wide_token), ==, 202);
}

static void
test_refuses_contradictions (void)
{
  static const BmaLocalRequest requests[] = {
    { .max_valid_s = 9 },
    { .max_valid_s = 60, .min_valid_s = 61 },
  };
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (":1.1");
  g_autofree char *id = allow (fixture, "mcp");

  for (size_t i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (bma_broker_peek_token (fixture->broker, peer, &requests[i], &error));
      g_assert_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_tied (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (":1.1");
  g_autoptr (BmaPeer) other = make_peer (":1.2");
  g_autofree char *id = allow (fixture, "mcp");
  const BmaLocalRequest request = { .tie = TRUE };
  g_autoptr (BmaLocalToken) free_token = get_token (fixture, peer, NULL);
  g_autoptr (BmaLocalToken) tied = get_token (fixture, peer, &request);
  g_autoptr (BmaLocalToken) tied_again = get_token (fixture, peer, &request);
  g_autoptr (BmaLocalToken) of_other = get_token (fixture, other, &request);

  assert_same (tied, tied_again, TRUE);
  assert_same (tied, free_token, FALSE);
  assert_same (tied, of_other, FALSE);
  g_assert_cmpuint (use (fixture, tied), ==, 202);
  bma_broker_forget_caller (fixture->broker, ":1.1");
  g_assert_cmpuint (use (fixture, tied), ==, 401);
  g_assert_cmpuint (use (fixture, of_other), ==, 202);
  g_assert_cmpuint (use (fixture, free_token), ==, 202);
}

static void
test_tied_ends_with_grant (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (":1.1");
  g_autofree char *id = allow (fixture, "mcp");
  g_autofree char *again = NULL;
  const BmaLocalRequest request = { .tie = TRUE };
  g_autoptr (BmaLocalToken) tied = get_token (fixture, peer, &request);
  g_autoptr (BmaLocalToken) anew = NULL;
  GAsyncResult *result = NULL;

  bma_broker_revoke_grant_async (fixture->broker, id, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_revoke_grant_finish (fixture->broker, result, NULL));
  g_clear_object (&result);
  again = allow (fixture, "mcp");
  g_assert_cmpuint (use (fixture, tied), ==, 401);
  anew = get_token (fixture, peer, &request);
  g_assert_cmpuint (use (fixture, anew), ==, 202);
  bma_broker_sign_out_async (fixture->broker, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_sign_out_finish (fixture->broker, result, NULL));
  g_clear_object (&result);
  g_assert_cmpuint (use (fixture, anew), ==, 401);
}

/* One program with many connections takes the place of no other. */
static void
test_tied_are_bounded (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *id = allow (fixture, "mcp");
  const BmaLocalRequest request = { .tie = TRUE };
  g_autoptr (BmaPeer) late = make_peer (":2.1");
  g_autoptr (BmaLocalToken) token = NULL;
  GAsyncResult *result = NULL;
  GError *error = NULL;

  for (unsigned int i = 0; i < MAX_TIES_OF_GRANT; i++)
    {
      g_autofree char *sender = g_strdup_printf (":1.%u", i);
      g_autoptr (BmaPeer) peer = make_peer (sender);

      bma_local_token_unref (get_token (fixture, peer, &request));
    }
  bma_broker_get_token_async (fixture->broker, late, &request, NULL, http_keep_result,
                              &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (bma_broker_get_token_finish (fixture->broker, result, &error));
  g_assert_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_RATE_LIMITED);
  g_clear_error (&error);
  g_clear_object (&result);
  bma_broker_forget_caller (fixture->broker, ":1.0");
  token = get_token (fixture, late, &request);
  g_assert_cmpuint (use (fixture, token), ==, 202);
}

/* A service that ends while nobody asks would take it along. */
static void
test_tied_keeps_the_service (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (":1.1");
  g_autoptr (BmaPeer) other = make_peer (":1.2");
  g_autofree char *id = allow (fixture, "mcp");
  const BmaLocalRequest request = { .tie = TRUE };
  g_autoptr (BmaLocalToken) free_token = get_token (fixture, peer, NULL);
  g_autoptr (BmaLocalToken) tied = NULL;
  g_autoptr (BmaLocalToken) of_other = NULL;

  g_assert_false (bma_broker_is_needed (fixture->broker));
  tied = get_token (fixture, peer, &request);
  g_assert_true (bma_broker_is_needed (fixture->broker));
  bma_broker_forget_caller (fixture->broker, ":1.1");
  g_assert_false (bma_broker_is_needed (fixture->broker));
  of_other = get_token (fixture, other, &request);
  g_assert_true (bma_broker_is_needed (fixture->broker));
  bma_clock_dummy_advance_s (fixture->clock, of_other->expires_at_s);
  g_assert_false (bma_broker_is_needed (fixture->broker));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/issue/a-hundred-ask-and-one-is-signed", test_one_signature);
  g_test_add_func ("/broker/issue/nobody-gets-what-is-not-safe",
                   test_nobody_gets_what_is_not_safe);
  g_test_add_func ("/broker/issue/renewed-in-time", test_renewed_in_time);
  g_test_add_func ("/broker/issue/dropped-with-key-and-grant", test_dropped);
  g_test_add_func ("/broker/issue/narrowed", test_narrowed);
  g_test_add_func ("/broker/issue/refuses-contradictions", test_refuses_contradictions);
  g_test_add_func ("/broker/tie/ends-with-its-caller", test_tied);
  g_test_add_func ("/broker/tie/ends-with-its-grant", test_tied_ends_with_grant);
  g_test_add_func ("/broker/tie/bounded-for-each-grant", test_tied_are_bounded);
  g_test_add_func ("/broker/tie/keeps-the-service", test_tied_keeps_the_service);
  return g_test_run ();
}
