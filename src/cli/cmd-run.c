/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "bma-cli-client.h"
#include "bma-cli-options.h"
#include "bma-cli-wish.h"
#include "bma-secret-file.h"

/* What a shell answers when a command cannot be started. */
#define EXIT_NOT_RUNNABLE 126
#define EXIT_NOT_FOUND    127

/* A file that the command gets. */
typedef struct
{
  const char *variable; /* tells the command which descriptor it is */
  int wanted;           /* -1 for any */
  int fd;
} Gift;

enum
{
  GIFT_TOKEN,
  GIFT_HEADER,
  N_GIFTS,
};

/* Where the command begins: behind “--”, so that its options are not taken for ours. */
static char **
split (char **arguments, char ***own)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  size_t i = 0;

  for (; arguments[i] != NULL && !g_str_equal (arguments[i], "--"); i++)
    g_strv_builder_add (builder, arguments[i]);
  *own = g_strv_builder_end (builder);
  return arguments[i] != NULL ? arguments + i + 1 : arguments + i;
}

static gboolean
parse (char **arguments, BmaCliWish *wish, Gift *gifts)
{
  const GOptionEntry entries[] = {
    BMA_CLI_WISH_ENTRIES (wish),
    { "token-fd", 0, 0, G_OPTION_ARG_INT, &gifts[GIFT_TOKEN].wanted,
      "The descriptor of the token; by default one that is free", "N" },
    { "header-fd", 0, 0, G_OPTION_ARG_INT, &gifts[GIFT_HEADER].wanted,
      "The descriptor of the header; by default one that is free", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) rest = bma_cli_options_parse (
      arguments, "-- COMMAND [ARGUMENT]...",
      "Runs a command that can read an access token from the file descriptor "
      "$BIOMCP_AUTH_TOKEN_FD, and a whole HTTP header with it from "
      "$BIOMCP_AUTH_HEADER_FD. "
      "The token is in no argument and in no variable. Example:\n\n"
      "  biomcp-auth run --header-fd 9 -- curl --header @/dev/fd/9 URL",
      entries, 0);

  return rest != NULL;
}

static const char *
check (const Gift *gifts, char **command)
{
  for (size_t i = 0; i < N_GIFTS; i++)
    {
      if (gifts[i].wanted != -1 && (gifts[i].wanted < 3 || gifts[i].wanted > 1023))
        return "A descriptor is a number from 3 to 1023";
    }
  if (gifts[0].wanted != -1 && gifts[0].wanted == gifts[1].wanted)
    return "--token-fd and --header-fd need two different descriptors";
  return command[0] == NULL ? "Put “--” and the command at the end" : NULL;
}

static gboolean
open_file (Gift *gift, const BmaSecret *secret)
{
  gift->fd = bma_secret_file_new (secret);
  return gift->fd >= 0;
}

/* Lets the command have it, under the number it wants. */
static gboolean
hand_over (const Gift *gift)
{
  g_autofree char *number = NULL;
  int fd = gift->fd;

  if (gift->wanted >= 0 && gift->wanted != fd)
    fd = dup2 (gift->fd, gift->wanted);
  else
    fd = fcntl (fd, F_SETFD, 0) == 0 ? fd : -1;
  if (fd < 0)
    return FALSE;
  number = g_strdup_printf ("%d", fd);
  return g_setenv (gift->variable, number, TRUE);
}

/* A number that one file is to get may be that of the other just now. */
static gboolean
keep_apart (Gift *gifts)
{
  int highest = MAX (gifts[GIFT_TOKEN].wanted, gifts[GIFT_HEADER].wanted);

  for (size_t i = 0; i < N_GIFTS; i++)
    {
      int fd = gifts[i].fd;

      if (highest < 0)
        continue;
      gifts[i].fd = fcntl (fd, F_DUPFD_CLOEXEC, highest + 1);
      close (fd);
      if (gifts[i].fd < 0)
        return FALSE;
    }
  return TRUE;
}

static int
run (Gift *gifts, BmaSecret *token, char **command)
{
  g_autoptr (BmaSecret) header = bma_secret_new_take (
      g_strconcat ("Authorization: Bearer ", bma_secret_peek (token), "\n", NULL));
  int code = EXIT_NOT_RUNNABLE;

  if (!open_file (&gifts[GIFT_TOKEN], token) ||
      !open_file (&gifts[GIFT_HEADER], header) || !keep_apart (gifts) ||
      !hand_over (&gifts[GIFT_TOKEN]) || !hand_over (&gifts[GIFT_HEADER]))
    {
      g_printerr ("biomcp-auth: The token cannot be handed over: %s\n",
                  g_strerror (errno));
      return BMA_CLI_EXIT_FAILED;
    }
  execvp (command[0], command);
  if (errno == ENOENT)
    code = EXIT_NOT_FOUND;
  g_printerr ("biomcp-auth: %s cannot be started: %s\n", command[0], g_strerror (errno));
  return code;
}

/**
 * cmd_run:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Becomes a command that has a token.
 *
 * Returns: the exit code, if the command could not be started
 */
int
cmd_run (char **arguments)
{
  g_auto (BmaCliWish) wish = BMA_CLI_WISH_INIT;
  Gift gifts[N_GIFTS] = { { "BIOMCP_AUTH_TOKEN_FD", -1, -1 },
                          { "BIOMCP_AUTH_HEADER_FD", -1, -1 } };
  g_auto (GStrv) own = NULL;
  char **command = split (arguments, &own);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (BmaSecret) token = NULL;
  const char *problem = NULL;

  if (!parse (own, &wish, gifts))
    return BMA_CLI_EXIT_USAGE;
  problem = check (gifts, command);
  if (problem == NULL)
    problem = bma_cli_wish_check (&wish);
  if (problem != NULL)
    return bma_cli_options_refuse (arguments[0], problem);
  bus = bma_cli_client_connect (&error);
  if (bus != NULL)
    token = bma_cli_wish_obtain_secret (&wish, bus, &error);
  if (token == NULL)
    return bma_cli_client_fail (error);
  return run (gifts, token, command);
}
