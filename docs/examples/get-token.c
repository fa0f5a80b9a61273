/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Gets a token from biomcp-auth on D-Bus and prints the Authorization header to use.
 *
 *   cc get-token.c $(pkg-config --cflags --libs gio-2.0) -o get-token
 *
 * The first run asks the person in the browser; later ones need nobody. */

#include <gio/gio.h>

#define NAME "org.biomcp.Auth"
#define PATH "/org/biomcp/Auth"

typedef struct
{
  GMainLoop *loop;
  GVariant *result; /* owned, nullable: a{sv} */
  guint32 code;
} Answer;

static void
on_signal (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *parameters,
           gpointer user_data)
{
  Answer *answer = user_data;

  if (g_str_equal (signal, "Progress"))
    {
      g_autoptr (GVariant) hints = g_variant_get_child_value (parameters, 1);
      const char *stage = NULL;
      const char *url = NULL;

      g_variant_get_child (parameters, 0, "&s", &stage);
      if (g_str_equal (stage, "waiting"))
        g_printerr ("This was sent away before: “biomcp-auth sign-in” shows it\n");
      if (g_variant_lookup (hints, "url", "&s", &url))
        g_printerr ("If no browser opens, open this page: %s\n", url);
    }
  else if (g_str_equal (signal, "Response"))
    {
      g_variant_get (parameters, "(u@a{sv})", &answer->code, &answer->result);
      g_main_loop_quit (answer->loop);
    }
}

/* Asks the person, and waits for the answer. */
static GVariant *
request_token (GDBusConnection *bus, GError **error)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);
  g_autofree char *path = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GVariant) reply = NULL;
  Answer answer = { loop, NULL, 2 };
  guint subscription = 0;

  g_strdelimit (sender, ".", '_');
  path = g_strdup_printf (PATH "/request/%s/example", sender);
  subscription = g_dbus_connection_signal_subscribe (bus, NAME, NAME ".Request1", NULL,
                                                     path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                     on_signal, &answer, NULL);
  reply = g_dbus_connection_call_sync (bus, NAME, PATH, NAME ".Broker1", "RequestToken",
                                       g_variant_new_parsed (
                                           "('', @as [], {'handle-token': <'example'>})"),
                                       NULL, G_DBUS_CALL_FLAGS_NONE, 30000, NULL, error);
  if (reply != NULL)
    g_main_loop_run (loop);
  g_dbus_connection_signal_unsubscribe (bus, subscription);
  if (reply != NULL && answer.code != 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no token, answer %u",
                 answer.code);
  if (answer.code == 0)
    return answer.result;
  g_clear_pointer (&answer.result, g_variant_unref);
  return NULL;
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) result = NULL;
  const char *token = NULL;

  if (bus != NULL)
    reply = g_dbus_connection_call_sync (bus, NAME, PATH, NAME ".Broker1", "GetToken",
                                         g_variant_new_parsed ("(@as [], @a{sv} {})"),
                                         NULL, G_DBUS_CALL_FLAGS_NONE, 30000, NULL,
                                         &error);
  if (reply != NULL)
    result = g_variant_get_child_value (reply, 0);
  else if (bus != NULL)
    {
      g_clear_error (&error);
      result = request_token (bus, &error);
    }
  if (result == NULL || !g_variant_lookup (result, "access-token", "&s", &token))
    {
      g_printerr ("%s\n", error != NULL ? error->message : "no token");
      return 1;
    }
  g_print ("Authorization: Bearer %s\n", token);
  return 0;
}
