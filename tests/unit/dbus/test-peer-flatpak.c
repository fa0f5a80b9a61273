/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bma-peer-flatpak.h"

/* A root with a .flatpak-info, and what Flatpak notes about sandbox 4711. */
typedef struct
{
  char *folder;    /* owned */
  char *file;      /* owned */
  char *instances; /* owned */
  char *noted;     /* owned */
  int root;
} Sandbox;

static void
sandbox_set_up (Sandbox *self, gconstpointer data)
{
  g_autofree char *instance = NULL;

  self->folder = g_dir_make_tmp ("peer-XXXXXX", NULL);
  self->file = g_build_filename (self->folder, ".flatpak-info", NULL);
  self->instances = g_build_filename (self->folder, "instances", NULL);
  instance = g_build_filename (self->instances, "4711", NULL);
  self->noted = g_build_filename (instance, "info", NULL);
  g_assert_cmpint (g_mkdir_with_parents (instance, 0700), ==, 0);
  self->root = open (self->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void
sandbox_tear_down (Sandbox *self, gconstpointer data)
{
  g_autofree char *instance = g_path_get_dirname (self->noted);

  g_unlink (self->file);
  g_unlink (self->noted);
  g_rmdir (instance);
  g_rmdir (self->instances);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->file);
  g_free (self->instances);
  g_free (self->noted);
  close (self->root);
}

/* NULL if that is refused. */
static char *
read_app_id (Sandbox *self)
{
  g_autoptr (GError) error = NULL;
  char *app_id = NULL;
  gboolean is_certain =
      bma_peer_flatpak_read_app_id (self->root, self->instances, &app_id, &error);

  g_assert_true (is_certain == (error == NULL));
  if (!is_certain)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  else if (app_id == NULL)
    return g_strdup ("host");
  return app_id;
}

#define INFO "[Application]\nname=org.example.App\n[Instance]\ninstance-id="

static void
test_sandbox (Sandbox *s, gconstpointer data)
{
  g_autofree char *large = g_strnfill (65 * 1024, 'x');
  const char *const bad[] = { "",
                              "[Application]\n",
                              "[Application]\nname=\n[Instance]\ninstance-id=4711\n",
                              "[Application]\nname=../x\n[Instance]\ninstance-id=4711\n",
                              "name=org.example.App\n",
                              "[Instance]\nname=org.example.App\n",
                              large };
  g_autofree char *none = read_app_id (s);
  g_autofree char *app_id = NULL;

  g_assert_cmpstr (none, ==, "host");
  g_file_set_contents (s->file, INFO "4711\n", -1, NULL);
  g_file_set_contents (s->noted, INFO "4711\n", -1, NULL);
  app_id = read_app_id (s);
  g_assert_cmpstr (app_id, ==, "org.example.App");
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_file_set_contents (s->file, bad[i], -1, NULL);
      g_file_set_contents (s->noted, bad[i], -1, NULL);
      g_assert_null (read_app_id (s));
    }
}

/* Whoever brings a file along says nothing of a sandbox that Flatpak made. */
static void
test_forged_sandbox (Sandbox *s, gconstpointer data)
{
  static const char *const forged[] = {
    INFO "4712\n",
    INFO "\n",
    INFO "../4711\n",
    INFO "4711/../4711\n",
    INFO "4711\n#\n",
    "[Application]\nname=org.example.App\n",
    "[Application]\nname=org.example.Other\n[Instance]\ninstance-id=4711\n",
  };

  g_file_set_contents (s->noted, INFO "4711\n", -1, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (forged); i++)
    {
      g_test_message ("%s", forged[i]);
      g_file_set_contents (s->file, forged[i], -1, NULL);
      g_assert_null (read_app_id (s));
    }
  g_unlink (s->noted);
  g_file_set_contents (s->file, INFO "4711\n", -1, NULL);
  g_assert_null (read_app_id (s));
}

static void
test_sandbox_odd_file (Sandbox *s, gconstpointer data)
{
  g_file_set_contents (s->noted, INFO "4711\n", -1, NULL);
  g_mkdir (s->file, 0700);
  g_assert_null (read_app_id (s));
  g_rmdir (s->file);
  g_assert_cmpint (mkfifo (s->file, 0600), ==, 0);
  g_assert_null (read_app_id (s));
  g_unlink (s->file);
  g_assert_cmpint (symlink ("nowhere", s->file), ==, 0);
  g_assert_null (read_app_id (s));
}

#define ADD_SANDBOX(name, func)                                                          \
  g_test_add ("/dbus/peer-flatpak/" name, Sandbox, NULL, sandbox_set_up, func,           \
              sandbox_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_SANDBOX ("only-if-certain", test_sandbox);
  ADD_SANDBOX ("only-if-flatpak-knows-it", test_forged_sandbox);
  ADD_SANDBOX ("odd-files-are-refused", test_sandbox_odd_file);
  return g_test_run ();
}
