/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-connect-consent.h"

#include "bma-cli-client.h"
#include "bma-cli-request.h"
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
  GDBusConnection *bus; /* owned */
  char *path;           /* owned: where the request will be */
  char *shown_url;      /* owned, nullable */
  unsigned int signal_id;
  unsigned int watch_id;
  gboolean is_over;
} Question;

static void
question_free (Question *self)
{
  g_object_unref (self->bus);
  g_free (self->path);
  g_free (self->shown_url);
  g_free (self);
}

/* Takes @error. The first end counts. */
static void
finish (GTask *task, GError *error)
{
  Question *self = g_task_get_task_data (task);

  if (self->is_over)
    {
      g_clear_error (&error);
      return;
    }
  self->is_over = TRUE;
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_dbus_connection_signal_unsubscribe (self->bus, self->signal_id);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
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
on_response (GTask *task, GVariant *arguments)
{
  g_autoptr (GVariant) result = NULL;
  uint32_t code = CODE_DONE;

  g_variant_get (arguments, "(u@a{sv})", &code, &result);
  if (code == CODE_DONE)
    finish (task, NULL);
  else if (code == CODE_REFUSED)
    finish (task, g_dbus_error_new_for_dbus_error (BMA_DBUS_ERROR_PREFIX "Cancelled",
                                                   "You did not allow it"));
  else
    finish (task, make_error (result));
}

static void
on_progress (Question *self, GVariant *arguments)
{
  g_autoptr (GVariant) hints = g_variant_get_child_value (arguments, 1);
  const char *url = NULL;

  if (!g_variant_lookup (hints, "url", "&s", &url) ||
      !bma_text_is_printable_ascii (url) || g_strcmp0 (url, self->shown_url) == 0)
    return;
  g_free (self->shown_url);
  self->shown_url = g_strdup (url);
  g_printerr ("biomcp-auth: If no browser comes up, open this page:\n  %s\n", url);
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
  if (g_str_equal (signal, "Progress") &&
      g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv})")))
    on_progress (g_task_get_task_data (user_data), arguments);
  else if (g_str_equal (signal, "Response") &&
           g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ua{sv})")))
    on_response (user_data, arguments);
}

static void
on_service_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  finish (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                                          "The service stopped before you answered"));
}

static void
on_request_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *self = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    finish (task, error);
  else if (!self->is_over)
    self->watch_id = g_bus_watch_name_on_connection (self->bus, BMA_BUS_NAME,
                                                     G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                     on_service_vanished,
                                                     g_object_ref (task), g_object_unref);
}

static GVariant *
make_arguments (const char *handle_token, const char *resource, const char *const *scopes)
{
  const char *none[] = { NULL };
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  const char *activation = g_getenv ("XDG_ACTIVATION_TOKEN");

  g_variant_dict_insert (&options, "handle-token", "s", handle_token);
  /* The token that comes with the answer stays in a descriptor that nobody reads. */
  g_variant_dict_insert (&options, "as-fd", "b", TRUE);
  if (resource != NULL)
    g_variant_dict_insert (&options, "resource", "s", resource);
  if (activation != NULL && *activation != '\0')
    g_variant_dict_insert (&options, "activation-token", "s", activation);
  return g_variant_new ("(s^as@a{sv})", "", scopes != NULL ? scopes : none,
                        g_variant_dict_end (&options));
}

/**
 * bma_connect_consent_ask_async:
 * @bus: the session bus
 * @resource: (nullable): which resource it is about
 * @scopes: (nullable) (array zero-terminated=1): what for
 * @cancellable: (nullable): to call it off
 * @callback: (scope async): called when the person has answered
 * @user_data: for @callback
 *
 * Asks the person whether this program may use the resource. The token that is then there
 * stays with the service.
 */
void
bma_connect_consent_ask_async (GDBusConnection *bus,
                               const char *resource,
                               const char *const *scopes,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (bus, cancellable, callback, user_data);
  g_autoptr (BmaEntropy) entropy = bma_entropy_system_new ();
  g_autofree char *hex = bma_entropy_hex (entropy, HANDLE_BYTES);
  g_autofree char *handle_token = g_strconcat ("connect_", hex, NULL);
  Question *self = g_new0 (Question, 1);

  g_task_set_source_tag (task, bma_connect_consent_ask_async);
  g_task_set_task_data (task, self, (GDestroyNotify) question_free);
  self->bus = g_object_ref (bus);
  self->path =
      bma_cli_request_make_path (g_dbus_connection_get_unique_name (bus), handle_token);
  self->signal_id =
      g_dbus_connection_signal_subscribe (bus, BMA_BUS_NAME, BMA_CLI_REQUEST, NULL,
                                          self->path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                          on_signal, g_object_ref (task), g_object_unref);
  g_dbus_connection_call (bus, BMA_BUS_NAME, BMA_OBJECT_PATH, BMA_CLI_BROKER,
                          "RequestToken", make_arguments (handle_token, resource, scopes),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE,
                          BMA_CLI_CALL_LIMIT_MS, cancellable, on_request_made,
                          g_object_ref (task));
}

/**
 * bma_connect_consent_ask_finish:
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: whether the person allowed it
 *
 * Errors: `org.biomcp.Auth.Error.Cancelled` when not.
 */
gboolean
bma_connect_consent_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
