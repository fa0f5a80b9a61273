/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-upstream.h"
#include "bma-entropy-dummy.h"
#include "http-fixture.h"

#define INITIALIZE "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}"

/* What the person allowed stays, but nobody can come with a token for it. */
static void
test_signed_out (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaEntropyDummy) entropy = bma_entropy_dummy_new ();
  g_autoptr (BmaConfig) config = bma_config_new ();
  const BmaUpstreamParts parts = { .clock = BMA_CLOCK (fixture->clock),
                                   .entropy = BMA_ENTROPY (entropy),
                                   .keeper = g_getenv ("BMA_KEEPER"),
                                   .runtime_folder = "/nonexistent" };
  g_autoptr (BmaUpstream) upstream = NULL;
  g_autofree char *client_id = http_register (fixture);
  g_autofree char *code = http_get_code (fixture, client_id);
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, client_id, code);
  g_autofree char *access = http_answer_member (tokens, "access_token");
  g_autofree char *bearer = g_strconcat ("Bearer ", access, NULL);
  g_autoptr (HttpAnswer) answer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  config->command = g_strdup_printf ("'%s'", g_getenv ("BMA_STDIO_SERVER"));
  upstream = bma_upstream_new (config, &parts);
  bma_broker_set_upstream (fixture->broker, upstream);
  answer = http_call (fixture, "POST", "/mcp", "application/json", INITIALIZE,
                      "Authorization", bearer, "Accept",
                      "application/json, text/event-stream", NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_true (bma_upstream_is_busy (upstream));
  bma_broker_sign_out_async (fixture->broker, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (bma_upstream_is_busy (upstream));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/stdio/sign-out-ends-sessions", test_signed_out);
  return g_test_run ();
}
