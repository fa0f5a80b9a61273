/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer-proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bma-peer-file.h"
#include "bma-peer-flatpak.h"
#include "bma-peer-unit.h"

/**
 * bma_peer_process_free:
 * @self: (transfer full) (nullable): a process
 */
void
bma_peer_process_free (BmaPeerProcess *self)
{
  if (self == NULL)
    return;
  if (self->pidfd >= 0)
    close (self->pidfd);
  g_free (self->sender);
  g_free (self);
}

/* A descriptor for the process that stays with it: that of the bus, or our own. */
static int
open_process (const BmaPeerProcess *process)
{
  if (process->pidfd >= 0)
    return fcntl (process->pidfd, F_DUPFD_CLOEXEC, 3);
  return (int) syscall (SYS_pidfd_open, (pid_t) process->pid, 0u);
}

/* The pid that a descriptor stands for, in our pid namespace; 0 if none. */
static uint32_t
get_pid (int pidfd)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fdinfo/%d", pidfd);
  g_autofree char *text = bma_peer_read_at (AT_FDCWD, path);
  const char *line = text != NULL ? strstr (text, "\nPid:") : NULL;

  return line != NULL ? (uint32_t) g_ascii_strtoull (line + strlen ("\nPid:"), NULL, 10)
                      : 0;
}

/* Whether the process has not ended. Kernels without descriptors for processes still
 * tell: the folder stays that of one process, and is empty of it once that has ended. */
static gboolean
is_alive (int pidfd, int folder)
{
  struct pollfd poller = { .fd = pidfd, .events = POLLIN };
  g_autofree char *executable = NULL;

  if (pidfd >= 0)
    return TEMP_FAILURE_RETRY (poll (&poller, 1, 0)) == 0;
  executable = bma_peer_read_link_at (folder, "exe");
  return executable != NULL;
}

/* Whether it lives in the same user namespace; whoever does not is in some container. */
static gboolean
is_neighbour (int folder)
{
  struct stat its;
  struct stat ours;

  return fstatat (folder, "ns/user", &its, 0) == 0 &&
         stat ("/proc/self/ns/user", &ours) == 0 && its.st_dev == ours.st_dev &&
         its.st_ino == ours.st_ino;
}

/* Whether it was started from a terminal, where anything may run. */
static gboolean
has_terminal (int folder)
{
  g_autofree char *text = bma_peer_read_at (folder, "stat");
  const char *fields = text != NULL ? strrchr (text, ')') : NULL;
  long terminal = 0;

  if (fields == NULL || sscanf (fields, ") %*c %*d %*d %*d %ld", &terminal) != 1)
    return TRUE;
  return terminal != 0;
}

/* A path in a container is not that path outside, so neither is the program. The number
 * of the namespace is nobody else's for as long as that lives. */
static BmaPeer *
identify_container (const BmaPeerProcess *process,
                    int folder,
                    const char *executable,
                    GError **error)
{
  g_autofree char *space = bma_peer_read_link_at (folder, "ns/user");
  g_autofree char *app_id = NULL;

  if (space == NULL)
    {
      bma_peer_refuse (error, "its user namespace");
      return NULL;
    }
  app_id = g_strdup_printf ("%s@%s", executable, space);
  return bma_peer_new (process->sender, app_id, BMA_TRUST_CLAIMED, NULL, process->uid,
                       process->pid);
}

static BmaPeer *
identify_host (const BmaPeerProcess *process, int folder, GError **error)
{
  g_autofree char *executable = bma_peer_read_link_at (folder, "exe");
  g_autofree char *cgroup = bma_peer_read_at (folder, "cgroup");
  g_autofree char *unit = NULL;

  if (executable == NULL || !g_utf8_validate (executable, -1, NULL))
    {
      bma_peer_refuse (error, "exe");
      return NULL;
    }
  if (!is_neighbour (folder))
    return identify_container (process, folder, executable, error);
  if (cgroup != NULL && !has_terminal (folder))
    unit = bma_peer_unit_parse (cgroup, process->uid);
  return bma_peer_new (process->sender, unit != NULL ? unit : executable,
                       unit != NULL ? BMA_TRUST_UNIT : BMA_TRUST_CLAIMED, executable,
                       process->uid, process->pid);
}

static BmaPeer *
identify_in (const BmaPeerProcess *process, int folder, GError **error)
{
  g_auto (BmaPeerFd) root = openat (folder, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_autofree char *instances =
      g_build_filename (g_get_user_runtime_dir (), ".flatpak", NULL);
  g_autofree char *app_id = NULL;

  if (root < 0)
    {
      bma_peer_refuse (error, "its root folder");
      return NULL;
    }
  if (!bma_peer_flatpak_read_app_id (root, instances, &app_id, error))
    return NULL;
  if (app_id != NULL)
    return bma_peer_new (process->sender, app_id, BMA_TRUST_SANDBOX, NULL, process->uid,
                         process->pid);
  return identify_host (process, folder, error);
}

/**
 * bma_peer_proc_identify:
 * @process: what the bus knows
 * @error: return location for an error
 *
 * Looks at a process in /proc. Blocks for a moment; meant for a thread. The folder
 * /proc/PID, once it is open, stays that of one process, and the process must still live
 * when all has been read: so a pid that is used again cannot lend its identity.
 *
 * A host process in another user namespace (a container of some kind) gets no
 * `executable`, and an app id that is not that of a program outside.
 *
 * Returns: (transfer full) (nullable): who it is; %NULL unless that is certain
 */
BmaPeer *
bma_peer_proc_identify (const BmaPeerProcess *process, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u", process->pid);
  g_auto (BmaPeerFd) pidfd = open_process (process);
  g_auto (BmaPeerFd) folder = -1;
  g_autoptr (BmaPeer) peer = NULL;

  if (pidfd < 0 && errno != ENOSYS)
    {
      bma_peer_refuse (error, "its process");
      return NULL;
    }
  if (pidfd >= 0 && get_pid (pidfd) != process->pid)
    {
      bma_peer_refuse_for (error, "it is not the process that connected");
      return NULL;
    }
  folder = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    {
      bma_peer_refuse (error, "its process");
      return NULL;
    }
  peer = identify_in (process, folder, error);
  if (peer == NULL)
    return NULL;
  if (!is_alive (pidfd, folder))
    {
      bma_peer_refuse_for (error, "it has ended");
      return NULL;
    }
  return g_steal_pointer (&peer);
}
