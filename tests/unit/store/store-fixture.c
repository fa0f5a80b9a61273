/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "store-fixture.h"

#include <glib/gstdio.h>

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) &&
          !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_assert_no_errno (g_unlink (child));
    }
  g_assert_no_errno (g_rmdir (path));
}

void
store_fixture_set_up (StoreFixture *self, gconstpointer data)
{
  self->top = g_dir_make_tmp ("bma-store-XXXXXX", NULL);
  self->folder = g_build_filename (self->top, "state", "biomcp-auth", NULL);
  self->state = g_build_filename (self->folder, "state.ini", NULL);
  self->clock = bma_clock_dummy_new ();
  self->disk = disk_dummy_new (self->folder);
  self->answers = g_string_new (NULL);
}

void
store_fixture_tear_down (StoreFixture *self, gconstpointer data)
{
  if (self->store != NULL)
    store_fixture_close (self);
  remove_tree (self->top);
  g_string_free (self->answers, TRUE);
  disk_dummy_free (self->disk);
  g_object_unref (self->clock);
  g_free (self->state);
  g_free (self->folder);
  g_free (self->top);
}

static void
on_changed (BmaStore *store, gpointer change, gpointer user_data)
{
  StoreFixture *self = user_data;

  self->n_changed++;
}

void
store_fixture_open (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;

  self->store = BMA_STORE (
      bma_store_keyfile_new_with_ops (self->folder, BMA_CLOCK (self->clock),
                                      disk_dummy_get_ops (self->disk), &error));
  g_assert_no_error (error);
  g_signal_connect (self->store, "changed", G_CALLBACK (on_changed), self);
}

void
store_fixture_close (StoreFixture *self)
{
  (void) bma_store_keyfile_flush (BMA_STORE_KEYFILE (self->store), NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (self->store);
  self->store = NULL;
}

BmaStoreError
store_fixture_fail_to_open (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaStoreKeyfile) store = NULL;

  store = bma_store_keyfile_new_with_ops (self->folder, BMA_CLOCK (self->clock),
                                          disk_dummy_get_ops (self->disk), &error);
  g_assert_null (store);
  g_assert_nonnull (error);
  g_assert_true (error->domain == BMA_STORE_ERROR);
  return (BmaStoreError) error->code;
}

unsigned int
store_fixture_count_reports (StoreFixture *self)
{
  return g_strv_length (
      (char **) bma_store_keyfile_get_reports (BMA_STORE_KEYFILE (self->store)));
}

char *
store_fixture_read (StoreFixture *self, size_t *n_bytes)
{
  char *bytes = NULL;

  g_assert_true (g_file_get_contents (self->state, &bytes, n_bytes, NULL));
  return bytes;
}

void
store_fixture_write (StoreFixture *self, const char *bytes, size_t n_bytes)
{
  g_mkdir_with_parents (self->folder, 0700);
  g_assert_true (g_file_set_contents_full (self->state, bytes, (gssize) n_bytes,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

unsigned int
store_fixture_count_files (StoreFixture *self, const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  unsigned int n = 0;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_prefix (name, prefix) ? 1 : 0;
  return n;
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  StoreFixture *self = user_data;
  g_autoptr (GError) error = NULL;

  if (bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      g_string_append_c (self->answers, '+');
      g_atomic_int_inc (&self->n_acked);
    }
  else
    {
      g_assert_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_WRITE);
      g_string_append_c (self->answers, '-');
    }
}

void
store_fixture_put (StoreFixture *self, const char *id, const char *name)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaClient *client = bma_record_new (&bma_client_type, id);

  client->name = g_strdup (name);
  bma_change_put_take (change, client);
  bma_store_apply_async (self->store, change, NULL, on_applied, self);
}

void
store_fixture_delete (StoreFixture *self, const char *id)
{
  g_autoptr (BmaChange) change = bma_change_new ();

  bma_change_delete (change, &bma_client_type, id);
  bma_store_apply_async (self->store, change, NULL, on_applied, self);
}

void
store_fixture_put_nothing (StoreFixture *self)
{
  g_autoptr (BmaChange) change = bma_change_new ();

  bma_store_apply_async (self->store, change, NULL, on_applied, self);
}

void
store_fixture_await (StoreFixture *self, size_t n_answers)
{
  while (self->answers->len < n_answers)
    g_main_context_iteration (NULL, TRUE);
}

const char *
store_fixture_name_of (StoreFixture *self, const char *id)
{
  const BmaClient *client = bma_store_lookup (self->store, &bma_client_type, id);

  return client != NULL ? client->name : NULL;
}
