/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "bma-cli-client.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"
#include "bma-names.h"
#include "bma-secret.h"

#define MAX_SECRET_BYTES 4096
#define MAX_KEY_BYTES    (16 * 1024)

/* What the command line says. */
typedef struct
{
  char *name;           /* owned, nullable */
  char **scopes;        /* owned, nullable */
  char **redirect_uris; /* owned, nullable */
  char **grant_types;   /* owned, nullable */
  char *auth_method;    /* owned, nullable */
  char *key_file;       /* owned, nullable */
  gboolean resource_server;
  gboolean json;
} Wish;

static void
wish_clear (Wish *self)
{
  g_free (self->name);
  g_strfreev (self->scopes);
  g_strfreev (self->redirect_uris);
  g_strfreev (self->grant_types);
  g_free (self->auth_method);
  g_free (self->key_file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

static gboolean
wish_parse (Wish *self, char **arguments)
{
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &self->name, "What people call it", "N" },
    { "scope", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->scopes,
      "What it may have; all by default", "S" },
    { "redirect-uri", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->redirect_uris,
      "Where people come back to; without one it acts for itself", "U" },
    { "grant-type", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->grant_types,
      "What it may do, if not the usual", "G" },
    { "auth-method", 0, 0, G_OPTION_ARG_STRING, &self->auth_method,
      "How it authenticates, if not the usual", "M" },
    { "jwks", 0, 0, G_OPTION_ARG_FILENAME, &self->key_file,
      "Its public keys, instead of a secret", "FILE" },
    { "resource-server", 0, 0, G_OPTION_ARG_NONE, &self->resource_server,
      "It may ask about everybody's tokens", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) rest = bma_cli_options_parse (
      arguments, "add --name N",
      "Makes a client that has credentials of its own and prints them, this once.",
      entries, 1);

  return rest != NULL;
}

static char *
read_keys (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  size_t n_bytes = 0;

  if (!g_file_get_contents (path, &text, &n_bytes, error))
    return NULL;
  if (n_bytes <= MAX_KEY_BYTES && g_utf8_validate (text, (gssize) n_bytes, NULL))
    return g_steal_pointer (&text);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s does not hold text of at most 16 KiB", path);
  return NULL;
}

static void
add_strings (GVariantDict *options, const char *name, char **strings)
{
  if (strings != NULL)
    g_variant_dict_insert_value (options, name,
                                 g_variant_new_strv ((const char *const *) strings, -1));
}

static GVariant *
make_options (const Wish *wish, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&options, "name", "s", wish->name);
  add_strings (&options, "scopes", wish->scopes);
  add_strings (&options, "redirect-uris", wish->redirect_uris);
  add_strings (&options, "grant-types", wish->grant_types);
  if (wish->auth_method != NULL)
    g_variant_dict_insert (&options, "auth-method", "s", wish->auth_method);
  if (wish->resource_server)
    g_variant_dict_insert (&options, "resource-server", "b", TRUE);
  if (wish->key_file != NULL)
    {
      g_autofree char *keys = read_keys (wish->key_file, error);

      if (keys == NULL)
        return NULL;
      g_variant_dict_insert (&options, "jwks", "s", keys);
    }
  return g_variant_dict_end (&options);
}

/* The answer, and the secret if there is one. */
static GVariant *
create (GDBusConnection *bus, GVariant *options, BmaSecret **secret, GError **error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) answer = NULL;
  char text[MAX_SECRET_BYTES] = { 0 };
  int32_t handle = -1;
  int fd = -1;

  reply = g_dbus_connection_call_with_unix_fd_list_sync (
      bus, BMA_BUS_NAME, BMA_OBJECT_PATH, BMA_CLI_SERVER, "CreateClient",
      g_variant_new ("(@a{sv})", options), G_VARIANT_TYPE ("(a{sv})"),
      G_DBUS_CALL_FLAGS_NONE, BMA_CLI_CALL_LIMIT_MS, NULL, &fds, NULL, error);
  if (reply == NULL)
    return NULL;
  answer = g_variant_get_child_value (reply, 0);
  if (g_variant_lookup (answer, "secret-fd", "h", &handle))
    {
      fd = fds != NULL && handle >= 0 && handle < g_unix_fd_list_get_length (fds)
               ? g_unix_fd_list_get (fds, handle, error)
               : -1;
      if (fd < 0 || read (fd, text, sizeof text - 1) <= 0)
        {
          g_clear_error (error);
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                               "The secret cannot be read; remove the client and make "
                               "it anew");
          g_clear_pointer (&answer, g_variant_unref);
        }
      else
        *secret = bma_secret_new (text);
      explicit_bzero (text, sizeof text);
      if (fd >= 0)
        close (fd);
    }
  return g_steal_pointer (&answer);
}

static int
print (GVariant *answer, const BmaSecret *secret, gboolean json)
{
  const char *id = "";
  const char *method = "";
  g_autoptr (BmaSecretText) text = NULL;

  (void) g_variant_lookup (answer, "client-id", "&s", &id);
  (void) g_variant_lookup (answer, "auth-method", "&s", &method);
  if (json)
    {
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
      g_autoptr (GVariant) value = NULL;

      g_variant_dict_insert (&dict, "client-id", "s", id);
      g_variant_dict_insert (&dict, "auth-method", "s", method);
      if (secret != NULL)
        g_variant_dict_insert (&dict, "client-secret", "s", bma_secret_peek (secret));
      value = g_variant_ref_sink (g_variant_dict_end (&dict));
      return bma_cli_print_json (value) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
    }
  if (secret != NULL)
    text = g_strdup_printf ("client id      %s\nclient secret  %s\n"
                            "The secret is not kept and not shown again.\n",
                            id, bma_secret_peek (secret));
  else
    text = g_strdup_printf ("client id      %s\n", id);
  return bma_cli_print_write (STDOUT_FILENO, text, strlen (text)) ? BMA_CLI_EXIT_DONE
                                                                  : BMA_CLI_EXIT_FAILED;
}

/**
 * cmd_clients_add:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Makes a client for the owner.
 *
 * Returns: the exit code
 */
int
cmd_clients_add (char **arguments)
{
  g_auto (Wish) wish = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (BmaSecret) secret = NULL;

  if (!wish_parse (&wish, arguments))
    return BMA_CLI_EXIT_USAGE;
  if (wish.name == NULL)
    return bma_cli_options_refuse ("clients add", "--name is missing");
  options = make_options (&wish, &error);
  if (options == NULL)
    return bma_cli_options_refuse ("clients add", error->message);
  g_variant_ref_sink (options);
  bus = bma_cli_client_connect (&error);
  if (bus != NULL)
    answer = create (bus, options, &secret, &error);
  if (answer == NULL)
    return bma_cli_client_fail (error);
  return print (answer, secret, wish.json);
}
