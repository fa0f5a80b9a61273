/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include "bma-cli-client.h"
#include "bma-cli-findings.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"
#include "bma-names.h"

/* A service that cannot be asked is the most important finding. */
static GVariant *
make_finding (GDBusConnection *bus, const GError *error)
{
  g_autofree char *what = bma_cli_client_describe (error);
  const char *advice =
      "See why it does not answer: systemctl --user status biomcp-auth, or run "
      "biomcp-authd --verbose in a terminal.";

  if (bus == NULL)
    advice = "Log in to a desktop session, or start one with dbus-run-session.";
  else if (bma_cli_client_is_absent (error))
    {
      g_free (what);
      what = g_strdup ("The service " BMA_BUS_NAME " is not known to this session bus.");
      advice = "Install the package biomcp-auth, or start the service with ./dev run.";
    }
  return g_variant_ref_sink (
      g_variant_new_parsed ("[('error', %s, %s, %s)]",
                            bus == NULL ? "session-bus" : "service", what, advice));
}

static GVariant *
examine (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = bma_cli_client_connect (&error);
  GVariant *findings = bus != NULL ? bma_cli_findings_fetch (bus, &error) : NULL;

  return findings != NULL ? findings : make_finding (bus, error);
}

/**
 * cmd_doctor:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Tells what is wrong and what to do.
 *
 * Returns: the exit code
 */
int
cmd_doctor (char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) rest = bma_cli_options_parse (
      arguments, NULL,
      "Checks everything that sign-ins and tokens depend on. The exit code is 0 only if "
      "all is well.",
      entries, 0);
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL;

  if (rest == NULL)
    return BMA_CLI_EXIT_USAGE;
  findings = examine ();
  value = bma_cli_findings_to_json (findings);
  text = bma_cli_findings_to_text (findings, bma_cli_print_has_colour (1));
  if (!json)
    g_print ("%s", text);
  else if (!bma_cli_print_json (value))
    return BMA_CLI_EXIT_FAILED;
  return bma_cli_findings_are_ok (findings) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
}
