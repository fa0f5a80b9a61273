/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where things are in a text, and whether two values say the same. */

#include "bma-cli-jsonc.h"

#include <string.h>

#include "bma-json-scan.h"

static void
set_error_at (GError **error, const char *text, size_t offset, const char *problem)
{
  unsigned int line = 0, column = 0;

  bma_cli_jsonc_get_place (text, offset, &line, &column);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "line %u, column %u: %s", line,
               column, problem);
}

/**
 * bma_cli_jsonc_find_member:
 * @self: a text
 * @object: a value of it
 * @key: the name of a member
 * @member: (out) (transfer none) (nullable): it; %NULL when there is none
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error
 *
 * Returns: whether @object is an object with at most one member of that name
 */
gboolean
bma_cli_jsonc_find_member (const BmaCliJsonc *self,
                           const BmaCliJsoncNode *object,
                           const char *key,
                           const BmaCliJsoncNode **member,
                           GError **error)
{
  size_t length = 0;
  const char *text = bma_cli_jsonc_get_text (self, &length);

  *member = NULL;
  if (object->kind != '{')
    {
      set_error_at (error, text, object->start, "an object is expected");
      return FALSE;
    }
  for (unsigned int i = 0; i < object->children->len; i++)
    {
      const BmaCliJsoncNode *child = g_ptr_array_index (object->children, i);

      if (!g_str_equal (child->key, key))
        continue;
      if (*member != NULL)
        {
          set_error_at (error, text, child->key_start, "a name is there twice");
          return FALSE;
        }
      *member = child;
    }
  return TRUE;
}

/**
 * bma_cli_jsonc_find:
 * @self: a text
 * @path: (array zero-terminated=1): names of members, from the outermost
 * @member: (out) (transfer none) (nullable): the value; %NULL when there is none
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error
 *
 * Returns: whether the place is clear: all that is there of @path before its last name
 *   are objects without repeated names
 */
gboolean
bma_cli_jsonc_find (const BmaCliJsonc *self,
                    const char *const *path,
                    const BmaCliJsoncNode **member,
                    GError **error)
{
  *member = bma_cli_jsonc_get_root (self);
  for (; *path != NULL && *member != NULL; path++)
    if (!bma_cli_jsonc_find_member (self, *member, *path, member, error))
      return FALSE;
  return TRUE;
}

static void append (GString *out, const char *text, const BmaCliJsoncNode *node);

static void
append_string (GString *out, const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);

  g_string_append_printf (out, "\"%s\"", escaped);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const BmaCliJsoncNode *const *left = a;
  const BmaCliJsoncNode *const *right = b;

  return strcmp ((*left)->key, (*right)->key);
}

static void
append_children (GString *out, const char *text, const BmaCliJsoncNode *node)
{
  g_autoptr (GPtrArray) children = g_ptr_array_new ();

  for (unsigned int i = 0; i < node->children->len; i++)
    g_ptr_array_add (children, g_ptr_array_index (node->children, i));
  if (node->kind == '{')
    g_ptr_array_sort (children, compare_keys);
  g_string_append_c (out, node->kind);
  for (unsigned int i = 0; i < children->len; i++)
    {
      const BmaCliJsoncNode *child = g_ptr_array_index (children, i);

      if (i > 0)
        g_string_append_c (out, ',');
      if (node->kind == '{')
        {
          append_string (out, child->key);
          g_string_append_c (out, ':');
        }
      append (out, text, child);
    }
  g_string_append_c (out, node->kind == '{' ? '}' : ']');
}

static void
append (GString *out, const char *text, const BmaCliJsoncNode *node)
{
  if (node->children != NULL)
    append_children (out, text, node);
  else if (node->kind == '"')
    {
      g_autofree char *decoded =
          bma_json_decode_string (text + node->start + 1, node->end - node->start - 2);

      append_string (out, decoded);
    }
  else
    g_string_append_len (out, text + node->start, (gssize) (node->end - node->start));
}

/**
 * bma_cli_jsonc_describe:
 * @self: a text
 * @node: a value of it
 *
 * Returns: (transfer full): what it says, however it is written: two values that differ
 *   in white space, comments, escapes and order of members only are described alike
 */
char *
bma_cli_jsonc_describe (const BmaCliJsonc *self, const BmaCliJsoncNode *node)
{
  size_t length = 0;
  const char *text = bma_cli_jsonc_get_text (self, &length);
  GString *out = g_string_new (NULL);

  append (out, text, node);
  return g_string_free (out, FALSE);
}
