/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-uri-portal.h"

#include <string.h>

#define PORTAL_NAME   "org.freedesktop.portal.Desktop"
#define PORTAL_PATH   "/org/freedesktop/portal/desktop"
#define TOKEN_BYTES   16
#define CALL_LIMIT_MS (10 * 1000)

/* Codes of org.freedesktop.portal.Request::Response. */
#define RESPONSE_DONE      0u
#define RESPONSE_CANCELLED 1u

/* clang-format off */
G_DEFINE_QUARK (bma-uri-portal-error-quark, bma_uri_portal_error)
/* clang-format on */

/* A page on its way through the portal. The subscription holds a reference to the task
 * and is given up when the task has its answer. */
typedef struct
{
  GDBusConnection *connection; /* owned */
  unsigned int response_id;    /* subscription */
  unsigned long cancelled_id;  /* handler */
} Call;

static void
call_free (gpointer data)
{
  Call *self = data;

  g_object_unref (self->connection);
  g_free (self);
}

/* Whether the answer may be given now: it is given once. */
static gboolean
end_waiting (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  unsigned int response_id = call->response_id;

  call->response_id = 0;
  if (response_id == 0)
    return FALSE;
  g_dbus_connection_signal_unsubscribe (call->connection, response_id);
  return TRUE;
}

static void
fail (GTask *task, BmaUriPortalError code, const char *message)
{
  if (end_waiting (task))
    g_task_return_new_error (task, BMA_URI_PORTAL_ERROR, (int) code, "%s", message);
}

static void
on_response (GDBusConnection *connection,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *arguments,
             gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  uint32_t code = 0;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get_child (arguments, 0, "u", &code);
  if (code == RESPONSE_CANCELLED)
    fail (task, BMA_URI_PORTAL_ERROR_DISMISSED,
          "The person closed the question which "
          "browser to use");
  else if (code != RESPONSE_DONE)
    fail (task, BMA_URI_PORTAL_ERROR_FAILED, "The portal could not open the page");
  else if (end_waiting (task))
    g_task_return_boolean (task, TRUE);
}

static void
subscribe (GTask *task, const char *path)
{
  Call *call = g_task_get_task_data (task);

  if (call->response_id != 0)
    g_dbus_connection_signal_unsubscribe (call->connection, call->response_id);
  /* The portal sends it to us alone: no match rule, as in GIO. */
  call->response_id =
      g_dbus_connection_signal_subscribe (call->connection, PORTAL_NAME,
                                          "org.freedesktop.portal.Request", "Response",
                                          path, NULL, G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE,
                                          on_response, g_object_ref (task),
                                          g_object_unref);
}

static gboolean
means_missing (const GError *error)
{
  static const int codes[] = {
    G_DBUS_ERROR_SERVICE_UNKNOWN,   G_DBUS_ERROR_UNKNOWN_METHOD,
    G_DBUS_ERROR_UNKNOWN_INTERFACE, G_DBUS_ERROR_UNKNOWN_OBJECT,
    G_DBUS_ERROR_NAME_HAS_NO_OWNER, G_DBUS_ERROR_SPAWN_EXEC_FAILED,
    G_DBUS_ERROR_SPAWN_FAILED,      G_DBUS_ERROR_SPAWN_CHILD_EXITED,
  };

  for (size_t i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_DBUS_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant)
      reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    return;
  g_dbus_error_strip_remote_error (error);
  if (call->response_id != 0)
    fail (task,
          means_missing (error) ? BMA_URI_PORTAL_ERROR_MISSING
                                : BMA_URI_PORTAL_ERROR_FAILED,
          error->message);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  if (end_waiting (task))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
}

static char *
make_request_path (GDBusConnection *connection, const char *token)
{
  g_autofree char *sender =
      g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (connection) + 1), ".",
                    '_');

  return g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
}

static GVariant *
make_arguments (const char *uri,
                const char *parent_window,
                const char *token,
                const char *activation_token)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "handle_token", "s", token);
  if (activation_token != NULL)
    g_variant_dict_insert (&options, "activation_token", "s", activation_token);
  return g_variant_new ("(ss@a{sv})", parent_window, uri, g_variant_dict_end (&options));
}

/**
 * bma_uri_portal_open_async:
 * @connection: the session bus
 * @entropy: names the request
 * @uri: the page
 * @parent_window: the window it belongs to, or empty
 * @activation_token: (nullable): lets it take the focus
 * @cancellable: (nullable): ends the waiting
 * @callback: called when the portal has answered
 * @user_data: for @callback
 *
 * Lets org.freedesktop.portal.OpenURI show a page.
 */
void
bma_uri_portal_open_async (GDBusConnection *connection,
                           BmaEntropy *entropy,
                           const char *uri,
                           const char *parent_window,
                           const char *activation_token,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (connection, cancellable, callback, user_data);
  g_autofree char *random = bma_entropy_hex (entropy, TOKEN_BYTES);
  g_autofree char *token = g_strconcat ("biomcp_auth_", random, NULL);
  g_autofree char *path = make_request_path (connection, token);
  Call *call = g_new0 (Call, 1);

  g_task_set_source_tag (task, bma_uri_portal_open_async);
  call->connection = g_object_ref (connection);
  g_task_set_task_data (task, call, call_free);
  subscribe (task, path);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), task,
                             0);
  g_dbus_connection_call (connection, PORTAL_NAME, PORTAL_PATH,
                          "org.freedesktop.portal.OpenURI", "OpenURI",
                          make_arguments (uri, parent_window, token, activation_token),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, CALL_LIMIT_MS,
                          cancellable, on_called, g_object_ref (task));
}

/**
 * bma_uri_portal_open_finish:
 * @result: what the callback got
 * @error: return location for a #BmaUriPortalError
 *
 * Returns: whether the portal has opened it
 */
gboolean
bma_uri_portal_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
