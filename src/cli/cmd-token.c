/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include <string.h>
#include <unistd.h>

#include "bma-cli-client.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"
#include "bma-cli-request.h"
#include "bma-names.h"
#include "bma-secret.h"
#include "bma-text.h"

typedef struct
{
  char **scopes;       /* owned, nullable */
  char *resource;      /* owned, nullable */
  int64_t min_valid_s; /* -1 when not given */
  gboolean no_interaction;
  gboolean header;
  gboolean header_json;
  gboolean json;
} Wish;

static void
wish_clear (Wish *self)
{
  g_clear_pointer (&self->scopes, g_strfreev);
  g_clear_pointer (&self->resource, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

static gboolean
wish_parse (Wish *self, char **arguments)
{
  const GOptionEntry entries[] = {
    { "scope", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->scopes,
      "What the token is for; may be repeated", "SCOPE" },
    { "resource", 0, 0, G_OPTION_ARG_STRING, &self->resource,
      "The resource the token is for", "URL" },
    { "min-valid-s", 0, 0, G_OPTION_ARG_INT64, &self->min_valid_s,
      "How long the token must be good at least", "SECONDS" },
    { "no-interaction", 0, 0, G_OPTION_ARG_NONE, &self->no_interaction,
      "Never ask; exit with 2 instead", NULL },
    { "header", 0, 0, G_OPTION_ARG_NONE, &self->header, "Print an HTTP header", NULL },
    { "header-json", 0, 0, G_OPTION_ARG_NONE, &self->header_json,
      "Print an HTTP header as JSON", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json,
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

static const char *
wish_check (const Wish *self)
{
  if (self->header + self->header_json + self->json > 1)
    return "Only one of --header, --header-json and --json can be had";
  if (self->min_valid_s < -1 || self->min_valid_s > G_MAXUINT32)
    return "--min-valid-s takes a number of seconds";
  return NULL;
}

static void
fill_options (const Wish *self, GVariantDict *options)
{
  if (self->resource != NULL)
    g_variant_dict_insert (options, "resource", "s", self->resource);
  if (self->min_valid_s >= 0)
    g_variant_dict_insert (options, "min-valid-s", "u", (uint32_t) self->min_valid_s);
}

static GVariant *
get_token (GDBusConnection *bus,
           const Wish *wish,
           const char *const *scopes,
           GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;

  fill_options (wish, &options);
  reply = bma_cli_client_call (bus, BMA_OBJECT_PATH, BMA_CLI_BROKER ".GetToken",
                               g_variant_new ("(^as@a{sv})", scopes,
                                              g_variant_dict_end (&options)),
                               "(a{sv})", BMA_CLI_CALL_LIMIT_MS, error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/* Asks the person only if the service says that it is needed. */
static GVariant *
obtain (GDBusConnection *bus, const Wish *wish, GError **error)
{
  const char *none[] = { NULL };
  const char *const *scopes = wish->scopes != NULL ? (const char *const *) wish->scopes
                                                   : none;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) local_error = NULL;
  GVariant *result = get_token (bus, wish, scopes, &local_error);

  if (result != NULL)
    return result;
  if (wish->no_interaction ||
      bma_cli_client_get_exit (local_error) != BMA_CLI_EXIT_PERSON)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  fill_options (wish, &options);
  return bma_cli_request_token (bus, scopes, &options, error);
}

/* A token is printable ASCII without a quote (RFC 6750, section 2.1), so it needs no
 * escapes. */
static gboolean
is_b64token (const char *token)
{
  return *token != '\0' && bma_text_is_printable_ascii (token) &&
         strpbrk (token, " \"\\") == NULL;
}

static int
print_token (const Wish *wish, GVariant *result)
{
  const char *token = NULL;
  g_autoptr (BmaSecretText) text = NULL;

  if (!g_variant_lookup (result, "access-token", "&s", &token) || !is_b64token (token))
    {
      g_printerr ("biomcp-auth: The answer of the service holds no token\n");
      return BMA_CLI_EXIT_FAILED;
    }
  if (wish->json)
    return bma_cli_print_json (result) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
  if (wish->header)
    text = g_strconcat ("Authorization: Bearer ", token, "\n", NULL);
  else if (wish->header_json)
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
  g_auto (Wish) wish = { .min_valid_s = -1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) result = NULL;
  const char *problem = NULL;

  if (!wish_parse (&wish, arguments))
    return BMA_CLI_EXIT_USAGE;
  problem = wish_check (&wish);
  if (problem != NULL)
    return bma_cli_options_refuse (arguments[0], problem);
  bus = bma_cli_client_connect (&error);
  if (bus != NULL)
    result = obtain (bus, &wish, &error);
  if (result == NULL)
    return bma_cli_client_fail (error);
  return print_token (&wish, result);
}
