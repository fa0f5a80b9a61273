/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A program on the session bus that does what it is told on standard input, one line at a
 * time, and answers in one line. What the service makes of it depends on where it runs.
 *
 *   call PATH INTERFACE.METHOD ARGUMENTS   as GVariant text; ok RESULT, or error NAME
 *   await MEMBER       the next such signal to us; signal PATH BODY
 *   own NAME           takes a bus name
 *   write FILE         tries to change a file; ok, or error WHY
 *   become PROGRAM     goes on as another program, with this connection
 */

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SERVICE  "org.biomcp.Auth"
#define LIMIT_MS (30 * 1000)
#define MAX_LINE 16384

static GDBusConnection *bus;
static GAsyncQueue *heard; /* of GDBusMessage */

static GDBusMessage *
on_message (GDBusConnection *connection,
            GDBusMessage *message,
            gboolean is_incoming,
            gpointer user_data)
{
  const char *interface = g_dbus_message_get_interface (message);

  if (is_incoming &&
      g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_SIGNAL &&
      interface != NULL && g_str_has_prefix (interface, SERVICE "."))
    g_async_queue_push (heard, g_object_ref (message));
  return message;
}

/* The connection that another program left us needs no greeting. */
static GDBusConnection *
take_over (int fd, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);
  g_autoptr (GSocketConnection) stream = NULL;

  if (socket == NULL)
    return NULL;
  stream = g_socket_connection_factory_create_connection (socket);
  return g_dbus_connection_new_sync (G_IO_STREAM (stream), NULL,
                                     G_DBUS_CONNECTION_FLAGS_NONE, NULL, NULL, error);
}

static GDBusConnection *
join (GError **error)
{
  g_autofree char *address =
      g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, error);

  if (address == NULL)
    return NULL;
  return g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, error);
}

static void
tell_error (GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  g_dbus_error_strip_remote_error (error);
  g_strdelimit (error->message, "\n", ' ');
  printf ("error %s %s\n", name != NULL ? name : g_quark_to_string (error->domain),
          error->message);
}

static void
call (const char *service, const char *path, const char *method, const char *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parsed = g_variant_parse (NULL, arguments, NULL, NULL, &error);
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *interface =
      g_strndup (method, (size_t) (strrchr (method, '.') - method));
  g_autofree char *text = NULL;

  if (parsed != NULL)
    reply = g_dbus_connection_call_sync (bus, service, path, interface,
                                         strrchr (method, '.') + 1, parsed, NULL,
                                         G_DBUS_CALL_FLAGS_NONE, LIMIT_MS, NULL, &error);
  if (reply == NULL)
    {
      tell_error (error);
      return;
    }
  text = g_variant_print (reply, TRUE);
  printf ("ok %s\n", text);
}

static void
await (const char *member)
{
  for (;;)
    {
      g_autoptr (GDBusMessage)
          message = g_async_queue_timeout_pop (heard, LIMIT_MS * 1000);
      g_autofree char *text = NULL;

      if (message == NULL)
        {
          printf ("error timeout %s\n", member);
          return;
        }
      if (!g_str_equal (g_dbus_message_get_member (message), member))
        continue;
      text = g_variant_print (g_dbus_message_get_body (message), TRUE);
      printf ("signal %s %s\n", g_dbus_message_get_path (message), text);
      return;
    }
}

static void
try_to_write (const char *path)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      printf ("error %s\n", g_strerror (errno));
      return;
    }
  close (fd);
  printf ("ok\n");
}

static void
become (const char *program)
{
  GIOStream *stream = g_dbus_connection_get_stream (bus);
  int fd =
      g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)));
  g_autofree char *number = g_strdup_printf ("%d", fd);

  fcntl (fd, F_SETFD, 0);
  execl (program, program, "--over", number, (char *) NULL);
  printf ("error %s\n", g_strerror (errno));
}

static void
obey (char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  unsigned int n = g_strv_length (words);

  if (n == 4 && g_str_equal (words[0], "call"))
    call (SERVICE, words[1], words[2], words[3]);
  else if (n == 2 && g_str_equal (words[0], "await"))
    await (words[1]);
  else if (n == 2 && g_str_equal (words[0], "own"))
    {
      g_autofree char *arguments = g_strdup_printf ("('%s', uint32 4)", words[1]);

      call ("org.freedesktop.DBus", "/org/freedesktop/DBus",
            "org.freedesktop.DBus.RequestName", arguments);
    }
  else if (n == 2 && g_str_equal (words[0], "write"))
    try_to_write (words[1]);
  else if (n == 2 && g_str_equal (words[0], "become"))
    become (words[1]);
  else
    printf ("error unknown\n");
}

int
main (int argc, char **argv)
{
  char line[MAX_LINE];
  g_autoptr (GError) error = NULL;
  gboolean is_successor = argc == 3 && g_str_equal (argv[1], "--over");

  setvbuf (stdout, NULL, _IOLBF, 0);
  heard = g_async_queue_new_full (g_object_unref);
  bus = is_successor ? take_over (atoi (argv[2]), &error) : join (&error);
  if (bus == NULL)
    {
      tell_error (error);
      return 1;
    }
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_dbus_connection_add_filter (bus, on_message, NULL, NULL);
  printf ("ready %s\n", is_successor ? "again" : g_dbus_connection_get_unique_name (bus));
  while (fgets (line, sizeof line, stdin) != NULL)
    obey (g_strchomp (line));
  return 0;
}
