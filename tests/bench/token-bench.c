/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a call costs. token-bench echo: a service that answers and does nothing else.
 * token-bench allow: gets the person's consent for this program. token-bench calls N:
 * GetToken and the echo in turns. token-bench call: one call of the echo, as a program
 * of its own. token-bench processes N CLI: that program and the command line in turns.
 * The last two print a line: what, median and 99th percentile of the first and of the
 * second, in microseconds. */

#include <gio/gio.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ECHO_NAME   "org.biomcp.Bench"
#define ECHO_PATH   "/org/biomcp/Bench"
#define AUTH_NAME   "org.biomcp.Auth"
#define AUTH_PATH   "/org/biomcp/Auth"
#define LIMIT_MS    (20 * 1000)
#define WARM_ROUNDS 20

extern char **environ;

static GDBusConnection *
join (void)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (
      g_getenv ("DBUS_SESSION_BUS_ADDRESS"),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  if (bus == NULL)
    g_error ("%s", error->message);
  return bus;
}

static GVariant *
call (GDBusConnection *bus,
      const char *name,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (bus, name, path, interface, method,
                                                 arguments, NULL, G_DBUS_CALL_FLAGS_NONE,
                                                 LIMIT_MS, NULL, &error);

  if (reply == NULL)
    g_error ("%s: %s", method, error->message);
  return reply;
}

static void
ping (GDBusConnection *bus)
{
  g_variant_unref (call (bus, ECHO_NAME, ECHO_PATH, ECHO_NAME, "Ping", NULL));
}

static void
get_token (GDBusConnection *bus)
{
  g_variant_unref (call (bus, AUTH_NAME, AUTH_PATH, AUTH_NAME ".Broker1", "GetToken",
                         g_variant_new ("(asa{sv})", NULL, NULL)));
}

/* --- the echo --- */

static void
on_call (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static int
serve_echo (void)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusConnection) bus = join ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusNodeInfo)
      info = g_dbus_node_info_new_for_xml ("<node><interface name='" ECHO_NAME
                                           "'><method name='Ping'/></interface></node>",
                                           NULL);

  g_dbus_connection_register_object (bus, ECHO_PATH, info->interfaces[0], &vtable, NULL,
                                     NULL, NULL);
  g_variant_unref (call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                         "org.freedesktop.DBus", "RequestName",
                         g_variant_new ("(su)", ECHO_NAME, 4u)));
  puts ("ready");
  fflush (stdout);
  g_main_loop_run (loop);
  return 0;
}

/* --- consent --- */

static void
on_response (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *body,
             gpointer loop)
{
  uint32_t code = 0;

  g_variant_get (body, "(ua{sv})", &code, NULL);
  if (code != 0)
    g_error ("The person said no (%u)", code);
  g_main_loop_quit (loop);
}

static int
ask (void)
{
  g_autoptr (GDBusConnection) bus = join ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_dbus_connection_signal_subscribe (bus, AUTH_NAME, AUTH_NAME ".Request1", "Response",
                                      NULL, NULL, G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE,
                                      on_response, loop, NULL);
  g_variant_unref (call (bus, AUTH_NAME, AUTH_PATH, AUTH_NAME ".Broker1", "RequestToken",
                         g_variant_new ("(sasa{sv})", "", NULL, NULL)));
  g_main_loop_run (loop);
  return 0;
}

/* --- figures --- */

static int
compare (const void *a, const void *b)
{
  int64_t difference = *(const int64_t *) a - *(const int64_t *) b;

  return difference < 0 ? -1 : difference > 0;
}

static void
print_figures (const char *what, int64_t *first, int64_t *second, size_t n)
{
  qsort (first, n, sizeof *first, compare);
  qsort (second, n, sizeof *second, compare);
  printf ("%s %.1f %.1f %.1f %.1f\n", what, first[n / 2] / 1e3, first[n * 99 / 100] / 1e3,
          second[n / 2] / 1e3, second[n * 99 / 100] / 1e3);
}

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C (1000000000) + now.tv_nsec;
}

/* In turns, so that whatever else the machine does hits both; and each first as often. */
static int
compare_calls (size_t n)
{
  g_autoptr (GDBusConnection) bus = join ();
  g_autofree int64_t *tokens = g_new0 (int64_t, n);
  g_autofree int64_t *pings = g_new0 (int64_t, n);

  for (size_t i = 0; i < WARM_ROUNDS; i++)
    {
      ping (bus);
      get_token (bus);
    }
  for (size_t i = 0; i < n; i++)
    {
      int64_t start_ns = now_ns ();
      int64_t middle_ns = 0;
      int64_t end_ns = 0;

      (i % 2 == 0 ? ping : get_token) (bus);
      middle_ns = now_ns ();
      (i % 2 == 0 ? get_token : ping) (bus);
      end_ns = now_ns ();
      pings[i] = i % 2 == 0 ? middle_ns - start_ns : end_ns - middle_ns;
      tokens[i] = i % 2 == 0 ? end_ns - middle_ns : middle_ns - start_ns;
    }
  print_figures ("GetToken/ping", tokens, pings, n);
  return 0;
}

static int
call_once (void)
{
  g_autoptr (GDBusConnection) bus = join ();

  ping (bus);
  return 0;
}

static int64_t
run (char **arguments)
{
  posix_spawn_file_actions_t actions;
  int64_t start_ns = now_ns ();
  int status = -1;
  pid_t pid = 0;

  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", 1, 0);
  if (posix_spawn (&pid, arguments[0], &actions, NULL, arguments, environ) != 0 ||
      waitpid (pid, &status, 0) != pid || status != 0)
    g_error ("%s failed (%d)", arguments[0], status);
  posix_spawn_file_actions_destroy (&actions);
  return now_ns () - start_ns;
}

static int
compare_processes (size_t n, char *self, char *cli)
{
  char *token[] = { cli, "token", "--no-interaction", NULL };
  char *plain[] = { self, "call", NULL };
  g_autofree int64_t *tokens = g_new0 (int64_t, n);
  g_autofree int64_t *calls = g_new0 (int64_t, n);

  run (plain);
  run (token);
  for (size_t i = 0; i < n; i++)
    {
      if (i % 2 == 0)
        calls[i] = run (plain);
      tokens[i] = run (token);
      if (i % 2 != 0)
        calls[i] = run (plain);
    }
  print_figures ("biomcp-auth token/one call", tokens, calls, n);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "echo") == 0)
    return serve_echo ();
  if (argc == 2 && strcmp (argv[1], "allow") == 0)
    return ask ();
  if (argc == 2 && strcmp (argv[1], "call") == 0)
    return call_once ();
  if (argc == 3 && strcmp (argv[1], "calls") == 0)
    return compare_calls (strtoul (argv[2], NULL, 10));
  if (argc == 4 && strcmp (argv[1], "processes") == 0)
    return compare_processes (strtoul (argv[2], NULL, 10), argv[0], argv[3]);
  return 64;
}
