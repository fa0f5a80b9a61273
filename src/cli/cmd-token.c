/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include <string.h>
#include <unistd.h>

#include "bma-cli-client.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"
#include "bma-cli-wish.h"

/* How the token is to be printed. */
typedef struct
{
  gboolean header;
  gboolean header_json;
  gboolean json;
} Shape;

static gboolean
parse (char **arguments, BmaCliWish *wish, Shape *shape)
{
  const GOptionEntry entries[] = {
    BMA_CLI_WISH_ENTRIES (wish),
    { "header", 0, 0, G_OPTION_ARG_NONE, &shape->header, "Print an HTTP header", NULL },
    { "header-json", 0, 0, G_OPTION_ARG_NONE, &shape->header_json,
      "Print an HTTP header as JSON", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &shape->json,
      "Print the token and what is known about it as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) rest = bma_cli_options_parse (
      arguments, NULL,
      "Prints an access token on standard output, and nothing else. Asks you first, in "
      "the browser, if need be.",
      entries, 0);

  return rest != NULL;
}

static int
print_token (const Shape *shape, GVariant *result)
{
  const char *token = NULL;
  g_autoptr (BmaSecretText) text = NULL;

  if (!g_variant_lookup (result, "access-token", "&s", &token) ||
      !bma_cli_wish_is_token (token))
    {
      g_printerr ("biomcp-auth: The answer of the service holds no token\n");
      return BMA_CLI_EXIT_FAILED;
    }
  if (shape->json)
    return bma_cli_print_json (result) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
  if (shape->header)
    text = g_strconcat ("Authorization: Bearer ", token, "\n", NULL);
  else if (shape->header_json)
    text = g_strconcat ("{\"Authorization\":\"Bearer ", token, "\"}\n", NULL);
  else
    text = g_strconcat (token, "\n", NULL);
  return bma_cli_print_write (STDOUT_FILENO, text, strlen (text)) ? BMA_CLI_EXIT_DONE
                                                                  : BMA_CLI_EXIT_FAILED;
}

/**
 * cmd_token:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Prints an access token.
 *
 * Returns: the exit code
 */
int
cmd_token (char **arguments)
{
  g_auto (BmaCliWish) wish = BMA_CLI_WISH_INIT;
  Shape shape = { FALSE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) result = NULL;
  const char *problem = NULL;

  if (!parse (arguments, &wish, &shape))
    return BMA_CLI_EXIT_USAGE;
  problem = shape.header + shape.header_json + shape.json > 1
                ? "Only one of --header, --header-json and --json can be had"
                : bma_cli_wish_check (&wish);
  if (problem != NULL)
    return bma_cli_options_refuse (arguments[0], problem);
  bus = bma_cli_client_connect (&error);
  if (bus != NULL)
    result = bma_cli_wish_obtain (&wish, bus, &error);
  if (result == NULL)
    return bma_cli_client_fail (error);
  return print_token (&shape, result);
}
