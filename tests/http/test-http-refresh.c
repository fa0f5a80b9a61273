/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-broker-token.h"
#include "bma-grant.h"
#include "bma-identity-local.h"
#include "bma-entropy-system.h"
#include "bma-token.h"
#include "http-fixture.h"

static char *
sign_in (HttpFixture *fixture, const char *client_id, char **access)
{
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, client_id, code);

  g_assert_cmpuint (tokens->status, ==, 200);
  if (access != NULL)
    *access = http_answer_member (tokens, "access_token");
  return http_answer_member (tokens, "refresh_token");
}

static GAsyncResult *
start_refresh (BmaBroker *broker, const char *client_id, const char *token)
{
  g_autofree char *body =
      g_strdup_printf ("grant_type=refresh_token&client_id=%s&refresh_token=%s",
                       client_id, token);
  g_autoptr (BmaForm) form = bma_form_parse (body, strlen (body));
  GAsyncResult *result = NULL;

  bma_broker_token_async (broker, form, NULL, NULL, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return result;
}

static char *
refresh_at (BmaBroker *broker, const char *client_id, const char *token)
{
  g_autoptr (GAsyncResult) result = start_refresh (broker, client_id, token);
  g_autoptr (BmaTokenAnswer) answer = bma_broker_token_finish (broker, result);

  return answer->refresh_token != NULL
             ? g_strdup (bma_secret_peek (answer->refresh_token))
             : NULL;
}

/* Two hundred at once, half of them before the first is durable. */
static void
test_concurrent (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *token = sign_in (fixture, client_id, NULL);
  g_autofree char *body =
      g_strdup_printf ("grant_type=refresh_token&client_id=%s&refresh_token=%s",
                       client_id, token);
  g_autoptr (BmaForm) form = bma_form_parse (body, strlen (body));
  GAsyncResult *results[200] = { NULL };
  g_autofree char *successor = NULL;
  g_autoptr (GPtrArray) families = NULL;
  g_autoptr (GPtrArray) tokens = NULL;
  g_autoptr (HttpAnswer) next = NULL;

  bma_store_memory_set_paused (fixture->store, TRUE);
  for (size_t i = 0; i < G_N_ELEMENTS (results); i++)
    {
      if (i == G_N_ELEMENTS (results) / 2)
        bma_store_memory_set_paused (fixture->store, FALSE);
      bma_broker_token_async (fixture->broker, form, NULL, NULL, NULL, http_keep_result,
                              &results[i]);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (BmaTokenAnswer) answer = NULL;

      while (results[i] == NULL)
        g_main_context_iteration (NULL, TRUE);
      answer = bma_broker_token_finish (fixture->broker, results[i]);
      g_assert_cmpint (answer->error.code, ==, BMA_OAUTH_OK);
      if (successor == NULL)
        successor = g_strdup (bma_secret_peek (answer->refresh_token));
      g_assert_cmpstr (bma_secret_peek (answer->refresh_token), ==, successor);
      g_object_unref (results[i]);
    }
  families = bma_store_list (BMA_STORE (fixture->store), &bma_family_type);
  tokens = bma_store_list (BMA_STORE (fixture->store), &bma_token_type);
  g_assert_cmpuint (families->len, ==, 1);
  g_assert_cmpuint (tokens->len, ==, 2);
  next = http_refresh (fixture, client_id, successor);
  g_assert_cmpuint (next->status, ==, 200);
}

/* Another service over the same records: what a restart leaves. */
static void
test_restart (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *token = sign_in (fixture, client_id, NULL);
  g_autoptr (BmaEntropy) entropy = bma_entropy_system_new ();
  g_autoptr (BmaIdentityProvider) provider = bma_identity_local_new ();
  BmaBrokerParts parts = { .clock = BMA_CLOCK (fixture->clock),
                           .entropy = entropy,
                           .store = BMA_STORE (fixture->store),
                           .keyring = BMA_KEYRING (fixture->keyring),
                           .provider = provider };
  g_autofree char *before = refresh_at (fixture->broker, client_id, token);
  g_autoptr (BmaBroker) again = bma_broker_new (fixture->config, &parts);
  g_autofree char *after = NULL;

  bma_broker_start (again);
  while (!bma_broker_is_settled (again))
    g_main_context_iteration (NULL, TRUE);
  after = refresh_at (again, client_id, token);
  g_assert_nonnull (before);
  g_assert_cmpstr (before, ==, after);
}

static GVariant *
diagnose (HttpFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  bma_broker_diagnose_async (fixture->broker, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return bma_broker_diagnose_finish (fixture->broker, result, NULL);
}

static gboolean
has_finding (HttpFixture *fixture)
{
  g_autoptr (GVariant) findings = diagnose (fixture);
  g_autofree char *text = g_variant_print (findings, FALSE);

  return strstr (text, "'warning', 'token-reuse', 'A code or refresh token of “Test "
                       "client” was used twice") != NULL;
}

static void
on_grant_changed (BmaBroker *broker, const BmaGrant *grant, const char *what, char **seen)
{
  g_free (*seen);
  *seen = g_strdup (what);
}

static void
test_reuse_is_told (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *access = NULL;
  g_autofree char *token = sign_in (fixture, client_id, &access);
  g_autofree char *bearer = g_strconcat ("Bearer ", access, NULL);
  g_autofree char *seen = NULL;
  g_autofree char *error = NULL;
  g_autoptr (HttpAnswer) first = http_refresh (fixture, client_id, token);
  g_autoptr (HttpAnswer) stolen = NULL;
  g_autoptr (HttpAnswer) dead = NULL;

  g_assert_cmpuint (first->status, ==, 200);
  g_assert_false (has_finding (fixture));
  g_signal_connect (fixture->broker, "grant-changed", G_CALLBACK (on_grant_changed),
                    &seen);
  bma_clock_dummy_advance_s (fixture->clock, 31);
  stolen = http_refresh (fixture, client_id, token);
  error = http_answer_member (stolen, "error");
  g_assert_cmpstr (error, ==, "invalid_grant");
  g_assert_cmpstr (seen, ==, "reduced");
  g_assert_true (has_finding (fixture));
  dead = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (dead->status, ==, 401);
  bma_clock_dummy_advance_s (fixture->clock, 7 * 24 * 3600 + 1);
  g_assert_false (has_finding (fixture));
}

/* Nothing in the store is a token, or makes one without the spent token. */
static void
test_store_holds_hashes (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *token = sign_in (fixture, client_id, NULL);
  g_autofree char *successor = refresh_at (fixture->broker, client_id, token);
  g_autoptr (GPtrArray)
      tokens = bma_store_list (BMA_STORE (fixture->store), &bma_token_type);

  g_assert_cmpuint (tokens->len, ==, 2);
  for (unsigned int i = 0; i < tokens->len; i++)
    {
      const BmaToken *record = g_ptr_array_index (tokens, i);
      const char *const texts[] = { record->record.id, record->family_id,
                                    record->successor, record->salt,
                                    record->predecessor };

      for (size_t j = 0; j < G_N_ELEMENTS (texts); j++)
        {
          g_autofree char *refreshed = NULL;

          g_assert_cmpstr (texts[j], !=, token);
          g_assert_cmpstr (texts[j], !=, successor);
          if (texts[j] == NULL)
            continue;
          refreshed = refresh_at (fixture->broker, client_id, texts[j]);
          g_assert_null (refreshed);
        }
    }
}

static void
test_storage_trouble (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *token = sign_in (fixture, client_id, NULL);
  g_autoptr (HttpAnswer) failed = NULL;
  g_autoptr (HttpAnswer) repeated = NULL;
  g_autoptr (HttpAnswer) retried = NULL;
  g_autofree char *error = NULL;
  g_autofree char *repeated_error = NULL;

  bma_store_memory_set_failing (fixture->store, TRUE);
  failed = http_refresh (fixture, client_id, token);
  repeated = http_refresh (fixture, client_id, token);
  error = http_answer_member (failed, "error");
  repeated_error = http_answer_member (repeated, "error");
  g_assert_cmpstr (error, ==, "server_error");
  g_assert_cmpstr (repeated_error, ==, "server_error");
  bma_store_memory_set_failing (fixture->store, FALSE);
  retried = http_refresh (fixture, client_id, token);
  g_assert_cmpuint (retried->status, ==, 200);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/refresh/two-hundred-at-once-are-one", test_concurrent);
  g_test_add_func ("/http/refresh/lost-answer-survives-a-restart", test_restart);
  g_test_add_func ("/http/refresh/reuse-is-told-to-the-owner", test_reuse_is_told);
  g_test_add_func ("/http/refresh/store-holds-no-token", test_store_holds_hashes);
  g_test_add_func ("/http/refresh/storage-trouble-is-no-invalid-grant",
                   test_storage_trouble);
  return g_test_run ();
}
