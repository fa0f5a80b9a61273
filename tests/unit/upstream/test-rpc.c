/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-rpc.h"

static GPtrArray *
parse (const char *text)
{
  const char *problem = NULL;

  return bma_rpc_parse (text, strlen (text), 1000, &problem);
}

static void
test_kinds (void)
{
  g_autoptr (GPtrArray)
      all = parse ("[{\"id\":1,\"method\":\"a\"},{\"method\":\"b\"},"
                   "{\"id\":null,\"method\":\"c\"},"
                   "{\"id\":\"x\",\"result\":{\"protocolVersion\":\"v\"}}"
                   ",{\"id\":2,\"error\":{\"code\":-32601}}]");
  static const BmaRpcKind kinds[] = { BMA_RPC_REQUEST, BMA_RPC_NOTIFICATION,
                                      BMA_RPC_NOTIFICATION, BMA_RPC_RESPONSE,
                                      BMA_RPC_RESPONSE };

  g_assert_nonnull (all);
  g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (kinds));
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpint (((const BmaRpc *) all->pdata[i])->kind, ==, kinds[i]);
  g_assert_cmpstr (((const BmaRpc *) all->pdata[3])->version, ==, "v");
  g_assert_cmpint (((const BmaRpc *) all->pdata[3])->error_code, ==, 0);
  g_assert_cmpint (((const BmaRpc *) all->pdata[4])->error_code, ==, -32601);
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",
    "1",
    "[]",
    "[1]",
    "{}",
    "{\"id\":1}",
    "{\"id\":1,\"result\":1,\"error\":{}}",
    "{\"id\":{},\"method\":\"a\"}",
    "{\"id\":true,\"method\":\"a\"}",
    "{\"method\":1}",
    "{\"id\":1,\"id\":2,\"method\":\"a\"}",
    "{\"method\":\"a\"} {\"method\":\"b\"}",
  };
  g_autofree char *digits = g_strnfill (300, '1');
  g_autofree char *long_id = g_strdup_printf ("{\"id\":%s,\"method\":\"a\"}", digits);

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("%s", texts[i]);
      g_assert_null (parse (texts[i]));
    }
  g_assert_null (parse (long_id));
}

static void
test_one_line (void)
{
  g_autoptr (GPtrArray) all = parse ("\n{\r\n \"method\" :\n\"a\\nb\"}\n");
  const BmaRpc *message = NULL;

  g_assert_nonnull (all);
  message = all->pdata[0];
  g_assert_cmpstr (message->text, ==, "{   \"method\" : \"a\\nb\"}");
  g_assert_cmpstr (message->method, ==, "a\nb");
}

static void
test_rewrite (void)
{
  g_autoptr (GPtrArray)
      all = parse ("{\"params\":{\"_meta\":{\"progressToken\":\"mine\"},\"id\":5},"
                   "\"id\":\"7\",\"method\":\"a\"}");
  const BmaRpc *message = NULL;
  g_autofree char *text = NULL;

  g_assert_nonnull (all);
  message = all->pdata[0];
  text = bma_rpc_rewrite (message,
                          (BmaRpcEdit[]){ { message->id, "1" },
                                          { message->progress, "1" },
                                          { message->cancelled, "no" } },
                          3);
  g_assert_cmpstr (text, ==,
                   "{\"params\":{\"_meta\":{\"progressToken\":1},\"id\":5},\"id\":1,"
                   "\"method\":\"a\"}");
}

static void
test_relations (void)
{
  g_autoptr (GPtrArray) all =
      parse ("[{\"method\":\"notifications/progress\",\"params\":{\"progressToken\":12}},"
             "{\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"r\"}},"
             "{\"method\":\"notifications/x\",\"params\":{\"_meta\":{"
             "\"io.modelcontextprotocol/subscriptionId\":3}}}]");
  int64_t number = 0;

  g_assert_nonnull (all);
  g_assert_true (bma_rpc_read_number (&((BmaRpc *) all->pdata[0])->progress, &number));
  g_assert_cmpint (number, ==, 12);
  g_assert_true (bma_rpc_is_same (&((BmaRpc *) all->pdata[1])->cancelled, "\"r\""));
  g_assert_true (
      bma_rpc_read_number (&((BmaRpc *) all->pdata[2])->subscription, &number));
  g_assert_cmpint (number, ==, 3);
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *text;
    gboolean is_number;
    int64_t number;
  } cases[] = {
    { "0", TRUE, 0 },
    { "-32601", TRUE, -32601 },
    { "999999999999999", TRUE, INT64_C (999999999999999) },
    { "-999999999999999", TRUE, INT64_C (-999999999999999) },
    { "1000000000000000", FALSE, 0 },
    { "-", FALSE, 0 },
    { "1.0", FALSE, 0 },
    { "\"1\"", FALSE, 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const BmaJsonPeek value = { cases[i].text, strlen (cases[i].text) };
      int64_t number = 0;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (bma_rpc_read_number (&value, &number), ==, cases[i].is_number);
      g_assert_cmpint (number, ==, cases[i].number);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upstream/rpc/kinds-of-messages", test_kinds);
  g_test_add_func ("/upstream/rpc/what-is-no-message", test_refused);
  g_test_add_func ("/upstream/rpc/a-message-is-one-line", test_one_line);
  g_test_add_func ("/upstream/rpc/values-give-way-to-others", test_rewrite);
  g_test_add_func ("/upstream/rpc/what-a-message-is-related-to", test_relations);
  g_test_add_func ("/upstream/rpc/whole-numbers", test_numbers);
  return g_test_run ();
}
