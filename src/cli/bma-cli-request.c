/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-request.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

#include "bma-cli-client.h"
#include "bma-cli-print.h"
#include "bma-entropy-system.h"
#include "bma-names.h"
#include "bma-text.h"

#define HANDLE_BYTES 16

/* Request1.Response */
enum
{
  CODE_DONE = 0,
  CODE_REFUSED = 1,
};

typedef struct
{
  GDBusConnection *bus; /* not owned */
  GMainLoop *loop;      /* owned */
  char *path;           /* owned: where the request will be */
  char *shown_url;      /* owned, nullable: what the person was told already */
  GVariant *result;     /* owned, nullable */
  GError *error;        /* owned, nullable */
  unsigned int signal_id;
  unsigned int watch_id;
  unsigned int interrupt_id;
  unsigned int terminate_id;
} Request;

/**
 * bma_cli_request_make_path:
 * @unique_name: our name on the bus
 * @handle_token: the last part
 *
 * Returns: (transfer full): path of the request object, known before the call
 */
char *
bma_cli_request_make_path (const char *unique_name, const char *handle_token)
{
  g_autofree char *sender = g_strdelimit (g_strdup (unique_name + 1), ".", '_');

  return g_strconcat (BMA_OBJECT_PATH "/request/", sender, "/", handle_token, NULL);
}

/* Takes @error. The first end counts. */
static void
finish (Request *self, GVariant *result, GError *error)
{
  if (self->result == NULL && self->error == NULL)
    {
      self->result = result != NULL ? g_variant_ref (result) : NULL;
      self->error = g_steal_pointer (&error);
    }
  g_clear_error (&error);
  g_main_loop_quit (self->loop);
}

static GError *
make_error (GVariant *result)
{
  const char *name = BMA_DBUS_ERROR_PREFIX "Failed";
  const char *message = "The service gives no reason";

  g_variant_lookup (result, "error", "&s", &name);
  g_variant_lookup (result, "message", "&s", &message);
  return g_dbus_error_new_for_dbus_error (name, message);
}

static void
on_response (Request *self, GVariant *arguments)
{
  g_autoptr (GVariant) result = NULL;
  uint32_t code = CODE_DONE;

  g_variant_get (arguments, "(u@a{sv})", &code, &result);
  if (code == CODE_DONE)
    finish (self, result, NULL);
  else if (code == CODE_REFUSED)
    finish (self, NULL,
            g_dbus_error_new_for_dbus_error (BMA_DBUS_ERROR_PREFIX "Cancelled",
                                             "It was refused in the browser."));
  else
    finish (self, NULL, make_error (result));
}

static void
on_progress (Request *self, GVariant *arguments)
{
  g_autoptr (GVariant) hints = g_variant_get_child_value (arguments, 1);
  const char *stage = NULL;
  const char *url = NULL;
  const char *code = NULL;

  g_variant_get_child (arguments, 0, "&s", &stage);
  if (g_variant_lookup (hints, "url", "&s", &url) && bma_text_is_printable_ascii (url) &&
      g_strcmp0 (url, self->shown_url) != 0)
    {
      g_free (self->shown_url);
      self->shown_url = g_strdup (url);
      g_printerr ("%s\n  %s\n",
                  g_str_equal (stage, "notification")
                      ? "If you see no notification, open this page:"
                  : g_str_equal (stage, "waiting") ? "The question waits for you here:"
                                                   : "If no browser comes up, open this "
                                                     "page:",
                  url);
    }
  if (g_variant_lookup (hints, "user-code", "&s", &code) &&
      bma_text_is_printable_ascii (code))
    g_printerr ("The code to enter there: %s\n", code);
}

static void
on_signal (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *arguments,
           gpointer user_data)
{
  Request *self = user_data;

  if (g_str_equal (signal, "Progress") &&
      g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv})")))
    on_progress (self, arguments);
  else if (g_str_equal (signal, "Response") &&
           g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ua{sv})")))
    on_response (self, arguments);
}

static void
on_service_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  finish (user_data, NULL,
          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                               "The service stopped before there was an answer. Try "
                               "again."));
}

static void
on_request_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *self = user_data;
  GError *error = NULL;
  g_autoptr (GVariant)
      reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  const char *path = NULL;

  if (reply == NULL)
    {
      finish (self, NULL, error);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  if (!g_str_equal (path, self->path))
    finish (self, NULL,
            g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED,
                         "The service answers with the request %s instead of %s", path,
                         self->path));
  else
    self->watch_id = g_bus_watch_name_on_connection (self->bus, BMA_BUS_NAME,
                                                     G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                     on_service_vanished, self, NULL);
}

/* The service drops the question; there is no Response to wait for. */
static gboolean
on_interrupted (gpointer user_data)
{
  Request *self = user_data;

  g_dbus_connection_call (self->bus, BMA_BUS_NAME, self->path, BMA_CLI_REQUEST, "Close",
                          NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          BMA_CLI_CALL_LIMIT_MS, NULL, NULL, NULL);
  g_dbus_connection_flush_sync (self->bus, NULL, NULL);
  finish (self, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Given up"));
  return G_SOURCE_CONTINUE;
}

static void
request_start (Request *self, const char *handle_token)
{
  self->path = bma_cli_request_make_path (g_dbus_connection_get_unique_name (self->bus),
                                          handle_token);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->interrupt_id = g_unix_signal_add (SIGINT, on_interrupted, self);
  self->terminate_id = g_unix_signal_add (SIGTERM, on_interrupted, self);
  self->signal_id = g_dbus_connection_signal_subscribe (self->bus, BMA_BUS_NAME,
                                                        BMA_CLI_REQUEST, NULL, self->path,
                                                        NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                        on_signal, self, NULL);
}

static void
request_clear (Request *self)
{
  g_dbus_connection_signal_unsubscribe (self->bus, self->signal_id);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  g_clear_handle_id (&self->interrupt_id, g_source_remove);
  g_clear_handle_id (&self->terminate_id, g_source_remove);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->shown_url, g_free);
}

static char *
make_handle_token (void)
{
  g_autoptr (BmaEntropy) entropy = bma_entropy_system_new ();
  g_autofree char *hex = bma_entropy_hex (entropy, HANDLE_BYTES);

  return g_strconcat ("cli_", hex, NULL);
}

/* Somebody has just typed the command. */
static gboolean
has_person (void)
{
  return isatty (STDIN_FILENO) != 0;
}

/* @scopes is %NULL for SignIn, which has no such argument. */
static GVariant *
make_arguments (const char *const *scopes, GVariantDict *options)
{
  const char *activation = g_getenv ("XDG_ACTIVATION_TOKEN");

  if (activation != NULL && *activation != '\0')
    g_variant_dict_insert (options, "activation-token", "s", activation);
  if (has_person ())
    g_variant_dict_insert (options, "person-acted", "b", TRUE);
  if (scopes == NULL)
    return g_variant_new ("(s@a{sv})", "", g_variant_dict_end (options));
  return g_variant_new ("(s^as@a{sv})", "", scopes, g_variant_dict_end (options));
}

static GVariant *
run (GDBusConnection *bus,
     const char *method,
     const char *const *scopes,
     GVariantDict *options,
     GError **error)
{
  Request self = { .bus = bus };
  g_autofree char *handle_token = make_handle_token ();

  g_variant_dict_insert (options, "handle-token", "s", handle_token);
  request_start (&self, handle_token);
  g_printerr ("Waiting for your answer. Ctrl-C gives up.\n");
  g_dbus_connection_call (bus, BMA_BUS_NAME, BMA_OBJECT_PATH, BMA_CLI_BROKER, method,
                          make_arguments (scopes, options), G_VARIANT_TYPE ("(o)"),
                          G_DBUS_CALL_FLAGS_NONE, BMA_CLI_CALL_LIMIT_MS, NULL,
                          on_request_made, &self);
  g_main_loop_run (self.loop);
  request_clear (&self);
  if (self.error != NULL)
    g_propagate_error (error, self.error);
  return self.result;
}

/**
 * bma_cli_request_token:
 * @bus: the session bus
 * @scopes: (array zero-terminated=1): what the token is for
 * @options: options of the method; cleared
 * @error: return location for an error
 *
 * Asks for a token and waits until the person has answered.
 *
 * Returns: (transfer full) (nullable): a{sv}, the result of `GetToken`
 */
GVariant *
bma_cli_request_token (GDBusConnection *bus,
                       const char *const *scopes,
                       GVariantDict *options,
                       GError **error)
{
  return run (bus, "RequestToken", scopes, options, error);
}

/**
 * bma_cli_request_sign_in:
 * @bus: the session bus
 * @error: return location for an error
 *
 * Lets the person sign in and waits for it.
 *
 * Returns: (transfer full) (nullable): a{sv}, the result
 */
GVariant *
bma_cli_request_sign_in (GDBusConnection *bus, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  return run (bus, "SignIn", NULL, &options, error);
}
