/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-command.h"

#include <string.h>

#define MAX_COMMAND_BYTES 4096

/**
 * bma_command_parse:
 * @text: words, quoted as in a shell; no shell reads them
 *
 * Returns: (transfer full) (nullable): the words
 */
char **
bma_command_parse (const char *text)
{
  g_auto (GStrv) words = NULL;

  if (strlen (text) > MAX_COMMAND_BYTES || !g_utf8_validate (text, -1, NULL) ||
      strpbrk (text, "\r\n") != NULL || !g_shell_parse_argv (text, NULL, &words, NULL) ||
      *words[0] == '\0')
    return NULL;
  if (bma_command_has ((const char *const *) words, BMA_COMMAND_PORT) &&
      bma_command_has ((const char *const *) words, BMA_COMMAND_SOCKET))
    return NULL;
  return g_steal_pointer (&words);
}

/**
 * bma_command_has:
 * @words: a command
 * @placeholder: one of BMA_COMMAND_*
 *
 * Returns: whether it is in one of the words
 */
gboolean
bma_command_has (const char *const *words, const char *placeholder)
{
  for (size_t i = 0; words[i] != NULL; i++)
    if (strstr (words[i], placeholder) != NULL)
      return TRUE;
  return FALSE;
}

/**
 * bma_command_fill:
 * @words: a command
 * @places: what to put in
 *
 * Returns: (transfer full): the command with what stands for its placeholders
 */
char **
bma_command_fill (const char *const *words, const BmaCommandPlaces *places)
{
  const struct
  {
    const char *placeholder;
    const char *value;
  } pairs[] = {
    { BMA_COMMAND_PORT, places->port },
    { BMA_COMMAND_SOCKET, places->socket },
    { BMA_COMMAND_SECRET_FILE, places->secret_file },
  };
  g_autoptr (GStrvBuilder) filled = g_strv_builder_new ();

  for (size_t i = 0; words[i] != NULL; i++)
    {
      g_autoptr (GString) word = g_string_new (words[i]);

      for (size_t j = 0; j < G_N_ELEMENTS (pairs); j++)
        if (pairs[j].value != NULL)
          g_string_replace (word, pairs[j].placeholder, pairs[j].value, 0);
      g_strv_builder_add (filled, word->str);
    }
  return g_strv_builder_end (filled);
}

/**
 * bma_command_make_environment:
 * @from: our environment, `NAME=value`
 *
 * A server must neither find our credentials nor take our sockets and our place at the
 * service manager for its own.
 *
 * Returns: (transfer full): the environment of a server
 */
char **
bma_command_make_environment (const char *const *from)
{
  static const char *const ours[] = { "CREDENTIALS_DIRECTORY=",
                                      "DBUS_STARTER_ADDRESS=",
                                      "DBUS_STARTER_BUS_TYPE=",
                                      "FDSTORE=",
                                      "INVOCATION_ID=",
                                      "JOURNAL_STREAM=",
                                      "LISTEN_FDNAMES=",
                                      "LISTEN_FDS=",
                                      "LISTEN_PID=",
                                      "LISTEN_PIDFDID=",
                                      "MAINPID=",
                                      "MANAGERPID=",
                                      "NOTIFY_SOCKET=",
                                      "WATCHDOG_PID=",
                                      "WATCHDOG_USEC=" };
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

  for (size_t i = 0; from[i] != NULL; i++)
    {
      gboolean is_ours = FALSE;

      for (size_t j = 0; j < G_N_ELEMENTS (ours); j++)
        is_ours = is_ours || g_str_has_prefix (from[i], ours[j]);
      if (!is_ours)
        g_strv_builder_add (kept, from[i]);
    }
  return g_strv_builder_end (kept);
}
