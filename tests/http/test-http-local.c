/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "http-fixture.h"

/* What a local app gets through the bus, with the page that asks the person for it. */

static BmaPeer *
make_peer (const char *trust)
{
  return bma_peer_new (":1.7", "org.example.App", trust, "/usr/bin/app", 1000, 4711);
}

static BmaLocalToken *
get_token (HttpFixture *fixture,
           BmaPeer *peer,
           const BmaLocalRequest *request,
           GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bma_broker_get_token_async (fixture->broker, peer, request, NULL, http_keep_result,
                              &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return bma_broker_get_token_finish (fixture->broker, result, error);
}

static void
assert_refused (HttpFixture *fixture,
                BmaPeer *peer,
                const BmaLocalRequest *request,
                int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaLocalToken) token = get_token (fixture, peer, request, &error);

  g_assert_null (token);
  g_assert_error (error, BMA_BROKER_ERROR, code);
}

/* Presses a button on the page of an approval; returns the page that follows. */
static HttpAnswer *
answer_approval (HttpFixture *fixture,
                 BmaApproval *approval,
                 const char *choice,
                 const char *decision)
{
  g_autofree char *url = bma_approval_get_url (approval);
  g_autoptr (HttpAnswer)
      page = http_call (fixture, "GET", url + strlen (fixture->origin), NULL, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autofree char *form = http_read_consent (page, choice, &cookie);
  g_autofree char *body = g_strdup_printf ("%s&decision=%s", form, decision);

  g_assert_nonnull (strstr (page->body, "org.example.App"));
  return http_call (fixture, "POST", "/consent", FORM, body, "Origin", fixture->origin,
                    "Cookie", cookie, NULL);
}

static void
allow (HttpFixture *fixture, BmaPeer *peer, const char *decision)
{
  const BmaLocalRequest request = { 0 };
  g_autoptr (BmaApproval)
      approval = bma_broker_request_approval (fixture->broker, peer, &request, NULL);
  g_autoptr (HttpAnswer) done = answer_approval (fixture, approval, "allow", decision);

  g_assert_cmpuint (done->status, ==, 200);
  g_assert_cmpint (bma_approval_get_outcome (approval), ==, BMA_APPROVAL_ALLOWED);
}

static void
test_allowed (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_SANDBOX);
  const BmaLocalRequest request = { .reason = "to read" };
  g_autoptr (BmaLocalToken) token = NULL;
  g_autofree char *bearer = NULL;
  g_autoptr (HttpAnswer) passed = NULL;

  assert_refused (fixture, peer, &request, BMA_BROKER_ERROR_INTERACTION_REQUIRED);
  allow (fixture, peer, "always");
  token = get_token (fixture, peer, &request, NULL);
  g_assert_nonnull (token);
  g_assert_cmpstr (token->resource, ==, fixture->config->resources[0]);
  g_assert_cmpstr (token->scopes[0], ==, "mcp");
  bearer = g_strconcat ("Bearer ", bma_secret_peek (token->token), NULL);
  passed = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (passed->status, ==, 202);
}

static void
test_denied (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_SANDBOX);
  const BmaLocalRequest request = { 0 };
  g_autoptr (BmaApproval)
      approval = bma_broker_request_approval (fixture->broker, peer, &request, NULL);
  g_autofree char *url = bma_approval_get_url (approval);
  g_autoptr (HttpAnswer) done = answer_approval (fixture, approval, "deny", "always");
  g_autoptr (HttpAnswer) again =
      http_call (fixture, "GET", url + strlen (fixture->origin), NULL, NULL, NULL);

  g_assert_cmpuint (done->status, ==, 200);
  g_assert_cmpint (bma_approval_get_outcome (approval), ==, BMA_APPROVAL_DENIED);
  g_assert_cmpuint (again->status, ==, 400);
  assert_refused (fixture, peer, &request, BMA_BROKER_ERROR_INTERACTION_REQUIRED);
}

static void
test_cancelled (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_SANDBOX);
  const BmaLocalRequest request = { 0 };
  g_autoptr (BmaApproval)
      approval = bma_broker_request_approval (fixture->broker, peer, &request, NULL);
  g_autofree char *url = bma_approval_get_url (approval);
  g_autoptr (HttpAnswer) late = NULL;

  bma_approval_cancel (approval);
  g_assert_cmpint (bma_approval_get_outcome (approval), ==, BMA_APPROVAL_FAILED);
  late = http_call (fixture, "GET", url + strlen (fixture->origin), NULL, NULL, NULL);
  g_assert_cmpuint (late->status, ==, 400);
}

static void
test_claimed (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_CLAIMED);
  g_autoptr (BmaPeer) sandboxed = make_peer (BMA_TRUST_SANDBOX);
  const BmaLocalRequest request = { 0 };
  g_autoptr (BmaLocalToken) token = NULL;

  bma_broker_set_session (fixture->broker, "session-one");
  /* Whatever the form says, a claim is good for the session at most. */
  allow (fixture, peer, "always");
  token = get_token (fixture, peer, &request, NULL);
  g_assert_nonnull (token);
  /* The same name with another proof is somebody else. */
  assert_refused (fixture, sandboxed, &request, BMA_BROKER_ERROR_INTERACTION_REQUIRED);
  bma_broker_set_session (fixture->broker, "session-two");
  assert_refused (fixture, peer, &request, BMA_BROKER_ERROR_INTERACTION_REQUIRED);
}

/* The page offers always to a claim that is to get a key, and says what that means. */
static void
test_pairing (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_CLAIMED);
  const BmaLocalRequest plain = { 0 };
  const BmaLocalRequest pairing = { .wants_pairing = TRUE };
  g_autoptr (BmaApproval)
      first = bma_broker_request_approval (fixture->broker, peer, &plain, NULL);
  g_autofree char *first_url = bma_approval_get_url (first);
  g_autoptr (BmaApproval) second = NULL;
  g_autofree char *second_url = NULL;
  size_t skip = strlen (fixture->origin);
  g_autoptr (HttpAnswer)
      without = http_call (fixture, "GET", first_url + skip, NULL, NULL, NULL);
  g_autoptr (HttpAnswer) with = NULL;
  g_autoptr (HttpAnswer) done = NULL;
  g_autoptr (BmaSecret) key = NULL;

  bma_approval_cancel (first);
  second = bma_broker_request_approval (fixture->broker, peer, &pairing, NULL);
  second_url = bma_approval_get_url (second);
  with = http_call (fixture, "GET", second_url + skip, NULL, NULL, NULL);
  g_assert_null (strstr (without->body, "value=\"always\""));
  g_assert_null (strstr (without->body, "it gets a key"));
  g_assert_nonnull (strstr (with->body, "value=\"always\""));
  g_assert_null (strstr (with->body, "value=\"always\" checked"));
  g_assert_nonnull (strstr (with->body, "it gets a key"));
  done = answer_approval (fixture, second, "allow", "always");
  key = bma_approval_take_pairing_key (second);
  g_assert_cmpuint (bma_secret_get_size (key), ==, 32);
  g_assert_null (bma_approval_take_pairing_key (second));
}

static void
test_once (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_SANDBOX);
  g_autoptr (BmaPeer) again = bma_peer_new (":1.8", "org.example.App", BMA_TRUST_SANDBOX,
                                            "/usr/bin/app", 1000, 4712);
  const BmaLocalRequest request = { 0 };
  g_autoptr (BmaLocalToken) token = NULL;
  g_autofree char *bearer = NULL;
  g_autoptr (HttpAnswer) dead = NULL;
  g_autoptr (HttpAnswer) still_dead = NULL;

  allow (fixture, peer, "once");
  token = get_token (fixture, peer, &request, NULL);
  g_assert_nonnull (token);
  assert_refused (fixture, again, &request, BMA_BROKER_ERROR_INTERACTION_REQUIRED);
  bma_broker_forget_caller (fixture->broker, ":1.7");
  assert_refused (fixture, peer, &request, BMA_BROKER_ERROR_INTERACTION_REQUIRED);
  bearer = g_strconcat ("Bearer ", bma_secret_peek (token->token), NULL);
  dead = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (dead->status, ==, 401);
  /* What is allowed anew does not bring the token of before back. */
  allow (fixture, again, "once");
  still_dead =
      http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (still_dead->status, ==, 401);
}

static void
test_bad_requests (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_SANDBOX);
  static const char *const root[] = { "root", NULL };
  const BmaLocalRequest bad_scope = { .scopes = root };
  const BmaLocalRequest bad_resource = { .resource = "https://evil.example/mcp" };
  const BmaLocalRequest too_long = { .min_valid_s = 100000 };

  assert_refused (fixture, peer, &bad_scope, BMA_BROKER_ERROR_INVALID_SCOPE);
  assert_refused (fixture, peer, &bad_resource, BMA_BROKER_ERROR_INVALID_RESOURCE);
  g_assert_null (bma_broker_request_approval (fixture->broker, peer, &bad_scope, NULL));
  allow (fixture, peer, "always");
  assert_refused (fixture, peer, &too_long, BMA_BROKER_ERROR_INVALID_ARGUMENT);
}

static void
test_sign_out (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_SANDBOX);
  const BmaLocalRequest request = { 0 };
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, client_id, code);
  g_autofree char *refresh = http_answer_member (tokens, "refresh_token");
  g_autoptr (HttpAnswer) dead = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (BmaApproval) approval = NULL;
  g_autoptr (HttpAnswer) done = NULL;

  allow (fixture, peer, "always");
  bma_broker_sign_out_async (fixture->broker, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_sign_out_finish (fixture->broker, result, NULL));
  g_assert_cmpstr (bma_broker_get_state (fixture->broker), ==, "signed-out");
  assert_refused (fixture, peer, &request, BMA_BROKER_ERROR_NOT_SIGNED_IN);
  dead = http_refresh (fixture, client_id, refresh);
  g_assert_cmpuint (dead->status, ==, 400);

  approval = bma_broker_request_sign_in (fixture->broker, peer, NULL);
  g_assert_nonnull (approval);
  done = answer_approval (fixture, approval, "allow", "always");
  g_assert_cmpint (bma_approval_get_outcome (approval), ==, BMA_APPROVAL_ALLOWED);
  g_assert_cmpstr (bma_broker_get_state (fixture->broker), ==, "ready");
  /* What the person allowed before is remembered. */
  {
    g_autoptr (BmaLocalToken) token = get_token (fixture, peer, &request, NULL);

    g_assert_nonnull (token);
  }
}

static void
test_revoked (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_SANDBOX);
  const BmaLocalRequest request = { 0 };
  g_autoptr (BmaLocalToken) token = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) missing = NULL;
  g_autoptr (GError) error = NULL;

  allow (fixture, peer, "always");
  token = get_token (fixture, peer, &request, NULL);
  bma_broker_revoke_grant_async (fixture->broker, token->grant_id, NULL, http_keep_result,
                                 &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_revoke_grant_finish (fixture->broker, result, NULL));
  assert_refused (fixture, peer, &request, BMA_BROKER_ERROR_INTERACTION_REQUIRED);
  bma_broker_revoke_grant_async (fixture->broker, token->grant_id, NULL, http_keep_result,
                                 &missing);
  while (missing == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (bma_broker_revoke_grant_finish (fixture->broker, missing, &error));
  g_assert_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_NOT_FOUND);
}

static void
test_locked (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_locked ();
  g_autoptr (BmaPeer) peer = make_peer (BMA_TRUST_SANDBOX);
  const BmaLocalRequest request = { 0 };
  g_autofree char *client_id = http_register (fixture);
  g_autoptr (HttpAnswer) refused = http_redeem (fixture, client_id, "code");
  g_autoptr (HttpAnswer) bearer =
      http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", "Bearer x", NULL);
  g_autofree char *error = http_answer_member (refused, "error");

  g_assert_cmpstr (bma_broker_get_state (fixture->broker), ==, "keyring-locked");
  g_assert_true (bma_broker_get_attention_needed (fixture->broker));
  g_assert_cmpuint (refused->status, ==, 503);
  g_assert_cmpstr (error, ==, "temporarily_unavailable");
  g_assert_cmpuint (bearer->status, ==, 503);
  g_assert_null (bma_broker_request_approval (fixture->broker, peer, &request, NULL));
  g_assert_cmpuint (bma_keyring_dummy_get_n_saves (fixture->keyring), ==, 0);
  bma_keyring_dummy_set_state (fixture->keyring, BMA_KEYRING_STATE_READY);
  while (!g_str_equal (bma_broker_get_state (fixture->broker), "ready"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (bma_keyring_dummy_get_n_saves (fixture->keyring), ==, 1);
  allow (fixture, peer, "always");
}

#define N_APPS 5

static BmaPeer *
make_app (unsigned int number)
{
  g_autofree char *sender = g_strdup_printf (":1.%u", 20 + number);
  g_autofree char *name = g_strdup_printf ("org.example.App%u", number);

  return bma_peer_new (sender, name, BMA_TRUST_SANDBOX, "/usr/bin/app", 1000, 4711);
}

static void
assert_outcome (BmaApproval *approval, BmaApprovalOutcome outcome)
{
  while (bma_approval_get_outcome (approval) == BMA_APPROVAL_PENDING &&
         outcome != BMA_APPROVAL_PENDING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (bma_approval_get_outcome (approval), ==, outcome);
}

/* Five programs, one page, an answer for each; what comes later is asked afterwards. */
static void
test_several (void)
{
  static const char *const answers[N_APPS] = { "always", "once", "deny", "never", NULL };
  static const BmaApprovalOutcome outcomes[N_APPS] = {
    BMA_APPROVAL_ALLOWED, BMA_APPROVAL_ALLOWED, BMA_APPROVAL_DENIED,
    BMA_APPROVAL_DENIED,  BMA_APPROVAL_FAILED,
  };
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  const BmaLocalRequest request = { .reason = "<b>to read</b>" };
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((void *) bma_peer_unref);
  g_autoptr (GPtrArray) approvals = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (BmaPeer) late_peer = make_app (9);
  g_autoptr (BmaApproval) late = NULL;
  g_autofree char *url = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *form = NULL;
  g_autoptr (GString) body = NULL;
  g_autoptr (HttpAnswer) page = NULL;
  g_autoptr (HttpAnswer) done = NULL;
  g_autoptr (HttpAnswer) next = NULL;
  g_autoptr (BmaLocalToken) token = NULL;

  for (unsigned int i = 0; i < N_APPS; i++)
    {
      g_ptr_array_add (peers, make_app (i));
      g_ptr_array_add (approvals,
                       bma_broker_request_approval (fixture->broker, peers->pdata[i],
                                                    &request, NULL));
    }
  url = bma_approval_get_url (approvals->pdata[0]);
  page = http_call (fixture, "GET", url + strlen (fixture->origin), NULL, NULL, NULL);
  g_assert_nonnull (strstr (page->body, "name=\"decision-5\" value=\"later\" checked"));
  g_assert_null (strstr (page->body, "<b>to read"));
  late = bma_broker_request_approval (fixture->broker, late_peer, &request, NULL);
  form = http_read_consent (page, "answer", &cookie);
  body = g_string_new (form);
  for (unsigned int i = 0; i < N_APPS; i++)
    if (answers[i] != NULL)
      g_string_append_printf (body, "&decision-%u=%s", i + 1, answers[i]);
  done = http_call (fixture, "POST", "/consent", FORM, body->str, "Origin",
                    fixture->origin, "Cookie", cookie, NULL);
  for (unsigned int i = 0; i < N_APPS; i++)
    assert_outcome (approvals->pdata[i], outcomes[i]);
  assert_outcome (late, BMA_APPROVAL_PENDING);
  g_assert_cmpuint (done->status, ==, 303);
  next = http_call (fixture, "GET", url + strlen (fixture->origin), NULL, NULL, NULL);
  g_assert_nonnull (strstr (next->body, "org.example.App9"));
  g_assert_null (strstr (next->body, "org.example.App2"));
  token = get_token (fixture, peers->pdata[0], &request, NULL);
  g_assert_nonnull (token);
  assert_refused (fixture, peers->pdata[2], &request,
                  BMA_BROKER_ERROR_INTERACTION_REQUIRED);
  assert_refused (fixture, peers->pdata[3], &request, BMA_BROKER_ERROR_ACCESS_DENIED);
  assert_refused (fixture, peers->pdata[4], &request,
                  BMA_BROKER_ERROR_INTERACTION_REQUIRED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/local/allowed-once-asked", test_allowed);
  g_test_add_func ("/broker/local/denied", test_denied);
  g_test_add_func ("/broker/local/cancelled-questions-are-gone", test_cancelled);
  g_test_add_func ("/broker/local/claims-last-for-the-session", test_claimed);
  g_test_add_func ("/broker/local/pairing-offers-always", test_pairing);
  g_test_add_func ("/broker/local/once-is-for-one-connection", test_once);
  g_test_add_func ("/broker/local/bad-requests", test_bad_requests);
  g_test_add_func ("/broker/local/sign-out-ends-every-token", test_sign_out);
  g_test_add_func ("/broker/local/revocation-counts-at-once", test_revoked);
  g_test_add_func ("/broker/local/locked-keyring-heals", test_locked);
  g_test_add_func ("/broker/local/several-programs-share-a-page", test_several);
  return g_test_run ();
}
