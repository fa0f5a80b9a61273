/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "http-fixture.h"

/* What is sent and the exact answer: status and `error`. */
typedef struct
{
  const char *method;
  const char *path;
  const char *content_type;
  const char *body;
  unsigned int status;
  const char *error; /* NULL: no JSON is expected */
} BadInput;

static void
check (HttpFixture *fixture, const BadInput *cases, size_t n_cases)
{
  for (size_t i = 0; i < n_cases; i++)
    {
      g_autoptr (HttpAnswer) answer = http_call (fixture, cases[i].method, cases[i].path,
                                                 cases[i].content_type, cases[i].body,
                                                 "Accept", "application/json", NULL);
      g_autofree char *error = http_answer_member (answer, "error");

      g_test_message ("%zu: %s %s %s", i, cases[i].method, cases[i].path,
                      cases[i].body != NULL ? cases[i].body : "");
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_cmpstr (error, ==, cases[i].error);
      if (answer->status >= 400)
        g_assert_nonnull (http_answer_header (answer, "X-Correlation-Id"));
    }
}

static void
test_registration (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *huge = g_strdup_printf ("{\"client_name\":\"%*s\"}", 20000, "x");
  g_autofree char *deep = g_strnfill (10000, '[');
#define JSON          "application/json"
#define REFUSED       400, "invalid_client_metadata"
#define BAD_URI       400, "invalid_redirect_uri"
#define WITH_URI(uri) "{\"redirect_uris\":[\"" uri "\"]}"
#define WITH(member)  "{\"redirect_uris\":[\"http://127.0.0.1/c\"]," member "}"
  const BadInput cases[] = {
    { "POST", "/register", JSON, "", REFUSED },
    { "POST", "/register", JSON, "not json", REFUSED },
    { "POST", "/register", JSON, "[]", REFUSED },
    { "POST", "/register", JSON, "{\"redirect_uris\":[]", REFUSED },
    { "POST", "/register", JSON, "{}", REFUSED },
    { "POST", "/register", JSON, "{\"redirect_uris\":[]}", REFUSED },
    { "POST", "/register", JSON, "{\"redirect_uris\":\"http://127.0.0.1/c\"}", REFUSED },
    { "POST", "/register", JSON, "{\"redirect_uris\":[1]}", REFUSED },
    { "POST", "/register", JSON, "{\"redirect_uris\":[],\"redirect_uris\":[]}", REFUSED },
    { "POST", "/register", JSON, huge, REFUSED },
    { "POST", "/register", JSON, deep, REFUSED },
    { "POST", "/register", "text/plain", WITH_URI ("http://127.0.0.1/c"), REFUSED },
    { "POST", "/register", JSON, WITH_URI ("not a uri"), BAD_URI },
    { "POST", "/register", JSON, WITH_URI ("/relative"), BAD_URI },
    { "POST", "/register", JSON, WITH_URI ("http://example.org/c"), BAD_URI },
    { "POST", "/register", JSON, WITH_URI ("http://127.0.0.1.evil.org/c"), BAD_URI },
    { "POST", "/register", JSON, WITH_URI ("https://example.org/c#f"), BAD_URI },
    { "POST", "/register", JSON, WITH_URI ("https://u:p@example.org/c"), BAD_URI },
    { "POST", "/register", JSON, WITH_URI ("https:///c"), BAD_URI },
    { "POST", "/register", JSON, WITH_URI ("javascript:alert(1)"), BAD_URI },
    { "POST", "/register", JSON, WITH_URI ("data:text/html,x"), BAD_URI },
    { "POST", "/register", JSON, WITH_URI ("file:///etc/passwd"), BAD_URI },
    { "POST", "/register", JSON, WITH_URI ("myapp://callback"), BAD_URI },
    { "POST", "/register", JSON, WITH ("\"client_name\":7"), REFUSED },
    { "POST", "/register", JSON,
      WITH ("\"token_endpoint_auth_method\":\"client_secret_jwt\""), REFUSED },
    { "POST", "/register", JSON, WITH ("\"token_endpoint_auth_method\":null"), REFUSED },
    { "POST", "/register", JSON, WITH ("\"grant_types\":[\"implicit\"]"), REFUSED },
    { "POST", "/register", JSON, WITH ("\"grant_types\":\"x\""), REFUSED },
    { "POST", "/register", JSON, WITH ("\"response_types\":[\"token\"]"), REFUSED },
    { "POST", "/register", JSON, WITH ("\"scope\":\"root\""), REFUSED },
    { "POST", "/register", JSON, WITH ("\"scope\":[\"mcp\"]"), REFUSED },
    { "POST", "/register", JSON, WITH_URI ("com.example.app:/callback"), 201, NULL },
    { "POST", "/register", JSON, WITH ("\"unknown\":{\"x\":[1,2]},\"client_uri\":\"\""),
      201, NULL },
  };

  check (fixture, cases, G_N_ELEMENTS (cases));
}

static void
test_authorize_shown (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *id = http_register (fixture);
  g_autofree char *foreign = g_strdup_printf (
      "/authorize?response_type=code&client_id=%s&redirect_uri=https%%3A%%2F%%2Fevil.org",
      id);
  g_autofree char *path = g_strdup_printf ("/authorize?response_type=code&client_id=%s&"
                                           "redirect_uri=http%%3A%%2F%%2F127.0.0.1%%3A1"
                                           "%%2Fother",
                                           id);
  g_autofree char *fragment = g_strdup_printf (
      "/authorize?client_id=%s&redirect_uri=http%%3A%%2F%%2F127.0.0.1%%2Fcallback%%23f",
      id);
  g_autofree char *https = g_strdup_printf (
      "/authorize?client_id=%s&redirect_uri=https%%3A%%2F%%2F127.0.0.1%%2Fcallback", id);
  g_autofree char *missing = g_strdup_printf ("/authorize?client_id=%s", id);
  const BadInput cases[] = {
    { "GET", "/authorize", NULL, NULL, 400, "invalid_request" },
    { "GET", "/authorize?client_id=", NULL, NULL, 400, "invalid_request" },
    { "GET", "/authorize?client_id=nobody&redirect_uri=http%3A%2F%2F127.0.0.1%2F", NULL,
      NULL, 401, "invalid_client" },
    { "GET", missing, NULL, NULL, 400, "invalid_request" },
    { "GET", foreign, NULL, NULL, 400, "invalid_request" },
    { "GET", path, NULL, NULL, 400, "invalid_request" },
    { "GET", fragment, NULL, NULL, 400, "invalid_request" },
    { "GET", https, NULL, NULL, 400, "invalid_request" },
    { "GET", "/authorize?client_id=%FF", NULL, NULL, 400, "invalid_request" },
    { "GET", "/authorize?approval=unknown", NULL, NULL, 400, "invalid_request" },
    { "PUT", "/authorize", NULL, NULL, 405, "method_not_allowed" },
  };

  check (fixture, cases, G_N_ELEMENTS (cases));
}

static void
test_authorize_redirected (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *id = http_register (fixture);
  static const struct
  {
    const char *query;
    const char *error;
  } cases[] = {
    { "", "invalid_request" },
    { "&response_type=token", "unsupported_response_type" },
    { "&response_type=code", "invalid_request" },
    { "&response_type=code&code_challenge=" CHALLENGE, "invalid_request" },
    { "&response_type=code&code_challenge=" CHALLENGE "&code_challenge_method=plain",
      "invalid_request" },
    { "&response_type=code&code_challenge=null&code_challenge_method=S256",
      "invalid_request" },
    { "&response_type=code&code_challenge=" CHALLENGE "x&code_challenge_method=S256",
      "invalid_request" },
    { "&response_type=code&code_challenge=" CHALLENGE "&code_challenge_method=S256"
      "&scope=root",
      "invalid_scope" },
    { "&response_type=code&code_challenge=" CHALLENGE "&code_challenge_method=S256"
      "&resource=https%3A%2F%2Fother.example",
      "invalid_target" },
    { "&response_type=code&code_challenge=" CHALLENGE "&code_challenge_method=S256"
      "&resource=nonsense",
      "invalid_target" },
    { "&response_type=code&code_challenge=" CHALLENGE "&code_challenge_method=S256"
      "&response_mode=fragment",
      "invalid_request" },
    { "&response_type=code&code_challenge=" CHALLENGE "&code_challenge_method=S256"
      "&request=eyJ",
      "request_not_supported" },
    { "&response_type=code&code_challenge=" CHALLENGE "&code_challenge_method=S256"
      "&scope=mcp&scope=mcp",
      "invalid_request" },
    { "&response_type=code&code_challenge=" CHALLENGE "&code_challenge_method=S256"
      "&prompt=none",
      "interaction_required" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/authorize?client_id=%s&state=abc"
                           "&redirect_uri=http%%3A%%2F%%2F127.0.0.1%%3A9%%2Fcallback%s",
                           id, cases[i].query);
      g_autoptr (HttpAnswer) answer = NULL;
      g_autofree char *error = NULL;
      g_autofree char *state = NULL;
      g_autofree char *issuer = NULL;

      answer = http_call (fixture, "GET", path, NULL, NULL, NULL);
      error = http_answer_location_parameter (answer, "error");
      state = http_answer_location_parameter (answer, "state");
      issuer = http_answer_location_parameter (answer, "iss");
      g_test_message ("%s", cases[i].query);
      g_assert_cmpuint (answer->status, ==, 303);
      g_assert_cmpstr (error, ==, cases[i].error);
      g_assert_cmpstr (state, ==, "abc");
      g_assert_cmpstr (issuer, ==, fixture->origin);
      g_assert_true (g_str_has_prefix (http_answer_header (answer, "Location"),
                                       "http://127.0.0.1:9/callback?"));
    }
}

/* %x20-21 / %x23-5B / %x5D-7E, RFC 6749 section 5.2. */
static void
assert_restricted (HttpAnswer *answer)
{
  g_autofree char *text = http_answer_member (answer, "error_description");

  g_assert_nonnull (text);
  for (const char *at = text; *at != '\0'; at++)
    g_assert_true (*at >= 0x20 && *at <= 0x7e && *at != '"' && *at != '\\');
}

static void
test_token (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *id = http_register (fixture);
  g_autofree char *many = g_strnfill (17000, 'a');
#define CODE(rest) "grant_type=authorization_code&client_id=%s" rest
#define URI        "&redirect_uri=http%%3A%%2F%%2F127.0.0.1%%3A7777%%2Fcallback"
  const struct
  {
    const char *body; /* %s stands for the client id */
    unsigned int status;
    const char *error;
  } cases[] = {
    { "", 400, "invalid_request" },
    { "client_id=%s", 400, "invalid_request" },
    { "grant_type=password&client_id=%s", 400, "unsupported_grant_type" },
    { "grant_type=authorization_code", 400, "invalid_request" },
    { CODE (""), 400, "invalid_request" },
    { CODE ("&code=x"), 400, "invalid_request" },
    { CODE ("&code=x" URI), 400, "invalid_request" },
    { CODE ("&code=x&code_verifier=short" URI), 400, "invalid_request" },
    { CODE ("&code=x&code_verifier=" VERIFIER "%%20" URI), 400, "invalid_request" },
    { CODE ("&code=x&code_verifier=" VERIFIER URI), 400, "invalid_grant" },
    { CODE ("&code=x&code=x&code_verifier=" VERIFIER URI), 400, "invalid_request" },
    { "grant_type=authorization_code&client_id=nobody&code=x&code_verifier=" VERIFIER URI,
      401, "invalid_client" },
    { "grant_type=refresh_token&client_id=%s", 400, "invalid_request" },
    { "grant_type=refresh_token&client_id=%s&refresh_token=unknown", 400,
      "invalid_grant" },
    { "grant_type=refresh_token&client_id=nobody&refresh_token=x", 401,
      "invalid_client" },
    { "grant_type=%%zz", 400, "invalid_request" },
    { "grant_type=&client_id=%s", 400, "invalid_request" },
    { "grant_type=refresh_token&client_id=%s&refresh_token=", 400, "invalid_request" },
    { "grant_type=refresh_token&client_id=&refresh_token=x", 400, "invalid_request" },
    { "grant_type=refresh_token&grant_type=refresh_token&client_id=%s&refresh_token=x",
      400, "invalid_request" },
    { "grant_type=implicit&client_id=%s", 400, "unsupported_grant_type" },
    { "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&client_id=%s&assertion=x",
      400, "unsupported_grant_type" },
    { "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&client_id=%s", 400,
      "unsupported_grant_type" },
    { "grant_type=Refresh_Token&client_id=%s&refresh_token=x", 400,
      "unsupported_grant_type" },
    { "grant_type=client_credentials&client_id=%s", 400, "unauthorized_client" },
    { "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=%s", 400,
      "invalid_request" },
    { "grant_type=refresh_token&client_id=%s&refresh_token=x&client_secret=y", 401,
      "invalid_client" },
    { "grant_type=refresh_token&client_id=%s&refresh_token=x&client_assertion=y", 400,
      "invalid_request" },
    { "grant_type=refresh_token&client_id=%%22%%5C%%0A&refresh_token=x", 401,
      "invalid_client" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) parts = g_strsplit (cases[i].body, "%s", 2);
      g_autofree char *joined = g_strjoinv (id, parts);
      g_auto (GStrv) percents = g_strsplit (joined, "%%", -1);
      g_autofree char *body = g_strjoinv ("%", percents);
      g_autoptr (HttpAnswer)
          answer = http_call (fixture, "POST", "/token", FORM, body, NULL);
      g_autofree char *error = http_answer_member (answer, "error");

      g_test_message ("%s", body);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_cmpstr (error, ==, cases[i].error);
      assert_restricted (answer);
      g_assert_cmpstr (http_answer_header (answer, "Cache-Control"), ==, "no-store");
    }
  {
    const BadInput others[] = {
      { "POST", "/token", "application/json", "{}", 400, "invalid_request" },
      { "POST", "/token", "application/json",
        "{\"grant_type\":\"refresh_token\",\"refresh_token\":\"x\"}", 400,
        "invalid_request" },
      { "POST", "/token", "multipart/form-data; boundary=x", "--x--", 400,
        "invalid_request" },
      { "POST", "/token", NULL, NULL, 400, "invalid_request" },
      { "POST", "/revoke", "application/json", "{\"token\":\"x\"}", 400,
        "invalid_request" },
      { "POST", "/introspect", FORM, "token=x", 401, "invalid_client" },
      { "GET", "/introspect", NULL, NULL, 405, "method_not_allowed" },
      { "GET", "/device_authorization", NULL, NULL, 405, "method_not_allowed" },
      { "PUT", "/userinfo", FORM, "x=y", 405, "method_not_allowed" },
      { "POST", "/token", FORM, many, 400, "invalid_request" },
      { "GET", "/token", NULL, NULL, 405, "method_not_allowed" },
      { "POST", "/revoke", FORM, "", 400, "invalid_request" },
      { "POST", "/revoke", FORM, "token=x", 401, "invalid_client" },
      { "POST", "/revoke", FORM, "token=x&client_id=nobody", 401, "invalid_client" },
      { "POST", "/consent", FORM, "", 400, "invalid_request" },
      { "POST", "/consent", "text/plain", "x", 400, "invalid_request" },
      { "POST", "/sign-in", "text/plain", "x", 400, "invalid_request" },
      { "GET", "/callback", NULL, NULL, 400, "invalid_request" },
      { "GET", "/callback?tx=x&stytch_token_type=oauth&token=y", NULL, NULL, 400,
        "invalid_request" },
      { "GET", "/tokenXYZ", NULL, NULL, 404, "not_found" },
      { "GET", "/mcp/", NULL, NULL, 404, "not_found" },
      { "GET", "/.well-known/oauth-protected-resource/other", NULL, NULL, 404,
        "not_found" },
      { "GET", "/favicon.ico", NULL, NULL, 404, "not_found" },
    };

    check (fixture, others, G_N_ELEMENTS (others));
  }
}

static void
test_code_terms (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *id = http_register (fixture);
  g_autofree char *other = http_register (fixture);
  static const char uri[] = "http%3A%2F%2F127.0.0.1%3A7777%2Fcallback";
  static const char wrong[] = "wrongwrongwrongwrongwrongwrongwrongwrongwrong";
  const struct
  {
    const char *client_id;
    const char *uri;
    const char *verifier;
    const char *more;
    int64_t wait_s;
    const char *error;
  } cases[] = {
    { other, uri, VERIFIER, "", 0, "invalid_grant" },
    { id, "http%3A%2F%2F127.0.0.1%3A7778%2Fcallback", VERIFIER, "", 0, "invalid_grant" },
    { id, uri, wrong, "", 0, "invalid_grant" },
    { id, uri, VERIFIER, "&resource=https%3A%2F%2Fevil.org", 0, "invalid_target" },
    { id, uri, VERIFIER, "", 301, "invalid_grant" },
    { id, uri, VERIFIER, "", 299, NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *code = http_get_code (fixture, id);
      g_autofree char *body = g_strdup_printf (
          "grant_type=authorization_code&client_id=%s&code=%s&code_verifier=%s"
          "&redirect_uri=%s%s",
          cases[i].client_id, code, cases[i].verifier, cases[i].uri, cases[i].more);
      g_autoptr (HttpAnswer) answer = NULL;
      g_autofree char *error = NULL;

      bma_clock_dummy_advance_s (fixture->clock, cases[i].wait_s);
      answer = http_call (fixture, "POST", "/token", FORM, body, NULL);
      error = http_answer_member (answer, "error");
      g_assert_cmpstr (error, ==, cases[i].error);
    }
}

static void
test_expiry (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, id, code);
  g_autofree char *access = http_answer_member (tokens, "access_token");
  g_autofree char *refresh = http_answer_member (tokens, "refresh_token");
  g_autofree char *bearer = g_strconcat ("Bearer ", access, NULL);
  g_autoptr (HttpAnswer) good = NULL;
  g_autoptr (HttpAnswer) expired = NULL;
  g_autoptr (HttpAnswer) late = NULL;

  bma_clock_dummy_advance_s (fixture->clock, 3599);
  good = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  bma_clock_dummy_advance_s (fixture->clock, 2);
  expired = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  bma_clock_dummy_advance_s (fixture->clock, 2592000);
  late = http_refresh (fixture, id, refresh);
  g_assert_cmpuint (good->status, ==, 202);
  g_assert_cmpuint (expired->status, ==, 401);
  g_assert_nonnull (strstr (http_answer_header (expired, "WWW-Authenticate"),
                            "error=\"invalid_token\""));
  g_assert_cmpuint (late->status, ==, 400);
}

static void
test_bearers (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *long_token = g_strnfill (9000, 'a');
  g_autofree char *long_bearer = g_strconcat ("Bearer ", long_token, NULL);
  const struct
  {
    const char *authorization;
    unsigned int status;
    const char *has;
    const char *has_not;
  } cases[] = {
    { "", 401, "resource_metadata=\"http://127.0.0.1:", "error=" },
    { "Basic dTpw", 401, "Bearer realm=", "error=" },
    { "Bearer", 400, "error=\"invalid_request\"", NULL },
    { "Bearer a b", 400, "error=\"invalid_request\"", NULL },
    { long_bearer, 400, "error=\"invalid_request\"", NULL },
    { "Bearer x", 401, "error=\"invalid_token\"", NULL },
    { "Bearer eyJhbGciOiJub25lIn0.e30.", 401, "error=\"invalid_token\"", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpAnswer) answer =
          http_call (fixture, "POST", "/mcp?access_token=x", "application/json", "{}",
                     *cases[i].authorization != '\0' ? "Authorization" : "X-Nothing",
                     cases[i].authorization, NULL);
      const char *challenge = http_answer_header (answer, "WWW-Authenticate");

      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_nonnull (strstr (challenge, cases[i].has));
      if (cases[i].has_not != NULL)
        g_assert_null (strstr (challenge, cases[i].has_not));
      g_assert_nonnull (strstr (challenge, "scope=\"mcp\""));
      g_assert_null (fixture->upstream_seen);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/bad-input/registration", test_registration);
  g_test_add_func ("/http/bad-input/authorize-shows-the-person", test_authorize_shown);
  g_test_add_func ("/http/bad-input/authorize-tells-the-client",
                   test_authorize_redirected);
  g_test_add_func ("/http/bad-input/token-and-other-endpoints", test_token);
  g_test_add_func ("/http/bad-input/terms-of-a-code", test_code_terms);
  g_test_add_func ("/http/bad-input/everything-expires", test_expiry);
  g_test_add_func ("/http/bad-input/bearers", test_bearers);
  return g_test_run ();
}
