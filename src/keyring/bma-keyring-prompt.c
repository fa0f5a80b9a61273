/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-prompt.h"

#include "bma-keyring.h"

#define PROMPT_INTERFACE "org.freedesktop.Secret.Prompt"

/* A prompt that is shown (Secret Service, section "Prompts and prompting"). libsecret's
 * own secret_service_unlock() reads freed or missing values when the service dies or
 * answers with another type while the prompt is shown (secret-paths.c,
 * on_xlock_prompted(), 0.20.5 to 0.21.7). */
typedef struct
{
  GDBusProxy *service;    /* owned */
  char *path;             /* owned */
  unsigned int signal_id; /* 0 when it was answered */
  unsigned int name_id;
  GSource *on_cancel; /* owned (nullable) */
} Prompt;

static void
stop (Prompt *self)
{
  if (self->signal_id == 0)
    return;
  g_dbus_connection_signal_unsubscribe (g_dbus_proxy_get_connection (self->service),
                                        self->signal_id);
  self->signal_id = 0;
  g_bus_unwatch_name (self->name_id);
  if (self->on_cancel == NULL)
    return;
  g_source_destroy (self->on_cancel);
  g_clear_pointer (&self->on_cancel, g_source_unref);
}

static void
prompt_free (gpointer data)
{
  Prompt *self = data;

  stop (self);
  g_object_unref (self->service);
  g_free (self->path);
  g_free (self);
}

/* The prompt's own reference to the task, the first time. */
static GTask *
take_task (GTask *task)
{
  Prompt *self = g_task_get_task_data (task);

  if (self->signal_id == 0)
    return NULL;
  stop (self);
  return task;
}

static void
fail (GTask *shown, GError *error)
{
  g_autoptr (GTask) task = take_task (shown);

  if (task != NULL)
    g_task_return_error (task, error);
  else
    g_error_free (error);
}

static void
on_prompt_completed (GDBusConnection *connection,
                     const char *sender,
                     const char *path,
                     const char *interface,
                     const char *signal,
                     GVariant *parameters,
                     gpointer user_data)
{
  g_autoptr (GTask) task = take_task (user_data);
  gboolean dismissed = TRUE;

  if (task == NULL)
    return;
  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(bv)")))
    g_variant_get_child (parameters, 0, "b", &dismissed);
  if (dismissed)
    g_task_return_new_error (task, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_DISMISSED,
                             "The password dialog of the keyring was closed");
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_service_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  fail (user_data, g_error_new_literal (BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING,
                                        "The secret service went away while it asked"));
}

/* Asks the service to close its dialog; nobody waits for the answer. */
static gboolean
on_prompt_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Prompt *self = g_task_get_task_data (user_data);

  g_dbus_connection_call (g_dbus_proxy_get_connection (self->service),
                          g_dbus_proxy_get_name (self->service), self->path,
                          PROMPT_INTERFACE, "Dismiss", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
                          -1, NULL, NULL, NULL);
  fail (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                        "The password dialog is not waited for"));
  return G_SOURCE_REMOVE;
}

static void
on_prompt_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) nothing =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (nothing == NULL)
    fail (task, error);
}

/**
 * bma_keyring_prompt_async:
 * @service: the Secret Service
 * @path: a prompt that it offered
 * @cancellable: (nullable): closes the dialog
 * @callback: called when the person answered
 * @user_data: for @callback
 *
 * Shows a prompt and waits for the person, without a limit.
 */
void
bma_keyring_prompt_async (GDBusProxy *service,
                          const char *path,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  GDBusConnection *connection = g_dbus_proxy_get_connection (service);
  Prompt *self = g_new0 (Prompt, 1);

  g_task_set_source_tag (task, bma_keyring_prompt_async);
  g_task_set_name (task, "keyring-prompt");
  g_task_set_task_data (task, self, prompt_free);
  self->service = g_object_ref (service);
  self->path = g_strdup (path);
  self->signal_id =
      g_dbus_connection_signal_subscribe (connection, g_dbus_proxy_get_name (service),
                                          PROMPT_INTERFACE, "Completed", path, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_prompt_completed,
                                          task, NULL);
  self->name_id = g_bus_watch_name_on_connection (connection,
                                                  g_dbus_proxy_get_name (service),
                                                  G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                  on_service_vanished, task, NULL);
  if (cancellable != NULL)
    {
      self->on_cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->on_cancel, G_SOURCE_FUNC (on_prompt_cancelled), task,
                             NULL);
      g_source_attach (self->on_cancel, g_main_context_get_thread_default ());
    }
  g_dbus_connection_call (connection, g_dbus_proxy_get_name (service), path,
                          PROMPT_INTERFACE, "Prompt", g_variant_new ("(s)", ""), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_prompt_called,
                          g_object_ref (task));
}

/**
 * bma_keyring_prompt_finish:
 * @result: what the callback got
 * @error: return location for an error, %BMA_KEYRING_ERROR_DISMISSED when the person
 *   closed it
 *
 * Returns: whether the person did what was asked
 */
gboolean
bma_keyring_prompt_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
