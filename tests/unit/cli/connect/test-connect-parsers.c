/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-answer.h"
#include "bma-field.h"
#include "bma-sse.h"

#define MAX_BYTES 64

static void
take_event (const char *type, const char *data, size_t n_bytes, gpointer user_data)
{
  g_assert_cmpuint (strlen (data), ==, n_bytes);
  g_string_append_printf (user_data, "[%s %s]", type, data);
}

/* Whole, and byte by byte. */
static void
check_events (const char *text, const char *expected, const char *last_id)
{
  for (size_t step = 1; step <= strlen (text); step += strlen (text) - 1)
    {
      g_autoptr (BmaSse) sse = bma_sse_new (MAX_BYTES);
      g_autoptr (GString) seen = g_string_new (NULL);

      for (size_t at = 0; at < strlen (text); at += step)
        g_assert_true (bma_sse_feed (sse, text + at, step, take_event, seen));
      g_assert_cmpstr (seen->str, ==, expected);
      g_assert_cmpstr (bma_sse_get_last_id (sse), ==, last_id);
    }
}

static void
test_events (void)
{
  check_events ("data: a\n\ndata:b\n\n", "[message a][message b]", NULL);
  check_events ("event: x\nid: 7\ndata: a\ndata: b\n\n", "[x a\nb]", "7");
  check_events (": a comment\n\ndata\n\n", "[message ]", NULL);
  check_events ("\xef\xbb\xbf"
                "data: a\r\n\r\nid\rdata: b\r\r",
                "[message a][message b]", NULL);
  check_events ("ignored: x\ndata:  two\n\n", "[message  two]", NULL);
}

/* An event without data says where to go on (MCP 2025-11-25, resumability). */
static void
test_priming (void)
{
  check_events ("id: 3\ndata:\n\n", "[message ]", "3");
  check_events ("id: 3\n\n", "", "3");
}

/* One that is cut off is none, and does not move the place to go on from. */
static void
test_cut_off (void)
{
  check_events ("id: 1\ndata: a\n\nid: 2\ndata: b\n", "[message a]", "1");
}

static void
test_retry (void)
{
  static const char text[] = "retry: 250\nretry: x\nretry: -1\nretry: 9999999999\n\n";
  g_autoptr (BmaSse) sse = bma_sse_new (MAX_BYTES);

  g_assert_cmpint (bma_sse_get_retry_ms (sse), ==, -1);
  g_assert_true (bma_sse_feed (sse, text, strlen (text), take_event, NULL));
  g_assert_cmpint (bma_sse_get_retry_ms (sse), ==, 250);
}

static void
test_event_too_large (void)
{
  g_autoptr (BmaSse) sse = bma_sse_new (MAX_BYTES);
  g_autofree char *many = g_strnfill (MAX_BYTES, 'x');

  g_assert_true (bma_sse_feed (sse, "data: a\n", 8, take_event, NULL));
  g_assert_false (bma_sse_feed (sse, many, MAX_BYTES, take_event, NULL));
}

static void
take_body (const char *bytes, size_t n_bytes, gpointer user_data)
{
  g_string_append_len (user_data, bytes, (gssize) n_bytes);
}

/* Whole, and byte by byte. Returns the state, after the end if @closes. */
static BmaAnswerState
read_answer (const char *text, gboolean closes, const char *body)
{
  BmaAnswerState states[2];
  size_t steps[2] = { strlen (text), 1 };

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (BmaAnswer) answer = bma_answer_new ();
      g_autoptr (GString) seen = g_string_new (NULL);

      for (size_t at = 0; at < strlen (text); at += steps[i])
        states[i] = bma_answer_feed (answer, text + at, steps[i], take_body, seen);
      if (closes)
        states[i] = bma_answer_end (answer);
      if (body != NULL)
        g_assert_cmpstr (seen->str, ==, body);
    }
  g_assert_cmpint (states[0], ==, states[1]);
  return states[0];
}

#define HEAD "HTTP/1.1 200 OK\r\n"

static void
test_bodies (void)
{
  g_assert_cmpint (read_answer (HEAD "Content-Length: 3\r\n\r\nabc", FALSE, "abc"), ==,
                   BMA_ANSWER_DONE);
  g_assert_cmpint (read_answer (HEAD "Content-Length: 4\r\n\r\nabc", FALSE, "abc"), ==,
                   BMA_ANSWER_BODY);
  g_assert_cmpint (read_answer (HEAD "Content-Length: 4\r\n\r\nabc", TRUE, "abc"), ==,
                   BMA_ANSWER_BROKEN);
  g_assert_cmpint (read_answer (HEAD "transfer-encoding: chunked\r\n\r\n"
                                     "3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nTrailer: x\r\n\r\n",
                                FALSE, "abcd"),
                   ==, BMA_ANSWER_DONE);
  g_assert_cmpint (read_answer (HEAD "\r\nabc", TRUE, "abc"), ==, BMA_ANSWER_DONE);
  g_assert_cmpint (read_answer ("HTTP/1.1 204 No Content\r\n\r\n", FALSE, ""), ==,
                   BMA_ANSWER_DONE);
  g_assert_cmpint (read_answer ("HTTP/1.1 100 Continue\r\n\r\n" HEAD
                                "Content-Length: 0\r\n\r\n",
                                FALSE, ""),
                   ==, BMA_ANSWER_DONE);
}

/* Two readers could see two answers in these. */
static void
test_refused_answers (void)
{
  static const char *const bad[] = {
    "HTTP/2 200 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 200 OK\n\n",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    HEAD "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
    HEAD "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    HEAD "Content-Length: +1\r\n\r\na",
    HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n",
    HEAD "Name : x\r\n\r\n",
    HEAD " folded\r\n\r\n",
    HEAD "Mcp-Session-Id: a\r\nMcp-Session-Id: b\r\n\r\n",
    HEAD "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
    HEAD "Transfer-Encoding: chunked\r\n\r\n123456789\r\n",
    HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
    HEAD "Content-Length: 1\r\n\r\nab",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpint (read_answer (bad[i], FALSE, NULL), ==, BMA_ANSWER_BROKEN);
}

static void
test_head (void)
{
  static const char text[] = HEAD "Content-Type: Text/Event-Stream; charset=utf-8\r\n"
                                  "X: a\r\nx:  b \r\nContent-Length: 0\r\n\r\n";
  g_autoptr (BmaAnswer) answer = bma_answer_new ();

  bma_answer_feed (answer, text, strlen (text), take_body, NULL);
  g_assert_cmpuint (bma_answer_get_status (answer), ==, 200);
  g_assert_true (bma_answer_is_type (answer, "text/event-stream"));
  g_assert_false (bma_answer_is_type (answer, "application/json"));
  g_assert_cmpstr (bma_answer_get_header (answer, "x"), ==, "a, b");
  g_assert_true (bma_answer_can_stay_open (answer));
}

static void
test_head_too_large (void)
{
  g_autoptr (BmaAnswer) answer = bma_answer_new ();
  BmaAnswerState state = bma_answer_feed (answer, HEAD, strlen (HEAD), take_body, NULL);

  for (int i = 0; i < 10000 && state == BMA_ANSWER_HEAD; i++)
    state = bma_answer_feed (answer, "A: b\r\n", 6, take_body, NULL);
  g_assert_cmpint (state, ==, BMA_ANSWER_BROKEN);
}

static void
test_close (void)
{
  static const char *const closing[] = {
    "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    HEAD "Connection: x, Close\r\nContent-Length: 0\r\n\r\n",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (closing); i++)
    {
      g_autoptr (BmaAnswer) answer = bma_answer_new ();

      bma_answer_feed (answer, closing[i], strlen (closing[i]), take_body, NULL);
      g_assert_cmpint (bma_answer_get_state (answer), ==, BMA_ANSWER_DONE);
      g_assert_false (bma_answer_can_stay_open (answer));
    }
}

/* MCP 2026-07-28, value encoding. */
static void
test_encode (void)
{
  static const char *const rows[][2] = {
    { "echo", "echo" },
    { "a b", "a b" },
    { "", "=?base64?"
          "?=" },
    { " a", "=?base64?IGE=?=" },
    { "\xc3\xa9", "=?base64?w6k=?=" },
    { "a\r\nb: c", "=?base64?YQ0KYjogYw==?=" },
    { "=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?=" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *value = bma_field_encode (rows[i][0]);

      g_assert_cmpstr (value, ==, rows[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connect/sse/events", test_events);
  g_test_add_func ("/connect/sse/an-event-without-data-says-where-to-go-on",
                   test_priming);
  g_test_add_func ("/connect/sse/an-event-that-is-cut-off-is-none", test_cut_off);
  g_test_add_func ("/connect/sse/retry", test_retry);
  g_test_add_func ("/connect/sse/an-event-can-be-too-large", test_event_too_large);
  g_test_add_func ("/connect/answer/bodies", test_bodies);
  g_test_add_func ("/connect/answer/refuses-what-two-could-read-differently",
                   test_refused_answers);
  g_test_add_func ("/connect/answer/head", test_head);
  g_test_add_func ("/connect/answer/a-head-can-be-too-large", test_head_too_large);
  g_test_add_func ("/connect/answer/says-when-the-connection-ends", test_close);
  g_test_add_func ("/connect/field/encodes-what-is-no-plain-text", test_encode);
  return g_test_run ();
}
