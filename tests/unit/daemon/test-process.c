/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bma-notify.h"
#include "bma-process.h"

/* A datagram socket as a service manager has it. */
static int
listen_at (const char *address)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  strcpy (name.sun_path, address);
  if (*address == '@')
    name.sun_path[0] = '\0';
  g_assert_cmpint (bind (fd, (struct sockaddr *) &name,
                         (socklen_t) (offsetof (struct sockaddr_un, sun_path) +
                                      strlen (address))),
                   ==, 0);
  return fd;
}

static void
assert_told (const char *address)
{
  char text[64] = { 0 };
  int fd = listen_at (address);

  g_assert_true (bma_notify (address, "READY=1"));
  g_assert_cmpint (recv (fd, text, sizeof text - 1, MSG_DONTWAIT), ==, 7);
  g_assert_cmpstr (text, ==, "READY=1");
  close (fd);
}

static void
test_notify (void)
{
  g_autofree char *folder = g_dir_make_tmp ("bma-notify-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *abstract = g_strconcat ("@", path, NULL);
  g_autofree char *long_path = g_strnfill (108, '/');

  assert_told (path);
  assert_told (abstract);
  g_unlink (path);
  g_rmdir (folder);
  g_assert_false (bma_notify (path, "READY=1"));
  g_assert_false (bma_notify (NULL, "READY=1"));
  g_assert_false (bma_notify ("", "READY=1"));
  g_assert_false (bma_notify ("@", "READY=1"));
  g_assert_false (bma_notify ("vsock:2:1", "READY=1"));
  g_assert_false (bma_notify (long_path, "READY=1"));
}

static void
test_harden (void)
{
  struct rlimit core = { 1, 1 };
  g_autoptr (GDir) fds = NULL;

  bma_process_harden ();
  g_assert_cmpint (prctl (PR_GET_DUMPABLE), ==, 0);
  g_assert_cmpint (getrlimit (RLIMIT_CORE, &core), ==, 0);
  g_assert_cmpuint (core.rlim_max, ==, 0);
  g_assert_cmpuint (umask (077), ==, 077);
  fds = g_dir_open ("/proc/self/fd", 0, NULL);
  g_assert_nonnull (fds);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/notify/path-and-abstract", test_notify);
  g_test_add_func ("/daemon/process/harden", test_harden);
  return g_test_run ();
}
