/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Something like an MCP server over standard input and output, that does what a test asks
 * for: by its methods, or with an argument from the start. */

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MANY 20000

extern char **environ;

/* The value of the first such member, as JSON; the tests write it without spaces. */
static char *
read_member (const char *line, const char *name)
{
  char wanted[64];
  const char *at = NULL;
  size_t length = 0;

  snprintf (wanted, sizeof wanted, "\"%s\":", name);
  at = strstr (line, wanted);
  if (at == NULL)
    return NULL;
  at += strlen (wanted);
  length = *at == '"' ? strcspn (at + 1, "\"") + 2 : strcspn (at, ",}]");
  return strndup (at, length);
}

static void
answer (const char *id, const char *text)
{
  printf ("{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"text\":\"%s\"}}\n", id, text);
}

static void
notify (const char *text)
{
  printf ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":"
          "{\"data\":\"%s\"}}\n",
          text);
}

static void
list_environment (const char *id)
{
  printf ("{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"names\":[\"\"", id);
  for (char **at = environ; *at != NULL; at++)
    printf (",\"%.*s\"", (int) strcspn (*at, "="), *at);
  printf ("]}}\n");
}

/* A grandchild that left the group and does not want to go. */
static void
leave_behind (const char *id)
{
  char text[32];
  pid_t pid = fork ();

  if (pid == 0)
    {
      setsid ();
      signal (SIGTERM, SIG_IGN);
      for (;;)
        pause ();
    }
  snprintf (text, sizeof text, "%ld", (long) pid);
  answer (id, text);
}

static void
report_progress (const char *token)
{
  printf ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":"
          "{\"progressToken\":%s,\"progress\":1}}\n",
          token);
}

static void
handle_request (const char *id, const char *method, const char *line)
{
  char *token = read_member (line, "progressToken");
  char text[32];

  if (strcmp (method, "\"initialize\"") == 0)
    printf ("{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"protocolVersion\":"
            "\"2025-11-25\",\"capabilities\":{}}}\n",
            id);
  else if (strcmp (method, "\"test/progress\"") == 0)
    {
      report_progress (token);
      answer (id, "progressed");
    }
  else if (strcmp (method, "\"test/wait\"") == 0)
    report_progress (token);
  else if (strcmp (method, "\"test/ask\"") == 0)
    printf ("{\"jsonrpc\":\"2.0\",\"id\":\"ask-%s\",\"method\":\"roots/list\"}\n", id);
  else if (strcmp (method, "\"test/say\"") == 0)
    {
      notify ("said");
      answer (id, "said");
    }
  else if (strcmp (method, "\"test/die\"") == 0)
    exit (3);
  else if (strcmp (method, "\"test/environment\"") == 0)
    list_environment (id);
  else if (strcmp (method, "\"test/leave-behind\"") == 0)
    leave_behind (id);
  else if (strcmp (method, "\"test/pid\"") == 0)
    {
      snprintf (text, sizeof text, "%ld", (long) getpid ());
      answer (id, text);
    }
  else if (strcmp (method, "\"test/many\"") == 0)
    {
      for (int i = 0; i < MANY; i++)
        notify ("one of very many lines that fill whatever they are kept in");
      answer (id, "many");
    }
  else if (strcmp (method, "\"test/silence\"") != 0)
    answer (id, "done");
  free (token);
}

static void
handle (const char *line)
{
  char *id = read_member (line, "id");
  char *method = read_member (line, "method");
  char *request_id = read_member (line, "requestId");

  if (id != NULL && method != NULL)
    handle_request (id, method, line);
  else if (request_id != NULL)
    {
      char text[64];

      snprintf (text, sizeof text, "cancelled %s", request_id);
      notify (text);
    }
  else if (id != NULL)
    notify ("answered");
  free (id);
  free (method);
  free (request_id);
  fflush (stdout);
}

static void
start_as (const char *mode)
{
  if (strcmp (mode, "crash") == 0)
    {
      fprintf (stderr, "starting\n\033[31mno database\033[0m\n");
      exit (1);
    }
  if (strcmp (mode, "flood") == 0)
    for (int i = 0; i < MANY; i++)
      fprintf (stderr, "complaint %d\n", i);
  if (strcmp (mode, "deaf") == 0)
    {
      signal (SIGTERM, SIG_IGN);
      for (;;)
        pause ();
    }
}

/* Accepts connections, and says nothing. */
static void
listen_at (const char *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_port = htons ((uint16_t) atoi (port));
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (bind (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (fd, SOMAXCONN) != 0)
    exit (1);
  for (;;)
    pause ();
}

int
main (int argc, char **argv)
{
  char *line = NULL;
  size_t size = 0;

  if (argc > 2 && strcmp (argv[1], "listen") == 0)
    listen_at (argv[2]);
  if (argc > 1)
    start_as (argv[1]);
  printf ("Welcome, this is no message\n");
  while (getline (&line, &size, stdin) > 0)
    handle (line);
  free (line);
  return 0;
}
