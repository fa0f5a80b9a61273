/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-scope.h"

#include <string.h>

#define MAX_SCOPES      32
#define MAX_SCOPE_CHARS 128

/* %x21 / %x23-5B / %x5D-7E, RFC 6749 section 3.3. */
static gboolean
is_scope_token (const char *text)
{
  size_t length = strlen (text);

  for (size_t i = 0; i < length; i++)
    if (text[i] < 0x21 || text[i] > 0x7e || text[i] == '"' || text[i] == '\\')
      return FALSE;
  return length > 0 && length <= MAX_SCOPE_CHARS;
}

/**
 * bma_scope_parse:
 * @text: (nullable): scopes separated by spaces (RFC 6749 section 3.3)
 *
 * Returns: (transfer full) (nullable): the scopes, each once, in the order given; %NULL
 *   when one is malformed or there are more than 32
 */
char **
bma_scope_parse (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", " ", -1);

  for (size_t i = 0; words[i] != NULL; i++)
    {
      if (*words[i] == '\0' || !g_hash_table_add (seen, words[i]))
        continue;
      if (!is_scope_token (words[i]) || g_hash_table_size (seen) > MAX_SCOPES)
        return NULL;
      g_strv_builder_add (builder, words[i]);
    }
  return g_strv_builder_end (builder);
}

/**
 * bma_scope_join:
 * @scopes: (nullable): scopes
 *
 * Returns: (transfer full): them separated by spaces
 */
char *
bma_scope_join (const char *const *scopes)
{
  return scopes != NULL ? g_strjoinv (" ", (char **) scopes) : g_strdup ("");
}

/**
 * bma_scope_is_subset:
 * @subset: (nullable): scopes
 * @of: (nullable): scopes
 *
 * Returns: whether every scope of @subset is in @of
 */
gboolean
bma_scope_is_subset (const char *const *subset, const char *const *of)
{
  for (size_t i = 0; subset != NULL && subset[i] != NULL; i++)
    if (of == NULL || !g_strv_contains (of, subset[i]))
      return FALSE;
  return TRUE;
}

/**
 * bma_scope_includes:
 * @scope: a scope
 * @other: a scope
 *
 * Scopes are paths whose segments are separated by colons: `mcp` includes `mcp:read` and
 * `mcp:read:genes` (docs/adr/0016).
 *
 * Returns: whether @other is @scope or below it
 */
gboolean
bma_scope_includes (const char *scope, const char *other)
{
  size_t length = strlen (scope);

  return strncmp (scope, other, length) == 0 &&
         (other[length] == '\0' || other[length] == ':');
}

/**
 * bma_scope_are_covered:
 * @wanted: (nullable): scopes
 * @granted: (nullable): scopes
 *
 * Returns: whether every scope of @wanted is in @granted or below one of them
 */
gboolean
bma_scope_are_covered (const char *const *wanted, const char *const *granted)
{
  for (size_t i = 0; wanted != NULL && wanted[i] != NULL; i++)
    {
      size_t j = 0;

      while (granted != NULL && granted[j] != NULL &&
             !bma_scope_includes (granted[j], wanted[i]))
        j++;
      if (granted == NULL || granted[j] == NULL)
        return FALSE;
    }
  return TRUE;
}

/**
 * bma_scope_union:
 * @a: (nullable): scopes
 * @b: (nullable): scopes
 *
 * Returns: (transfer full): those of @a, then those of @b that are not in @a
 */
char **
bma_scope_union (const char *const *a, const char *const *b)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (size_t i = 0; a != NULL && a[i] != NULL; i++)
    g_strv_builder_add (builder, a[i]);
  for (size_t i = 0; b != NULL && b[i] != NULL; i++)
    if (a == NULL || !g_strv_contains (a, b[i]))
      g_strv_builder_add (builder, b[i]);
  return g_strv_builder_end (builder);
}

/**
 * bma_scope_without:
 * @scopes: (nullable): scopes
 * @name: (nullable): one of them
 *
 * Returns: (transfer full): @scopes without @name
 */
char **
bma_scope_without (const char *const *scopes, const char *name)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (size_t i = 0; scopes != NULL && scopes[i] != NULL; i++)
    if (g_strcmp0 (scopes[i], name) != 0)
      g_strv_builder_add (builder, scopes[i]);
  return g_strv_builder_end (builder);
}

/**
 * bma_scope_list_supported:
 * @of_resource: what the resource needs
 *
 * What the metadata advertises is what registrations and requests may name.
 *
 * Returns: (transfer full): them and the scopes of the authorization server itself
 */
char **
bma_scope_list_supported (const char *const *of_resource)
{
  static const char *const of_server[] = { BMA_SCOPE_OFFLINE_ACCESS, BMA_SCOPE_OPENID,
                                           "profile", "email", NULL };

  return bma_scope_union (of_resource, of_server);
}
