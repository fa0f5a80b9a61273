/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "http-fixture.h"

#define APP  "http://127.0.0.1:6274"
#define EVIL "https://evil.example"

static const char *const app_only[] = { APP, NULL };
static const char *const any[] = { "*", NULL };

/* Browsers send none of these, or they are nobody's. */
static const char *const never_allowed[] = { EVIL,
                                             "null",
                                             "http://127.0.0.1:6274/",
                                             "http://127.0.0.1",
                                             "https://127.0.0.1:6274",
                                             "127.0.0.1:6274",
                                             "http://user@127.0.0.1:6274",
                                             "http://127.0.0.1:6274 https://evil.example",
                                             "http://127.0.0.1:6274.evil.example",
                                             "http://",
                                             "" };

static const struct
{
  const char *path;
  const char *methods;
} shared[] = {
  { "/.well-known/oauth-authorization-server", "GET, HEAD, OPTIONS" },
  { "/.well-known/oauth-authorization-server/mcp", "GET, HEAD, OPTIONS" },
  { "/.well-known/oauth-protected-resource", "GET, HEAD, OPTIONS" },
  { "/.well-known/oauth-protected-resource/mcp", "GET, HEAD, OPTIONS" },
  { "/.well-known/openid-configuration", "GET, HEAD, OPTIONS" },
  { "/.well-known/jwks.json", "GET, HEAD, OPTIONS" },
  { "/register", "POST, OPTIONS" },
  { "/register/some-client", "GET, PUT, DELETE, OPTIONS" },
  { "/userinfo", "GET, HEAD, POST, OPTIONS" },
  { "/token", "POST, OPTIONS" },
  { "/revoke", "POST, OPTIONS" },
  { "/mcp", "GET, HEAD, POST, DELETE, OPTIONS" },
};

static const char *const pages[] = { "/", "/authorize", "/consent", "/callback",
                                     "/status" };

static HttpAnswer *
ask_first (HttpFixture *fixture, const char *path, const char *origin)
{
  return http_call (fixture, "OPTIONS", path, NULL, NULL, "Origin", origin,
                    "Access-Control-Request-Method", "POST",
                    "Access-Control-Request-Headers",
                    "authorization, content-type, mcp-protocol-version", NULL);
}

static void
assert_no_cors (HttpAnswer *answer)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (answer->message);
  SoupMessageHeadersIter iter;
  const char *name = NULL;
  const char *value = NULL;

  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    g_assert_false (g_str_has_prefix (name, "Access-Control-"));
}

static void
assert_no_credentials (HttpAnswer *answer)
{
  g_assert_null (http_answer_header (answer, "Access-Control-Allow-Credentials"));
}

static void
assert_preflight (HttpAnswer *answer, const char *origin, const char *methods)
{
  const char *headers = http_answer_header (answer, "Access-Control-Allow-Headers");

  g_assert_cmpuint (answer->status, ==, 204);
  g_assert_cmpstr (answer->body, ==, "");
  g_assert_cmpstr (http_answer_header (answer, "Access-Control-Allow-Origin"), ==,
                   origin);
  g_assert_cmpstr (http_answer_header (answer, "Access-Control-Allow-Methods"), ==,
                   methods);
  g_assert_cmpstr (http_answer_header (answer, "Access-Control-Max-Age"), ==, "86400");
  g_assert_nonnull (strstr (headers, "Authorization"));
  g_assert_nonnull (strstr (headers, "MCP-Protocol-Version"));
  g_assert_nonnull (strstr (headers, "Mcp-Session-Id"));
  assert_no_credentials (answer);
}

static void
test_preflight (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (app_only);

  for (size_t i = 0; i < G_N_ELEMENTS (shared); i++)
    {
      g_autoptr (HttpAnswer) app = ask_first (fixture, shared[i].path, APP);
      g_autoptr (HttpAnswer) own = ask_first (fixture, shared[i].path, fixture->origin);

      g_test_message ("%s", shared[i].path);
      assert_preflight (app, APP, shared[i].methods);
      assert_preflight (own, fixture->origin, shared[i].methods);
      g_assert_cmpstr (http_answer_header (app, "Vary"), ==, "Origin");
    }
}

static void
test_foreign_preflight (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (app_only);

  for (size_t i = 0; i < G_N_ELEMENTS (shared); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (never_allowed); j++)
      {
        g_autoptr (HttpAnswer)
            answer = ask_first (fixture, shared[i].path, never_allowed[j]);

        g_assert_cmpuint (answer->status, ==, 204);
        g_assert_cmpstr (http_answer_header (answer, "Vary"), ==, "Origin");
        assert_no_cors (answer);
      }
}

static void
test_nothing_configured (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (shared); i++)
    {
      g_autoptr (HttpAnswer) app = ask_first (fixture, shared[i].path, APP);
      g_autoptr (HttpAnswer) own = ask_first (fixture, shared[i].path, fixture->origin);
      g_autoptr (HttpAnswer)
          plain = http_call (fixture, "GET", shared[i].path, NULL, NULL, NULL);

      g_assert_cmpuint (app->status, ==, 204);
      assert_no_cors (app);
      assert_no_cors (plain);
      assert_preflight (own, fixture->origin, shared[i].methods);
    }
}

static void
test_pages (void)
{
  static const char *const *const settings[] = { app_only, any };

  for (size_t k = 0; k < G_N_ELEMENTS (settings); k++)
    {
      g_autoptr (HttpFixture) fixture = http_fixture_new (settings[k]);
      const char *const origins[] = { APP, EVIL, fixture->origin };

      for (size_t i = 0; i < G_N_ELEMENTS (pages); i++)
        for (size_t j = 0; j < G_N_ELEMENTS (origins); j++)
          {
            g_autoptr (HttpAnswer) first = ask_first (fixture, pages[i], origins[j]);
            g_autoptr (HttpAnswer) get = http_call (fixture, "GET", pages[i], NULL, NULL,
                                                    "Origin", origins[j], NULL);
            g_autoptr (HttpAnswer) post = http_call (fixture, "POST", pages[i], FORM,
                                                     "a=b", "Origin", origins[j], NULL);

            g_assert_cmpuint (first->status, ==, 405);
            assert_no_cors (first);
            assert_no_cors (get);
            assert_no_cors (post);
          }
    }
}

/* A script can read why it was refused; strangers read nothing. */
static void
test_errors (void)
{
  static const struct
  {
    const char *method;
    const char *path;
    const char *body;
    unsigned int status;
  } cases[] = {
    { "POST", "/mcp", "{}", 401 },
    { "GET", "/mcp", NULL, 401 },
    { "DELETE", "/mcp", NULL, 401 },
    { "PUT", "/mcp", NULL, 405 },
    { "POST", "/token", "grant_type=none", 400 },
    { "GET", "/token", NULL, 405 },
    { "POST", "/register", "{", 400 },
  };
  g_autoptr (HttpFixture) fixture = http_fixture_new (app_only);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *type = g_str_equal (cases[i].path, "/token") ? FORM
                                                               : "application/json";
      g_autoptr (HttpAnswer) app = http_call (fixture, cases[i].method, cases[i].path,
                                              type, cases[i].body, "Origin", APP, NULL);
      g_autoptr (HttpAnswer) none =
          http_call (fixture, cases[i].method, cases[i].path, type, cases[i].body, NULL);
      const char *exposed = http_answer_header (app, "Access-Control-Expose-Headers");

      g_test_message ("%s %s", cases[i].method, cases[i].path);
      g_assert_cmpuint (app->status, ==, cases[i].status);
      g_assert_cmpstr (http_answer_header (app, "Access-Control-Allow-Origin"), ==, APP);
      g_assert_nonnull (strstr (exposed, "WWW-Authenticate"));
      g_assert_nonnull (strstr (exposed, "Mcp-Session-Id"));
      g_assert_nonnull (strstr (exposed, "Retry-After"));
      assert_no_credentials (app);
      g_assert_cmpuint (none->status, ==, cases[i].status);
      g_assert_cmpstr (http_answer_header (none, "Vary"), ==, "Origin");
      assert_no_cors (none);
      for (size_t j = 0; j < G_N_ELEMENTS (never_allowed); j++)
        {
          g_autoptr (HttpAnswer)
              foreign = http_call (fixture, cases[i].method, cases[i].path, type,
                                   cases[i].body, "Origin", never_allowed[j], NULL);

          g_assert_cmpuint (foreign->status, >=, 400);
          assert_no_cors (foreign);
        }
    }
}

static void
test_any (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (any);
  static const char *const malformed[] = { "null",
                                           "evil",
                                           "https://evil.example/",
                                           "HTTPS://evil.example",
                                           "https://evil.example:443",
                                           "https://u@evil.example" };

  for (size_t i = 0; i < G_N_ELEMENTS (shared); i++)
    {
      gboolean is_discovery = g_str_has_prefix (shared[i].path, "/.well-known/");
      g_autoptr (HttpAnswer) first = ask_first (fixture, shared[i].path, EVIL);
      g_autoptr (HttpAnswer)
          plain = http_call (fixture, "GET", shared[i].path, NULL, NULL, NULL);
      g_autoptr (HttpAnswer) foreign =
          http_call (fixture, "GET", shared[i].path, NULL, NULL, "Origin", EVIL, NULL);

      assert_preflight (first, "*", shared[i].methods);
      assert_no_credentials (foreign);
      g_assert_cmpstr (http_answer_header (foreign, "Access-Control-Allow-Origin"), ==,
                       "*");
      /* With or without Origin, so that a cache may keep one copy for all. */
      g_assert_cmpstr (http_answer_header (plain, "Access-Control-Allow-Origin"), ==,
                       is_discovery ? "*" : NULL);
      g_assert_cmpstr (http_answer_header (plain, "Vary"), ==,
                       is_discovery ? NULL : "Origin");
      for (size_t j = 0; !is_discovery && j < G_N_ELEMENTS (malformed); j++)
        {
          g_autoptr (HttpAnswer) odd = ask_first (fixture, shared[i].path, malformed[j]);

          g_assert_cmpuint (odd->status, ==, 204);
          assert_no_cors (odd);
        }
    }
}

static void
test_own_origin (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *localhost =
      g_strconcat ("http://localhost", strrchr (fixture->origin, ':'), NULL);
  const char *const ours[] = { fixture->origin, localhost };

  for (size_t i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      g_autoptr (HttpAnswer)
          answer = http_call (fixture, "POST", "/mcp", "application/json", "{}", "Origin",
                              ours[i], NULL);

      g_assert_cmpuint (answer->status, ==, 401);
      g_assert_cmpstr (http_answer_header (answer, "Access-Control-Allow-Origin"), ==,
                       ours[i]);
      g_assert_cmpstr (http_answer_header (answer, "Vary"), ==, "Origin");
      g_assert_nonnull (
          strstr (http_answer_header (answer, "Access-Control-Expose-Headers"),
                  "Mcp-Session-Id"));
    }
}

/* What scripts of an origin may ask is one thing, what people decide another. */
static void
test_forms (void)
{
  static const char *const origins[] = { "https://app.example", "*", NULL };
  g_autoptr (HttpFixture) fixture = http_fixture_new (origins);
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *query = http_authorize_query (fixture, client_id, "");
  g_autoptr (HttpAnswer) page = http_call (fixture, "GET", query, NULL, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autofree char *form = http_read_consent (page, "allow", &cookie);
  g_autoptr (HttpAnswer)
      foreign = http_call (fixture, "POST", "/consent", FORM, form, "Origin",
                           "https://app.example", "Cookie", cookie, NULL);
  g_autoptr (HttpAnswer)
      ours = http_call (fixture, "POST", "/consent", FORM, form, "Origin",
                        fixture->origin, "Cookie", cookie, NULL);

  g_assert_cmpuint (foreign->status, ==, 403);
  g_assert_cmpuint (ours->status, ==, 303);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/cors/preflight-names-methods-and-headers", test_preflight);
  g_test_add_func ("/http/cors/foreign-preflight-gets-nothing", test_foreign_preflight);
  g_test_add_func ("/http/cors/nothing-configured-means-own-origin-only",
                   test_nothing_configured);
  g_test_add_func ("/http/cors/pages-have-none", test_pages);
  g_test_add_func ("/http/cors/errors-can-be-read", test_errors);
  g_test_add_func ("/http/cors/any-origin-is-never-with-credentials", test_any);
  g_test_add_func ("/http/cors/own-origin-is-echoed", test_own_origin);
  g_test_add_func ("/http/cors/forms-are-for-our-own-pages", test_forms);
  return g_test_run ();
}
