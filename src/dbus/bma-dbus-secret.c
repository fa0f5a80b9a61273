/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-secret.h"

#include <gio/gunixinputstream.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bma-broker-error.h"

/* With the line break, and one byte more that tells that there is too much. */
#define BUFFER_BYTES (BMA_DBUS_MAX_SECRET_BYTES + 3)

/* What has been read so far; wiped when it goes. */
typedef struct
{
  GInputStream *stream; /* owned */
  char *bytes;          /* owned */
  size_t n_bytes;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *self = data;

  explicit_bzero (self->bytes, BUFFER_BYTES);
  g_free (self->bytes);
  g_object_unref (self->stream);
  g_free (self);
}

static void
refuse (GTask *task, const char *why)
{
  g_task_return_new_error (task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
                           "%s", why);
}

static void
finish (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);
  size_t length = reading->n_bytes;

  if (length > 0 && reading->bytes[length - 1] == '\n')
    length -= length > 1 && reading->bytes[length - 2] == '\r' ? 2 : 1;
  if (length == 0)
    refuse (task, "The secret is empty");
  else if (reading->n_bytes == BUFFER_BYTES || length > BMA_DBUS_MAX_SECRET_BYTES)
    refuse (task, "The secret is longer than 65536 bytes");
  else if (memchr (reading->bytes, '\0', length) != NULL)
    refuse (task, "The secret holds a NUL byte");
  else
    g_task_return_pointer (task, bma_secret_new_bytes (reading->bytes, length),
                           (GDestroyNotify) bma_secret_unref);
}

static void read_more (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  GError *error = NULL;
  ssize_t n_read = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n_read > 0)
    reading->n_bytes += (size_t) n_read;
  if (n_read < 0)
    g_task_return_error (task, error);
  else if (n_read == 0 || reading->n_bytes == BUFFER_BYTES)
    finish (task);
  else
    read_more (task);
}

static void
read_more (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);

  g_input_stream_read_async (reading->stream, reading->bytes + reading->n_bytes,
                             BUFFER_BYTES - reading->n_bytes, G_PRIORITY_DEFAULT,
                             g_task_get_cancellable (task), on_read, g_object_ref (task));
}

/**
 * bma_dbus_secret_read_async:
 * @fd: (transfer full): a pipe or a regular file
 * @cancellable: (nullable): ends the reading
 * @callback: called with the secret
 * @user_data: for @callback
 *
 * Reads a secret to its end. One line break at the end does not count.
 */
void
bma_dbus_secret_read_async (int fd,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Reading *reading = NULL;
  struct stat status;

  g_task_set_source_tag (task, bma_dbus_secret_read_async);
  if (fstat (fd, &status) != 0 ||
      !(S_ISFIFO (status.st_mode) || S_ISREG (status.st_mode)))
    {
      close (fd);
      refuse (task, "The secret must come from a pipe or a regular file");
      return;
    }
  reading = g_new0 (Reading, 1);
  reading->stream = g_unix_input_stream_new (fd, TRUE);
  reading->bytes = g_malloc0 (BUFFER_BYTES);
  g_task_set_task_data (task, reading, reading_free);
  read_more (task);
}

/**
 * bma_dbus_secret_read_finish:
 * @result: what the callback got
 * @error: return location for a #BmaBrokerError or a #GIOErrorEnum
 *
 * Returns: (transfer full) (nullable): the secret
 */
BmaSecret *
bma_dbus_secret_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
