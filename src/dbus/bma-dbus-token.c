/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-token.h"

#include <errno.h>

#include "bma-secret-file.h"

/**
 * bma_dbus_token_add_file:
 * @dict: an answer
 * @name: what it calls the descriptor
 * @secret: what to hand over
 * @fds: (out) (transfer full): the descriptors that belong to the answer
 * @error: return location for a #BmaBrokerError
 *
 * Hands a secret over in a sealed memory file, so that it is in no message.
 *
 * Returns: whether it is in @dict
 */
gboolean
bma_dbus_token_add_file (GVariantDict *dict,
                         const char *name,
                         BmaSecret *secret,
                         GUnixFDList **fds,
                         GError **error)
{
  int fd = bma_secret_file_new (secret);

  if (fd < 0)
    {
      g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                   "The secret could not be put into a file descriptor: %s",
                   g_strerror (errno));
      return FALSE;
    }
  *fds = g_unix_fd_list_new_from_array (&fd, 1);
  g_variant_dict_insert (dict, name, "h", 0);
  return TRUE;
}

/**
 * bma_dbus_token_to_variant:
 * @token: a token
 * @as_fd: whether to put it into a descriptor
 * @fds: (out) (transfer full) (nullable): the descriptors that belong to the answer
 * @error: return location for a #BmaBrokerError
 *
 * Returns: (transfer floating) (nullable): a{sv} as org.biomcp.Auth.Broker1.GetToken
 *   answers it
 */
GVariant *
bma_dbus_token_to_variant (const BmaLocalToken *token,
                           gboolean as_fd,
                           GUnixFDList **fds,
                           GError **error)
{
  g_autofree char *grant = g_strconcat (BMA_DBUS_GRANT_FOLDER "/", token->grant_id, NULL);
  GVariantDict dict;

  *fds = NULL;
  g_variant_dict_init (&dict, NULL);
  if (!as_fd)
    g_variant_dict_insert (&dict, "access-token", "s", bma_secret_peek (token->token));
  else if (!bma_dbus_token_add_file (&dict, "token-fd", token->token, fds, error))
    {
      g_variant_dict_clear (&dict);
      return NULL;
    }
  g_variant_dict_insert (&dict, "token-type", "s", "Bearer");
  g_variant_dict_insert (&dict, "expires-at", "x", token->expires_at_s);
  g_variant_dict_insert_value (&dict, "scopes",
                               g_variant_new_strv ((const char *const *) token->scopes,
                                                   -1));
  g_variant_dict_insert (&dict, "resource", "s", token->resource);
  g_variant_dict_insert (&dict, "issuer", "s", token->issuer);
  g_variant_dict_insert (&dict, "grant", "o", grant);
  return g_variant_dict_end (&dict);
}
