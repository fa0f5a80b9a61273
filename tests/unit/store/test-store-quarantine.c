/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <string.h>

#include "bma-keyfile-encode.h"
#include "bma-keyfile-frame.h"
#include "store-fixture.h"

static void
add_record (GString *text, const char *id, const char *name)
{
  g_autoptr (BmaClient) client = bma_record_new (&bma_client_type, id);

  client->name = g_strdup (name);
  g_assert_true (bma_keyfile_encode_record (text, &client->record, NULL));
}

static void
add_frame (GString *text, const char *frame)
{
  size_t start = text->len;

  g_string_append (text, frame);
  bma_keyfile_frame_seal (text, start);
}

/* A header and clients 1 to n. */
static GString *
make_file (unsigned int n)
{
  GString *text = g_string_new (NULL);

  bma_keyfile_encode_header (text);
  for (unsigned int i = 1; i <= n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%x", i);

      add_record (text, id, "name");
    }
  return text;
}

static char *
read_quarantine (StoreFixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
open_and_expect (StoreFixture *self, unsigned int n_records, unsigned int n_reports)
{
  g_autoptr (GPtrArray) records = NULL;

  store_fixture_open (self);
  records = bma_store_list (self->store, &bma_client_type);
  g_assert_cmpuint (records->len, ==, n_records);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, n_reports);
}

static void
test_broken_record (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GString) text = make_file (5);
  g_autofree char *kept = NULL;

  memcpy (strstr (text->str, "[client 3]\nname=name"), "[client 3]\nname=mama", 20);
  store_fixture_write (self, text->str, text->len);
  open_and_expect (self, 4, 1);
  g_assert_null (store_fixture_name_of (self, "3"));
  kept = read_quarantine (self, "quarantine-20260101T000000Z.ini");
  g_assert_nonnull (strstr (kept, "\n[client 3]\nname=mama\n#c "));
  store_fixture_close (self);
  open_and_expect (self, 4, 0);
  g_assert_cmpuint (store_fixture_count_files (self, "quarantine"), ==, 1);
}

static void
test_torn_tail (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GString) text = make_file (3);
  g_autofree char *kept = NULL;

  store_fixture_write (self, text->str, text->len - 5);
  open_and_expect (self, 2, 1);
  kept = read_quarantine (self, "quarantine-20260101T000000Z.ini");
  g_assert_nonnull (strstr (kept, "[client 3]\n"));
  store_fixture_put (self, "3", "again");
  store_fixture_close (self);
  open_and_expect (self, 3, 0);
}

static void
test_each_time_a_new_file (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GString) text = make_file (2);

  for (unsigned int i = 1; i <= 3; i++)
    {
      store_fixture_write (self, text->str, text->len - 5);
      open_and_expect (self, 1, 1);
      store_fixture_close (self);
      g_assert_cmpuint (store_fixture_count_files (self, "quarantine"), ==, i);
    }
}

static void
test_unknown_table (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GString) text = make_file (1);
  g_autofree char *kept = NULL;

  add_frame (text, "\n[client 2]\nname=same change\n\n[starship 2]\nname=unknown\n");
  add_frame (text, "\n[client BAD]\nname=bad id\n");
  store_fixture_write (self, text->str, text->len);
  open_and_expect (self, 1, 2);
  kept = read_quarantine (self, "quarantine-20260101T000000Z.ini");
  g_assert_nonnull (strstr (kept, "[starship 2]\nname=unknown\n#c "));
  g_assert_nonnull (strstr (kept, "[client BAD]\nname=bad id\n#c "));
}

static void
test_unknown_key (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GString) text = make_file (1);

  add_frame (text, "\n[client 2]\nname=x\ncolour=red\n");
  store_fixture_write (self, text->str, text->len);
  open_and_expect (self, 2, 1);
  g_assert_cmpuint (store_fixture_count_files (self, "quarantine"), ==, 0);
}

static void
test_empty_and_foreign_files (StoreFixture *self, gconstpointer data)
{
  store_fixture_write (self, "", 0);
  open_and_expect (self, 0, 0);
  store_fixture_close (self);
  store_fixture_write (self, "[client 1]\nname=written by hand\n", 32);
  open_and_expect (self, 0, 2);
  store_fixture_close (self);
  store_fixture_write (self, "\0\0\0\0\0\0", 6);
  open_and_expect (self, 0, 2);
  store_fixture_put (self, "0a", "good");
  store_fixture_close (self);
  open_and_expect (self, 1, 0);
}

static void
test_reports_are_bounded (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GString) text = make_file (1);

  for (unsigned int i = 0; i < 100; i++)
    {
      add_frame (text, "\n[starship 2]\n");
      add_record (text, "2", "good");
    }
  store_fixture_write (self, text->str, text->len);
  open_and_expect (self, 2, 11);
}

static void
test_full_disk_at_start (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GString) text = make_file (3);
  g_autofree char *after = NULL;
  size_t n_bytes;

  store_fixture_write (self, text->str, text->len - 5);
  disk_dummy_fail (self->disk, DISK_WRITE, ENOSPC);
  open_and_expect (self, 2, 1);
  after = store_fixture_read (self, &n_bytes);
  g_assert_cmpmem (after, n_bytes, text->str, text->len - 5);
  store_fixture_put (self, "0a", "no space yet");
  store_fixture_await (self, 1);
  disk_dummy_fail (self->disk, DISK_WRITE, 0);
  store_fixture_put (self, "0b", "space");
  store_fixture_await (self, 2);
  g_assert_cmpstr (self->answers->str, ==, "-+");
  store_fixture_close (self);
  open_and_expect (self, 3, 1);
  g_assert_cmpstr (store_fixture_name_of (self, "0b"), ==, "space");
  g_assert_cmpuint (store_fixture_count_files (self, "quarantine"), ==, 1);
}

static void
test_repair_may_fail (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GString) text = make_file (3);

  store_fixture_write (self, text->str, text->len - 5);
  disk_dummy_fail (self->disk, DISK_RENAME, EIO);
  open_and_expect (self, 2, 2);
  store_fixture_put (self, "0b", "behind the torn tail");
  store_fixture_await (self, 1);
  store_fixture_close (self);
  disk_dummy_fail (self->disk, DISK_RENAME, 0);
  open_and_expect (self, 3, 1);
  store_fixture_close (self);
  open_and_expect (self, 3, 0);
}

static void
test_first_start_needs_space (StoreFixture *self, gconstpointer data)
{
  disk_dummy_fail (self->disk, DISK_WRITE, ENOSPC);
  g_assert_cmpint (store_fixture_fail_to_open (self), ==, BMA_STORE_ERROR_UNUSABLE);
  disk_dummy_fail (self->disk, DISK_WRITE, 0);
  open_and_expect (self, 0, 0);
}

static gboolean
is_anywhere (const char *folder, const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      size_t n_bytes;

      g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
      if (memmem (bytes, n_bytes, text, strlen (text)) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
test_crash_while_repairing (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GString) text = make_file (3);
  g_autofree char *into = g_build_filename (self->top, "crashes", NULL);
  unsigned int n_steps;

  add_frame (text, "\n[starship 2]\nname=CANARY\n");
  store_fixture_write (self, text->str, text->len);
  g_mkdir_with_parents (into, 0700);
  disk_dummy_record_crashes (self->disk, into, &self->n_acked);
  open_and_expect (self, 3, 1);
  n_steps = disk_dummy_get_n_steps (self->disk);
  g_assert_cmpuint (n_steps, >, 6);
  for (unsigned int step = 0; step < n_steps; step++)
    {
      g_autofree char *folder = disk_dummy_get_crash_folder (self->disk, step, 0);
      g_autoptr (BmaStoreKeyfile) store = NULL;
      g_autoptr (GPtrArray) records = NULL;

      store = bma_store_keyfile_new (folder, BMA_CLOCK (self->clock), NULL);
      g_assert_nonnull (store);
      records = bma_store_list (BMA_STORE (store), &bma_client_type);
      g_assert_cmpuint (records->len, ==, 3);
      g_assert_true (is_anywhere (folder, "CANARY"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  STORE_TEST ("/store/quarantine/broken-record", test_broken_record);
  STORE_TEST ("/store/quarantine/torn-tail", test_torn_tail);
  STORE_TEST ("/store/quarantine/each-time-a-new-file", test_each_time_a_new_file);
  STORE_TEST ("/store/quarantine/unknown-table", test_unknown_table);
  STORE_TEST ("/store/quarantine/unknown-key-is-reported", test_unknown_key);
  STORE_TEST ("/store/quarantine/empty-and-foreign-files", test_empty_and_foreign_files);
  STORE_TEST ("/store/quarantine/reports-are-bounded", test_reports_are_bounded);
  STORE_TEST ("/store/quarantine/full-disk-at-start", test_full_disk_at_start);
  STORE_TEST ("/store/quarantine/repair-may-fail", test_repair_may_fail);
  STORE_TEST ("/store/quarantine/first-start-needs-space", test_first_start_needs_space);
  STORE_TEST ("/store/quarantine/crash-while-repairing", test_crash_while_repairing);
  return g_test_run ();
}
