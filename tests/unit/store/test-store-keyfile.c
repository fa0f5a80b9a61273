/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bma-keyfile-frame.h"
#include "store-fixture.h"

static unsigned int
mode_of (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct stat info;

  g_assert_no_errno (g_stat (path, &info));
  return info.st_mode & 07777;
}

static void
test_reopen (StoreFixture *self, gconstpointer data)
{
  store_fixture_open (self);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, 0);
  store_fixture_put (self, "0a", "one");
  store_fixture_put (self, "0b", "two");
  store_fixture_put (self, "0a", "three");
  store_fixture_delete (self, "0b");
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "three");
  g_assert_cmpuint (self->n_changed, ==, 4);
  store_fixture_await (self, 4);
  g_assert_cmpstr (self->answers->str, ==, "++++");
  store_fixture_close (self);
  for (int i = 0; i < 3; i++)
    {
      store_fixture_open (self);
      g_assert_cmpuint (store_fixture_count_reports (self), ==, 0);
      g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "three");
      g_assert_null (store_fixture_name_of (self, "0b"));
      store_fixture_close (self);
    }
}

static void
test_flush_blocks (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  store_fixture_open (self);
  store_fixture_put (self, "0a", "one");
  g_assert_true (bma_store_keyfile_flush (BMA_STORE_KEYFILE (self->store), &error));
  g_assert_no_error (error);
  store_fixture_await (self, 1);
  disk_dummy_fail (self->disk, DISK_WRITE, EIO);
  store_fixture_put (self, "0a", "two");
  g_assert_false (bma_store_keyfile_flush (BMA_STORE_KEYFILE (self->store), &error));
  g_assert_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_WRITE);
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "one");
}

static void
test_modes (StoreFixture *self, gconstpointer data)
{
  mode_t before = umask (0);

  store_fixture_write (self, "broken", 6);
  store_fixture_open (self);
  umask (before);
  g_assert_cmpuint (mode_of (self->folder, ""), ==, 0700);
  g_assert_cmpuint (mode_of (self->folder, "state.ini"), ==, 0600);
  g_assert_cmpuint (mode_of (self->folder, "lock"), ==, 0600);
  g_assert_cmpuint (mode_of (self->folder, "quarantine-20260101T000000Z.ini"), ==, 0600);
  store_fixture_close (self);
  g_assert_no_errno (g_chmod (self->state, 0644));
  store_fixture_open (self);
  g_assert_cmpuint (mode_of (self->folder, "state.ini"), ==, 0600);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, 1);
}

static void
test_refuses_open_folder (StoreFixture *self, gconstpointer data)
{
  g_mkdir_with_parents (self->folder, 0700);
  for (unsigned int bit = 01; bit <= 040; bit <<= 1)
    {
      g_assert_no_errno (g_chmod (self->folder, 0700 | bit));
      g_assert_cmpint (store_fixture_fail_to_open (self), ==, BMA_STORE_ERROR_UNUSABLE);
    }
  g_assert_no_errno (g_chmod (self->folder, 0700));
  store_fixture_open (self);
}

static void
test_refuses_odd_files (StoreFixture *self, gconstpointer data)
{
  g_autofree char *lock = g_build_filename (self->folder, "lock", NULL);
  g_autofree char *elsewhere = g_build_filename (self->top, "elsewhere", NULL);

  g_mkdir_with_parents (self->folder, 0700);
  g_assert_no_errno (g_mkdir (self->state, 0700));
  g_assert_cmpint (store_fixture_fail_to_open (self), ==, BMA_STORE_ERROR_UNUSABLE);
  g_assert_no_errno (g_rmdir (self->state));
  g_assert_no_errno (symlink (elsewhere, self->state));
  g_assert_cmpint (store_fixture_fail_to_open (self), ==, BMA_STORE_ERROR_UNUSABLE);
  g_assert_no_errno (g_unlink (self->state));
  g_assert_no_errno (g_unlink (lock));
  g_assert_no_errno (symlink (elsewhere, lock));
  g_assert_cmpint (store_fixture_fail_to_open (self), ==, BMA_STORE_ERROR_UNUSABLE);
  g_assert_false (g_file_test (elsewhere, G_FILE_TEST_EXISTS));
}

static void
test_second_opener_is_refused (StoreFixture *self, gconstpointer data)
{
  store_fixture_open (self);
  g_assert_cmpint (store_fixture_fail_to_open (self), ==, BMA_STORE_ERROR_BUSY);
  store_fixture_put (self, "0a", "one");
  store_fixture_await (self, 1);
  store_fixture_close (self);
  store_fixture_open (self);
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "one");
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (bma_store_apply_finish (BMA_STORE (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  *(gboolean *) user_data = TRUE;
}

static void
test_cancelled_is_still_applied (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (BmaChange) change = bma_change_new ();
  gboolean is_answered = FALSE;

  store_fixture_open (self);
  disk_dummy_hold (self->disk);
  bma_change_put_take (change, bma_record_new (&bma_client_type, "0c"));
  bma_store_apply_async (self->store, change, cancellable, on_cancelled, &is_answered);
  disk_dummy_await_held (self->disk);
  g_cancellable_cancel (cancellable);
  while (!is_answered)
    g_main_context_iteration (NULL, TRUE);
  disk_dummy_release (self->disk);
  store_fixture_close (self);
  store_fixture_open (self);
  g_assert_nonnull (bma_store_lookup (self->store, &bma_client_type, "0c"));
}

static void
test_refuses_bad_id (StoreFixture *self, gconstpointer data)
{
  store_fixture_open (self);
  store_fixture_put (self, "NOT HEX", "name");
  g_assert_null (store_fixture_name_of (self, "NOT HEX"));
  store_fixture_await (self, 1);
  g_assert_cmpstr (self->answers->str, ==, "-");
  g_assert_cmpuint (self->n_changed, ==, 0);
}

static void
test_newer_format_is_left_alone (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("\n[biomcp-auth]\nformat=2\n");
  g_autofree char *after = NULL;
  size_t n_bytes;

  bma_keyfile_frame_seal (text, 0);
  store_fixture_write (self, text->str, text->len);
  g_assert_cmpint (store_fixture_fail_to_open (self), ==, BMA_STORE_ERROR_NEWER);
  after = store_fixture_read (self, &n_bytes);
  g_assert_cmpmem (after, n_bytes, text->str, text->len);
  g_assert_cmpuint (store_fixture_count_files (self, "quarantine"), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  STORE_TEST ("/store/keyfile/reopens", test_reopen);
  STORE_TEST ("/store/keyfile/flush-blocks", test_flush_blocks);
  STORE_TEST ("/store/keyfile/files-are-private", test_modes);
  STORE_TEST ("/store/keyfile/refuses-open-folder", test_refuses_open_folder);
  STORE_TEST ("/store/keyfile/refuses-odd-files", test_refuses_odd_files);
  STORE_TEST ("/store/keyfile/second-opener-is-refused", test_second_opener_is_refused);
  STORE_TEST ("/store/keyfile/cancelled-is-still-applied",
              test_cancelled_is_still_applied);
  STORE_TEST ("/store/keyfile/refuses-bad-id", test_refuses_bad_id);
  STORE_TEST ("/store/keyfile/newer-format-is-left-alone",
              test_newer_format_is_left_alone);
  return g_test_run ();
}
