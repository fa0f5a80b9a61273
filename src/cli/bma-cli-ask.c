/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-ask.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "bma-secret.h"

#define MAX_LINE_BYTES 4096

static const int deadly[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP };

static volatile sig_atomic_t interrupted;

typedef struct
{
  gboolean hidden;
  struct termios terminal;
  struct sigaction actions[G_N_ELEMENTS (deadly)];
} Echo;

static void
on_signal (int number)
{
  interrupted = number;
}

/* A terminal that stayed without echo would look dead, so signals wait until it is back.
 */
static void
echo_hide (Echo *self)
{
  struct sigaction action = { .sa_handler = on_signal };
  struct termios quiet;

  self->hidden = tcgetattr (STDIN_FILENO, &self->terminal) == 0;
  if (!self->hidden)
    return;
  sigemptyset (&action.sa_mask);
  for (size_t i = 0; i < G_N_ELEMENTS (deadly); i++)
    sigaction (deadly[i], &action, &self->actions[i]);
  quiet = self->terminal;
  quiet.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK);
  quiet.c_lflag |= ECHONL;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet);
}

static void
echo_show (Echo *self)
{
  if (!self->hidden)
    return;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &self->terminal);
  for (size_t i = 0; i < G_N_ELEMENTS (deadly); i++)
    sigaction (deadly[i], &self->actions[i], NULL);
}

/* Byte by byte: what is behind the line stays in the pipe, and no buffer keeps a copy. */
static gboolean
read_line (char line[MAX_LINE_BYTES], GError **error)
{
  size_t n = 0;

  while (n + 1 < MAX_LINE_BYTES)
    {
      ssize_t got = read (STDIN_FILENO, &line[n], 1);

      if (got < 0 && errno == EINTR && interrupted == 0)
        continue;
      if (got < 0 && errno == EINTR)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Given up");
          return FALSE;
        }
      if (got > 0 && line[n] != '\n')
        {
          n++;
          continue;
        }
      line[n] = '\0';
      if (got > 0 || n > 0)
        return TRUE;
      break;
    }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       n > 0 ? "The line is too long"
                             : "The input ended before everything was said");
  return FALSE;
}

/**
 * bma_cli_ask_is_person:
 *
 * Returns: whether standard input is a terminal
 */
gboolean
bma_cli_ask_is_person (void)
{
  return isatty (STDIN_FILENO);
}

/**
 * bma_cli_ask:
 * @question: what to ask; shown on standard error to a person only
 * @secret: whether the answer must not be seen
 * @error: return location for an error
 *
 * Reads one line of standard input.
 *
 * Returns: (transfer full) (nullable): it without white space around it, to be freed with
 * bma_secret_free_text() if it is secret
 *
 * Errors: %G_IO_ERROR_CANCELLED when the person interrupted.
 */
char *
bma_cli_ask (const char *question, gboolean secret, GError **error)
{
  char line[MAX_LINE_BYTES];
  Echo echo = { .hidden = FALSE };
  gboolean got = FALSE;
  char *answer = NULL;

  interrupted = 0;
  if (bma_cli_ask_is_person ())
    g_printerr ("%s", question);
  if (secret && bma_cli_ask_is_person ())
    echo_hide (&echo);
  got = read_line (line, error);
  echo_show (&echo);
  if (got)
    answer = g_strdup (g_strstrip (line));
  explicit_bzero (line, sizeof line);
  return answer;
}

/**
 * bma_cli_ask_go_on:
 * @error: return location for an error
 *
 * Asks a person whether what was shown may be written; a script has said so by its input.
 *
 * Returns: whether to go on
 *
 * Errors: %G_IO_ERROR_CANCELLED when the person does not want it.
 */
gboolean
bma_cli_ask_go_on (GError **error)
{
  g_autofree char *answer = NULL;

  if (!bma_cli_ask_is_person ())
    return TRUE;
  answer = bma_cli_ask ("\nGo on? [Y/n] ", FALSE, error);
  if (answer == NULL)
    return FALSE;
  if (*answer == '\0' || g_ascii_tolower (*answer) == 'y')
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Nothing was written");
  return FALSE;
}
