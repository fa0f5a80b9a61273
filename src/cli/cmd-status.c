/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include "bma-cli-client.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"
#include "bma-names.h"

/* Owned; "unknown" when the service does not say. */
static char *
get_text (GVariant *status, const char *key)
{
  const char *text = NULL;

  if (!g_variant_lookup (status, key, "&s", &text))
    return g_strdup ("unknown");
  return bma_cli_print_clean (text);
}

static unsigned int
get_number (GVariant *status, const char *key)
{
  uint32_t number = 0;

  g_variant_lookup (status, key, "u", &number);
  return number;
}

static void
print_person (GVariant *status)
{
  g_autofree char *name = get_text (status, "signed-in-as");
  g_autofree char *provider = get_text (status, "provider");
  unsigned int n_grants = get_number (status, "n-grants");
  unsigned int n_clients = get_number (status, "n-clients");

  if (*name == '\0')
    g_print ("Nobody is signed in (%s)", provider);
  else
    g_print ("Signed in as %s (%s)", name, provider);
  g_print ("; %u %s, %u %s\n", n_grants, n_grants == 1 ? "grant" : "grants", n_clients,
           n_clients == 1 ? "client" : "clients");
}

static void
print_status (GVariant *status)
{
  g_autofree char *issuer = get_text (status, "issuer");
  g_autofree char *mcp_url = get_text (status, "mcp-url");
  g_autofree char *upstream = get_text (status, "upstream");
  g_autofree char *upstream_state = get_text (status, "upstream-state");
  g_autofree char *state = get_text (status, "state");
  g_autofree char *version = get_text (status, "version");
  g_autofree char *keyring = get_text (status, "keyring");
  g_autofree char *key = get_text (status, "signing-key");
  gboolean ready = g_str_equal (state, "ready");
  gboolean is_child = *upstream_state != '\0' && !g_str_equal (upstream_state, "none");
  g_autofree char *painted =
      bma_cli_print_paint (state, ready ? BMA_CLI_STYLE_GOOD : BMA_CLI_STYLE_WARNING,
                           bma_cli_print_has_colour (1));

  print_person (status);
  g_print ("Issuer %s, MCP URL %s, upstream %s%s%s\n", issuer, mcp_url, upstream,
           is_child ? ", " : "", is_child ? upstream_state : "");
  g_print ("Service %s: %s; keyring %s, signing key %s\n", version, painted, keyring,
           *key != '\0' ? key : "none");
}

/**
 * cmd_status:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Tells how the service is doing.
 *
 * Returns: the exit code
 */
int
cmd_status (char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv)
      rest = bma_cli_options_parse (arguments, NULL, "Tells how the service is doing.",
                                    entries, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) status = NULL;

  if (rest == NULL)
    return BMA_CLI_EXIT_USAGE;
  bus = bma_cli_client_connect (&error);
  if (bus != NULL)
    reply = bma_cli_client_call (bus, BMA_OBJECT_PATH, BMA_CLI_SERVER ".GetStatus", NULL,
                                 "(a{sv})", BMA_CLI_CALL_LIMIT_MS, &error);
  if (reply == NULL)
    return bma_cli_client_fail (error);
  status = g_variant_get_child_value (reply, 0);
  if (json)
    return bma_cli_print_json (status) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
  print_status (status);
  return BMA_CLI_EXIT_DONE;
}
