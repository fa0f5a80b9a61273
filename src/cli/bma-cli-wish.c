/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-wish.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "bma-cli-client.h"
#include "bma-cli-request.h"
#include "bma-names.h"
#include "bma-secret-file.h"
#include "bma-text.h"

#define MAX_TOKEN_BYTES (64 * 1024)

/**
 * bma_cli_wish_clear:
 * @self: a wish
 */
void
bma_cli_wish_clear (BmaCliWish *self)
{
  g_clear_pointer (&self->scopes, g_strfreev);
  g_clear_pointer (&self->resource, g_free);
}

/**
 * bma_cli_wish_check:
 * @self: a wish
 *
 * Returns: (nullable): what is wrong with it, for the person
 */
const char *
bma_cli_wish_check (const BmaCliWish *self)
{
  if (self->min_valid_s < -1 || self->min_valid_s > G_MAXUINT32)
    return "--min-valid-s takes a number of seconds";
  return NULL;
}

static void
fill_options (const BmaCliWish *self, GVariantDict *options)
{
  if (self->resource != NULL)
    g_variant_dict_insert (options, "resource", "s", self->resource);
  if (self->min_valid_s >= 0)
    g_variant_dict_insert (options, "min-valid-s", "u", (uint32_t) self->min_valid_s);
}

static const char *const *
get_scopes (const BmaCliWish *self)
{
  static const char *const none[] = { NULL };

  return self->scopes != NULL ? (const char *const *) self->scopes : none;
}

static GVariant *
get_token (const BmaCliWish *self,
           GDBusConnection *bus,
           GVariantDict *options,
           GUnixFDList **fds,
           GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  fill_options (self, options);
  reply = g_dbus_connection_call_with_unix_fd_list_sync (
      bus, BMA_BUS_NAME, BMA_OBJECT_PATH, BMA_CLI_BROKER, "GetToken",
      g_variant_new ("(^as@a{sv})", get_scopes (self), g_variant_dict_end (options)),
      G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, BMA_CLI_CALL_LIMIT_MS, NULL,
      fds, NULL, error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/* Only if the service says that it is needed. */
static GVariant *
ask (const BmaCliWish *self, GDBusConnection *bus, GError *refusal, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (self->no_interaction || bma_cli_client_get_exit (refusal) != BMA_CLI_EXIT_PERSON)
    {
      g_propagate_error (error, refusal);
      return NULL;
    }
  g_error_free (refusal);
  fill_options (self, &options);
  return bma_cli_request_token (bus, get_scopes (self), &options, error);
}

/**
 * bma_cli_wish_obtain:
 * @self: a wish
 * @bus: the session bus
 * @error: return location for an error
 *
 * Gets a token, and asks the person first if need be.
 *
 * Returns: (transfer full) (nullable): a{sv}, the result of `GetToken`
 */
GVariant *
bma_cli_wish_obtain (const BmaCliWish *self, GDBusConnection *bus, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  GError *refusal = NULL;
  GVariant *result = get_token (self, bus, &options, NULL, &refusal);

  return result != NULL ? result : ask (self, bus, refusal, error);
}

static BmaSecret *
take_secret (GVariant *result, GUnixFDList *fds)
{
  g_autoptr (BmaSecret) secret = NULL;
  const char *text = NULL;
  int32_t handle = -1;
  int fd = -1;

  if (g_variant_lookup (result, "access-token", "&s", &text))
    secret = bma_secret_new (text);
  else if (fds != NULL && g_variant_lookup (result, "token-fd", "h", &handle))
    fd = g_unix_fd_list_get (fds, handle, NULL);
  if (fd >= 0)
    {
      secret = bma_secret_file_read (fd, MAX_TOKEN_BYTES);
      close (fd);
    }
  if (secret == NULL || !bma_cli_wish_is_token (bma_secret_peek (secret)))
    return NULL;
  return g_steal_pointer (&secret);
}

/**
 * bma_cli_wish_obtain_secret:
 * @self: a wish
 * @bus: the session bus
 * @error: return location for an error
 *
 * Like bma_cli_wish_obtain(), for who wants the token alone. It is in no message unless
 * the person was asked.
 *
 * Returns: (transfer full) (nullable): the token
 */
BmaSecret *
bma_cli_wish_obtain_secret (const BmaCliWish *self, GDBusConnection *bus, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) result = NULL;
  GError *refusal = NULL;
  BmaSecret *secret = NULL;

  g_variant_dict_insert (&options, "as-fd", "b", TRUE);
  result = get_token (self, bus, &options, &fds, &refusal);
  if (result == NULL)
    result = ask (self, bus, refusal, error);
  if (result == NULL)
    return NULL;
  secret = take_secret (result, fds);
  if (secret == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         "The answer of the service holds no token");
  return secret;
}

/**
 * bma_cli_wish_is_token:
 * @text: what may be a token
 *
 * A token is printable ASCII without a quote (RFC 6750, section 2.1), so that it needs no
 * escapes in a header or in JSON.
 *
 * Returns: whether it is one
 */
gboolean
bma_cli_wish_is_token (const char *text)
{
  return *text != '\0' && bma_text_is_printable_ascii (text) &&
         strpbrk (text, " \"\\") == NULL;
}
