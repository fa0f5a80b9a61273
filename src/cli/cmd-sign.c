/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include "bma-cli-client.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"
#include "bma-cli-request.h"
#include "bma-names.h"

static gboolean
parse (char **arguments, const char *summary, gboolean *json)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) rest = bma_cli_options_parse (arguments, NULL, summary, entries, 0);

  return rest != NULL;
}

static int
report (gboolean json, gboolean signed_in, const char *text)
{
  g_autoptr (GVariant) value = NULL;

  if (!json)
    {
      g_print ("%s\n", text);
      return BMA_CLI_EXIT_DONE;
    }
  value = g_variant_ref_sink (g_variant_new_parsed ("{'signed-in': <%b>}", signed_in));
  return bma_cli_print_json (value) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
}

/**
 * cmd_sign_in:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Lets the person sign in.
 *
 * Returns: the exit code
 */
int
cmd_sign_in (char **arguments)
{
  gboolean json = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) result = NULL;

  if (!parse (arguments, "Signs you in, in the browser if need be.", &json))
    return BMA_CLI_EXIT_USAGE;
  bus = bma_cli_client_connect (&error);
  if (bus != NULL)
    result = bma_cli_request_sign_in (bus, &error);
  if (result == NULL)
    return bma_cli_client_fail (error);
  return report (json, TRUE, "You are signed in.");
}

/**
 * cmd_sign_out:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Signs the person out.
 *
 * Returns: the exit code
 */
int
cmd_sign_out (char **arguments)
{
  gboolean json = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;

  if (!parse (arguments, "Signs you out; every token stops working.", &json))
    return BMA_CLI_EXIT_USAGE;
  bus = bma_cli_client_connect (&error);
  if (bus == NULL || !bma_cli_client_call_void (bus, BMA_OBJECT_PATH,
                                                BMA_CLI_BROKER ".SignOut", NULL, &error))
    return bma_cli_client_fail (error);
  return report (json, FALSE, "You are signed out.");
}
