/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client-setting.h"

#include <string.h>

#include "bma-client-metadata.h"
#include "bma-redirect.h"
#include "bma-scope.h"
#include "bma-text.h"

#define MAX_ID_CHARS   512
#define MAX_NAME_CHARS 120
#define MAX_ITEMS      16

#define CLIENT_CREDENTIALS "client_credentials"

/* Values separated by semicolons or spaces; at least one. */
static char **
split (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, "; \t", -1);
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
  size_t n = 0;

  for (size_t i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      {
        g_strv_builder_add (kept, parts[i]);
        n++;
      }
  return n > 0 && n <= MAX_ITEMS ? g_strv_builder_end (kept) : NULL;
}

/* Taken before everything else, because the record is made with it. */
static gboolean
take_id (const char *text, BmaClient *client)
{
  return TRUE;
}

static gboolean
take_name (const char *text, BmaClient *client)
{
  g_autofree char *name = bma_text_display (text, MAX_NAME_CHARS);

  if (*name == '\0' || strcmp (name, text) != 0)
    return FALSE;
  g_free (client->name);
  client->name = g_steal_pointer (&name);
  return TRUE;
}

static gboolean
take_redirect_uris (const char *text, BmaClient *client)
{
  g_auto (GStrv) uris = split (text);

  for (size_t i = 0; uris != NULL && uris[i] != NULL; i++)
    if (bma_redirect_find_problem (uris[i]) != NULL)
      return FALSE;
  client->redirect_uris = g_steal_pointer (&uris);
  return client->redirect_uris != NULL;
}

static gboolean
take_scopes (const char *text, BmaClient *client)
{
  g_auto (GStrv) scopes = split (text);
  g_auto (GStrv) parsed = NULL;

  if (scopes == NULL)
    return FALSE;
  client->scope = bma_scope_join ((const char *const *) scopes);
  parsed = bma_scope_parse (client->scope);
  return parsed != NULL;
}

static gboolean
take_grant_types (const char *text, BmaClient *client)
{
  static const char *const known[] = { "authorization_code", "refresh_token",
                                       CLIENT_CREDENTIALS, BMA_GRANT_TYPE_NAME_DEVICE,
                                       NULL };
  g_auto (GStrv) types = split (text);

  for (size_t i = 0; types != NULL && types[i] != NULL; i++)
    if (!g_strv_contains (known, types[i]))
      return FALSE;
  client->grant_types = g_steal_pointer (&types);
  return client->grant_types != NULL;
}

static gboolean
take_auth_method (const char *text, BmaClient *client)
{
  static const char *const known[] = { BMA_CLIENT_AUTH_NONE, BMA_CLIENT_AUTH_BASIC,
                                       BMA_CLIENT_AUTH_POST, BMA_CLIENT_AUTH_PRIVATE_KEY,
                                       NULL };

  client->auth_method = g_strdup (text);
  return g_strv_contains (known, text);
}

static gboolean
take_secret_hash (const char *text, BmaClient *client)
{
  client->secret_hash = g_strdup (text);
  return bma_text_is_hex (text, 2 * BMA_SHA256_BYTES);
}

static gboolean
take_jwks_file (const char *text, BmaClient *client)
{
  g_autofree char *content = NULL;
  size_t length = 0;

  if (!g_path_is_absolute (text) || !g_file_get_contents (text, &content, &length, NULL))
    return FALSE;
  client->jwks = bma_client_metadata_parse_keys (content, length);
  return client->jwks != NULL;
}

static const BmaClientSetting table[] = {
  { BMA_CLIENT_SETTING_ID, "the NAME of the group",
    "1 to 512 printable ASCII characters without spaces", "The id that the client sends.",
    take_id },
  { "name", "the NAME of the group", "a text of at most 120 characters",
    "How the client is called where people are asked.", take_name },
  { "redirect-uris", "none",
    "https URLs, http URLs on a loopback host, or URLs with a reverse domain name as "
    "scheme, without fragment, separated by semicolons or spaces",
    "Where people may be sent with a code; the port of a loopback URL is free.",
    take_redirect_uris },
  { "scopes", "all", "scopes of [resource] scopes, offline_access or openid ones",
    "What the client may ask for.", take_scopes },
  { "grant-types", "authorization_code refresh_token",
    "authorization_code, refresh_token, client_credentials "
    "or " BMA_GRANT_TYPE_NAME_DEVICE,
    "How the client may get tokens.", take_grant_types },
  { "auth-method", "by what else is set",
    "none, client_secret_basic, client_secret_post or private_key_jwt",
    "How the client proves that it is itself.", take_auth_method },
  { "secret-sha256", "none", "64 lower-case hexadecimal digits",
    "SHA-256 of the client's secret, which itself stands nowhere. Take a random one of "
    "at "
    "least 32 characters: printf %s \"$SECRET\" | sha256sum.",
    take_secret_hash },
  { "jwks-file", "none",
    "the absolute path of a JSON file with a set of 1 to 16 public keys (RFC 7517)",
    "The client's public keys, for private_key_jwt.", take_jwks_file },
};

/**
 * bma_client_setting_table:
 * @n_settings: (out): how many rows
 *
 * Returns: (array length=n_settings): all that can be said about a client
 */
const BmaClientSetting *
bma_client_setting_table (size_t *n_settings)
{
  *n_settings = G_N_ELEMENTS (table);
  return table;
}

/**
 * bma_client_setting_find:
 * @key: a key
 *
 * Returns: (nullable): its row
 */
const BmaClientSetting *
bma_client_setting_find (const char *key)
{
  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].key, key) == 0)
      return &table[i];
  return NULL;
}

/**
 * bma_client_setting_is_id:
 * @text: what should be a client id
 *
 * Returns: whether it can be one
 */
gboolean
bma_client_setting_is_id (const char *text)
{
  return *text != '\0' && strlen (text) <= MAX_ID_CHARS &&
         bma_text_is_printable_ascii (text) && strchr (text, ' ') == NULL;
}

static const char *
guess_auth_method (const BmaClient *client)
{
  if (client->secret_hash != NULL)
    return BMA_CLIENT_AUTH_BASIC;
  return client->jwks != NULL ? BMA_CLIENT_AUTH_PRIVATE_KEY : BMA_CLIENT_AUTH_NONE;
}

/**
 * bma_client_setting_complete:
 * @client: a client of the configuration, with everything that is said about it
 *
 * Fills in what is not said.
 *
 * Returns: (transfer none) (nullable): what does not fit together
 */
const char *
bma_client_setting_complete (BmaClient *client)
{
  gboolean has_secret = FALSE;

  if (!bma_client_setting_is_id (bma_client_get_id (client)))
    return "client-id: the NAME of the group cannot be one; say which it is";
  if (client->auth_method == NULL)
    client->auth_method = g_strdup (guess_auth_method (client));
  if (client->grant_types == NULL)
    client->grant_types = g_strsplit ("authorization_code refresh_token", " ", -1);
  has_secret = bma_client_has_secret_method (client);
  if (has_secret != (client->secret_hash != NULL))
    return has_secret ? "secret-sha256: it is missing; the auth-method needs a secret"
                      : "secret-sha256: the auth-method has no secret";
  if (strcmp (client->auth_method, BMA_CLIENT_AUTH_PRIVATE_KEY) == 0 &&
      client->jwks == NULL)
    return "jwks-file: it is missing; the auth-method needs keys";
  if (bma_client_has_grant_type (client, CLIENT_CREDENTIALS) &&
      bma_client_is_public (client))
    return "grant-types: client_credentials need an auth-method other than none";
  if (bma_client_has_grant_type (client, "authorization_code") &&
      client->redirect_uris == NULL)
    return "redirect-uris: they are missing; authorization_code needs one";
  return NULL;
}
