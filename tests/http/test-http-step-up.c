/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "http-fixture.h"

#define RULES "tools/call=mcp:write tools/call:echo=mcp:read"
#define CALL(name)                                                                       \
  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"" name \
  "\"}}"
#define LIST "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}"
#define JSON "application/json"

static HttpFixture *
fixture_new (const char *scopes, const char *rules)
{
  HttpFixture *fixture = http_fixture_new (NULL);

  g_strfreev (fixture->config->scopes);
  g_strfreev (fixture->config->scope_rules);
  fixture->config->scopes = g_strsplit (scopes, " ", -1);
  fixture->config->scope_rules = g_strsplit (rules, " ", -1);
  return fixture;
}

static HttpAnswer *
get_tokens (HttpFixture *fixture, const char *client_id, const char *scopes)
{
  g_autofree char *escaped = g_uri_escape_string (scopes, NULL, FALSE);
  g_autofree char *more = g_strconcat ("&scope=", escaped, NULL);
  g_autofree char *query = http_authorize_query (fixture, client_id, more);
  g_autofree char *code = http_get_code_for (fixture, query);

  return http_redeem (fixture, client_id, code);
}

static char *
get_bearer (HttpAnswer *tokens)
{
  g_autofree char *access = http_answer_member (tokens, "access_token");

  g_assert_cmpuint (tokens->status, ==, 200);
  return g_strconcat ("Bearer ", access, NULL);
}

static HttpAnswer *
post (HttpFixture *fixture, const char *bearer, const char *body)
{
  return http_call (fixture, "POST", "/mcp", JSON, body, "Authorization", bearer, NULL);
}

/* The scope of the one challenge. */
static char *
read_challenge (HttpAnswer *answer)
{
  const char *challenge = http_answer_header (answer, "WWW-Authenticate");
  const char *start = strstr (challenge, "scope=\"");

  g_assert_true (g_str_has_prefix (challenge, "Bearer "));
  g_assert_nonnull (strstr (challenge, "error=\"insufficient_scope\""));
  g_assert_nonnull (strstr (challenge, "error_description=\""));
  g_assert_nonnull (strstr (challenge, "resource_metadata=\"http://127.0.0.1:"));
  g_assert_null (strstr (challenge + 1, "Bearer "));
  g_assert_null (strstr (start + 1, "scope=\""));
  return g_strndup (start + 7, strcspn (start + 7, "\""));
}

static void
test_metadata (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ("base", RULES);
  g_autoptr (HttpAnswer)
      server = http_call (fixture, "GET", "/.well-known/oauth-authorization-server", NULL,
                          NULL, NULL);
  g_autoptr (HttpAnswer)
      resource = http_call (fixture, "GET", "/.well-known/oauth-protected-resource/mcp",
                            NULL, NULL, NULL);
  g_autoptr (HttpAnswer) absent = http_call (fixture, "POST", "/mcp", JSON, LIST, NULL);

  g_assert_nonnull (strstr (server->body,
                            "\"scopes_supported\":[\"base\",\"mcp:write\",\"mcp:read\","
                            "\"offline_access\",\"openid\",\"profile\",\"email\"]"));
  g_assert_nonnull (strstr (resource->body, "\"scopes_supported\":[\"base\"]"));
  g_assert_nonnull (
      strstr (http_answer_header (absent, "WWW-Authenticate"), "scope=\"base\""));
}

static void
test_step_up (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ("base", RULES);
  g_autofree char *id = http_register (fixture);
  g_autoptr (HttpAnswer) tokens = get_tokens (fixture, id, "base offline_access");
  g_autofree char *bearer = get_bearer (tokens);
  g_autoptr (HttpAnswer) list = post (fixture, bearer, LIST);
  g_autoptr (HttpAnswer)
      get = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_autoptr (HttpAnswer) echo = post (fixture, bearer, CALL ("echo"));
  g_autofree char *first = read_challenge (echo);
  g_autoptr (HttpAnswer) read_tokens = get_tokens (fixture, id, first);
  g_autofree char *read_bearer = get_bearer (read_tokens);
  g_autoptr (HttpAnswer) echoed = post (fixture, read_bearer, CALL ("echo"));
  g_autoptr (HttpAnswer) other = post (fixture, read_bearer, CALL ("rm"));
  g_autofree char *second = read_challenge (other);
  g_autoptr (HttpAnswer) all_tokens = get_tokens (fixture, id, second);
  g_autofree char *all_bearer = get_bearer (all_tokens);
  g_autoptr (HttpAnswer) echoed_again = post (fixture, all_bearer, CALL ("echo"));
  g_autoptr (HttpAnswer) removed = post (fixture, all_bearer, CALL ("rm"));

  /* What every request needs suffices for everything without a rule. */
  g_assert_cmpuint (list->status, ==, 202);
  g_assert_cmpuint (get->status, ==, 202);
  g_assert_cmpuint (echo->status, ==, 403);
  g_assert_cmpstr (first, ==, "base mcp:read");
  g_assert_cmpuint (echoed->status, ==, 202);
  g_assert_cmpuint (other->status, ==, 403);
  /* The union: what it has is not lost. */
  g_assert_cmpstr (second, ==, "base mcp:read mcp:write");
  g_assert_cmpuint (echoed_again->status, ==, 202);
  g_assert_cmpuint (removed->status, ==, 202);
  g_assert_cmpuint (fixture->n_upstream, ==, 5);
}

static void
test_grant_grows (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ("base", RULES);
  g_autofree char *id = http_register (fixture);
  g_autoptr (HttpAnswer) first = get_tokens (fixture, id, "base mcp:read");
  g_autoptr (HttpAnswer) second = get_tokens (fixture, id, "base mcp:write");
  g_autoptr (GPtrArray)
      grants = bma_store_list (BMA_STORE (fixture->store), &bma_grant_type);
  const BmaGrant *grant = g_ptr_array_index (grants, 0);
  g_autofree char *old = http_authorize_query (fixture, id, "&scope=base%20mcp%3Aread");
  g_autofree char *both =
      http_authorize_query (fixture, id, "&scope=base%20mcp%3Aread%20mcp%3Awrite");
  g_autoptr (HttpAnswer) again = http_call (fixture, "GET", old, NULL, NULL, NULL);
  g_autoptr (HttpAnswer) whole = http_call (fixture, "GET", both, NULL, NULL, NULL);

  g_assert_cmpuint (second->status, ==, 200);
  g_assert_cmpuint (grants->len, ==, 1);
  g_assert_cmpstrv (grant->scopes,
                    ((const char *[]){ "base", "mcp:read", "mcp:write", NULL }));
  /* Allowed before, so nobody is asked again. */
  g_assert_cmpuint (again->status, ==, 303);
  g_assert_cmpuint (whole->status, ==, 303);
  g_assert_cmpuint (first->status, ==, 200);
}

static void
test_hierarchy (void)
{
  g_autoptr (HttpFixture)
      fixture = fixture_new ("mcp:read", "tools/call=mcp:write x=mcp");
  g_autofree char *id = http_register (fixture);
  g_autoptr (HttpAnswer) tokens = get_tokens (fixture, id, "mcp");
  g_autofree char *bearer = get_bearer (tokens);
  g_autofree char *refresh = http_answer_member (tokens, "refresh_token");
  g_autoptr (HttpAnswer) called = post (fixture, bearer, CALL ("echo"));
  g_autofree char *narrow = http_authorize_query (fixture, id, "&scope=mcp%3Aread");
  g_autoptr (HttpAnswer) silent = http_call (fixture, "GET", narrow, NULL, NULL, NULL);
  g_autofree char *body = g_strdup_printf (
      "grant_type=refresh_token&client_id=%s&refresh_token=%s&scope=mcp%%3Aread", id,
      refresh);
  g_autoptr (HttpAnswer)
      narrowed = http_call (fixture, "POST", "/token", FORM, body, NULL);
  g_autofree char *scope = http_answer_member (narrowed, "scope");
  g_autofree char *narrow_bearer = get_bearer (narrowed);
  g_autoptr (HttpAnswer) listed = post (fixture, narrow_bearer, LIST);
  g_autoptr (HttpAnswer) refused = post (fixture, narrow_bearer, CALL ("echo"));
  g_autofree char *wanted = read_challenge (refused);
  g_autofree char *next = http_answer_member (narrowed, "refresh_token");
  g_autofree char *wide_body = g_strdup_printf (
      "grant_type=refresh_token&client_id=%s&refresh_token=%s&scope=mcpx", id, next);
  g_autoptr (HttpAnswer)
      wider = http_call (fixture, "POST", "/token", FORM, wide_body, NULL);

  g_assert_cmpuint (called->status, ==, 202);
  g_assert_cmpuint (silent->status, ==, 303);
  g_assert_cmpstr (scope, ==, "mcp:read");
  g_assert_cmpuint (listed->status, ==, 202);
  g_assert_cmpuint (refused->status, ==, 403);
  g_assert_cmpstr (wanted, ==, "mcp:read mcp:write");
  g_assert_cmpuint (wider->status, ==, 400);
}

static void
test_baseline (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ("base", RULES);
  g_autofree char *id = http_register (fixture);
  g_autoptr (HttpAnswer) tokens = get_tokens (fixture, id, "mcp:read");
  g_autofree char *bearer = get_bearer (tokens);
  g_autoptr (HttpAnswer) refused = post (fixture, bearer, CALL ("rm"));
  g_autoptr (HttpAnswer)
      get = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_autofree char *of_call = read_challenge (refused);
  g_autofree char *of_get = read_challenge (get);

  /* Everything in one challenge, not one by one. */
  g_assert_cmpuint (refused->status, ==, 403);
  g_assert_cmpstr (of_call, ==, "mcp:read base mcp:write");
  g_assert_cmpuint (get->status, ==, 403);
  g_assert_cmpstr (of_get, ==, "mcp:read base");
  g_assert_cmpuint (fixture->n_upstream, ==, 0);
}

static void
test_agreement (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ("base", RULES);
  g_autofree char *id = http_register (fixture);
  g_autoptr (HttpAnswer) tokens = get_tokens (fixture, id, "base mcp:read");
  g_autofree char *bearer = get_bearer (tokens);
  static const struct
  {
    const char *body;
    const char *header;
    const char *value;
    unsigned int status;
    int code;
  } cases[] = {
    { CALL ("echo"), "Mcp-Name", "echo", 202, 0 },
    { CALL ("echo"), "Mcp-Name", "=?base64?ZWNobw==?=", 202, 0 },
    { CALL ("echo"), "Mcp-Method", "tools/call", 202, 0 },
    { CALL ("echo"), "Mcp-Name", "rm", 400, -32020 },
    { CALL ("echo"), "Mcp-Method", "tools/list", 400, -32020 },
    /* Disagreement is told before the lack of scopes. */
    { CALL ("rm"), "Mcp-Name", "echo", 400, -32020 },
    { CALL ("rm"), "Mcp-Name", "rm", 403, 0 },
    { "{\"method\":", "Accept", "*/*", 400, -32700 },
    { "", "Accept", "*/*", 400, -32700 },
    { "[]", "Accept", "*/*", 400, -32600 },
    { "{\"method\":\"ping\",\"Method\":\"tools/call\"}", "Accept", "*/*", 400, -32600 },
    { "[" LIST "," CALL ("rm") "]", "Accept", "*/*", 403, 0 },
    { "[" LIST "," CALL ("echo") "]", "Accept", "*/*", 202, 0 },
    { LIST, "Content-Encoding", "gzip", 415, 0 },
    { LIST, "Content-Type", "application/json; charset=utf-7", 415, 0 },
    { LIST, "Content-Type", "application/json; charset=UTF-8", 202, 0 },
    { LIST, "Content-Type", "application/json;charset=\"utf-8\"", 202, 0 },
    { LIST, "Content-Type", "application/json;charset=\"utf-7\"", 415, 0 },
    { LIST, "Content-Type", "application/json; charset = utf-7", 415, 0 },
    { LIST, "Content-Type", "application/json; charset=utf-7; charset=utf-8", 415, 0 },
    { LIST, "Content-Type", "application/json; charset=utf-8; charset=utf-7", 415, 0 },
    { LIST, "Content-Type", "application/json; charset*=utf-8''utf-7", 415, 0 },
    { LIST, "Content-Type", "application/json; x; CHARSET=utf-7", 415, 0 },
    { LIST, "Content-Type", "application/json, x/y; charset=utf-7", 415, 0 },
    { LIST, "Content-Type", "; charset=utf-7", 415, 0 },
    { "{\"method\":\"tools/call\",\"params\":[\"rm\"]}", "Accept", "*/*", 400, -32600 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpAnswer) answer = http_call (fixture, "POST", "/mcp", JSON,
                                                 cases[i].body, "Authorization", bearer,
                                                 cases[i].header, cases[i].value, NULL);
      g_autofree char *code = g_strdup_printf ("\"code\":%d,", cases[i].code);

      g_test_message ("%zu: %s", i, cases[i].body);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      if (cases[i].code != 0)
        {
          g_assert_nonnull (strstr (answer->body, "\"jsonrpc\":\"2.0\""));
          g_assert_nonnull (strstr (answer->body, code));
        }
    }
}

/* Without rules nobody looks into bodies. */
static void
test_untouched (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ("base", "");
  g_autofree char *id = http_register (fixture);
  g_autoptr (HttpAnswer) tokens = get_tokens (fixture, id, "base");
  g_autofree char *bearer = get_bearer (tokens);
  static const char *const bodies[] = { "", "not json", "[]", "{\"a\":1,\"a\":2}" };

  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (HttpAnswer)
          answer = http_call (fixture, "POST", "/mcp", JSON, bodies[i], "Authorization",
                              bearer, "Mcp-Method", "other", NULL);

      g_assert_cmpuint (answer->status, ==, 202);
      g_assert_nonnull (strstr (fixture->upstream_seen, "Mcp-Method: other\n"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/step-up/metadata-tells-the-least", test_metadata);
  g_test_add_func ("/http/step-up/asks-for-the-union", test_step_up);
  g_test_add_func ("/http/step-up/grant-keeps-old-scopes", test_grant_grows);
  g_test_add_func ("/http/step-up/wider-scopes-include-narrower", test_hierarchy);
  g_test_add_func ("/http/step-up/one-challenge-for-everything", test_baseline);
  g_test_add_func ("/http/step-up/headers-and-body-agree", test_agreement);
  g_test_add_func ("/http/step-up/bodies-are-unread-without-rules", test_untouched);
  return g_test_run ();
}
