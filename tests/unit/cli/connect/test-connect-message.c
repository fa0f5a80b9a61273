/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-message.h"
#include "bma-outcome.h"
#include "bma-request-head.h"

static BmaMessage *
parse (const char *text)
{
  const char *problem = NULL;
  int code = 0;
  BmaMessage *message = bma_message_parse (text, strlen (text), &code, &problem);

  g_assert_cmpstr (problem, ==, NULL);
  g_assert_nonnull (message);
  return message;
}

static void
test_kinds (void)
{
  g_autoptr (BmaMessage)
      request = parse ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}");
  g_autoptr (BmaMessage) note = parse ("{\"jsonrpc\":\"2.0\",\"method\":\"a\"}");
  g_autoptr (BmaMessage)
      result = parse ("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{}}");
  g_autoptr (BmaMessage)
      error = parse ("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1}}");

  g_assert_cmpint (request->kind, ==, BMA_MESSAGE_REQUEST);
  g_assert_cmpstr (request->id, ==, "1");
  g_assert_cmpint (note->kind, ==, BMA_MESSAGE_NOTIFICATION);
  g_assert_null (note->id);
  g_assert_cmpint (result->kind, ==, BMA_MESSAGE_RESPONSE);
  g_assert_cmpstr (result->id, ==, "\"x\"");
  g_assert_cmpint (error->kind, ==, BMA_MESSAGE_RESPONSE);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    int code;
  } rows[] = {
    { "", BMA_MESSAGE_PARSE_ERROR },
    { "{", BMA_MESSAGE_PARSE_ERROR },
    { "{} {}", BMA_MESSAGE_PARSE_ERROR },
    { "{\"a\":\"\xff\"}", BMA_MESSAGE_PARSE_ERROR },
    { "{\"id\":1,\"id\":2}", BMA_MESSAGE_PARSE_ERROR },
    { "1", BMA_MESSAGE_INVALID_REQUEST },
    { "[]", BMA_MESSAGE_INVALID_REQUEST },
    { "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}]", BMA_MESSAGE_INVALID_REQUEST },
    { "{\"id\":1,\"method\":\"a\"}", BMA_MESSAGE_INVALID_REQUEST },
    { "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"a\"}", BMA_MESSAGE_INVALID_REQUEST },
    { "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"a\"}", BMA_MESSAGE_INVALID_REQUEST },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":2}", BMA_MESSAGE_INVALID_REQUEST },
    { "{\"jsonrpc\":\"2.0\",\"id\":1}", BMA_MESSAGE_INVALID_REQUEST },
    { "{\"jsonrpc\":\"2.0\",\"result\":1}", BMA_MESSAGE_INVALID_REQUEST },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *problem = NULL;
      int code = 0;

      g_assert_null (
          bma_message_parse (rows[i].text, strlen (rows[i].text), &code, &problem));
      g_assert_cmpint (code, ==, rows[i].code);
      g_assert_nonnull (problem);
    }
}

/* Servers may write an id in other characters. */
static void
test_keys (void)
{
  g_autoptr (BmaMessage)
      a = parse ("{\"jsonrpc\":\"2.0\",\"id\":\"\\u0061\",\"result\":1}");
  g_autoptr (BmaMessage) b = parse ("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":1}");
  g_autoptr (BmaMessage) c = parse ("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1}");
  g_autoptr (BmaMessage) d = parse ("{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":1}");
  g_autoptr (BmaMessage) e = parse ("{\"jsonrpc\":\"2.0\",\"id\":1.0,\"result\":1}");

  g_assert_cmpstr (a->key, ==, b->key);
  g_assert_cmpstr (c->key, !=, d->key);
  g_assert_cmpstr (c->key, ==, e->key);
}

/* Line breaks between the members would be line breaks between messages. */
static void
test_one_line (void)
{
  g_autoptr (BmaMessage)
      message = parse ("{\n \"jsonrpc\": \"2.0\",\r\n \"method\": \"a\\nb\"\n}");

  g_assert_null (strpbrk (message->text, "\r\n"));
  g_assert_cmpuint (strlen (message->text), ==, message->length);
  g_assert_cmpstr (message->method, ==, "a\nb");
}

static void
test_details (void)
{
  g_autoptr (BmaMessage) call =
      parse ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/"
             "call\",\"params\":{\"name\":\"echo\","
             "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}");
  g_autoptr (BmaMessage) cancelled =
      parse ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":"
             "{\"requestId\":\"x\"}}");

  g_assert_cmpstr (call->name, ==, "echo");
  g_assert_cmpstr (call->version, ==, "2026-07-28");
  g_assert_false (bma_message_may_repeat (call));
  g_assert_cmpstr (cancelled->cancels, ==, "\"x");
  g_assert_true (bma_message_may_repeat (cancelled));
}

static void
test_error (void)
{
  g_autofree char *text = bma_message_make_error ("\"x\"", -32000, "a \"b\"\n\xff");

  g_assert_cmpstr (text, ==,
                   "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":-32000,"
                   "\"message\":\"a \\\"b\\\"\\u000a\xef\xbf\xbd\"}}");
}

static char *
make_head (const BmaRequestHead *head)
{
  g_autoptr (GBytes) request = bma_request_head_make_request (head);
  size_t size = 0;
  const char *text = g_bytes_get_data (request, &size);

  return g_strndup (text, size);
}

static void
test_standard_headers (void)
{
  g_autoptr (BmaMessage) call =
      parse ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/"
             "call\",\"params\":{\"name\":\"\xc3\xa9\","
             "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}");
  g_autofree char *text = make_head (&(BmaRequestHead){
      .method = "POST",
      .host = "h",
      .target = "/mcp",
      .version = call->version,
      .message = call,
  });

  g_assert_true (g_str_has_prefix (text, "POST /mcp HTTP/1.1\r\nHost: h\r\n"));
  g_assert_nonnull (strstr (text, "\r\nMCP-Protocol-Version: 2026-07-28\r\n"));
  g_assert_nonnull (strstr (text, "\r\nMcp-Method: tools/call\r\n"));
  g_assert_nonnull (strstr (text, "\r\nMcp-Name: =?base64?w6k=?=\r\n"));
  g_assert_null (strstr (text, "Mcp-Session-Id"));
  g_assert_true (g_str_has_suffix (text, call->text));
}

/* What came from the server goes back to it, but makes no field of its own. */
static void
test_no_injection (void)
{
  g_autofree char *text = make_head (&(BmaRequestHead){
      .method = "GET",
      .host = "h",
      .target = "/",
      .session_id = "s1",
      .last_event_id = "1\r\nX: y",
  });

  g_assert_nonnull (strstr (text, "\r\nMcp-Session-Id: s1\r\n"));
  g_assert_null (strstr (text, "Last-Event-ID"));
  g_assert_null (strstr (text, "X: y"));
}

static void
test_outcomes (void)
{
  static const struct
  {
    BmaOutcomeFacts facts;
    BmaOutcome outcome;
  } rows[] = {
    { { .status = 200, .wants_answer = TRUE, .is_answered = TRUE }, BMA_OUTCOME_DONE },
    { { .status = 202, .was_sent = TRUE }, BMA_OUTCOME_DONE },
    /* The connection broke. */
    { { .wants_answer = TRUE, .is_patient = TRUE }, BMA_OUTCOME_AGAIN },
    { { .wants_answer = TRUE }, BMA_OUTCOME_FAIL },
    { { .wants_answer = TRUE, .was_sent = TRUE, .is_patient = TRUE }, BMA_OUTCOME_LOST },
    { { .wants_answer = TRUE, .was_sent = TRUE, .may_repeat = TRUE, .is_patient = TRUE },
      BMA_OUTCOME_AGAIN },
    { { .status = 200, .wants_answer = TRUE, .was_sent = TRUE, .is_patient = TRUE },
      BMA_OUTCOME_LOST },
    { { .status = 200,
        .wants_answer = TRUE,
        .was_sent = TRUE,
        .has_event_id = TRUE,
        .is_patient = TRUE },
      BMA_OUTCOME_RESUME },
    /* Resuming does not work. */
    { { .status = 405,
        .wants_answer = TRUE,
        .was_sent = TRUE,
        .has_event_id = TRUE,
        .is_resuming = TRUE,
        .is_patient = TRUE },
      BMA_OUTCOME_LOST },
    { { .status = 404,
        .wants_answer = TRUE,
        .was_sent = TRUE,
        .may_repeat = TRUE,
        .is_resuming = TRUE,
        .had_session = TRUE,
        .is_patient = TRUE },
      BMA_OUTCOME_RENEW },
    { { .status = 502,
        .wants_answer = TRUE,
        .was_sent = TRUE,
        .is_resuming = TRUE,
        .is_patient = TRUE },
      BMA_OUTCOME_RESUME },
    /* The session is gone. */
    { { .status = 404, .wants_answer = TRUE, .had_session = TRUE }, BMA_OUTCOME_RENEW },
    { { .status = 404, .had_session = TRUE }, BMA_OUTCOME_RENEW },
    { { .status = 400,
        .wants_answer = TRUE,
        .had_session = TRUE,
        .says_session = TRUE,
        .is_error_message = TRUE },
      BMA_OUTCOME_RENEW },
    { { .status = 404, .wants_answer = TRUE, .had_session = TRUE, .was_renewed = TRUE },
      BMA_OUTCOME_FAIL },
    { { .status = 404, .wants_answer = TRUE, .is_error_message = TRUE },
      BMA_OUTCOME_DELIVER },
    { { .status = 400,
        .wants_answer = TRUE,
        .had_session = TRUE,
        .is_error_message = TRUE },
      BMA_OUTCOME_DELIVER },
    /* Access. */
    { { .status = 401, .wants_answer = TRUE }, BMA_OUTCOME_REOPEN },
    { { .status = 401, .wants_answer = TRUE, .was_reopened = TRUE }, BMA_OUTCOME_FAIL },
    { { .status = 403, .wants_answer = TRUE, .wants_scope = TRUE }, BMA_OUTCOME_STEP_UP },
    { { .status = 403,
        .wants_answer = TRUE,
        .wants_scope = TRUE,
        .was_stepped_up = TRUE },
      BMA_OUTCOME_FAIL },
    /* The upstream is away. */
    { { .status = 502, .wants_answer = TRUE, .was_not_begun = TRUE, .is_patient = TRUE },
      BMA_OUTCOME_AGAIN },
    { { .status = 502, .wants_answer = TRUE, .was_not_begun = TRUE }, BMA_OUTCOME_FAIL },
    { { .status = 503, .wants_answer = TRUE, .was_sent = TRUE, .is_patient = TRUE },
      BMA_OUTCOME_FAIL },
    { { .status = 502, .wants_answer = TRUE, .was_sent = TRUE, .is_patient = TRUE },
      BMA_OUTCOME_FAIL },
    { { .status = 502,
        .wants_answer = TRUE,
        .was_sent = TRUE,
        .may_repeat = TRUE,
        .is_patient = TRUE },
      BMA_OUTCOME_AGAIN },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (bma_outcome_decide (&rows[i].facts), ==, rows[i].outcome);
    }
}

static void
test_delays (void)
{
  g_assert_cmpuint (bma_outcome_delay_ms (1), ==, 100);
  g_assert_cmpuint (bma_outcome_delay_ms (2), ==, 200);
  g_assert_cmpuint (bma_outcome_delay_ms (1000), ==, 5000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connect/message/kinds", test_kinds);
  g_test_add_func ("/connect/message/what-is-none", test_bad);
  g_test_add_func ("/connect/message/equal-ids-are-equal", test_keys);
  g_test_add_func ("/connect/message/is-one-line", test_one_line);
  g_test_add_func ("/connect/message/details", test_details);
  g_test_add_func ("/connect/message/errors-are-json", test_error);
  g_test_add_func ("/connect/request-head/says-what-the-message-says",
                   test_standard_headers);
  g_test_add_func ("/connect/request-head/nothing-becomes-a-field", test_no_injection);
  g_test_add_func ("/connect/outcome/nothing-is-done-twice-and-nothing-is-lost",
                   test_outcomes);
  g_test_add_func ("/connect/outcome/waits-longer-each-time", test_delays);
  return g_test_run ();
}
