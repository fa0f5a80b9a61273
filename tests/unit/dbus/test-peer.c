/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bma-peer-credentials.h"
#include "bma-peer-dbus.h"
#include "bma-peer-unit.h"

static void
test_unit (void)
{
#define APPS "/user.slice/user-1000.slice/user@1000.service/app.slice/"
  static const struct
  {
    const char *cgroup;
    const char *unit;
  } cases[] = {
    { "0::" APPS "mcp-client.service\n", "mcp-client.service" },
    { "0::" APPS "app-gnome-org.example.App-4711.scope\n",
      "app-gnome-org.example.App.scope" },
    { "0::" APPS "app-org.example.App@1234.service\n", "app-org.example.App.service" },
    { "0::" APPS "app-gnome.slice/app-gnome-x\\x2dy-1.scope\n",
      "app-gnome-x\\x2dy.scope" },
    { "1:name=systemd:" APPS "a.service\n0::/\n", "a.service" },
    { "0::/\n1:name=systemd:" APPS "a.service\n", "a.service" },
    { "0::" APPS "a.service/inner\n", NULL },
    { "0::" APPS "app-org.gnome.Terminal.slice/vte-spawn-12.scope\n", NULL },
    { "0::" APPS "app-org.gnome.Terminal.slice/gnome-terminal-server.service\n", NULL },
    { "0::" APPS "app-gnome-xterm-12.scope\n", NULL },
    { "0::" APPS "run-u12.service\n", NULL },
    { "0::" APPS "run-r12.scope\n", NULL },
    { "0::" APPS "dbus.service\n", NULL },
    { "0::" APPS "session.scope\n", NULL },
    { "0::/user.slice/user-1000.slice/session-2.scope\n", NULL },
    { "0::/user.slice/user-1000.slice/user@1000.service/session.slice/a.service\n",
      NULL },
    { "0::/user.slice/user-1000.slice/user@1000.service/init.scope\n", NULL },
    { "0::/user.slice/user-1001.slice/user@1001.service/app.slice/a.service\n", NULL },
    { "0::/system.slice/a.service\n", NULL },
    { "0::/\n", NULL },
    { "", NULL },
    { "nonsense", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *unit = bma_peer_unit_parse (cases[i].cgroup, 1000);

      g_assert_cmpstr (unit, ==, cases[i].unit);
    }
}

static BmaPeerProcess *
parse_credentials (const char *text, GUnixFDList *fds, GError **error)
{
  g_autoptr (GVariant)
      credentials = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (credentials);
  return bma_peer_credentials_parse (":1.7", credentials, fds, 1000, error);
}

#define KNOWN "'UnixUserID': <uint32 1000>, 'ProcessID': <uint32 4711>"

static void
test_credentials (void)
{
  static const char *const bad[] = {
    "{'UnixUserID': <uint32 1001>, 'ProcessID': <uint32 4711>}",
    "{'UnixUserID': <uint32 0>, 'ProcessID': <uint32 4711>}",
    "{'UnixUserID': <uint32 1000>}",
    "{'ProcessID': <uint32 4711>}",
    "{'UnixUserID': <uint32 1000>, 'ProcessID': <uint32 0>}",
    "{'UnixUserID': <1000>, 'ProcessID': <4711>}",
    "{" KNOWN ", 'ProcessFD': <handle 1>}",
    "{" KNOWN ", 'ProcessFD': <uint32 0>}",
    "@a{sv} {}",
  };
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  int fd = open ("/", O_PATH | O_CLOEXEC);
  g_autoptr (BmaPeerProcess) plain = parse_credentials ("{" KNOWN "}", fds, NULL);
  g_autoptr (BmaPeerProcess) with_fd = NULL;

  g_assert_cmpint (g_unix_fd_list_append (fds, fd, NULL), ==, 0);
  close (fd);
  g_assert_cmpuint (plain->pid, ==, 4711);
  g_assert_cmpint (plain->pidfd, ==, -1);
  with_fd = parse_credentials ("{" KNOWN ", 'ProcessFD': <handle 0>}", fds, NULL);
  g_assert_cmpint (with_fd->pidfd, >=, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (parse_credentials (bad[i], fds, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    }
}

static GPid
start_sleeper (void)
{
  const char *const command[] = { "sleep", "600", NULL };
  GPid pid = 0;

  g_assert_true (g_spawn_async (NULL, (char **) command, NULL,
                                G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                NULL, &pid, NULL));
  return pid;
}

static void
stop_sleeper (GPid pid)
{
  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

static gboolean
is_identified (uint32_t pid, int pidfd)
{
  g_autoptr (GError) error = NULL;
  BmaPeerProcess process = { ":1.1", (uint32_t) getuid (), pid, pidfd };
  g_autoptr (BmaPeer) peer = bma_peer_proc_identify (&process, &error);

  g_assert_true ((peer != NULL) == (error == NULL));
  return peer != NULL;
}

/* The descriptor of the bus counts, not whoever has the number now. */
static void
test_process_descriptor (void)
{
  int own_fd = (int) syscall (SYS_pidfd_open, getpid (), 0u);
  int no_pidfd = -1;
  int first_fd = -1;
  int second_fd = -1;
  GPid first = 0;
  GPid second = 0;

  if (own_fd < 0 && errno == ENOSYS)
    {
      g_test_skip ("there are no descriptors of processes here");
      return;
    }
  g_assert_cmpint (own_fd, >=, 0);
  close (own_fd);
  first = start_sleeper ();
  second = start_sleeper ();
  first_fd = (int) syscall (SYS_pidfd_open, first, 0u);
  second_fd = (int) syscall (SYS_pidfd_open, second, 0u);
  no_pidfd = open ("/", O_PATH | O_CLOEXEC);
  g_assert_cmpint (first_fd, >=, 0);
  g_assert_cmpint (second_fd, >=, 0);
  g_assert_true (is_identified ((uint32_t) first, first_fd));
  g_assert_true (is_identified ((uint32_t) first, -1));
  g_assert_false (is_identified ((uint32_t) first, second_fd));
  g_assert_false (is_identified ((uint32_t) first, no_pidfd));
  stop_sleeper (first);
  g_assert_false (is_identified ((uint32_t) first, first_fd));
  g_assert_false (is_identified ((uint32_t) second, first_fd));
  stop_sleeper (second);
  close (first_fd);
  close (second_fd);
  close (no_pidfd);
}

static void
test_dead_process (void)
{
  g_autoptr (GError) error = NULL;
  BmaPeerProcess process = { ":1.1", (uint32_t) getuid (), 0x7ffffffe, -1 };

  g_assert_null (bma_peer_proc_identify (&process, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(BmaPeer **) user_data =
      bma_peer_resolver_resolve_finish (BMA_PEER_RESOLVER (source), result, NULL);
}

/* Through a descriptor: valgrind answers for /proc/self/exe itself. */
static char *
get_own_executable (void)
{
  char target[4096] = "";
  int folder = open ("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  g_assert_cmpint (readlinkat (folder, "exe", target, sizeof target - 1), >, 0);
  close (folder);
  return g_strdup (target);
}

static void
test_own_connection (Fixture *f, gconstpointer setup)
{
  const char *sender = g_dbus_connection_get_unique_name (f->app.bus);
  g_autofree char *executable = get_own_executable ();
  g_autoptr (BmaPeer) known = NULL;
  BmaPeer *first = NULL;
  BmaPeer *second = NULL;

  bma_peer_resolver_resolve_async (f->resolver, sender, NULL, on_resolved, &first);
  bma_peer_resolver_resolve_async (f->resolver, sender, NULL, on_resolved, &second);
  while (first == NULL || second == NULL)
    g_main_context_iteration (NULL, TRUE);
  known = bma_peer_resolver_lookup (f->resolver, sender);
  g_assert_true (first == second && first == known);
  g_assert_cmpstr (first->trust, ==, BMA_TRUST_CLAIMED);
  g_assert_cmpstr (first->app_id, ==, executable);
  g_assert_cmpstr (first->executable, ==, executable);
  g_assert_cmpuint (first->pid, ==, (uint32_t) getpid ());
  g_assert_cmpuint (first->uid, ==, (uint32_t) getuid ());
  bma_peer_unref (first);
  bma_peer_unref (second);
}

static void
on_refused (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  g_assert_null (
      bma_peer_resolver_resolve_finish (BMA_PEER_RESOLVER (source), result, error));
}

static void
test_nobody (Fixture *f, gconstpointer setup)
{
  g_autoptr (GPtrArray) peers = NULL;
  GError *error = NULL;

  bma_peer_resolver_resolve_async (f->resolver, ":1.9999", NULL, on_refused, &error);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_clear_error (&error);
  peers = bma_peer_resolver_list (f->resolver);
  g_assert_cmpuint (peers->len, ==, 0);
}

/* Everything real but the page: a program comes, is allowed, and goes. */
static void
test_real_caller_leaves (Fixture *f, gconstpointer setup)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (f->app.bus));
  g_autofree char *grant = fixture_allow (f, &f->app, "once");
  g_autofree char *pending = NULL;
  g_autofree char *title = NULL;
  const char *id = strrchr (grant, '/') + 1;
  const BmaGrant *record = bma_store_lookup (BMA_STORE (f->store), &bma_grant_type, id);

  g_assert_cmpstr (record->trust, ==, BMA_TRUST_CLAIMED);
  caller_forget (&f->app);
  pending = fixture_request (f, &f->app, "{'prompt': <'consent'>}");
  caller_wait (&f->app, f, "Progress");
  fixture_leave (f, &f->app);
  while (bma_store_lookup (BMA_STORE (f->store), &bma_grant_type, id) != NULL)
    g_main_context_iteration (NULL, TRUE);
  title = fixture_press (f, "allow", "session");
  g_assert_cmpstr (title, !=, "Allowed");
  g_assert_null (bma_peer_resolver_lookup (f->resolver, sender));
}

/* In a sandbox of our own we look at nobody. */
static void
test_blind (Fixture *f, gconstpointer setup)
{
  const char *sender = g_dbus_connection_get_unique_name (f->app.bus);
  BmaPeer *peer = NULL;

  bma_peer_dbus_set_blind (BMA_PEER_DBUS (f->resolver), TRUE);
  bma_peer_resolver_resolve_async (f->resolver, sender, NULL, on_resolved, &peer);
  while (peer == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (peer->trust, ==, BMA_TRUST_CLAIMED);
  g_assert_cmpstr (peer->app_id, ==, sender);
  g_assert_null (peer->executable);
  g_assert_true (bma_peer_is_nameless (peer));
  bma_peer_unref (peer);
}

int
main (int argc, char **argv)
{
  static const Setup real = { .has_real_resolver = TRUE };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/peer/unit-only-if-it-is-one-program", test_unit);
  g_test_add_func ("/dbus/peer/credentials-of-our-user-only", test_credentials);
  g_test_add_func ("/dbus/peer/descriptor-beats-number", test_process_descriptor);
  g_test_add_func ("/dbus/peer/dead-process-is-refused", test_dead_process);
  g_test_add ("/dbus/peer/own-connection-is-claimed", Fixture, &real, fixture_set_up,
              test_own_connection, fixture_tear_down);
  g_test_add ("/dbus/peer/nameless-when-we-are-in-a-sandbox", Fixture, &real,
              fixture_set_up, test_blind, fixture_tear_down);
  g_test_add ("/dbus/peer/nobody-is-refused-and-forgotten", Fixture, &real,
              fixture_set_up, test_nobody, fixture_tear_down);
  g_test_add ("/dbus/peer/real-caller-comes-and-goes", Fixture, &real, fixture_set_up,
              test_real_caller_leaves, fixture_tear_down);
  return g_test_run ();
}
