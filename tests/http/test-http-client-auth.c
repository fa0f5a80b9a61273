/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <inttypes.h>

#include "http-clients.h"

#define CODE_BODY                                                                        \
  "grant_type=authorization_code&code_verifier=" VERIFIER                                \
  "&redirect_uri=http%%3A%%2F%%2F127.0.0.1%%3A7777%%2Fcallback&code=%s%s"
#define ESCAPED_SECRET "a%20secret%20of%2036%20characters%3A%20%2B%25%2F%26%3Dabc%21"

static void
assert_refused (HttpAnswer *answer, unsigned int status, const char *error)
{
  g_autofree char *got = http_answer_member (answer, "error");

  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (got, ==, error);
  g_assert_cmpstr (http_answer_header (answer, "Cache-Control"), ==, "no-store");
}

/* A code of a confidential client is good only with its credentials; what was refused
 * before has not used it up. */
static void
test_secret (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *right = http_make_basic ("c0", SECRET);
  g_autofree char *wrong = http_make_basic ("c0", "wrong");
  g_autofree char *other = http_make_basic ("c1", SECRET);
  g_autofree char *unknown = http_make_basic ("c9", SECRET);
  const struct
  {
    const char *more;
    const char *header; /* nullable */
    unsigned int status;
    const char *error;
  } cases[] = {
    { "&client_id=c0", NULL, 401, "invalid_client" },
    { "&client_id=c0&client_secret=wrong", NULL, 401, "invalid_client" },
    { "", wrong, 401, "invalid_client" },
    { "", "Basic nonsense", 401, "invalid_client" },
    { "", "Bearer abc", 401, "invalid_client" },
    { "", unknown, 401, "invalid_client" },
    { "&client_id=c1", right, 400, "invalid_request" },
    { "&client_secret=" ESCAPED_SECRET, right, 400, "invalid_request" },
    { "", other, 400, "invalid_grant" }, /* a good client, not its code */
    { "", right, 200, NULL },
  };
  g_autofree char *code = NULL;

  http_add_client (fixture, "c0", BMA_CLIENT_AUTH_BASIC);
  http_add_client (fixture, "c1", BMA_CLIENT_AUTH_POST);
  code = http_get_code (fixture, "c0");
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf (CODE_BODY, code, cases[i].more);
      const char *name = cases[i].header != NULL ? "Authorization" : "X-None";
      g_autoptr (HttpAnswer)
          answer = http_call (fixture, "POST", "/token", FORM, body, name,
                              cases[i].header != NULL ? cases[i].header : "x", NULL);
      const char *challenge = http_answer_header (answer, "WWW-Authenticate");

      g_test_message ("case %zu", i);
      assert_refused (answer, cases[i].status, cases[i].error);
      if (answer->status == 401 && cases[i].header != NULL)
        g_assert_true (g_str_has_prefix (challenge, "Basic "));
      else
        g_assert_null (challenge);
    }
}

static void
test_secret_in_form (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  static const char with_secret[] = "&client_id=c1&client_secret=" ESCAPED_SECRET;
  g_autofree char *code = NULL;
  g_autofree char *body = NULL;
  g_autofree char *refresh = NULL;
  g_autofree char *refresh_body = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;
  g_autoptr (HttpAnswer) refused = NULL;
  g_autoptr (HttpAnswer) refreshed = NULL;

  http_add_client (fixture, "c1", BMA_CLIENT_AUTH_POST);
  code = http_get_code (fixture, "c1");
  body = g_strdup_printf (CODE_BODY, code, with_secret);
  tokens = http_call (fixture, "POST", "/token", FORM, body, NULL);
  g_assert_cmpuint (tokens->status, ==, 200);
  refresh = http_answer_member (tokens, "refresh_token");
  refused = http_refresh (fixture, "c1", refresh);
  assert_refused (refused, 401, "invalid_client");
  refresh_body = g_strdup_printf ("grant_type=refresh_token&refresh_token=%s%s", refresh,
                                  with_secret);
  refreshed = http_call (fixture, "POST", "/token", FORM, refresh_body, NULL);
  g_assert_cmpuint (refreshed->status, ==, 200);
}

static void
test_public (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, id);
  g_autofree char *basic = http_make_basic (id, SECRET);
  g_autofree char *more = g_strdup_printf ("&client_id=%s&client_secret=x", id);
  g_autofree char *with_secret = g_strdup_printf (CODE_BODY, code, more);
  g_autofree char *plain = g_strdup_printf (CODE_BODY, code, "");
  g_autoptr (HttpAnswer)
      form = http_call (fixture, "POST", "/token", FORM, with_secret, NULL);
  g_autoptr (HttpAnswer) header =
      http_call (fixture, "POST", "/token", FORM, plain, "Authorization", basic, NULL);
  g_autoptr (HttpAnswer) good = http_redeem (fixture, id, code);

  assert_refused (form, 401, "invalid_client");
  assert_refused (header, 401, "invalid_client");
  g_assert_cmpuint (good->status, ==, 200);
}

static HttpAnswer *
redeem_with (HttpFixture *fixture, const char *code, const char *assertion)
{
  g_autofree char *body = g_strdup_printf (CODE_BODY, code, assertion);

  return http_call (fixture, "POST", "/token", FORM, body, NULL);
}

static void
check_assertions (BmaAlgorithm algorithm)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaKey) key = bma_key_generate (algorithm, NULL);
  g_autoptr (BmaKey) other = bma_key_generate (algorithm, NULL);
  int64_t now_s = bma_clock_now_s (BMA_CLOCK (fixture->clock));
  g_autofree char *claims = g_strdup_printf (
      "\"iss\":\"c2\",\"sub\":\"c2\",\"aud\":\"%s/token\",\"exp\":%" PRId64
      ",\"jti\":\"one\"",
      fixture->origin, now_s + 60);
  g_autofree char *good = http_make_assertion (key, claims);
  g_autofree char *forged = http_make_assertion (other, claims);
  g_autofree char *first_code = NULL;
  g_autofree char *second_code = NULL;
  g_autoptr (HttpAnswer) refused = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;
  g_autoptr (HttpAnswer) replayed = NULL;
  g_autoptr (HttpAnswer) again = NULL;

  http_add_key_client (fixture, "c2", key);
  first_code = http_get_code (fixture, "c2");
  second_code = http_get_code (fixture, "c2");
  refused = redeem_with (fixture, first_code, forged);
  assert_refused (refused, 401, "invalid_client");
  tokens = redeem_with (fixture, first_code, good);
  g_assert_cmpuint (tokens->status, ==, 200);
  replayed = redeem_with (fixture, second_code, good);
  assert_refused (replayed, 401, "invalid_client");
  bma_clock_dummy_advance_s (fixture->clock, 60);
  again = redeem_with (fixture, second_code, good);
  assert_refused (again, 401, "invalid_client");
}

static void
test_private_key (void)
{
  check_assertions (BMA_ALGORITHM_ES256);
  check_assertions (BMA_ALGORITHM_RS256);
}

static void
test_revocation (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *basic = http_make_basic ("c0", SECRET);
  g_autofree char *wrong = http_make_basic ("c0", "wrong");
  g_autofree char *code = NULL;
  g_autofree char *body = NULL;
  g_autofree char *access = NULL;
  g_autofree char *bearer = NULL;
  g_autofree char *revoke = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;
  g_autoptr (HttpAnswer) refused = NULL;
  g_autoptr (HttpAnswer) before = NULL;
  g_autoptr (HttpAnswer) revoked = NULL;
  g_autoptr (HttpAnswer) after = NULL;

  http_add_client (fixture, "c0", BMA_CLIENT_AUTH_BASIC);
  code = http_get_code (fixture, "c0");
  body = g_strdup_printf (CODE_BODY, code, "");
  tokens =
      http_call (fixture, "POST", "/token", FORM, body, "Authorization", basic, NULL);
  access = http_answer_member (tokens, "access_token");
  bearer = g_strconcat ("Bearer ", access, NULL);
  /* The hint is wrong, and does not matter. */
  revoke = g_strdup_printf ("token=%s&token_type_hint=refresh_token", access);
  refused =
      http_call (fixture, "POST", "/revoke", FORM, revoke, "Authorization", wrong, NULL);
  assert_refused (refused, 401, "invalid_client");
  before = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  revoked =
      http_call (fixture, "POST", "/revoke", FORM, revoke, "Authorization", basic, NULL);
  after = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (before->status, ==, 202);
  g_assert_cmpuint (revoked->status, ==, 200);
  g_assert_cmpuint (after->status, ==, 401);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/client-auth/secret-in-the-header", test_secret);
  g_test_add_func ("/http/client-auth/secret-in-the-form", test_secret_in_form);
  g_test_add_func ("/http/client-auth/public-client-has-no-password", test_public);
  g_test_add_func ("/http/client-auth/assertion-works-once", test_private_key);
  g_test_add_func ("/http/client-auth/revocation-is-authenticated", test_revocation);
  return g_test_run ();
}
