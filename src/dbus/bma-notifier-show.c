/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-notifier-private.h"

#define KEY_BYTES 16

/* The names of buttons on the bus, and the notice until it is sent. */
typedef struct
{
  char *title; /* owned */
  char *body;  /* owned */
  BmaNotice notice;
  char *keys[BMA_NOTIFIER_MAX_BUTTONS + 1]; /* owned; the last is of the default action */
} Showing;

static void
showing_free (gpointer data)
{
  Showing *self = data;

  g_free (self->title);
  g_free (self->body);
  for (size_t i = 0; i < G_N_ELEMENTS (self->keys); i++)
    g_free (self->keys[i]);
  g_free (self);
}

static void
send (BmaNotifier *self,
      const char *name,
      const char *method,
      GVariant *arguments,
      GAsyncReadyCallback callback,
      GTask *task)
{
  g_autoptr (GDBusMessage) message = g_dbus_message_new_method_call (
      name, self->uses_portal ? BMA_PORTAL_PATH : BMA_NOTIFICATIONS_PATH,
      self->uses_portal ? BMA_PORTAL_INTERFACE : BMA_NOTIFICATIONS_INTERFACE, method);

  if (arguments != NULL)
    g_dbus_message_set_body (message, arguments);
  g_dbus_connection_send_message_with_reply (self->bus, message,
                                             G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                             BMA_NOTIFIER_LIMIT_MS, NULL,
                                             g_task_get_cancellable (task), callback,
                                             g_object_ref (task));
  self->is_sending = TRUE;
}

/* NULL and the task has its error. */
static GDBusMessage *
receive (GObject *source, GAsyncResult *result, GTask *task)
{
  BmaNotifier *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GDBusMessage) reply =
      g_dbus_connection_send_message_with_reply_finish (G_DBUS_CONNECTION (source),
                                                        result, &error);

  self->is_sending = FALSE;
  if (reply == NULL || g_dbus_message_to_gerror (reply, &error))
    {
      g_task_return_error (task, error);
      return NULL;
    }
  return g_steal_pointer (&reply);
}

static BmaNoticeKeys
get_keys (const Showing *showing)
{
  BmaNoticeKeys keys = { showing->keys[BMA_NOTIFIER_MAX_BUTTONS], { NULL } };

  for (size_t i = 0; i < BMA_NOTIFIER_MAX_BUTTONS; i++)
    keys.keys[i] = showing->keys[i];
  return keys;
}

static void
on_portal_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaNotifier *self = g_task_get_source_object (task);
  g_autoptr (GDBusMessage) reply = receive (source, result, task);

  if (reply == NULL)
    return;
  bma_notifier_listen_to (self, g_dbus_message_get_sender (reply));
  self->id = 1;
  g_task_return_boolean (task, TRUE);
}

static void
on_server_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaNotifier *self = g_task_get_source_object (task);
  g_autoptr (GDBusMessage) reply = receive (source, result, task);
  GVariant *body = reply != NULL ? g_dbus_message_get_body (reply) : NULL;

  if (reply == NULL)
    return;
  if (body == NULL || !g_variant_is_of_type (body, G_VARIANT_TYPE ("(u)")))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                               "The answer is no number");
      return;
    }
  g_variant_get (body, "(u)", &self->id);
  g_task_return_boolean (task, TRUE);
}

/* Without buttons a notification asks nothing. */
static void
on_capabilities (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaNotifier *self = g_task_get_source_object (task);
  const Showing *showing = g_task_get_task_data (task);
  const BmaNoticeKeys keys = get_keys (showing);
  g_autoptr (GDBusMessage) reply = receive (source, result, task);
  GVariant *body = reply != NULL ? g_dbus_message_get_body (reply) : NULL;
  g_autofree const char **words = NULL;

  if (reply == NULL)
    return;
  if (body != NULL && g_variant_is_of_type (body, G_VARIANT_TYPE ("(as)")))
    g_variant_get (body, "(^a&s)", &words);
  if (words == NULL || !g_strv_contains (words, "actions"))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                               "Notifications here have no buttons");
      return;
    }
  bma_notifier_listen_to (self, g_dbus_message_get_sender (reply));
  send (self, self->owner, "Notify",
        bma_notifier_bus_make_notify (&showing->notice, &keys, self->id,
                                      g_strv_contains (words, "body-markup")),
        on_server_shown, task);
}

static Showing *
showing_new (BmaNotifier *self, const BmaNotice *notice)
{
  Showing *showing = g_new0 (Showing, 1);

  showing->title = g_strdup (notice->title);
  showing->body = g_strdup (notice->body);
  showing->notice = *notice;
  showing->notice.title = showing->title;
  showing->notice.body = showing->body;
  for (size_t i = 0; i < G_N_ELEMENTS (showing->keys); i++)
    showing->keys[i] = bma_entropy_hex (self->entropy, KEY_BYTES);
  return showing;
}

/**
 * bma_notifier_show_async:
 * @self: a notifier
 * @notice: what to say; actions and labels must be static
 * @cancellable: (nullable): ends the waiting
 * @callback: called when it is shown
 * @user_data: for @callback
 *
 * Shows a notification in the place of the one before, whose buttons are good for nothing
 * from now on. One call at a time.
 */
void
bma_notifier_show_async (BmaNotifier *self,
                         const BmaNotice *notice,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Showing *showing = showing_new (self, notice);
  const BmaNoticeKeys keys = get_keys (showing);

  g_task_set_source_tag (task, bma_notifier_show_async);
  g_task_set_task_data (task, showing, showing_free);
  g_hash_table_remove_all (self->actions);
  for (size_t i = 0; i < notice->n_buttons; i++)
    g_hash_table_insert (self->actions, g_strdup (keys.keys[i]),
                         g_strdup (notice->buttons[i].action));
  g_hash_table_insert (self->actions,
                       g_strdup (self->uses_portal ? keys.default_key : "default"),
                       g_strdup (notice->default_action));
  if (self->uses_portal)
    send (self, BMA_PORTAL_NAME, "AddNotification",
          bma_notifier_bus_make_portal (notice, &keys, self->portal_id), on_portal_shown,
          task);
  else
    send (self, BMA_NOTIFICATIONS_NAME, "GetCapabilities", NULL, on_capabilities, task);
}

/**
 * bma_notifier_show_finish:
 * @self: a notifier
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: whether it is shown
 */
gboolean
bma_notifier_show_finish (BmaNotifier *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
