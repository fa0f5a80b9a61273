/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-metrics.h"
#include "http-fixture.h"

#define CLIENT                                                                           \
  "{\"client_name\":\"x\",\"redirect_uris\":[\"http://127.0.0.1:1234/callback\"],"       \
  "\"token_endpoint_auth_method\":\"none\"}"
#define S_TO_US INT64_C (1000000)

/* Every request comes through a trusted proxy that says for whom. */
static HttpFixture *
new_behind_proxy (void)
{
  static const char *const origins[] = { "https://app.example", NULL };
  HttpFixture *fixture = http_fixture_new (origins);

  g_strfreev (fixture->config->trusted_proxies);
  fixture->config->trusted_proxies = g_strsplit ("127.0.0.1", ",", -1);
  return fixture;
}

static HttpAnswer *
register_for (HttpFixture *fixture, const char *address)
{
  return http_call (fixture, "POST", "/register", "application/json", CLIENT,
                    "X-Forwarded-For", address, "Origin", "https://app.example", NULL);
}

static unsigned int
count_registrations (HttpFixture *fixture, const char *address)
{
  for (unsigned int n = 0;; n++)
    {
      g_autoptr (HttpAnswer) answer = register_for (fixture, address);

      if (answer->status == 429)
        return n;
      g_assert_cmpuint (answer->status, ==, 201);
    }
}

static void
test_by_address (void)
{
  g_autoptr (HttpFixture) fixture = new_behind_proxy ();
  g_autoptr (HttpAnswer) refused = NULL;
  g_autofree char *error = NULL;

  g_assert_cmpuint (count_registrations (fixture, "192.0.2.1"), ==, 20);
  g_assert_cmpuint (count_registrations (fixture, "192.0.2.2"), ==, 20);
  g_assert_cmpuint (count_registrations (fixture, "::ffff:192.0.2.2"), ==, 0);
  g_assert_cmpuint (count_registrations (fixture, "2001:db8:1:2::1"), ==, 20);
  /* A whole /64 is one; the next one is another. */
  g_assert_cmpuint (count_registrations (fixture, "2001:db8:1:2:ffff::9"), ==, 0);
  g_assert_cmpuint (count_registrations (fixture, "2001:db8:1:3::1"), ==, 20);

  refused = register_for (fixture, "192.0.2.1");
  error = http_answer_member (refused, "error");
  g_assert_cmpstr (error, ==, "rate_limit_exceeded");
  g_assert_cmpstr (http_answer_header (refused, "Content-Type"), ==, "application/json");
  g_assert_cmpstr (http_answer_header (refused, "Retry-After"), ==, "4");
  g_assert_cmpstr (http_answer_header (refused, "Access-Control-Allow-Origin"), ==,
                   "https://app.example");
  g_assert_nonnull (strstr (http_answer_header (refused, "Access-Control-Expose-Headers"),
                            "Retry-After"));

  bma_clock_dummy_advance_us (fixture->clock, 4 * S_TO_US);
  g_assert_cmpuint (count_registrations (fixture, "192.0.2.1"), ==, 1);
  bma_clock_dummy_advance_us (fixture->clock, 60 * S_TO_US);
  g_assert_cmpuint (count_registrations (fixture, "192.0.2.1"), ==, 20);
}

static unsigned int
count_until_refused (HttpFixture *fixture,
                     const char *method,
                     const char *path,
                     const char *body,
                     const char *address)
{
  for (unsigned int n = 0; n < 300; n++)
    {
      g_autoptr (HttpAnswer)
          answer = http_call (fixture, method, path, body != NULL ? FORM : NULL, body,
                              "X-Forwarded-For", address, NULL);

      if (answer->status == 429)
        {
          g_assert_nonnull (http_answer_header (answer, "Retry-After"));
          return n;
        }
    }
  return G_MAXUINT;
}

static void
test_every_endpoint (void)
{
  static const struct
  {
    const char *method;
    const char *path;
    const char *body;
    unsigned int n;
  } cases[] = {
    /* Each of these fails, and counts for five. */
    { "POST", "/register", "{", 4 },
    { "GET", "/authorize?client_id=x", NULL, 12 },
    { "POST", "/consent", "tx=1", 12 },
    { "GET", "/callback?tx=1", NULL, 12 },
    { "POST", "/token", "grant_type=refresh_token&client_id=x&refresh_token=y", 24 },
    { "POST", "/introspect", "token=x", 24 },
    { "GET", "/userinfo", NULL, 24 },
    { "GET", "/healthz", NULL, G_MAXUINT },
    { "GET", "/.well-known/oauth-authorization-server", NULL, G_MAXUINT },
    { "GET", "/.well-known/jwks.json", NULL, G_MAXUINT },
    { "POST", "/mcp", "{}", G_MAXUINT },
  };
  g_autoptr (HttpFixture) fixture = new_behind_proxy ();

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *address = g_strdup_printf ("198.51.100.%zu", i);

      g_test_message ("%s", cases[i].path);
      g_assert_cmpuint (count_until_refused (fixture, cases[i].method, cases[i].path,
                                             cases[i].body, address),
                        ==, cases[i].n);
    }
}

static void
test_page (void)
{
  g_autoptr (HttpFixture) fixture = new_behind_proxy ();
  g_autoptr (HttpAnswer) page = NULL;

  g_assert_cmpuint (count_until_refused (fixture, "GET", "/authorize", NULL, "192.0.2.1"),
                    ==, 12);
  page = http_call (fixture, "GET", "/authorize", NULL, NULL, "X-Forwarded-For",
                    "192.0.2.1", "Accept", "text/html,*/*;q=0.8", NULL);
  g_assert_cmpuint (page->status, ==, 429);
  g_assert_cmpstr (http_answer_header (page, "Content-Type"), ==,
                   "text/html; charset=utf-8");
  g_assert_nonnull (http_answer_header (page, "Retry-After"));
}

static uint64_t
get_refusals (HttpFixture *fixture, const char *error)
{
  return bma_metrics_get (bma_broker_get_metrics (fixture->broker), BMA_METRIC_REFUSALS,
                          "/authorize", error);
}

/* The answer is there before its end is counted. */
static void
wait_for_refusals (HttpFixture *fixture, const char *error, uint64_t n)
{
  while (get_refusals (fixture, error) < n)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (get_refusals (fixture, error), ==, n);
}

static void
test_pages_count (void)
{
  g_autoptr (HttpFixture) fixture = new_behind_proxy ();
  static const char *const accepts[] = { "application/json", "text/html" };

  for (unsigned int i = 0; i < G_N_ELEMENTS (accepts); i++)
    {
      http_answer_free (http_call (fixture, "GET", "/authorize", NULL, NULL,
                                   "X-Forwarded-For", "192.0.2.1", "Accept", accepts[i],
                                   NULL));
      wait_for_refusals (fixture, "invalid_request", i + 1);
    }
  count_until_refused (fixture, "GET", "/authorize", NULL, "192.0.2.1");
  wait_for_refusals (fixture, "rate_limit_exceeded", 1);
  http_answer_free (http_call (fixture, "GET", "/authorize", NULL, NULL,
                               "X-Forwarded-For", "192.0.2.1", "Accept", "text/html",
                               NULL));
  wait_for_refusals (fixture, "rate_limit_exceeded", 2);
}

static void
test_owner (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);

  g_assert_cmpuint (count_until_refused (fixture, "POST", "/token", "grant_type=x",
                                         "192.0.2.1"),
                    ==, 24);
  /* Without a trace of a proxy it is the owner. */
  for (unsigned int i = 0; i < 500; i++)
    {
      g_autoptr (HttpAnswer)
          answer = http_call (fixture, "POST", "/token", FORM, "grant_type=x", NULL);

      g_assert_cmpuint (answer->status, ==, 400);
    }
  fixture->config->owner_per_minute = 10;
  {
    g_autoptr (HttpAnswer)
        first = http_call (fixture, "POST", "/token", FORM, "grant_type=x", NULL);
    g_autoptr (HttpAnswer)
        second = http_call (fixture, "POST", "/token", FORM, "grant_type=x", NULL);
    g_autoptr (HttpAnswer)
        third = http_call (fixture, "POST", "/token", FORM, "grant_type=x", NULL);

    g_assert_cmpuint (first->status, ==, 400);
    g_assert_cmpuint (second->status, ==, 400);
    g_assert_cmpuint (third->status, ==, 429);
  }
  fixture->config->owner_per_minute = 0;
  {
    g_autoptr (HttpAnswer)
        answer = http_call (fixture, "POST", "/token", FORM, "grant_type=x", NULL);

    g_assert_cmpuint (answer->status, ==, 400);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/limits/count-by-address", test_by_address);
  g_test_add_func ("/http/limits/every-oauth-endpoint-and-no-other", test_every_endpoint);
  g_test_add_func ("/http/limits/a-browser-gets-a-page", test_page);
  g_test_add_func ("/http/limits/a-page-counts-as-a-refusal-too", test_pages_count);
  g_test_add_func ("/http/limits/the-owner-is-hardly-limited", test_owner);
  return g_test_run ();
}
