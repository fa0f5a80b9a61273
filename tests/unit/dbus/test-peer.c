/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bma-peer-proc.h"
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

/* Looks for an app id in a folder whose .flatpak-info is content. */
static char *
read_app_id (const char *content, gboolean *is_certain)
{
  g_autofree char *folder = g_dir_make_tmp ("peer-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, ".flatpak-info", NULL);
  g_autoptr (GError) error = NULL;
  char *app_id = NULL;
  int root = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (content != NULL)
    g_file_set_contents (file, content, -1, NULL);
  *is_certain = bma_peer_proc_read_app_id (root, &app_id, &error);
  g_assert_true (*is_certain == (error == NULL));
  close (root);
  g_unlink (file);
  g_rmdir (folder);
  return app_id;
}

static void
test_sandbox (void)
{
  g_autofree char *large = g_strnfill (65 * 1024, 'x');
  const char *const bad[] = { "",
                              "[Application]\n",
                              "[Application]\nname=\n",
                              "[Application]\nname=../x\n",
                              "name=org.example.App\n",
                              "[Instance]\nname=org.example.App\n",
                              large };
  gboolean is_certain = FALSE;
  g_autofree char *none = read_app_id (NULL, &is_certain);
  g_autofree char *app_id = NULL;

  g_assert_true (is_certain);
  g_assert_null (none);
  app_id = read_app_id ("[Application]\nname=org.example.App\n", &is_certain);
  g_assert_true (is_certain);
  g_assert_cmpstr (app_id, ==, "org.example.App");
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (read_app_id (bad[i], &is_certain));
      g_assert_false (is_certain);
    }
}

static void
test_sandbox_odd_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("peer-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, ".flatpak-info", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) fifo_error = NULL;
  char *app_id = NULL;
  int root = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

  g_mkdir (file, 0700);
  g_assert_false (bma_peer_proc_read_app_id (root, &app_id, &error));
  g_rmdir (file);
  g_assert_cmpint (mkfifo (file, 0600), ==, 0);
  g_assert_false (bma_peer_proc_read_app_id (root, &app_id, &fifo_error));
  g_unlink (file);
  g_rmdir (folder);
  close (root);
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

int
main (int argc, char **argv)
{
  static const Setup real = { .has_real_resolver = TRUE };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/peer/unit-only-if-it-is-one-program", test_unit);
  g_test_add_func ("/dbus/peer/sandbox-only-if-certain", test_sandbox);
  g_test_add_func ("/dbus/peer/odd-sandbox-file-is-refused", test_sandbox_odd_file);
  g_test_add_func ("/dbus/peer/dead-process-is-refused", test_dead_process);
  g_test_add ("/dbus/peer/own-connection-is-claimed", Fixture, &real, fixture_set_up,
              test_own_connection, fixture_tear_down);
  g_test_add ("/dbus/peer/nobody-is-refused-and-forgotten", Fixture, &real,
              fixture_set_up, test_nobody, fixture_tear_down);
  g_test_add ("/dbus/peer/real-caller-comes-and-goes", Fixture, &real, fixture_set_up,
              test_real_caller_leaves, fixture_tear_down);
  return g_test_run ();
}
