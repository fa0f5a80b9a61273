/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bma-keyring-files.h"
#include "keyring-await.h"

#define KIND BMA_KEYRING_KIND_STYTCH_SECRET

typedef struct
{
  char *folder;        /* owned */
  char *path;          /* owned: of the one file */
  BmaKeyring *keyring; /* owned */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("bma-keyring-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, KIND, NULL);
  fixture->keyring = bma_keyring_files_new (fixture->folder);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->path);
  g_rmdir (fixture->folder);
  g_object_unref (fixture->keyring);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
write_file (Fixture *fixture, const char *text, gssize length, unsigned int mode)
{
  g_assert_true (g_file_set_contents (fixture->path, text, length, NULL));
  g_assert_cmpint (g_chmod (fixture->path, (int) mode), ==, 0);
}

static void
test_loads (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpint (bma_keyring_get_state (fixture->keyring), ==,
                   BMA_KEYRING_STATE_UNKNOWN);
  write_file (fixture, "secret-test-1\n", -1, 0600);
  assert_loads (fixture->keyring, KIND, "secret-test-1");
  g_assert_cmpint (bma_keyring_get_state (fixture->keyring), ==, BMA_KEYRING_STATE_READY);
  write_file (fixture, "secret-test-2", -1, 0400);
  assert_loads (fixture->keyring, KIND, "secret-test-2");
}

static void
test_refuses_open_modes (Fixture *fixture, gconstpointer unused)
{
  static const unsigned int modes[] = { 0604, 0640, 0660, 0644, 0610, 0602, 0777 };

  for (size_t i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      write_file (fixture, "secret", -1, modes[i]);
      assert_load_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_FAILED);
    }
}

static void
test_missing_is_not_broken (Fixture *fixture, gconstpointer unused)
{
  assert_load_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_NOT_FOUND);
  assert_load_fails (fixture->keyring, "../" KIND, BMA_KEYRING_ERROR_NOT_FOUND);
  assert_load_fails (fixture->keyring, "", BMA_KEYRING_ERROR_NOT_FOUND);
  write_file (fixture, "\n", -1, 0600);
  assert_load_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_FAILED);
  g_unlink (fixture->path);
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  assert_load_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_FAILED);
  g_rmdir (fixture->path);
  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  assert_load_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_FAILED);
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  assert_load_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_MISSING);
  g_assert_cmpint (bma_keyring_get_state (fixture->keyring), ==,
                   BMA_KEYRING_STATE_MISSING);
}

static void
test_size_is_bounded (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *large = g_strnfill (64 * 1024 + 1, 'a');

  write_file (fixture, large, -1, 0600);
  assert_load_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_FAILED);
  large[64 * 1024] = '\0';
  write_file (fixture, large, -1, 0600);
  assert_loads (fixture->keyring, KIND, large);
}

static void
test_is_read_only (Fixture *fixture, gconstpointer unused)
{
  assert_save_fails (fixture->keyring, KIND, BMA_KEYRING_ERROR_READ_ONLY);
  g_assert_true (await_unlock (fixture->keyring, NULL));
}

#define ADD(path, function)                                                              \
  g_test_add ("/keyring/files/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("loads", test_loads);
  ADD ("refuses-files-that-others-may-use", test_refuses_open_modes);
  ADD ("missing-is-not-broken", test_missing_is_not_broken);
  ADD ("size-is-bounded", test_size_is_bounded);
  ADD ("is-read-only", test_is_read_only);
  return g_test_run ();
}
