/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define MAX_SECRET_BYTES (64 * 1024)

struct _BmaKeyringFiles
{
  GObject parent_instance;

  char *folder; /* owned */
  BmaKeyringState state;
};

static void bma_keyring_files_iface_init (BmaKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaKeyringFiles,
                               bma_keyring_files,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_KEYRING,
                                                      bma_keyring_files_iface_init))

/* Runs in a worker thread: a file of a network or FUSE file system may be slow. */

static gboolean
check_file (int fd, const char *path, GError **error)
{
  struct stat info = { 0 };

  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    g_set_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED,
                 "%s is not a regular file", path);
  else if (info.st_uid != geteuid () && info.st_uid != 0)
    g_set_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED,
                 "%s belongs to another user: a secret must be yours or root's", path);
  else if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    g_set_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED,
                 "Others may use %s: run chmod 0600 on it", path);
  else if (info.st_size > MAX_SECRET_BYTES)
    g_set_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED,
                 "%s is larger than 64 KiB", path);
  else
    return TRUE;
  return FALSE;
}

/* Editors and echo end a file with a newline that is no part of the secret. */
static BmaSecret *
read_secret (int fd, const char *path, GError **error)
{
  g_autofree char *buffer = g_malloc (MAX_SECRET_BYTES);
  BmaSecret *secret = NULL;
  size_t n_bytes = 0;
  ssize_t n = 1;

  while (n > 0 && n_bytes < MAX_SECRET_BYTES)
    {
      n = TEMP_FAILURE_RETRY (read (fd, buffer + n_bytes, MAX_SECRET_BYTES - n_bytes));
      n_bytes += n > 0 ? (size_t) n : 0;
    }
  if (n_bytes > 0 && buffer[n_bytes - 1] == '\n')
    n_bytes--;
  if (n >= 0 && n_bytes > 0)
    secret = bma_secret_new_bytes (buffer, n_bytes);
  else
    g_set_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED,
                 "%s is empty or cannot be read", path);
  explicit_bzero (buffer, MAX_SECRET_BYTES);
  return secret;
}

static BmaSecret *
load_file (const char *folder, const char *kind, GError **error)
{
  g_autofree char *path = g_build_filename (folder, kind, NULL);
  BmaSecret *secret = NULL;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  int code = errno;

  if (fd < 0 && code == ENOENT && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    g_set_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING,
                 "There is no folder %s for secrets", folder);
  else if (fd < 0 && code == ENOENT)
    g_set_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND,
                 "There is no file %s", path);
  else if (fd < 0)
    g_set_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED,
                 "%s cannot be opened: %s", path, g_strerror (code));
  if (fd < 0)
    return NULL;
  if (check_file (fd, path, error))
    secret = read_secret (fd, path, error);
  close (fd);
  return secret;
}

static void
run_load (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  BmaKeyringFiles *self = source;
  GError *error = NULL;
  BmaSecret *secret = load_file (self->folder, task_data, &error);

  if (secret != NULL)
    g_task_return_pointer (task, secret, (GDestroyNotify) bma_secret_unref);
  else
    g_task_return_error (task, error);
}

/* The main thread again. */

static gboolean
kind_is_file_name (const char *kind)
{
  return *kind != '\0' &&
         strspn (kind, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen (kind);
}

static void
bma_keyring_files_load_async (BmaKeyring *keyring,
                              const char *kind,
                              const char *issuer,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);

  g_task_set_source_tag (task, bma_keyring_files_load_async);
  g_task_set_name (task, "keyring-files-load");
  g_task_set_task_data (task, g_strdup (kind), g_free);
  if (kind_is_file_name (kind))
    g_task_run_in_thread (task, run_load);
  else
    g_task_return_new_error (task, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND,
                             "\"%s\" is not a kind of secret", kind);
}

static void
set_state (BmaKeyringFiles *self, BmaKeyringState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_signal_emit_by_name (self, "state-changed");
}

static BmaSecret *
bma_keyring_files_load_finish (BmaKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  BmaSecret *secret = NULL;

  g_return_val_if_fail (g_task_is_valid (result, keyring), NULL);

  secret = g_task_propagate_pointer (G_TASK (result), &local_error);
  if (g_error_matches (local_error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING))
    set_state (BMA_KEYRING_FILES (keyring), BMA_KEYRING_STATE_MISSING);
  else if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_state (BMA_KEYRING_FILES (keyring), BMA_KEYRING_STATE_READY);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return secret;
}

static void
bma_keyring_files_save_async (BmaKeyring *keyring,
                              const char *kind,
                              const char *issuer,
                              const char *label,
                              BmaSecret *secret,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);
  BmaKeyringFiles *self = BMA_KEYRING_FILES (keyring);

  g_task_set_source_tag (task, bma_keyring_files_save_async);
  g_task_return_new_error (task, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_READ_ONLY,
                           "Secrets come from files: put it into %s/%s yourself, with "
                           "mode 0600",
                           self->folder, kind);
}

static void
bma_keyring_files_unlock_async (BmaKeyring *keyring,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);

  g_task_set_source_tag (task, bma_keyring_files_unlock_async);
  g_task_return_boolean (task, TRUE);
}

static gboolean
bma_keyring_files_finish (BmaKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static BmaKeyringState
bma_keyring_files_get_state (BmaKeyring *keyring)
{
  return BMA_KEYRING_FILES (keyring)->state;
}

static void
bma_keyring_files_finalize (GObject *object)
{
  BmaKeyringFiles *self = BMA_KEYRING_FILES (object);

  g_free (self->folder);
  G_OBJECT_CLASS (bma_keyring_files_parent_class)->finalize (object);
}

static void
bma_keyring_files_class_init (BmaKeyringFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_keyring_files_finalize;
}

static void
bma_keyring_files_init (BmaKeyringFiles *self)
{
}

static void
bma_keyring_files_iface_init (BmaKeyringInterface *iface)
{
  iface->get_state = bma_keyring_files_get_state;
  iface->load_async = bma_keyring_files_load_async;
  iface->load_finish = bma_keyring_files_load_finish;
  iface->save_async = bma_keyring_files_save_async;
  iface->save_finish = bma_keyring_files_finish;
  iface->unlock_async = bma_keyring_files_unlock_async;
  iface->unlock_finish = bma_keyring_files_finish;
}

/**
 * bma_keyring_files_new:
 * @folder: a folder with one file for each kind of secret, mode 0600 or 0400
 *
 * Returns: (transfer full): a keyring that cannot be changed
 */
BmaKeyring *
bma_keyring_files_new (const char *folder)
{
  BmaKeyringFiles *self = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (BMA_TYPE_KEYRING_FILES, NULL);
  self->folder = g_strdup (folder);
  return BMA_KEYRING (self);
}
