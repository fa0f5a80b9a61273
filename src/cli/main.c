/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <locale.h>
#include <string.h>

#include "bma-cli-client.h"
#include "bma-cli-suggest.h"
#include "cmd-verbs.h"

static const struct
{
  const char *name;
  const char *parameters;
  const char *summary;
  int (*run) (char **arguments);
} verbs[] = {
  { "status", "", "how the service is doing", cmd_status },
  { "token", "[--scope S]... [--header | --json]", "an access token on standard output",
    cmd_token },
  { "run", "-- COMMAND...", "run a command that has a token", cmd_run },
  { "sign-in", "", "sign in, in the browser if need be", cmd_sign_in },
  { "sign-out", "", "sign out; every token stops working", cmd_sign_out },
  { "grants", "[list | revoke ID | revoke --all]", "what programs are allowed",
    cmd_grants },
  { "clients", "[list | add --name N | remove ID]", "programs that use HTTP",
    cmd_clients },
  { "configure", "CLIENT | --list", "put the MCP server into a client's settings",
    cmd_configure },
  { "connect", "[URL]", "bridge for MCP clients that only start programs", cmd_connect },
  { "import", "wrangler.toml [.dev.vars]", "take over the configuration of a Worker",
    cmd_import },
  { "keys", "[list | rotate [--now]]", "what tokens are signed with", cmd_keys },
  { "setup", "stytch|oidc", "sign in through Stytch or an OpenID provider", cmd_setup },
  { "monitor", "", "what happens, as it happens", cmd_monitor },
  { "doctor", "", "what is wrong and what to do", cmd_doctor },
};

static char *
make_usage (void)
{
  GString *out = g_string_new ("Usage: biomcp-auth VERB [--json] [OPTIONS]\n\n");

  for (size_t i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_string_append_printf (out, "  %-9s %-34s %s\n", verbs[i].name, verbs[i].parameters,
                            verbs[i].summary);
  g_string_append (out, "\n“biomcp-auth help VERB” tells more.\n"
                        "Exit codes: 0 done, 1 failed, 2 needs a person, 3 refused or "
                        "cancelled,\n4 try later, 64 wrong command line.\n");
  return g_string_free (out, FALSE);
}

static int
refuse (const char *verb)
{
  const char *names[G_N_ELEMENTS (verbs) + 1] = { NULL };
  const char *meant = NULL;
  g_autofree char *usage = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (verbs); i++)
    names[i] = verbs[i].name;
  if (verb != NULL)
    {
      g_printerr ("biomcp-auth: “%s” is not a verb\n", verb);
      meant = bma_cli_suggest (verb, names);
    }
  if (meant != NULL)
    {
      g_printerr ("Did you mean “biomcp-auth %s”?\n", meant);
      return BMA_CLI_EXIT_USAGE;
    }
  usage = make_usage ();
  g_printerr ("%s%s", verb != NULL ? "\n" : "", usage);
  return BMA_CLI_EXIT_USAGE;
}

static int
run_verb (char **arguments)
{
  for (size_t i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (g_str_equal (arguments[0], verbs[i].name))
        return verbs[i].run (arguments);
    }
  return refuse (arguments[0]);
}

/* As if --help stood behind the words. */
static int
help (char **words)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) arguments = NULL;
  g_autofree char *usage = NULL;

  if (words[0] == NULL)
    {
      usage = make_usage ();
      g_print ("%s", usage);
      return BMA_CLI_EXIT_DONE;
    }
  g_strv_builder_addv (builder, (const char **) words);
  g_strv_builder_add (builder, "--help");
  arguments = g_strv_builder_end (builder);
  return run_verb (arguments);
}

static int
run (char **arguments)
{
  if (g_str_equal (arguments[0], "--version"))
    {
      g_print ("biomcp-auth %s\n", BMA_VERSION);
      return BMA_CLI_EXIT_DONE;
    }
  if (g_str_equal (arguments[0], "--help") || g_str_equal (arguments[0], "-h"))
    return help (arguments + g_strv_length (arguments));
  if (g_str_equal (arguments[0], "help"))
    return help (arguments + 1);
  return run_verb (arguments);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  if (argc < 2)
    return refuse (NULL);
  return run (argv + 1);
}
