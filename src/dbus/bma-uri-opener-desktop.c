/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-uri-opener-desktop.h"

#include <string.h>
#include <unistd.h>

#include "bma-log.h"
#include "bma-uri-portal.h"

struct _BmaUriOpenerDesktop
{
  GObject parent_instance;

  GDBusConnection *connection; /* owned */
  BmaEntropy *entropy;         /* owned */
};

/**
 * bma_uri_opener_desktop_make_command:
 * @browser: a command line
 * @uri: a page
 *
 * Makes the command that shows @uri, which is one argument and never sees a shell: it
 * replaces `%s`, or comes last.
 *
 * Returns: (transfer full) (nullable): the command; %NULL if @browser is none
 */
char **
bma_uri_opener_desktop_make_command (const char *browser, const char *uri)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GStrvBuilder) command = g_strv_builder_new ();
  gboolean has_place = FALSE;

  if (!g_shell_parse_argv (browser, NULL, &words, NULL))
    return NULL;
  for (size_t i = 0; words[i] != NULL; i++)
    {
      gboolean is_place = i > 0 && g_str_equal (words[i], "%s");

      g_strv_builder_add (command, is_place ? uri : words[i]);
      has_place = has_place || is_place;
    }
  if (!has_place)
    g_strv_builder_add (command, uri);
  return g_strv_builder_end (command);
}

/* $BROWSER may name several, separated by colons: the first that starts. */
static gboolean
open_with_browser (const char *browsers, const char *uri)
{
  g_auto (GStrv) list = g_strsplit (browsers, ":", -1);

  for (size_t i = 0; list[i] != NULL; i++)
    {
      g_auto (GStrv) command = bma_uri_opener_desktop_make_command (list[i], uri);

      if (command != NULL &&
          g_spawn_async (NULL, command, NULL,
                         G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                             G_SPAWN_STDERR_TO_DEV_NULL,
                         NULL, NULL, NULL, NULL))
        return TRUE;
    }
  return FALSE;
}

static void
on_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_app_info_launch_default_for_uri_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
open_without_portal (GTask *task)
{
  const char *uri = g_task_get_task_data (task);
  const char *browsers = g_getenv ("BROWSER");

  if (browsers != NULL && open_with_browser (browsers, uri))
    g_task_return_boolean (task, TRUE);
  else
    g_app_info_launch_default_for_uri_async (uri, NULL, g_task_get_cancellable (task),
                                             on_launched, g_object_ref (task));
}

static void
on_portal_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bma_uri_portal_open_finish (result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  bma_log_debug ("browser", "no page through the portal: %s", error->message);
  /* Inside Flatpak GIO aborts where the portal is missing. */
  if (!g_error_matches (error, BMA_URI_PORTAL_ERROR, BMA_URI_PORTAL_ERROR_MISSING) ||
      access ("/.flatpak-info", F_OK) == 0)
    {
      g_task_return_error (task, error);
      return;
    }
  g_error_free (error);
  open_without_portal (task);
}

static void
uri_opener_desktop_open_async (BmaUriOpener *opener,
                               const char *uri,
                               const char *parent_window,
                               const char *activation_token,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  BmaUriOpenerDesktop *self = BMA_URI_OPENER_DESKTOP (opener);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, uri_opener_desktop_open_async);
  g_task_set_task_data (task, g_strdup (uri), g_free);
  bma_uri_portal_open_async (self->connection, self->entropy, uri, parent_window,
                             activation_token, cancellable, on_portal_answered,
                             g_steal_pointer (&task));
}

static gboolean
uri_opener_desktop_open_finish (BmaUriOpener *opener,
                                GAsyncResult *result,
                                GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
uri_opener_iface_init (BmaUriOpenerInterface *iface)
{
  iface->open_async = uri_opener_desktop_open_async;
  iface->open_finish = uri_opener_desktop_open_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaUriOpenerDesktop,
                               bma_uri_opener_desktop,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_URI_OPENER,
                                                      uri_opener_iface_init))

static void
bma_uri_opener_desktop_finalize (GObject *object)
{
  BmaUriOpenerDesktop *self = BMA_URI_OPENER_DESKTOP (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->entropy);
  G_OBJECT_CLASS (bma_uri_opener_desktop_parent_class)->finalize (object);
}

static void
bma_uri_opener_desktop_class_init (BmaUriOpenerDesktopClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_uri_opener_desktop_finalize;
}

static void
bma_uri_opener_desktop_init (BmaUriOpenerDesktop *self)
{
}

/**
 * bma_uri_opener_desktop_new:
 * @connection: the session bus
 * @entropy: randomness
 *
 * Returns: (transfer full): the opener of the person's desktop
 */
BmaUriOpener *
bma_uri_opener_desktop_new (GDBusConnection *connection, BmaEntropy *entropy)
{
  BmaUriOpenerDesktop *self = g_object_new (BMA_TYPE_URI_OPENER_DESKTOP, NULL);

  self->connection = g_object_ref (connection);
  self->entropy = g_object_ref (entropy);
  return BMA_URI_OPENER (self);
}
