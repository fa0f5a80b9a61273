/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli-fixture.h"

static char *program;

/* To be called before g_test_init() looks at the command line. */
void
cli_fixture_init (int argc, char **argv)
{
  g_assert_cmpint (argc, >, 1);
  program = g_strdup (argv[1]);
}

void
cli_fixture_set_up (CliFixture *self, gconstpointer data)
{
  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  self->service = fake_service_new (g_test_dbus_get_bus_address (self->bus));
}

void
cli_fixture_tear_down (CliFixture *self, gconstpointer data)
{
  fake_service_free (self->service);
  g_test_dbus_down (self->bus);
  g_clear_object (&self->bus);
  g_free (self->out);
  g_free (self->err);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CliFixture *self = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &self->out,
                                        &self->err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (G_SUBPROCESS (source)));
  self->code = g_subprocess_get_exit_status (G_SUBPROCESS (source));
  self->ended = TRUE;
}

static GSubprocessLauncher *
make_launcher (const CliFixture *self)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
      G_SUBPROCESS_FLAGS_STDERR_PIPE);

  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_subprocess_launcher_setenv (launcher, "TZ", "UTC", TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_CONFIG_HOME", g_get_user_config_dir (),
                                TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", g_get_user_runtime_dir (),
                                TRUE);
  g_subprocess_launcher_unsetenv (launcher, "XDG_ACTIVATION_TOKEN");
  if (self->no_bus)
    g_subprocess_launcher_unsetenv (launcher, "DBUS_SESSION_BUS_ADDRESS");
  else
    g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS",
                                  g_test_dbus_get_bus_address (self->bus), TRUE);
  return launcher;
}

/* Runs the program with the words of @line and waits until it has ended. */
void
cli_fixture_run (CliFixture *self, const char *input, const char *line)
{
  g_autoptr (GSubprocessLauncher) launcher = make_launcher (self);
  g_autofree char *command = g_strconcat (program, " ", line, NULL);
  g_auto (GStrv) arguments = g_strsplit (g_strchomp (command), " ", -1);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->out, g_free);
  g_clear_pointer (&self->err, g_free);
  self->ended = FALSE;
  self->child =
      g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (self->child, input, NULL, on_ended, self);
  while (!self->ended)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&self->child);
}
