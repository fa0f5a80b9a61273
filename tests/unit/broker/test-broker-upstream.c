/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-upstream.h"

#include <string.h>

#include "bma-clock-dummy.h"
#include "bma-entropy-dummy.h"
#include "bma-identity-local.h"
#include "bma-keyring-dummy.h"
#include "bma-store-memory.h"

/* A broker whose MCP server would be started by a command; nothing can be, as there is no
 * keeper. */
static BmaBroker *
make_broker (const char *command)
{
  g_autoptr (BmaClockDummy) clock = bma_clock_dummy_new ();
  g_autoptr (BmaEntropyDummy) entropy = bma_entropy_dummy_new ();
  g_autoptr (BmaStoreMemory) store = bma_store_memory_new ();
  g_autoptr (BmaKeyringDummy) keyring = bma_keyring_dummy_new ();
  g_autoptr (BmaIdentityProvider) provider = bma_identity_local_new ();
  g_autoptr (BmaConfig) config = bma_config_new ();
  const BmaBrokerParts parts = {
    .clock = BMA_CLOCK (clock),
    .entropy = BMA_ENTROPY (entropy),
    .store = BMA_STORE (store),
    .keyring = BMA_KEYRING (keyring),
    .provider = provider,
  };
  const BmaUpstreamParts upstream_parts = {
    .clock = BMA_CLOCK (clock),
    .entropy = BMA_ENTROPY (entropy),
    .keeper = "/nonexistent/keeper",
    .runtime_folder = "/nonexistent",
  };
  g_autoptr (BmaUpstream) upstream = NULL;
  BmaBroker *broker = NULL;

  config->command = g_strdup (command);
  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  broker = bma_broker_new (config, &parts);
  upstream = bma_upstream_new (config, &upstream_parts);
  bma_broker_set_upstream (broker, upstream);
  return broker;
}

static void
assert_status (BmaBroker *broker, const char *name, const char *state)
{
  g_autoptr (GVariant) status = g_variant_ref_sink (bma_broker_get_status (broker));
  const char *text = NULL;

  g_assert_true (g_variant_lookup (status, "upstream", "&s", &text));
  g_assert_cmpstr (text, ==, name);
  g_assert_true (g_variant_lookup (status, "upstream-state", "&s", &text));
  g_assert_cmpstr (text, ==, state);
}

static void
test_address (void)
{
  g_autoptr (BmaBroker) broker = make_broker (NULL);

  g_assert_false (bma_broker_runs_upstream (broker));
  assert_status (broker, "http://127.0.0.1:8080/mcp", "none");
}

static void
test_missing (void)
{
  g_autoptr (BmaBroker) broker = make_broker ("/nonexistent/server --key=s3cret");
  g_autofree char *what = NULL;
  const char *advice = NULL;

  /* Arguments may be secrets. */
  assert_status (broker, "server", "stopped");
  g_assert_cmpstr (bma_broker_judge_upstream (broker, &what, &advice), ==, "error");
  g_assert_cmpstr (what, ==,
                   "The MCP server cannot be started: there is no program "
                   "/nonexistent/server.");
  g_assert_nonnull (strstr (advice, "[resource] command"));
}

static void
test_failing (void)
{
  g_autoptr (BmaBroker) broker = make_broker ("sh -c 'exit 3'");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  const char *advice = NULL;

  g_assert_cmpstr (bma_broker_judge_upstream (broker, &before, &advice), ==, "ok");
  g_assert_cmpstr (before, ==, "The MCP server sh is started when it is needed.");
  g_assert_cmpstr (advice, ==, "");
  g_assert_null (bma_upstream_open_session (bma_broker_get_upstream (broker), "ann\ng"));
  assert_status (broker, "sh", "failed");
  g_assert_cmpstr (bma_broker_judge_upstream (broker, &after, &advice), ==, "error");
  g_assert_true (g_str_has_prefix (after, "The MCP server sh does not start: "));
  g_assert_nonnull (strstr (after, "keeper"));
  g_assert_nonnull (strstr (advice, "journal"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/upstream/an-address-has-no-state", test_address);
  g_test_add_func ("/broker/upstream/a-program-that-is-not-there", test_missing);
  g_test_add_func ("/broker/upstream/a-program-that-does-not-start", test_failing);
  return g_test_run ();
}
