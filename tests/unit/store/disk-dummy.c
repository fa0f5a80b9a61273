/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "disk-dummy.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

struct _DiskDummy
{
  GMutex lock;
  GCond changed;
  char *folder; /* owned */
  BmaKeyfileOps ops;
  int errors[DISK_N_CALLS];          /* 0: works */
  unsigned int n_good[DISK_N_CALLS]; /* that work before the error */
  unsigned int n_calls[DISK_N_CALLS];
  size_t n_bytes;
  size_t max_write_bytes;
  gboolean is_held;
  gboolean is_waiting;
  char *crashes;        /* owned, nullable: where to copy to */
  const int *n_acked;   /* not owned */
  GArray *acked;        /* owned, of int: for each step */
  GHashTable *contents; /* owned: inode -> GBytes, what is durable of it */
  GHashTable *names;    /* owned: durable name -> inode */
};

static guint64
inode_of (const char *path)
{
  struct stat info;

  return g_stat (path, &info) == 0 ? info.st_ino : 0;
}

/* name -> inode, as the running system sees them */
static GHashTable *
list_names (DiskDummy *self)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      guint64 inode = inode_of (path);

      g_hash_table_insert (names, g_strdup (name), g_memdup2 (&inode, sizeof inode));
    }
  return names;
}

static void
write_file (const char *folder, const char *name, const char *bytes, size_t n_bytes)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents_full (path, bytes, (gssize) n_bytes,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
copy_durable (DiskDummy *self, GHashTable *names, const char *to)
{
  GHashTableIter iter;
  gpointer name, inode;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, &inode))
    {
      GBytes *bytes = g_hash_table_lookup (self->contents, inode);
      size_t n_bytes = 0;
      const char *text = bytes != NULL ? g_bytes_get_data (bytes, &n_bytes) : "";

      write_file (to, name, text, n_bytes);
    }
}

static void
copy_live (DiskDummy *self, GHashTable *names, const char *to)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      g_autofree char *text = NULL;
      size_t n_bytes;

      g_assert_true (g_file_get_contents (path, &text, &n_bytes, NULL));
      write_file (to, name, text, n_bytes);
    }
}

static void
record_crash (DiskDummy *self)
{
  g_autoptr (GHashTable) names = list_names (self);
  int n_acked = g_atomic_int_get (self->n_acked);

  g_array_append_val (self->acked, n_acked);
  for (int crash = 0; crash < DISK_N_CRASHES; crash++)
    {
      g_autofree char *to =
          disk_dummy_get_crash_folder (self, self->acked->len - 1, crash);

      g_assert_no_errno (g_mkdir (to, 0700));
      if (crash == 0)
        copy_live (self, names, to);
      else
        copy_durable (self, crash == 1 ? self->names : names, to);
    }
}

/* Returns what the call should fail with, or 0. */
static int
enter (DiskDummy *self, DiskCall call)
{
  int error_number;

  g_mutex_lock (&self->lock);
  self->n_calls[call]++;
  while (self->is_held)
    {
      self->is_waiting = TRUE;
      g_cond_broadcast (&self->changed);
      g_cond_wait (&self->changed, &self->lock);
    }
  self->is_waiting = FALSE;
  if (self->crashes != NULL)
    record_crash (self);
  error_number = self->errors[call];
  if (error_number != 0 && self->n_good[call] > 0)
    {
      self->n_good[call]--;
      error_number = 0;
    }
  g_mutex_unlock (&self->lock);
  errno = error_number;
  return error_number;
}

static ssize_t
disk_write (int fd, const void *bytes, size_t n_bytes, off_t offset, gpointer user_data)
{
  DiskDummy *self = user_data;

  if (enter (self, DISK_WRITE) != 0)
    return -1;
  g_mutex_lock (&self->lock);
  n_bytes = MIN (n_bytes, self->max_write_bytes);
  self->n_bytes += n_bytes;
  g_mutex_unlock (&self->lock);
  return bma_keyfile_ops_system.write (fd, bytes, n_bytes, offset, NULL);
}

static int
disk_sync (int fd, gpointer user_data)
{
  DiskDummy *self = user_data;
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *text = NULL;
  guint64 inode = inode_of (path);
  size_t n_bytes;

  if (enter (self, DISK_SYNC) != 0)
    return -1;
  if (self->crashes != NULL)
    {
      g_assert_true (g_file_get_contents (path, &text, &n_bytes, NULL));
      g_hash_table_insert (self->contents, g_memdup2 (&inode, sizeof inode),
                           g_bytes_new_take (g_steal_pointer (&text), n_bytes));
    }
  return 0;
}

static int
disk_truncate (int fd, off_t length, gpointer user_data)
{
  if (enter (user_data, DISK_TRUNCATE) != 0)
    return -1;
  return bma_keyfile_ops_system.truncate (fd, length, NULL);
}

static int
disk_rename (int folder_fd, const char *from, const char *to, gpointer user_data)
{
  if (enter (user_data, DISK_RENAME) != 0)
    return -1;
  return bma_keyfile_ops_system.rename (folder_fd, from, to, NULL);
}

static int
disk_sync_folder (int folder_fd, gpointer user_data)
{
  DiskDummy *self = user_data;

  if (enter (self, DISK_SYNC_FOLDER) != 0)
    return -1;
  if (self->crashes != NULL)
    {
      g_hash_table_unref (self->names);
      self->names = list_names (self);
    }
  return 0;
}

DiskDummy *
disk_dummy_new (const char *folder)
{
  DiskDummy *self = g_new0 (DiskDummy, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->folder = g_strdup (folder);
  self->ops = (BmaKeyfileOps){ disk_write,  disk_sync,        disk_truncate,
                               disk_rename, disk_sync_folder, self };
  self->max_write_bytes = G_MAXSIZE;
  self->acked = g_array_new (FALSE, FALSE, sizeof (int));
  self->contents = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                          (GDestroyNotify) g_bytes_unref);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
disk_dummy_free (DiskDummy *self)
{
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->contents);
  g_array_unref (self->acked);
  g_free (self->crashes);
  g_free (self->folder);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

const BmaKeyfileOps *
disk_dummy_get_ops (DiskDummy *self)
{
  return &self->ops;
}

void
disk_dummy_fail (DiskDummy *self, DiskCall call, int error_number)
{
  disk_dummy_fail_later (self, call, 0, error_number);
}

void
disk_dummy_fail_later (DiskDummy *self,
                       DiskCall call,
                       unsigned int n_good,
                       int error_number)
{
  g_mutex_lock (&self->lock);
  self->errors[call] = error_number;
  self->n_good[call] = n_good;
  g_mutex_unlock (&self->lock);
}

void
disk_dummy_write_at_most (DiskDummy *self, size_t n_bytes)
{
  g_mutex_lock (&self->lock);
  self->max_write_bytes = n_bytes;
  g_mutex_unlock (&self->lock);
}

void
disk_dummy_hold (DiskDummy *self)
{
  g_mutex_lock (&self->lock);
  self->is_held = TRUE;
  g_mutex_unlock (&self->lock);
}

void
disk_dummy_await_held (DiskDummy *self)
{
  g_mutex_lock (&self->lock);
  while (!self->is_waiting)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

void
disk_dummy_release (DiskDummy *self)
{
  g_mutex_lock (&self->lock);
  self->is_held = FALSE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

unsigned int
disk_dummy_count (DiskDummy *self, DiskCall call)
{
  unsigned int n;

  g_mutex_lock (&self->lock);
  n = self->n_calls[call];
  g_mutex_unlock (&self->lock);
  return n;
}

size_t
disk_dummy_count_bytes (DiskDummy *self)
{
  size_t n;

  g_mutex_lock (&self->lock);
  n = self->n_bytes;
  g_mutex_unlock (&self->lock);
  return n;
}

void
disk_dummy_record_crashes (DiskDummy *self, const char *into, const int *n_acked)
{
  g_mutex_lock (&self->lock);
  self->crashes = g_strdup (into);
  self->n_acked = n_acked;
  g_mutex_unlock (&self->lock);
}

unsigned int
disk_dummy_get_n_steps (DiskDummy *self)
{
  return self->acked->len;
}

int
disk_dummy_get_n_acked (DiskDummy *self, unsigned int step)
{
  return g_array_index (self->acked, int, step);
}

char *
disk_dummy_get_crash_folder (DiskDummy *self, unsigned int step, int crash)
{
  return g_strdup_printf ("%s/%u-%d", self->crashes, step, crash);
}
