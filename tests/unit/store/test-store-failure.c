/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <string.h>

#include "store-fixture.h"

static void
reopen (StoreFixture *self)
{
  store_fixture_close (self);
  store_fixture_open (self);
}

static void
test_group_commit (StoreFixture *self, gconstpointer data)
{
  g_autofree char *text = NULL;
  const char *at;
  size_t n_bytes;
  unsigned int n_syncs;

  store_fixture_open (self);
  disk_dummy_hold (self->disk);
  store_fixture_put (self, "f", "first");
  disk_dummy_await_held (self->disk);
  n_syncs = disk_dummy_count (self->disk, DISK_SYNC);
  for (unsigned int i = 0; i < 200; i++)
    {
      g_autofree char *id = g_strdup_printf ("a%03x", i);

      store_fixture_put (self, id, "many");
    }
  g_assert_cmpuint (self->answers->len, ==, 0);
  disk_dummy_release (self->disk);
  store_fixture_await (self, 201);
  g_assert_cmpint (self->n_acked, ==, 201);
  g_assert_cmpuint (disk_dummy_count (self->disk, DISK_SYNC) - n_syncs, ==, 2);
  text = store_fixture_read (self, &n_bytes);
  at = strstr (text, "[client f]");
  for (unsigned int i = 0; i < 200; i++)
    {
      g_autofree char *group = g_strdup_printf ("[client a%03x]", i);

      at = strstr (at, group);
      g_assert_nonnull (at);
    }
}

static void
test_empty_change_waits (StoreFixture *self, gconstpointer data)
{
  size_t before;
  size_t after;

  store_fixture_open (self);
  disk_dummy_hold (self->disk);
  store_fixture_put (self, "0a", "one");
  disk_dummy_await_held (self->disk);
  store_fixture_put_nothing (self);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (self->answers->len, ==, 0);
  disk_dummy_release (self->disk);
  store_fixture_await (self, 2);
  g_free (store_fixture_read (self, &before));
  disk_dummy_fail (self->disk, DISK_WRITE, ENOSPC);
  store_fixture_put_nothing (self);
  store_fixture_await (self, 3);
  g_assert_cmpstr (self->answers->str, ==, "+++");
  g_free (store_fixture_read (self, &after));
  g_assert_cmpuint (before, ==, after);
  store_fixture_put (self, "0a", "two");
  store_fixture_put_nothing (self);
  store_fixture_await (self, 5);
  g_assert_cmpstr (self->answers->str, ==, "+++--");
  disk_dummy_fail (self->disk, DISK_WRITE, 0);
  reopen (self);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, 0);
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "one");
}

static void
test_full_disk (StoreFixture *self, gconstpointer data)
{
  store_fixture_open (self);
  store_fixture_put (self, "0a", "one");
  store_fixture_await (self, 1);
  disk_dummy_fail (self->disk, DISK_WRITE, ENOSPC);
  store_fixture_put (self, "0a", "two");
  store_fixture_put (self, "0a", "three");
  store_fixture_delete (self, "0a");
  store_fixture_put (self, "0b", "other");
  store_fixture_await (self, 5);
  g_assert_cmpstr (self->answers->str, ==, "+----");
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "one");
  g_assert_null (store_fixture_name_of (self, "0b"));
  /* Every change that was announced was announced again when it was taken back. */
  g_assert_cmpuint (self->n_changed, ==, 9);
  disk_dummy_fail (self->disk, DISK_WRITE, 0);
  store_fixture_put (self, "0c", "works again");
  store_fixture_await (self, 6);
  g_assert_cmpstr (self->answers->str, ==, "+----+");
  reopen (self);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, 0);
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "one");
  g_assert_null (store_fixture_name_of (self, "0b"));
  g_assert_cmpstr (store_fixture_name_of (self, "0c"), ==, "works again");
}

static void
test_short_writes (StoreFixture *self, gconstpointer data)
{
  size_t before;
  size_t after;

  store_fixture_open (self);
  disk_dummy_write_at_most (self->disk, 7);
  store_fixture_put (self, "0a", "in pieces");
  store_fixture_await (self, 1);
  g_free (store_fixture_read (self, &before));
  disk_dummy_fail_later (self->disk, DISK_WRITE, 3, ENOSPC);
  store_fixture_put (self, "0a", "three pieces");
  store_fixture_await (self, 2);
  g_assert_cmpstr (self->answers->str, ==, "+-");
  g_free (store_fixture_read (self, &after));
  g_assert_cmpuint (before, ==, after);
  disk_dummy_fail (self->disk, DISK_WRITE, 0);
  reopen (self);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, 0);
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "in pieces");
}

static void
test_failed_sync (StoreFixture *self, gconstpointer data)
{
  store_fixture_open (self);
  store_fixture_put (self, "0a", "one");
  store_fixture_await (self, 1);
  disk_dummy_fail (self->disk, DISK_SYNC, EIO);
  store_fixture_put (self, "0a", "two");
  store_fixture_await (self, 2);
  g_assert_cmpstr (self->answers->str, ==, "+-");
  reopen (self);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, 0);
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "one");
}

static void
test_failed_truncate_is_repeated (StoreFixture *self, gconstpointer data)
{
  store_fixture_open (self);
  store_fixture_put (self, "0a", "one");
  store_fixture_await (self, 1);
  disk_dummy_fail (self->disk, DISK_SYNC, EIO);
  disk_dummy_fail (self->disk, DISK_TRUNCATE, EIO);
  store_fixture_put (self, "0b", "a long name that is in the way later on");
  store_fixture_await (self, 2);
  disk_dummy_fail (self->disk, DISK_SYNC, 0);
  store_fixture_put (self, "0c", "truncate still fails");
  store_fixture_await (self, 3);
  disk_dummy_fail (self->disk, DISK_TRUNCATE, 0);
  store_fixture_put (self, "0d", "good");
  store_fixture_await (self, 4);
  g_assert_cmpstr (self->answers->str, ==, "+--+");
  reopen (self);
  g_assert_cmpuint (store_fixture_count_reports (self), ==, 0);
  g_assert_null (store_fixture_name_of (self, "0b"));
  g_assert_null (store_fixture_name_of (self, "0c"));
  g_assert_cmpstr (store_fixture_name_of (self, "0d"), ==, "good");
}

static void
test_those_behind_fail_too (StoreFixture *self, gconstpointer data)
{
  store_fixture_open (self);
  store_fixture_put (self, "0a", "zero");
  store_fixture_await (self, 1);
  disk_dummy_hold (self->disk);
  store_fixture_put (self, "0a", "one");
  disk_dummy_await_held (self->disk);
  store_fixture_put (self, "0a", "two");
  store_fixture_put (self, "0b", "three");
  /* The first batch fails; the second one was already waiting. */
  disk_dummy_fail_later (self->disk, DISK_WRITE, 0, ENOSPC);
  disk_dummy_release (self->disk);
  store_fixture_await (self, 4);
  g_assert_cmpstr (self->answers->str, ==, "+---");
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "zero");
  g_assert_null (store_fixture_name_of (self, "0b"));
}

static void
test_those_before_are_kept (StoreFixture *self, gconstpointer data)
{
  store_fixture_open (self);
  store_fixture_put (self, "0a", "zero");
  store_fixture_await (self, 1);
  disk_dummy_hold (self->disk);
  store_fixture_put (self, "0a", "one");
  disk_dummy_await_held (self->disk);
  store_fixture_put (self, "0a", "two");
  store_fixture_put (self, "0b", "three");
  disk_dummy_fail_later (self->disk, DISK_SYNC, 1, EIO);
  disk_dummy_release (self->disk);
  /* Both outcomes are collected at once. */
  (void) bma_store_keyfile_flush (BMA_STORE_KEYFILE (self->store), NULL);
  store_fixture_await (self, 4);
  g_assert_cmpstr (self->answers->str, ==, "++--");
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "one");
  disk_dummy_fail (self->disk, DISK_SYNC, 0);
  reopen (self);
  g_assert_cmpstr (store_fixture_name_of (self, "0a"), ==, "one");
  g_assert_null (store_fixture_name_of (self, "0b"));
}

static void
on_changed_apply_more (BmaStore *store, BmaChange *change, gpointer user_data)
{
  StoreFixture *self = user_data;

  /* When "0a" is gone again, say so in "0b": a new change, not one of those that fail. */
  if (store_fixture_name_of (self, "0a") == NULL &&
      store_fixture_name_of (self, "0b") == NULL)
    {
      disk_dummy_fail (self->disk, DISK_WRITE, 0);
      store_fixture_put (self, "0b", "taken back");
    }
}

static void
test_listener_may_apply (StoreFixture *self, gconstpointer data)
{
  store_fixture_open (self);
  g_signal_connect (self->store, "changed", G_CALLBACK (on_changed_apply_more), self);
  disk_dummy_fail (self->disk, DISK_WRITE, ENOSPC);
  store_fixture_put (self, "0a", "one");
  store_fixture_put (self, "0a", "two");
  store_fixture_await (self, 3);
  g_assert_cmpstr (self->answers->str, ==, "--+");
  reopen (self);
  g_assert_null (store_fixture_name_of (self, "0a"));
  g_assert_cmpstr (store_fixture_name_of (self, "0b"), ==, "taken back");
}

static void
test_names_are_durable_first (StoreFixture *self, gconstpointer data)
{
  disk_dummy_fail (self->disk, DISK_SYNC_FOLDER, EIO);
  store_fixture_open (self);
  store_fixture_put (self, "0a", "the file may be gone after a power cut");
  store_fixture_await (self, 1);
  disk_dummy_fail (self->disk, DISK_SYNC_FOLDER, 0);
  store_fixture_put (self, "0a", "now it is there");
  store_fixture_await (self, 2);
  g_assert_cmpstr (self->answers->str, ==, "-+");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  STORE_TEST ("/store/journal/commits-in-groups", test_group_commit);
  STORE_TEST ("/store/journal/empty-change-waits", test_empty_change_waits);
  STORE_TEST ("/store/journal/full-disk", test_full_disk);
  STORE_TEST ("/store/journal/short-writes", test_short_writes);
  STORE_TEST ("/store/journal/failed-sync", test_failed_sync);
  STORE_TEST ("/store/journal/failed-truncate-is-repeated",
              test_failed_truncate_is_repeated);
  STORE_TEST ("/store/journal/those-behind-fail-too", test_those_behind_fail_too);
  STORE_TEST ("/store/journal/those-before-are-kept", test_those_before_are_kept);
  STORE_TEST ("/store/journal/listener-may-apply", test_listener_may_apply);
  STORE_TEST ("/store/journal/names-are-durable-first", test_names_are_durable_first);
  return g_test_run ();
}
