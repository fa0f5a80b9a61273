/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-json.h"
#include "bma-mcp-message.h"

#define MAX_BYTES 4096
#define VERSION   "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}"
#define CALL      "\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"," VERSION "}"

static GPtrArray *
parse (const char *body, BmaMcpProblem *problem)
{
  return bma_mcp_message_parse (body, strlen (body), MAX_BYTES, problem);
}

static void
test_reads (void)
{
  static const struct
  {
    const char *body;
    const char *method;
    const char *name;
    const char *version;
    const char *id;
  } cases[] = {
    { "{\"jsonrpc\":\"2.0\",\"id\":7," CALL "}", "tools/call", "echo", "2026-07-28",
      "7" },
    { " {\"params\" : {\"arguments\":{\"name\":\"x\"},\"name\" :\"\\u0065cho\"} ,"
      "\"method\" : \"tools\\/call\", \"id\":\"a\\\"b\"} ",
      "tools/call", "echo", NULL, "\"a\\\"b\"" },
    { "{\"method\":\"resources/read\",\"params\":{\"name\":\"n\",\"uri\":\"u\"}}",
      "resources/read", "u", NULL, NULL },
    { "{\"method\":\"tasks/get\",\"params\":{\"taskId\":\"t\"},\"id\":null}", "tasks/get",
      "t", NULL, "null" },
    { "{\"method\":\"initialize\",\"params\":{\"clientInfo\":{\"name\":\"x\"}}}",
      "initialize", NULL, NULL, NULL },
    { "{\"method\":\"own\",\"params\":{\"name\":{\"x\":1}}}", "own", NULL, NULL, NULL },
    { "{\"method\":\"ping\",\"params\":null}", "ping", NULL, NULL, NULL },
    { "{\"method\":\"ping\",\"id\":[1]}", "ping", NULL, NULL, NULL },
    { "{\"id\":1,\"result\":{\"method\":\"tools/call\"}}", NULL, NULL, NULL, "1" },
    { "{}", NULL, NULL, NULL, NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BmaMcpProblem problem = { 1, NULL };
      g_autoptr (GPtrArray) messages = parse (cases[i].body, &problem);
      const BmaMcpMessage *message = NULL;

      g_test_message ("%s", cases[i].body);
      g_assert_nonnull (messages);
      g_assert_cmpint (problem.code, ==, 0);
      g_assert_cmpuint (messages->len, ==, 1);
      message = g_ptr_array_index (messages, 0);
      g_assert_cmpstr (message->method, ==, cases[i].method);
      g_assert_cmpstr (message->name, ==, cases[i].name);
      g_assert_cmpstr (message->version, ==, cases[i].version);
      g_assert_cmpstr (message->id, ==, cases[i].id);
    }
}

static void
test_batch (void)
{
  BmaMcpProblem problem = { 0, NULL };
  g_autoptr (GPtrArray) messages =
      parse ("[ {\"method\":\"a\"} , {\"method\":\"b\"},{\"result\":[]}]", &problem);
  GString *many = g_string_new ("[{}");
  g_autoptr (GPtrArray) most = NULL;
  g_autoptr (GPtrArray) over = NULL;

  g_assert_cmpuint (messages->len, ==, 3);
  g_assert_cmpstr (((BmaMcpMessage *) g_ptr_array_index (messages, 1))->method, ==, "b");
  for (int i = 1; i < 256; i++)
    g_string_append (many, ",{}");
  g_string_append_c (many, ']');
  most = parse (many->str, &problem);
  g_assert_cmpuint (most->len, ==, 256);
  g_string_insert (many, 1, "{},");
  over = parse (many->str, &problem);
  g_assert_null (over);
  g_assert_cmpint (problem.code, ==, BMA_MCP_INVALID_REQUEST);
  g_string_free (many, TRUE);
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *body;
    int code;
  } cases[] = {
    { "", BMA_MCP_PARSE_ERROR },
    { "{\"method\":\"ping\"", BMA_MCP_PARSE_ERROR },
    { "\xef\xbb\xbf{\"method\":\"ping\"}", BMA_MCP_PARSE_ERROR },
    { "{\"method\":\"ping\"}{}", BMA_MCP_PARSE_ERROR },
    { "{\"method\":\"ping\",\"method\":\"tools/call\"}", BMA_MCP_PARSE_ERROR },
    { "{\"method\":\"ping\",\"m\\u0065thod\":\"tools/call\"}", BMA_MCP_PARSE_ERROR },
    { "{\"method\":\"ping\\u0000\"}", BMA_MCP_PARSE_ERROR },
    { "[]", BMA_MCP_INVALID_REQUEST },
    { "[1]", BMA_MCP_INVALID_REQUEST },
    { "[[{\"method\":\"ping\"}]]", BMA_MCP_INVALID_REQUEST },
    { "\"ping\"", BMA_MCP_INVALID_REQUEST },
    { "null", BMA_MCP_INVALID_REQUEST },
    { "{\"method\":1}", BMA_MCP_INVALID_REQUEST },
    { "{\"method\":null}", BMA_MCP_INVALID_REQUEST },
    { "{\"method\":\"ping\",\"Method\":\"tools/call\"}", BMA_MCP_INVALID_REQUEST },
    { "{\"METHOD\":\"tools/call\"}", BMA_MCP_INVALID_REQUEST },
    { "{\"method\":\"tools/call\",\"param\xc5\xbf\":{\"name\":\"rm\"}}",
      BMA_MCP_INVALID_REQUEST },
    { "{\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"Name\":\"rm\"}}",
      BMA_MCP_INVALID_REQUEST },
    { "{\"method\":\"tools/call\",\"params\":{\"name\":[\"rm\"]}}",
      BMA_MCP_INVALID_REQUEST },
    { "{\"method\":\"resources/read\",\"params\":{\"uri\":7}}", BMA_MCP_INVALID_REQUEST },
    { "{\"method\":\"tools/call\",\"params\":[\"rm\"]}", BMA_MCP_INVALID_REQUEST },
    { "{\"method\":\"ping\",\"params\":\"rm\"}", BMA_MCP_INVALID_REQUEST },
  };
  g_autofree char *huge = g_strnfill (MAX_BYTES + 1, ' ');
  BmaMcpProblem problem = { 0, NULL };
  g_autoptr (GPtrArray) too_long = parse (huge, &problem);

  g_assert_null (too_long);
  g_assert_cmpint (problem.code, ==, BMA_MCP_PARSE_ERROR);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) messages = parse (cases[i].body, &problem);

      g_test_message ("%s", cases[i].body);
      g_assert_null (messages);
      g_assert_cmpint (problem.code, ==, cases[i].code);
      g_assert_nonnull (problem.message);
    }
}

static void
test_headers (void)
{
  static const struct
  {
    const char *body;
    const char *method;
    const char *name;
    const char *version;
    gboolean agree;
  } cases[] = {
    { "{" CALL "}", NULL, NULL, NULL, TRUE },
    { "{" CALL "}", "tools/call", "echo", "2026-07-28", TRUE },
    { "{" CALL "}", " tools/call ", " echo\t", "2026-07-28", TRUE },
    { "{" CALL "}", "tools/call", "=?base64?ZWNobw==?=", "2026-07-28", TRUE },
    { "{" CALL "}", "tools/list", NULL, NULL, FALSE },
    { "{" CALL "}", "Tools/Call", NULL, NULL, FALSE },
    { "{" CALL "}", "tools/call, tools/call", NULL, NULL, FALSE },
    { "{" CALL "}", "", NULL, NULL, FALSE },
    { "{" CALL "}", NULL, "rm", NULL, FALSE },
    { "{" CALL "}", NULL, "Echo", NULL, FALSE },
    { "{" CALL "}", NULL, "=?base64?cm0=?=", NULL, FALSE },
    { "{" CALL "}", NULL, "=?base64?ZWNobw=?=", NULL, FALSE },
    { "{" CALL "}", NULL, "=?base64?ZWNo bw==?=", NULL, FALSE },
    { "{" CALL "}", NULL, "=?base64?ZWNobx==?=", NULL, FALSE },
    { "{" CALL "}", NULL, "=?base64?/w==?=", NULL, FALSE },
    { "{" CALL "}", NULL, "=?base64?=", NULL, FALSE },
    { "{" CALL "}", NULL,
      "=?base64?"
      "?=",
      NULL, FALSE },
    { "{" CALL "}", NULL, NULL, "2025-11-25", FALSE },
    { "{\"method\":\"tools/call\",\"params\":{}}", NULL, "echo", NULL, FALSE },
    { "{\"method\":\"tools/call\",\"params\":{\"name\":\"\"}}", NULL,
      "=?base64?"
      "?=",
      NULL, TRUE },
    { "{\"method\":\"tools/call\",\"params\":{\"name\":\"\xc3\xa9 1\"}}", NULL,
      "=?base64?w6kgMQ==?=", NULL, TRUE },
    { "{\"method\":\"resources/read\",\"params\":{\"uri\":\"u\"}}", NULL, "u", NULL,
      TRUE },
    { "{\"method\":\"resources/read\",\"params\":{\"uri\":\"u\",\"name\":\"n\"}}", NULL,
      "n", NULL, FALSE },
    /* No version in the body: any revision may be meant. */
    { "{\"method\":\"ping\"}", "ping", "what ever", "2025-06-18", TRUE },
    { "{\"result\":1}", "ping", NULL, NULL, FALSE },
    { "[{\"method\":\"ping\"},{\"method\":\"ping\"}]", "ping", NULL, NULL, TRUE },
    { "[{\"method\":\"ping\"},{" CALL "}]", "ping", NULL, NULL, FALSE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BmaMcpProblem problem = { 0, NULL };
      g_autoptr (GPtrArray) messages = parse (cases[i].body, &problem);

      g_test_message ("%zu: %s", i, cases[i].body);
      problem = bma_mcp_message_check_headers (messages, cases[i].method, cases[i].name,
                                               cases[i].version);
      g_assert_cmpint (problem.code, ==, cases[i].agree ? 0 : BMA_MCP_HEADER_MISMATCH);
    }
}

static void
test_error (void)
{
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  BmaMcpProblem problem = { 0, NULL };
  g_autoptr (GPtrArray) one = parse ("{\"id\":\"a\\\"b\",\"method\":\"x\"}", &problem);
  g_autoptr (GPtrArray) two = parse ("[{\"id\":1},{\"id\":2}]", &problem);
  g_autofree char *named =
      bma_mcp_message_make_error (one, (BmaMcpProblem){ -32020, "not \"so\" \\u" });
  g_autofree char *nameless =
      bma_mcp_message_make_error (two, (BmaMcpProblem){ -32700, "no" });
  g_autoptr (JsonObject)
      object = bma_json_parse_object (named, strlen (named), &limits, NULL);
  JsonObject *error = json_object_get_object_member (object, "error");

  g_assert_cmpstr (bma_json_get_string (object, "id"), ==, "a\"b");
  g_assert_cmpstr (bma_json_get_string (error, "message"), ==, "not \"so\" \\u");
  g_assert_cmpint (json_object_get_int_member (error, "code"), ==, -32020);
  g_assert_cmpstr (
      nameless, ==,
      "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"no\"}}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/mcp-message/reads-what-decides", test_reads);
  g_test_add_func ("/oauth/mcp-message/reads-batches", test_batch);
  g_test_add_func ("/oauth/mcp-message/refuses-what-others-may-read-differently",
                   test_refuses);
  g_test_add_func ("/oauth/mcp-message/headers-agree-with-the-body", test_headers);
  g_test_add_func ("/oauth/mcp-message/errors-are-json-rpc", test_error);
  return g_test_run ();
}
