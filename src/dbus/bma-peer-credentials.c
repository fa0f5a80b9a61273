/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer-credentials.h"

#include "bma-peer-file.h"

/* The process descriptor that newer buses send along; those that say they do must. */
static gboolean
take_pidfd (BmaPeerProcess *process,
            GVariant *credentials,
            GUnixFDList *fds,
            GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (credentials, "ProcessFD", NULL);
  int32_t handle = -1;

  if (value == NULL)
    return TRUE;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_HANDLE))
    handle = g_variant_get_handle (value);
  if (fds != NULL && handle >= 0 && handle < g_unix_fd_list_get_length (fds))
    process->pidfd = g_unix_fd_list_get (fds, handle, NULL);
  return process->pidfd >= 0 ||
         bma_peer_refuse_for (error, "the bus tells its process wrongly");
}

/**
 * bma_peer_credentials_parse:
 * @sender: a unique bus name
 * @credentials: a{sv}, what org.freedesktop.DBus.GetConnectionCredentials tells of it
 * @fds: (nullable): the descriptors that came along
 * @uid: our own user
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the process to look at; %NULL if the bus does not
 *   know it, or it is not our user's
 */
BmaPeerProcess *
bma_peer_credentials_parse (const char *sender,
                            GVariant *credentials,
                            GUnixFDList *fds,
                            uint32_t uid,
                            GError **error)
{
  g_autoptr (BmaPeerProcess) process = g_new0 (BmaPeerProcess, 1);

  process->pidfd = -1;
  process->sender = g_strdup (sender);
  if (!g_variant_lookup (credentials, "UnixUserID", "u", &process->uid) ||
      !g_variant_lookup (credentials, "ProcessID", "u", &process->pid) ||
      process->pid == 0)
    {
      bma_peer_refuse_for (error, "the bus does not know its process");
      return NULL;
    }
  if (process->uid != uid)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                           "The caller is another user");
      return NULL;
    }
  if (!take_pidfd (process, credentials, fds, error))
    return NULL;
  return g_steal_pointer (&process);
}
