/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What was ended does not come back, and what was not ended stays. */

#include <string.h>

#include "bma-broker-owner-client.h"
#include "bma-client.h"
#include "bma-code.h"
#include "bma-grant.h"
#include "http-fixture.h"

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
  return g_test_run ();
}
