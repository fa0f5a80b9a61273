/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* biomcp-auth-keeper PARENT COMMAND...: runs a command and sees to it that nothing of it
 * is left behind, whatever the command started, and also when the service was killed. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXIT_USAGE     64
#define EXIT_NOT_FOUND 127
#define GRACE_S        5
#define KILL_ROUNDS    50
#define ROUND_NS       (20 * 1000 * 1000)

static pid_t command_pid;
static int command_status;
static int is_command_over;

static void
reap (void)
{
  int status = 0;
  pid_t pid = 0;

  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    if (pid == command_pid)
      {
        command_status = status;
        is_command_over = 1;
      }
}

/* All our children: orphans become ours, even those that left the group. Without that
 * file of the kernel there is the group. */
static void
signal_all (int signal_number)
{
  FILE *file = NULL;
  char path[64];
  long pid = 0;

  if (command_pid > 1)
    kill (-command_pid, signal_number);
  snprintf (path, sizeof path, "/proc/self/task/%ld/children", (long) getpid ());
  file = fopen (path, "re");
  while (file != NULL && fscanf (file, "%ld", &pid) == 1)
    kill ((pid_t) pid, signal_number);
  if (file != NULL)
    fclose (file);
}

static int
has_children (void)
{
  siginfo_t info;

  return waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static time_t
now_s (void)
{
  struct timespec now = { 0, 0 };

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

/* Until everything is gone, or the time is over. */
static void
wait_for_all (const sigset_t *signals, time_t until_s)
{
  const struct timespec round = { 0, ROUND_NS };

  for (reap (); has_children () && now_s () < until_s; reap ())
    sigtimedwait (signals, NULL, &round);
}

static void
end_all (const sigset_t *signals)
{
  const struct timespec round = { 0, ROUND_NS };

  signal_all (SIGTERM);
  wait_for_all (signals, now_s () + GRACE_S);
  /* What is killed may leave children of its own to us. */
  for (int i = 0; i < KILL_ROUNDS && has_children (); i++)
    {
      signal_all (SIGKILL);
      sigtimedwait (signals, NULL, &round);
      reap ();
    }
}

static void
run_command (char **words, const sigset_t *before)
{
  pid_t keeper = getppid ();

  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != keeper)
    _exit (EXIT_NOT_FOUND);
  sigprocmask (SIG_SETMASK, before, NULL);
  execvp (words[0], words);
  fprintf (stderr, "%s cannot be started: %s\n", words[0], strerror (errno));
  _exit (EXIT_NOT_FOUND);
}

/* The service waits for the end of what the command writes, not for ours. */
static void
let_go_of_pipes (void)
{
  int null_fd = open ("/dev/null", O_RDWR | O_CLOEXEC);

  for (int fd = 0; fd < 3 && null_fd >= 0; fd++)
    dup2 (null_fd, fd);
}

static void
take_signals (sigset_t *signals, sigset_t *before)
{
  struct sigaction usual = { 0 };

  usual.sa_handler = SIG_DFL;
  for (int i = 1; i < NSIG; i++)
    sigaction (i, &usual, NULL);
  sigemptyset (before);
  sigemptyset (signals);
  sigaddset (signals, SIGTERM);
  sigaddset (signals, SIGINT);
  sigaddset (signals, SIGHUP);
  sigaddset (signals, SIGCHLD);
  sigprocmask (SIG_SETMASK, signals, NULL);
}

int
main (int argc, char **argv)
{
  sigset_t signals;
  sigset_t before;

  if (argc < 3)
    return EXIT_USAGE;
  take_signals (&signals, &before);
  /* Ctrl-C in a terminal is for the service, which tells us. */
  setsid ();
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  if (getppid () != (pid_t) strtol (argv[1], NULL, 10))
    return EXIT_FAILURE;
  command_pid = fork ();
  if (command_pid < 0)
    return EXIT_FAILURE;
  if (command_pid == 0)
    run_command (argv + 2, &before);
  setpgid (command_pid, command_pid);
  let_go_of_pipes ();
  while (!is_command_over)
    {
      if (sigwaitinfo (&signals, NULL) == SIGCHLD)
        reap ();
      else
        break;
    }
  end_all (&signals);
  return WIFEXITED (command_status) ? WEXITSTATUS (command_status)
                                    : 128 + WTERMSIG (command_status);
}
