/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-grant.h"
#include "bma-token.h"
#include "http-clients.h"

#define BODY "grant_type=client_credentials"

static HttpAnswer *
ask (HttpFixture *fixture, const char *body, const char *basic)
{
  return http_call (fixture, "POST", "/token", FORM, body,
                    basic != NULL ? "Authorization" : "X-None",
                    basic != NULL ? basic : "x", NULL);
}

static void
change_client (HttpFixture *fixture,
               const char *origin,
               const char *types,
               const char *scope)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaClient *client = bma_record_copy (
      bma_store_lookup (BMA_STORE (fixture->store), &bma_client_type, "c0"));

  g_free (client->origin);
  client->origin = g_strdup (origin);
  g_strfreev (client->grant_types);
  client->grant_types = g_strsplit (types, " ", -1);
  g_free (client->scope);
  client->scope = g_strdup (scope);
  bma_change_put_take (change, client);
  http_store_apply (fixture, change);
}

static void
test_token (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *basic = http_make_basic ("c0", SECRET);
  g_autofree char *access = NULL;
  g_autofree char *refresh = NULL;
  g_autofree char *scope = NULL;
  g_autofree char *bearer = NULL;
  g_autofree char *introspect = NULL;
  g_autoptr (GPtrArray) grants = NULL;
  g_autoptr (GAsyncResult) revoked = NULL;
  const BmaGrant *grant = NULL;
  g_autoptr (HttpAnswer) answer = NULL;
  g_autoptr (HttpAnswer) again = NULL;
  g_autoptr (HttpAnswer) passed = NULL;
  g_autoptr (HttpAnswer) told = NULL;
  g_autoptr (HttpAnswer) refused = NULL;

  http_add_client (fixture, "c0", BMA_CLIENT_AUTH_BASIC);
  answer = ask (fixture, BODY, basic);
  again = ask (fixture, BODY, basic);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (again->status, ==, 200);
  access = http_answer_member (answer, "access_token");
  refresh = http_answer_member (answer, "refresh_token");
  scope = http_answer_member (answer, "scope");
  g_assert_null (refresh);
  g_assert_cmpstr (scope, ==, "mcp");
  bearer = g_strconcat ("Bearer ", access, NULL);
  passed = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (passed->status, ==, 202);
  introspect = g_strdup_printf ("token=%s", access);
  told = http_call (fixture, "POST", "/introspect", FORM, introspect, "Authorization",
                    basic, NULL);
  g_assert_nonnull (strstr (told->body, "\"sub\":\"c0\""));

  /* One grant, which the owner sees and takes back. */
  grants = bma_store_list (BMA_STORE (fixture->store), &bma_grant_type);
  g_assert_cmpuint (grants->len, ==, 1);
  grant = g_ptr_array_index (grants, 0);
  g_assert_cmpstr (grant->client_id, ==, "c0");
  g_assert_cmpint (grant->n_uses, ==, 2);
  bma_broker_revoke_grant_async (fixture->broker, grant->record.id, NULL,
                                 http_keep_result, &revoked);
  while (revoked == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_revoke_grant_finish (fixture->broker, revoked, NULL));
  refused = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (refused->status, ==, 401);
}

/* The person who is signed in stays the one; a client is no person. */
static void
test_is_nobody (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *basic = http_make_basic ("c0", SECRET);
  const char *sub = bma_broker_get_subject (fixture->broker)->sub;
  g_autoptr (HttpAnswer) answer = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autofree char *access = NULL;
  g_autofree char *bearer = NULL;
  g_autoptr (HttpAnswer) after = NULL;

  http_add_client (fixture, "c0", BMA_CLIENT_AUTH_BASIC);
  answer = ask (fixture, BODY, basic);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (bma_broker_get_subject (fixture->broker)->sub, ==, sub);
  access = http_answer_member (answer, "access_token");
  bearer = g_strconcat ("Bearer ", access, NULL);
  bma_broker_sign_out_async (fixture->broker, NULL, http_keep_result, &done);
  while (done == NULL)
    g_main_context_iteration (NULL, TRUE);
  after = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (after->status, ==, 401);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *body;
    const char *origin;
    const char *types;
    const char *scope;
    unsigned int status;
    const char *error; /* nullable */
  } cases[] = {
    { BODY, "configured", "client_credentials", "mcp", 200, NULL },
    { BODY "&scope=mcp", "configured", "client_credentials", NULL, 200, NULL },
    { BODY "&resource=nonsense", "configured", "client_credentials", "mcp", 400,
      "invalid_target" },
    { BODY, "registered", "client_credentials", "mcp", 400, "unauthorized_client" },
    { BODY, "metadata-document", "client_credentials", "mcp", 400,
      "unauthorized_client" },
    { BODY, "configured", "authorization_code", "mcp", 400, "unauthorized_client" },
    { BODY "&scope=root", "configured", "client_credentials", "mcp", 400,
      "invalid_scope" },
    { BODY "&scope=mcp%20email", "configured", "client_credentials", "mcp email", 400,
      "invalid_scope" },
    { BODY "&scope=openid", "configured", "client_credentials", "mcp openid", 400,
      "invalid_scope" },
    { BODY, "configured", "client_credentials", "openid", 400, "invalid_scope" },
    { BODY "&scope=a%22b", "configured", "client_credentials", "mcp", 400,
      "invalid_scope" },
  };
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *basic = http_make_basic ("c0", SECRET);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *public_body = g_strconcat (BODY "&client_id=", client_id, NULL);
  g_autoptr (HttpAnswer) public = ask (fixture, public_body, NULL);
  g_autoptr (HttpAnswer) bare = NULL;
  g_autofree char *public_error = http_answer_member (public, "error");

  g_assert_cmpuint (public->status, ==, 400);
  g_assert_cmpstr (public_error, ==, "unauthorized_client");
  http_add_client (fixture, "c0", BMA_CLIENT_AUTH_BASIC);
  bare = ask (fixture, BODY "&client_id=c0", NULL);
  g_assert_cmpuint (bare->status, ==, 401);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpAnswer) answer = NULL;
      g_autofree char *error = NULL;

      g_test_message ("case %zu", i);
      change_client (fixture, cases[i].origin, cases[i].types, cases[i].scope);
      answer = ask (fixture, cases[i].body, basic);
      error = http_answer_member (answer, "error");
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_cmpstr (error, ==, cases[i].error);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/client-credentials/token-is-visible-and-revocable", test_token);
  g_test_add_func ("/http/client-credentials/client-is-no-person", test_is_nobody);
  g_test_add_func ("/http/client-credentials/only-for-the-owners-clients", test_refused);
  return g_test_run ();
}
