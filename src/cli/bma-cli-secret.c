/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-secret.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "bma-cli-client.h"
#include "bma-names.h"

/* A pipe holds more than any secret, so that writing never waits. */
static int
make_secret_fd (const char *secret, GError **error)
{
  int ends[2] = { -1, -1 };
  size_t n_bytes = strlen (secret);
  gboolean written = FALSE;

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
    return -1;
  written = write (ends[1], secret, n_bytes) == (ssize_t) n_bytes;
  close (ends[1]);
  if (written)
    return ends[0];
  close (ends[0]);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The pipe is not writable");
  return -1;
}

/**
 * bma_cli_secret_store:
 * @bus: the session bus
 * @kind: what the service calls it
 * @secret: the secret, at most 4096 bytes
 * @error: return location for an error of the service
 *
 * Hands a secret to the service, which keeps it in the keyring. It passes through a pipe,
 * never through a message.
 *
 * Returns: whether it is kept
 */
gboolean
bma_cli_secret_store (GDBusConnection *bus,
                      const char *kind,
                      const char *secret,
                      GError **error)
{
  int fd = make_secret_fd (secret, error);
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = NULL;

  if (fd < 0)
    return FALSE;
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  reply = g_dbus_connection_call_with_unix_fd_list_sync (
      bus, BMA_BUS_NAME, BMA_OBJECT_PATH, BMA_CLI_SERVER, "SetSecret",
      g_variant_new ("(sh)", kind, 0), G_VARIANT_TYPE_UNIT, G_DBUS_CALL_FLAGS_NONE,
      BMA_CLI_LONG_LIMIT_MS, fds, NULL, NULL, error);
  return reply != NULL;
}
