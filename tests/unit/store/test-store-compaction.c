/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "store-fixture.h"

/* Change number j sets the counter to j and one of N_RECORDS records to a long text that
 * begins with j, so the counter tells what all other records must be. */

#define COUNTER    "c0"
#define N_RECORDS  75
#define TEXT_BYTES 4000

static void
add_put (BmaChange *change, const char *id, unsigned int number, size_t n_bytes)
{
  BmaClient *client = bma_record_new (&bma_client_type, id);
  g_autofree char *filler = g_strnfill (n_bytes, 'x');

  client->name = g_strdup_printf ("%u %s", number, filler);
  bma_change_put_take (change, client);
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  StoreFixture *self = user_data;

  g_string_append_c (self->answers,
                     bma_store_apply_finish (BMA_STORE (source), result, NULL) ? '+'
                                                                               : '-');
  g_atomic_int_inc (&self->n_acked);
}

static void
apply_number (StoreFixture *self, unsigned int number)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autofree char *id = g_strdup_printf ("a%x", number % N_RECORDS);

  add_put (change, COUNTER, number, 0);
  add_put (change, id, number, TEXT_BYTES);
  bma_store_apply_async (self->store, change, NULL, on_applied, self);
}

static unsigned int
number_in (BmaStore *store, const char *id)
{
  const BmaClient *client = bma_store_lookup (store, &bma_client_type, id);

  return client != NULL ? (unsigned int) strtoul (client->name, NULL, 10) : 0;
}

/* Checks that the store is as it was after some change; returns which. */
static unsigned int
check_store (BmaStore *store)
{
  unsigned int number = number_in (store, COUNTER);

  for (unsigned int j = number + 1 > N_RECORDS ? number + 1 - N_RECORDS : 1; j <= number;
       j++)
    {
      g_autofree char *id = g_strdup_printf ("a%x", j % N_RECORDS);

      g_assert_cmpuint (number_in (store, id), ==, j);
    }
  return number;
}

static size_t
file_size (StoreFixture *self)
{
  GStatBuf info;

  g_assert_no_errno (g_stat (self->state, &info));
  return (size_t) info.st_size;
}

/* Makes the file so long that the next changes have it rewritten, for the second time:
 * then it takes several slices. Returns the number of the last change. */
static unsigned int
fill_up (StoreFixture *self)
{
  unsigned int number = 0;

  while (disk_dummy_count (self->disk, DISK_RENAME) < 2 || file_size (self) < 1040000)
    {
      apply_number (self, ++number);
      store_fixture_await (self, number);
      g_assert_cmpuint (number, <, 2000);
    }
  g_assert_cmpuint (disk_dummy_count (self->disk, DISK_RENAME), ==, 2);
  return number;
}

/* Makes changes two by two, one of which waits for a busy disk, until the file was
 * rewritten. */
static unsigned int
go_on_until_rewritten (StoreFixture *self, unsigned int number)
{
  unsigned int n_renames = disk_dummy_count (self->disk, DISK_RENAME);

  while (disk_dummy_count (self->disk, DISK_RENAME) == n_renames)
    {
      disk_dummy_hold (self->disk);
      apply_number (self, ++number);
      disk_dummy_await_held (self->disk);
      apply_number (self, ++number);
      disk_dummy_release (self->disk);
      store_fixture_await (self, number);
      g_assert_cmpuint (number, <, 2000);
    }
  return number;
}

static void
test_keeps_everything (StoreFixture *self, gconstpointer data)
{
  unsigned int number;

  store_fixture_open (self);
  number = fill_up (self);
  number = go_on_until_rewritten (self, number);
  g_assert_true (bma_store_keyfile_flush (BMA_STORE_KEYFILE (self->store), NULL));
  g_assert_cmpuint (file_size (self), <, 500000);
  g_assert_cmpuint (check_store (self->store), ==, number);
  store_fixture_close (self);
  store_fixture_open (self);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, 0);
  g_assert_cmpuint (check_store (self->store), ==, number);
  g_assert_cmpuint (store_fixture_count_files (self, "state.ini.new"), ==, 0);
}

static void
check_crash (StoreFixture *self, unsigned int step, int crash, unsigned int last)
{
  g_autofree char *folder = disk_dummy_get_crash_folder (self->disk, step, crash);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaStoreKeyfile) store = NULL;
  unsigned int number;

  store = bma_store_keyfile_new (folder, BMA_CLOCK (self->clock), &error);
  g_assert_no_error (error);
  g_assert_null (*bma_store_keyfile_get_reports (store));
  number = check_store (BMA_STORE (store));
  g_assert_cmpuint (number, >=, disk_dummy_get_n_acked (self->disk, step));
  g_assert_cmpuint (number, <=, last);
}

static void
test_crash_at_every_step (StoreFixture *self, gconstpointer data)
{
  g_autofree char *into = g_build_filename (self->top, "crashes", NULL);
  unsigned int number;
  unsigned int n_steps;

  store_fixture_open (self);
  number = fill_up (self);
  store_fixture_close (self);
  g_mkdir_with_parents (into, 0700);
  disk_dummy_record_crashes (self->disk, into, &self->n_acked);
  store_fixture_open (self);
  number = go_on_until_rewritten (self, number);
  apply_number (self, ++number);
  store_fixture_await (self, number);
  store_fixture_close (self);
  n_steps = disk_dummy_get_n_steps (self->disk);
  g_assert_cmpuint (n_steps, >, 10);
  /* Opening is recorded too: nothing is known to be on the disk before its first sync. */
  for (unsigned int step = 0; step < n_steps; step++)
    for (int crash = 0; crash < DISK_N_CRASHES; crash++)
      if (crash == 0 || step >= 3)
        check_crash (self, step, crash, number);
}

static void
check_goes_on (StoreFixture *self, DiskCall call)
{
  unsigned int number;

  store_fixture_open (self);
  number = fill_up (self);
  disk_dummy_fail (self->disk, call, EIO);
  number = go_on_until_rewritten (self, number);
  (void) bma_store_keyfile_flush (BMA_STORE_KEYFILE (self->store), NULL);
  disk_dummy_fail (self->disk, call, 0);
  /* Changes may have been taken back: all records get a new number. */
  for (unsigned int i = 0; i < N_RECORDS; i++)
    {
      apply_number (self, ++number);
      store_fixture_await (self, number);
    }
  g_assert_cmpint (self->answers->str[number - 1], ==, '+');
  g_assert_cmpuint (store_fixture_count_files (self, "state.ini.new"), ==, 0);
  store_fixture_close (self);
  store_fixture_open (self);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, 0);
  g_assert_cmpuint (check_store (self->store), ==, number);
}

static void
test_rename_fails (StoreFixture *self, gconstpointer data)
{
  check_goes_on (self, DISK_RENAME);
  g_assert_null (strchr (self->answers->str, '-'));
}

static void
test_folder_sync_fails (StoreFixture *self, gconstpointer data)
{
  check_goes_on (self, DISK_SYNC_FOLDER);
}

static void
test_disk_fills_up_while_rewriting (StoreFixture *self, gconstpointer data)
{
  unsigned int number;

  store_fixture_open (self);
  number = fill_up (self);
  for (unsigned int n_good = 0; n_good < 12; n_good++)
    {
      unsigned int before = number;

      disk_dummy_fail_later (self->disk, DISK_WRITE, n_good, ENOSPC);
      for (unsigned int i = 0; i < 12; i++)
        {
          apply_number (self, ++number);
          store_fixture_await (self, number);
        }
      (void) bma_store_keyfile_flush (BMA_STORE_KEYFILE (self->store), NULL);
      g_assert_nonnull (strchr (self->answers->str + before, '-'));
      disk_dummy_fail (self->disk, DISK_WRITE, 0);
      /* Bring the records and the counter in line again. */
      for (unsigned int i = 0; i < N_RECORDS; i++)
        {
          apply_number (self, ++number);
          store_fixture_await (self, number);
        }
      g_assert_cmpuint (check_store (self->store), ==, number);
    }
  store_fixture_close (self);
  store_fixture_open (self);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, 0);
  g_assert_cmpuint (check_store (self->store), ==, number);
}

static void
put_many (StoreFixture *self, unsigned int from, unsigned int n)
{
  g_autoptr (BmaChange) change = bma_change_new ();

  for (unsigned int i = from; i < from + n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%08x", i);

      add_put (change, id, 1, 100);
    }
  bma_store_apply_async (self->store, change, NULL, on_applied, self);
  store_fixture_await (self, self->answers->len + 1);
}

static void
test_cost_does_not_grow (StoreFixture *self, gconstpointer data)
{
  size_t bytes[2];
  unsigned int syncs[2];
  size_t total;

  store_fixture_open (self);
  for (unsigned int i = 0; i < 2; i++)
    {
      size_t n_bytes = disk_dummy_count_bytes (self->disk);
      unsigned int n_syncs;

      put_many (self, 0xffffff, 1);
      n_bytes = disk_dummy_count_bytes (self->disk);
      n_syncs = disk_dummy_count (self->disk, DISK_SYNC);
      put_many (self, 0xffffff, 1);
      bytes[i] = disk_dummy_count_bytes (self->disk) - n_bytes;
      syncs[i] = disk_dummy_count (self->disk, DISK_SYNC) - n_syncs;
      for (unsigned int j = 0; i == 0 && j < 200; j++)
        put_many (self, j * 100, 100);
      g_assert_true (bma_store_keyfile_flush (BMA_STORE_KEYFILE (self->store), NULL));
    }
  g_assert_cmpuint (bytes[0], ==, bytes[1]);
  g_assert_cmpuint (syncs[0], ==, 1);
  g_assert_cmpuint (syncs[1], ==, 1);
  /* What compaction wrote, spread over all changes, is less than they are. */
  total = disk_dummy_count_bytes (self->disk);
  g_assert_cmpuint (total, <, 2 * file_size (self) + 1024);
  /* Changing one record for ever costs at most twice its frame, and keeps the file small:
   * never more than 4 times as long as it would be if compact. */
  for (unsigned int i = 0; i < 200; i++)
    put_many (self, 0, 500);
  g_assert_true (bma_store_keyfile_flush (BMA_STORE_KEYFILE (self->store), NULL));
  total = disk_dummy_count_bytes (self->disk) - total;
  g_assert_cmpuint (total, <, 2 * (size_t) 200 * 500 * 170);
  g_assert_cmpuint (file_size (self), <, 5 * (size_t) 20001 * 170);
  store_fixture_close (self);
  store_fixture_open (self);
  {
    g_autoptr (GPtrArray) records = bma_store_list (self->store, &bma_client_type);

    g_assert_cmpuint (records->len, ==, 20001);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  STORE_TEST ("/store/compaction/keeps-everything", test_keeps_everything);
  STORE_TEST ("/store/compaction/crash-at-every-step", test_crash_at_every_step);
  STORE_TEST ("/store/compaction/rename-fails", test_rename_fails);
  STORE_TEST ("/store/compaction/folder-sync-fails", test_folder_sync_fails);
  STORE_TEST ("/store/compaction/disk-fills-up", test_disk_fills_up_while_rewriting);
  STORE_TEST ("/store/compaction/cost-does-not-grow", test_cost_does_not_grow);
  return g_test_run ();
}
