/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "settings-fixture.h"

#include <glib/gstdio.h>

/* A folder with no files in it yet. */
Settings *
settings_new (void)
{
  Settings *self = g_new0 (Settings, 1);

  self->folder = g_dir_make_tmp ("bma-settings-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->user = g_build_filename (self->folder, "user.ini", NULL);
  self->system[0] = g_build_filename (self->folder, "system.ini", NULL);
  self->system[1] = g_build_filename (self->folder, "vendor.ini", NULL);
  return self;
}

static void
settings_reset (Settings *self)
{
  g_clear_pointer (&self->config, bma_config_unref);
  g_clear_pointer (&self->notices, g_strfreev);
  g_clear_error (&self->error);
}

void
settings_free (Settings *self)
{
  settings_reset (self);
  g_unlink (self->user);
  g_unlink (self->system[0]);
  g_unlink (self->system[1]);
  g_rmdir (self->folder);
  g_free (self->user);
  g_free (self->system[0]);
  g_free (self->system[1]);
  g_free (self->folder);
  g_free (self);
}

void
settings_write (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* Loads from scratch; the outcome is in config or error, never in both. */
gboolean
settings_load (Settings *self, const char *const *environment, const char *listen)
{
  BmaSettingsPlaces places = {
    .listen = listen,
    .environment = environment,
    .user_file = self->user,
    .system_files = (const char *const *) self->system,
  };

  settings_reset (self);
  self->config = bma_settings_load (&places, &self->notices, &self->error);
  g_assert_true ((self->config != NULL) != (self->error != NULL));
  return self->config != NULL;
}

/* The message with the folder's name taken out. */
char *
settings_get_message (const Settings *self)
{
  g_autoptr (GString) text = g_string_new (self->error->message);
  g_autofree char *folder = g_strconcat (self->folder, "/", NULL);

  g_string_replace (text, folder, "", 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Expects an error, with the folder taken out of its message. */
void
settings_assert_refused (Settings *settings,
                         const char *const *environment,
                         const char *listen,
                         BmaSettingsError code,
                         const char *expected)
{
  g_autofree char *message = NULL;

  g_assert_false (settings_load (settings, environment, listen));
  message = settings_get_message (settings);
  g_assert_cmpstr (message, ==, expected);
  g_assert_error (settings->error, BMA_SETTINGS_ERROR, (int) code);
}
