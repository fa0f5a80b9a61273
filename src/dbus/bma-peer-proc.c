/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer-proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bma-peer-unit.h"

#define MAX_FILE_BYTES (64 * 1024)

/* A descriptor that is closed at the end of its block. */
typedef int Descriptor;

static void
descriptor_close (Descriptor *fd)
{
  if (*fd >= 0)
    close (*fd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Descriptor, descriptor_close)

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

static gboolean
refuse (GError **error, const char *what)
{
  int number = errno;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
               "The caller cannot be identified: %s: %s", what, g_strerror (number));
  return FALSE;
}

static gboolean
refuse_for (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
               "The caller cannot be identified: %s", what);
  return FALSE;
}

/* Reads a whole small file; NULL with errno set. */
static char *
read_small (int fd)
{
  g_autofree char *text = g_malloc (MAX_FILE_BYTES + 1);
  size_t length = 0;
  ssize_t n_read = 0;

  do
    {
      n_read = TEMP_FAILURE_RETRY (read (fd, text + length, MAX_FILE_BYTES - length));
      if (n_read > 0)
        length += (size_t) n_read;
    }
  while (n_read > 0 && length < MAX_FILE_BYTES);
  if (n_read < 0)
    return NULL;
  if (length == MAX_FILE_BYTES || memchr (text, 0, length) != NULL)
    {
      errno = EINVAL;
      return NULL;
    }
  text[length] = '\0';
  return g_steal_pointer (&text);
}

static char *
read_small_at (int folder, const char *name)
{
  g_auto (Descriptor) fd = openat (folder, name, O_RDONLY | O_CLOEXEC);

  return fd >= 0 ? read_small (fd) : NULL;
}

static char *
read_link_at (int folder, const char *name)
{
  char target[PATH_MAX];
  ssize_t length = readlinkat (folder, name, target, sizeof target);

  if (length <= 0 || (size_t) length >= sizeof target)
    return NULL;
  return g_strndup (target, (size_t) length);
}

/**
 * bma_peer_proc_read_app_id:
 * @root: root folder of a process
 * @app_id: (out) (transfer full) (nullable): its Flatpak app id, %NULL outside Flatpak
 * @error: return location for an error
 *
 * Looks for .flatpak-info, which Flatpak puts where the sandbox cannot change it.
 *
 * Returns: whether it is certain
 */
gboolean
bma_peer_proc_read_app_id (int root, char **app_id, GError **error)
{
  g_auto (Descriptor)
      fd = openat (root, ".flatpak-info", O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  g_autoptr (GKeyFile) info = g_key_file_new ();
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  struct stat status;

  *app_id = NULL;
  if (fd < 0)
    return errno == ENOENT ? TRUE : refuse (error, ".flatpak-info");
  if (fstat (fd, &status) != 0)
    return refuse (error, ".flatpak-info");
  if (!S_ISREG (status.st_mode))
    return refuse_for (error, ".flatpak-info is no file");
  text = read_small (fd);
  if (text == NULL)
    return refuse (error, ".flatpak-info");
  if (g_key_file_load_from_data (info, text, strlen (text), G_KEY_FILE_NONE, NULL))
    name = g_key_file_get_string (info, "Application", "name", NULL);
  if (name == NULL || !g_dbus_is_name (name) || g_dbus_is_unique_name (name))
    return refuse_for (error, ".flatpak-info names no application");
  *app_id = g_steal_pointer (&name);
  return TRUE;
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
  g_autofree char *text = read_small_at (AT_FDCWD, path);
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
  executable = read_link_at (folder, "exe");
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
  g_autofree char *text = read_small_at (folder, "stat");
  const char *fields = text != NULL ? strrchr (text, ')') : NULL;
  long terminal = 0;

  if (fields == NULL || sscanf (fields, ") %*c %*d %*d %*d %ld", &terminal) != 1)
    return TRUE;
  return terminal != 0;
}

static BmaPeer *
identify_host (const BmaPeerProcess *process, int folder, GError **error)
{
  g_autofree char *executable = read_link_at (folder, "exe");
  g_autofree char *cgroup = read_small_at (folder, "cgroup");
  g_autofree char *unit = NULL;

  if (executable == NULL || !g_utf8_validate (executable, -1, NULL))
    {
      refuse (error, "exe");
      return NULL;
    }
  if (!is_neighbour (folder))
    return bma_peer_new (process->sender, executable, BMA_TRUST_CLAIMED, NULL,
                         process->uid, process->pid);
  if (cgroup != NULL && !has_terminal (folder))
    unit = bma_peer_unit_parse (cgroup, process->uid);
  return bma_peer_new (process->sender, unit != NULL ? unit : executable,
                       unit != NULL ? BMA_TRUST_UNIT : BMA_TRUST_CLAIMED, executable,
                       process->uid, process->pid);
}

static BmaPeer *
identify_in (const BmaPeerProcess *process, int folder, GError **error)
{
  g_auto (Descriptor) root = openat (folder, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_autofree char *app_id = NULL;

  if (root < 0)
    {
      refuse (error, "its root folder");
      return NULL;
    }
  if (!bma_peer_proc_read_app_id (root, &app_id, error))
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
 * `executable`.
 *
 * Returns: (transfer full) (nullable): who it is; %NULL unless that is certain
 */
BmaPeer *
bma_peer_proc_identify (const BmaPeerProcess *process, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u", process->pid);
  g_auto (Descriptor) pidfd = open_process (process);
  g_auto (Descriptor) folder = -1;
  g_autoptr (BmaPeer) peer = NULL;

  if (pidfd < 0 && errno != ENOSYS)
    {
      refuse (error, "its process");
      return NULL;
    }
  if (pidfd >= 0 && get_pid (pidfd) != process->pid)
    {
      refuse_for (error, "it is not the process that connected");
      return NULL;
    }
  folder = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    {
      refuse (error, "its process");
      return NULL;
    }
  peer = identify_in (process, folder, error);
  if (peer == NULL)
    return NULL;
  if (!is_alive (pidfd, folder))
    {
      refuse_for (error, "it has ended");
      return NULL;
    }
  return g_steal_pointer (&peer);
}
