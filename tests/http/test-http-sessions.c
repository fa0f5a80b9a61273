/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-session-table.h"
#include "http-fixture.h"

static char *next_id;            /* given to whoever initializes */
static unsigned int next_status; /* of the next answer */

static void
answer (HttpFixture *fixture, SoupServerMessage *message)
{
  SoupMessageHeaders *from = soup_server_message_get_request_headers (message);

  if (soup_message_headers_get_one (from, "Mcp-Session-Id") == NULL && next_id != NULL)
    soup_message_headers_append (soup_server_message_get_response_headers (message),
                                 "Mcp-Session-Id", next_id);
  soup_server_message_set_status (message, next_status, NULL);
}

static HttpFixture *
fixture_new (void)
{
  HttpFixture *fixture = http_fixture_new (NULL);

  fixture->answer_upstream = answer;
  next_id = NULL;
  next_status = 200;
  return fixture;
}

static char *
get_bearer_of (HttpFixture *fixture, const char *client_id)
{
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, client_id, code);
  g_autofree char *access = http_answer_member (tokens, "access_token");

  return g_strconcat ("Bearer ", access, NULL);
}

static char *
get_bearer (HttpFixture *fixture)
{
  g_autofree char *client_id = http_register (fixture);

  return get_bearer_of (fixture, client_id);
}

static unsigned int
ask (HttpFixture *fixture, const char *method, const char *bearer, const char *session)
{
  unsigned int n_before = fixture->n_upstream;
  g_autoptr (HttpAnswer)
      answer = http_call (fixture, method, "/mcp", NULL, NULL, "Authorization", bearer,
                          session != NULL ? "Mcp-Session-Id" : "X-None",
                          session != NULL ? session : "x", NULL);
  g_autofree char *error = http_answer_member (answer, "error");

  if (answer->status == 403)
    {
      g_assert_cmpstr (error, ==, "invalid_session");
      g_assert_null (http_answer_header (answer, "WWW-Authenticate"));
      /* The MCP server has not even heard of it. */
      g_assert_cmpuint (fixture->n_upstream, ==, n_before);
    }
  return answer->status;
}

static void
initialize (HttpFixture *fixture, const char *bearer, char *id)
{
  next_id = id;
  g_assert_cmpuint (ask (fixture, "POST", bearer, NULL), ==, 200);
  next_id = NULL;
}

static void
test_bound (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ();
  g_autofree char *ann = get_bearer (fixture);
  g_autofree char *bob = get_bearer (fixture);
  static const char *const methods[] = { "POST", "GET", "DELETE", "HEAD" };

  initialize (fixture, ann, "Session-1");
  g_assert_cmpuint (ask (fixture, "POST", ann, "Session-1"), ==, 200);
  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (HttpAnswer)
          refused = http_call (fixture, methods[i], "/mcp", NULL, NULL, "Authorization",
                               bob, "Mcp-Session-Id", "Session-1", NULL);

      g_assert_cmpuint (refused->status, ==, 403);
    }
  g_assert_cmpuint (ask (fixture, "POST", bob, "Session-1"), ==, 403);
  /* Ids are compared, and passed on, byte for byte. */
  g_assert_cmpuint (ask (fixture, "POST", bob, "session-1"), ==, 200);
  g_assert_nonnull (strstr (fixture->upstream_seen, "Mcp-Session-Id: session-1\n"));
  g_assert_cmpuint (ask (fixture, "POST", ann, "session-1"), ==, 403);
  g_assert_cmpuint (ask (fixture, "POST", ann, "Session-1"), ==, 200);
}

static void
test_unknown (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ();
  g_autofree char *ann = get_bearer (fixture);
  g_autofree char *bob = get_bearer (fixture);

  /* A failure makes it nobody's. */
  next_status = 404;
  g_assert_cmpuint (ask (fixture, "POST", bob, "s"), ==, 404);
  next_status = 400;
  g_assert_cmpuint (ask (fixture, "POST", bob, "s"), ==, 400);
  next_status = 200;
  g_assert_cmpuint (ask (fixture, "POST", ann, "s"), ==, 200);
  g_assert_cmpuint (ask (fixture, "POST", bob, "s"), ==, 403);
}

static void
test_over (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ();
  g_autofree char *ann = get_bearer (fixture);
  g_autofree char *bob = get_bearer (fixture);

  initialize (fixture, ann, "s");
  next_status = 405;
  g_assert_cmpuint (ask (fixture, "DELETE", ann, "s"), ==, 405);
  g_assert_cmpuint (ask (fixture, "POST", bob, "s"), ==, 403);
  next_status = 204;
  g_assert_cmpuint (ask (fixture, "DELETE", ann, "s"), ==, 204);
  next_status = 200;
  g_assert_cmpuint (ask (fixture, "POST", bob, "s"), ==, 200);

  initialize (fixture, ann, "t");
  next_status = 404;
  g_assert_cmpuint (ask (fixture, "POST", ann, "t"), ==, 404);
  next_status = 200;
  g_assert_cmpuint (ask (fixture, "POST", bob, "t"), ==, 200);
  /* The server gives an id to somebody else after its restart. */
  initialize (fixture, ann, "t");
  g_assert_cmpuint (ask (fixture, "POST", bob, "t"), ==, 403);
  g_assert_cmpuint (ask (fixture, "POST", ann, "t"), ==, 200);
}

static void
test_forgotten (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ();
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *ann = get_bearer_of (fixture, client_id);
  g_autofree char *bob = NULL;

  initialize (fixture, ann, "s");
  bma_clock_dummy_advance_s (fixture->clock, BMA_SESSION_IDLE_S);
  bob = get_bearer (fixture);
  g_assert_cmpuint (ask (fixture, "POST", bob, "s"), ==, 200);
}

/* A client that registers anew is still the same person's; another client that is still
 * there is another principal. */
static void
test_registered_anew (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ();
  g_autofree char *old_id = http_register (fixture);
  g_autofree char *old = get_bearer_of (fixture, old_id);
  g_autofree char *anew = get_bearer (fixture);
  g_autoptr (GAsyncResult) result = NULL;

  initialize (fixture, old, "s");
  g_assert_cmpuint (ask (fixture, "POST", anew, "s"), ==, 403);
  bma_broker_remove_client_async (fixture->broker, old_id, NULL, http_keep_result,
                                  &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (ask (fixture, "POST", anew, "s"), ==, 200);
}

/* A refreshed token is the same principal. */
static void
test_refreshed (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ();
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *first = get_bearer_of (fixture, client_id);
  g_autofree char *second = get_bearer_of (fixture, client_id);

  initialize (fixture, first, "s");
  g_assert_cmpuint (ask (fixture, "POST", second, "s"), ==, 200);
}

static void
test_malformed (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ();
  g_autofree char *ann = get_bearer (fixture);
  g_autofree char *too_long = g_strnfill (513, 'a');
  const char *const ids[] = { "a b", "a, a", "a\tb", "\xc3\xa9", too_long };

  for (size_t i = 0; i < G_N_ELEMENTS (ids); i++)
    g_assert_cmpuint (ask (fixture, "POST", ann, ids[i]), ==, 400);
  g_assert_cmpuint (fixture->n_upstream, ==, 0);
}

/* Whoever has no token learns nothing about sessions. */
static void
test_token_first (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ();
  g_autofree char *ann = get_bearer (fixture);

  initialize (fixture, ann, "s");
  g_assert_cmpuint (ask (fixture, "POST", "Bearer x", "s"), ==, 401);
}

/* Two come with the same unknown session before either is answered. */
static void
test_race (void)
{
  g_autoptr (HttpFixture) fixture = fixture_new ();
  char *bearers[] = { get_bearer (fixture), get_bearer (fixture) };
  g_autofree char *uri = g_strconcat (fixture->origin, "/mcp", NULL);
  GAsyncResult *results[] = { NULL, NULL };
  SoupMessage *messages[] = { NULL, NULL };
  unsigned int n_passed = 0;
  unsigned int n_refused = 0;

  for (size_t i = 0; i < 2; i++)
    {
      SoupMessageHeaders *headers = NULL;

      messages[i] = soup_message_new ("POST", uri);
      headers = soup_message_get_request_headers (messages[i]);
      soup_message_headers_append (headers, "Authorization", bearers[i]);
      soup_message_headers_append (headers, "Mcp-Session-Id", "s");
      soup_session_send_and_read_async (fixture->client, messages[i], G_PRIORITY_DEFAULT,
                                        NULL, http_keep_result, &results[i]);
    }
  while (results[0] == NULL || results[1] == NULL)
    g_main_context_iteration (NULL, TRUE);
  for (size_t i = 0; i < 2; i++)
    {
      g_autoptr (GBytes)
          body = soup_session_send_and_read_finish (fixture->client, results[i], NULL);

      g_assert_nonnull (body);
      n_passed += soup_message_get_status (messages[i]) == 200;
      n_refused += soup_message_get_status (messages[i]) == 403;
      g_object_unref (messages[i]);
      g_object_unref (results[i]);
      g_free (bearers[i]);
    }
  g_assert_cmpuint (n_passed, ==, 1);
  g_assert_cmpuint (n_refused, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/sessions/belong-to-one-principal", test_bound);
  g_test_add_func ("/http/sessions/unknown-goes-to-the-first-success", test_unknown);
  g_test_add_func ("/http/sessions/unbound-when-over", test_over);
  g_test_add_func ("/http/sessions/forgotten-after-a-day", test_forgotten);
  g_test_add_func ("/http/sessions/survive-a-new-registration", test_registered_anew);
  g_test_add_func ("/http/sessions/survive-a-new-token", test_refreshed);
  g_test_add_func ("/http/sessions/malformed-ids-are-refused", test_malformed);
  g_test_add_func ("/http/sessions/need-a-token-first", test_token_first);
  g_test_add_func ("/http/sessions/only-one-wins-a-race", test_race);
  return g_test_run ();
}
