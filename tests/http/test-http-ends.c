/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What was ended does not come back, and what was not ended stays. */

#include <string.h>

#include "bma-broker-login.h"
#include "bma-broker-owner-client.h"
#include "bma-client.h"
#include "bma-code.h"
#include "bma-entropy-system.h"
#include "bma-grant.h"
#include "bma-identity-local.h"
#include "bma-janitor.h"
#include "bma-login.h"
#include "http-clients.h"

static const BmaRecord *
get_only (HttpFixture *fixture, const BmaRecordType *type)
{
  g_autoptr (GPtrArray) records = bma_store_list (BMA_STORE (fixture->store), type);

  g_assert_cmpuint (records->len, ==, 1);
  return bma_store_lookup (BMA_STORE (fixture->store), type,
                           ((const BmaRecord *) records->pdata[0])->id);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_no_token (HttpFixture *fixture, const char *client_id, const char *code)
{
  g_autoptr (HttpAnswer) answer = http_redeem (fixture, client_id, code);
  g_autofree char *error = http_answer_member (answer, "error");

  g_assert_cmpuint (answer->status, ==, 400);
  g_assert_cmpstr (error, ==, "invalid_grant");
}

/* The same person allowing the same client makes the same grant. */
static void
test_code_of_a_revoked_grant (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autofree char *later = NULL;
  g_autofree char *grant_id = g_strdup (get_only (fixture, &bma_grant_type)->id);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (HttpAnswer) redeemed = NULL;

  bma_broker_revoke_grant_async (fixture->broker, grant_id, NULL, http_keep_result,
                                 &result);
  wait_for (&result);
  g_assert_true (bma_broker_revoke_grant_finish (fixture->broker, result, NULL));
  later = http_get_code (fixture, client_id);
  g_assert_cmpstr (get_only (fixture, &bma_grant_type)->id, ==, grant_id);
  assert_no_token (fixture, client_id, code);
  redeemed = http_redeem (fixture, client_id, later);
  g_assert_cmpuint (redeemed->status, ==, 200);
}

static void
test_code_of_a_signed_out_person (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (GAsyncResult) result = NULL;

  bma_broker_sign_out_async (fixture->broker, NULL, http_keep_result, &result);
  wait_for (&result);
  g_assert_true (bma_broker_sign_out_finish (fixture->broker, result, NULL));
  assert_no_token (fixture, client_id, code);
}

/* Whether a token is ours is not known without the keys: that is no success. */
static void
test_revocation_without_keys (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_locked ();
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *body = g_strdup_printf ("client_id=%s&token=a.b.c", client_id);
  g_autofree char *unknown = g_strdup_printf ("client_id=%s&token=abc", client_id);
  g_autoptr (HttpAnswer)
      answer = http_call (fixture, "POST", "/revoke", FORM, body, NULL);
  g_autoptr (HttpAnswer)
      other = http_call (fixture, "POST", "/revoke", FORM, unknown, NULL);

  g_assert_cmpuint (answer->status, ==, 503);
  g_assert_nonnull (http_answer_header (answer, "Retry-After"));
  g_assert_cmpuint (other->status, ==, 200);
}

static const BmaClient *
make_client (HttpFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (BmaNewClient) created = NULL;

  bma_broker_create_client_async (fixture->broker,
                                  &(BmaOwnerClientRequest){ .name = "Robot" }, NULL,
                                  http_keep_result, &result);
  wait_for (&result);
  created = bma_broker_create_client_finish (fixture->broker, result, NULL);
  g_assert_nonnull (created);
  return bma_store_lookup (BMA_STORE (fixture->store), &bma_client_type,
                           created->client->record.id);
}

/* It stands in no configuration, so a configuration without it says nothing about it. */
static void
test_clients_of_the_owner (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  const BmaClient *client = make_client (fixture);
  g_autofree char *id = g_strdup (client->record.id);
  g_autoptr (GAsyncResult) removed = NULL;

  bma_broker_set_config (fixture->broker, fixture->config);
  g_assert_nonnull (bma_store_lookup (BMA_STORE (fixture->store), &bma_client_type, id));

  bma_broker_remove_client_async (fixture->broker, id, NULL, http_keep_result, &removed);
  wait_for (&removed);
  g_assert_true (bma_broker_remove_client_finish (fixture->broker, removed, NULL));
  g_assert_null (bma_store_lookup (BMA_STORE (fixture->store), &bma_client_type, id));
}

/* The redirect to the provider that follows Allow: where the provider sends the browser
 * back to, and the cookie it needs there. */
static char *
begin_login (HttpFixture *fixture, const char *client_id, char **cookie)
{
  g_autoptr (HttpAnswer) away = http_press_allow (fixture, client_id);
  const char *location = http_answer_header (away, "Location");

  g_assert_cmpuint (away->status, ==, 303);
  *cookie = http_get_login_cookie (away);
  return g_strdup_printf ("/callback%s&token=ann", strchr (location, '?'));
}

static void
test_redirect_uri_taken_back (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *cookie = NULL;
  g_autofree char *path = begin_login (fixture, client_id, &cookie);
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaClient *client = bma_record_copy (
      bma_store_lookup (BMA_STORE (fixture->store), &bma_client_type, client_id));
  g_autoptr (HttpAnswer) answer = NULL;

  g_strfreev (client->redirect_uris);
  client->redirect_uris = g_strsplit ("http://127.0.0.1/elsewhere", " ", -1);
  bma_change_put_take (change, client);
  http_store_apply (fixture, change);
  answer = http_call (fixture, "GET", path, NULL, NULL, "Cookie", cookie, NULL);
  g_assert_cmpuint (answer->status, ==, 400);
  g_assert_null (http_answer_header (answer, "Location"));
}

/* The same identifier at another provider is another person. */
static void
test_provider_replaced (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *cookie = NULL;
  g_autofree char *path = begin_login (fixture, client_id, &cookie);
  const BmaBrowser browser = { .cookies = cookie, .is_owner = TRUE };
  g_autoptr (BmaIdentityProvider) other = bma_identity_local_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (BmaBrowserStep) step = NULL;

  bma_broker_callback_async (fixture->broker, strchr (path, '?') + 1, &browser, NULL,
                             http_keep_result, &result);
  g_assert_null (result);
  bma_broker_set_provider (fixture->broker, other);
  wait_for (&result);
  step = bma_broker_step_finish (fixture->broker, result);
  g_assert_cmpint (step->kind, ==, BMA_STEP_ERROR);
  g_assert_cmpuint (step->status, ==, 400);
  g_assert_cmpstr (bma_broker_get_subject (fixture->broker)->provider, ==,
                   BMA_PROVIDER_LOCAL);
}

static unsigned int
count_logins (BmaStoreMemory *store)
{
  g_autoptr (GPtrArray) logins = bma_store_list (BMA_STORE (store), &bma_login_type);

  return logins->len;
}

/* Whoever presses Deny again and again leaves a record each time. */
static void
test_flood (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaStoreMemory) store = bma_store_memory_new ();
  g_autoptr (BmaEntropy) entropy = bma_entropy_system_new ();
  g_autoptr (BmaIdentityProvider) provider = bma_identity_local_new ();
  const BmaBrokerParts parts = { .clock = BMA_CLOCK (fixture->clock),
                                 .entropy = entropy,
                                 .store = BMA_STORE (store),
                                 .keyring = BMA_KEYRING (fixture->keyring),
                                 .provider = provider };
  g_autoptr (BmaBroker) broker = bma_broker_new (fixture->config, &parts);
  g_autoptr (BmaChange) change = bma_change_new ();

  for (unsigned int i = 0; i < 2 * BMA_JANITOR_MAX_SWEPT + 1; i++)
    {
      g_autofree char *id = g_strdup_printf ("%08x", i);

      bma_change_put_take (change, bma_record_new (&bma_login_type, id));
    }
  bma_store_apply_lazily (BMA_STORE (store), change);
  bma_broker_start (broker);
  g_assert_cmpuint (count_logins (store), ==, BMA_JANITOR_MAX_SWEPT + 1);
  while (count_logins (store) > 0)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/ends/the-code-of-a-revoked-grant-stays-worthless",
                   test_code_of_a_revoked_grant);
  g_test_add_func ("/http/ends/a-code-does-not-outlive-the-sign-in",
                   test_code_of_a_signed_out_person);
  g_test_add_func ("/http/ends/a-revocation-without-keys-is-no-success",
                   test_revocation_without_keys);
  g_test_add_func ("/http/ends/clients-of-the-owner-stay-until-the-owner-removes-them",
                   test_clients_of_the_owner);
  g_test_add_func ("/http/ends/a-redirect-uri-that-was-taken-back-gets-no-code",
                   test_redirect_uri_taken_back);
  g_test_add_func ("/http/ends/a-sign-in-ends-with-its-provider", test_provider_replaced);
  g_test_add_func ("/http/ends/sweeping-keeps-up-with-a-flood", test_flood);
  return g_test_run ();
}
