/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Changes one member of a text; every byte of the rest stays. */

#include "bma-cli-jsonc-edit.h"

#include <string.h>

#include "bma-cli-text-edit.h"

#define DEFAULT_INDENT "  "

typedef struct
{
  const char *newline; /* static */
  char *unit;          /* owned: what one level is indented by */
  gboolean is_compact; /* everything on one line */
} Style;

static void
style_clear (Style *self)
{
  g_clear_pointer (&self->unit, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Style, style_clear)

static gboolean
is_one_line (const char *text, const BmaCliJsoncNode *node)
{
  return node->children->len > 0 &&
         memchr (text + node->start, '\n', node->end - node->start) == NULL;
}

static void
style_init (Style *self, const BmaCliJsonc *doc)
{
  size_t length = 0;
  const char *text = bma_cli_jsonc_get_text (doc, &length);
  const BmaCliJsoncNode *root = bma_cli_jsonc_get_root (doc);
  const BmaCliJsoncNode *first = NULL;

  self->newline = bma_cli_text_edit_get_newline (text);
  if (root != NULL && root->kind == '{' && root->children->len > 0)
    first = g_ptr_array_index (root->children, 0);
  if (first != NULL && bma_cli_text_edit_is_first_on_line (text, first->key_start))
    {
      g_autofree char *outer = bma_cli_text_edit_get_indent (text, root->start);
      g_autofree char *inner = bma_cli_text_edit_get_indent (text, first->key_start);

      if (g_str_has_prefix (inner, outer) && strlen (inner) > strlen (outer))
        self->unit = g_strdup (inner + strlen (outer));
    }
  if (self->unit == NULL)
    self->unit = g_strdup (DEFAULT_INDENT);
  self->is_compact = first != NULL && is_one_line (text, root);
}

static void write_node (GString *out,
                        const char *text,
                        const BmaCliJsoncNode *node,
                        const Style *style,
                        const char *indent);

static void
write_object (GString *out,
              const char *text,
              const BmaCliJsoncNode *node,
              const Style *style,
              const char *indent)
{
  g_autofree char *inner = g_strconcat (indent, style->unit, NULL);

  g_string_append_c (out, '{');
  for (unsigned int i = 0; i < node->children->len; i++)
    {
      const BmaCliJsoncNode *child = g_ptr_array_index (node->children, i);
      size_t key_length = strcspn (text + child->key_start + 1, "\"") + 2;

      if (i > 0)
        g_string_append (out, style->is_compact ? ", " : ",");
      if (!style->is_compact)
        g_string_append_printf (out, "%s%s", style->newline, inner);
      g_string_append_len (out, text + child->key_start, (gssize) key_length);
      g_string_append (out, ": ");
      write_node (out, text, child, style, inner);
    }
  if (!style->is_compact && node->children->len > 0)
    g_string_append_printf (out, "%s%s", style->newline, indent);
  g_string_append_c (out, '}');
}

/* Lists stay on one line: ours are short. */
static void
write_node (GString *out,
            const char *text,
            const BmaCliJsoncNode *node,
            const Style *style,
            const char *indent)
{
  if (node->kind == '{')
    write_object (out, text, node, style, indent);
  else if (node->kind == '[')
    {
      g_string_append_c (out, '[');
      for (unsigned int i = 0; i < node->children->len; i++)
        {
          if (i > 0)
            g_string_append (out, ", ");
          write_node (out, text, g_ptr_array_index (node->children, i), style, indent);
        }
      g_string_append_c (out, ']');
    }
  else
    g_string_append_len (out, text + node->start, (gssize) (node->end - node->start));
}

/* Owned: JSON of ours, which has no escapes in names, laid out. */
static char *
lay_out (const char *json, const Style *style, const char *indent)
{
  g_autoptr (BmaCliJsonc)
      doc = bma_cli_jsonc_parse (json, strlen (json), BMA_CLI_JSONC_STRICT, NULL);
  GString *out = g_string_new (NULL);

  g_assert (doc != NULL && bma_cli_jsonc_get_root (doc) != NULL);
  write_node (out, json, bma_cli_jsonc_get_root (doc), style, indent);
  return g_string_free (out, FALSE);
}

/* Owned: the value inside an object for each of the names. */
static char *
wrap (const char *const *names, const char *json)
{
  g_autofree char *inner = NULL;

  if (*names == NULL)
    return g_strdup (json);
  inner = wrap (names + 1, json);
  return g_strdup_printf ("{\"%s\":%s}", *names, inner);
}

static char *
get_member_indent (const char *text, const BmaCliJsoncNode *object, const Style *style)
{
  g_autofree char *own = bma_cli_text_edit_get_indent (text, object->start);

  if (object->children->len > 0)
    {
      const BmaCliJsoncNode *first = g_ptr_array_index (object->children, 0);

      if (bma_cli_text_edit_is_first_on_line (text, first->key_start))
        return bma_cli_text_edit_get_indent (text, first->key_start);
    }
  return g_strconcat (own, style->unit, NULL);
}

/* At the end of the object, behind its last comment. */
static char *
insert (const BmaCliJsonc *self,
        const BmaCliJsoncNode *object,
        const char *key,
        const char *json,
        Style *style)
{
  size_t length = 0;
  const char *text = bma_cli_jsonc_get_text (self, &length);
  g_autoptr (BmaCliTextEdit) edit = bma_cli_text_edit_new (text, length);
  const BmaCliJsoncNode *last =
      object->children->len > 0
          ? g_ptr_array_index (object->children, object->children->len - 1)
          : NULL;
  const char *comma = last != NULL && last->comma > 0 ? "," : "";
  size_t end = object->content_end, brace = object->end - 1;
  g_autofree char *indent = get_member_indent (text, object, style);
  g_autofree char *close = bma_cli_text_edit_get_indent (text, object->start);
  g_autofree char *value = NULL;
  g_autofree char *member = NULL;
  gboolean has_line = memchr (text + end, '\n', brace - end) != NULL;

  if (last != NULL)
    style->is_compact = is_one_line (text, object);
  value = lay_out (json, style, indent);
  if (last != NULL && last->comma == 0)
    bma_cli_text_edit_replace (edit, last->end, 0, ",");
  if (style->is_compact)
    member =
        g_strdup_printf ("%s\"%s\": %s%s", last != NULL ? " " : "", key, value, comma);
  else
    member = g_strdup_printf ("%s%s\"%s\": %s%s%s%s", style->newline, indent, key, value,
                              comma, has_line ? "" : style->newline,
                              has_line ? "" : close);
  bma_cli_text_edit_replace (edit, end,
                             has_line || (style->is_compact && last != NULL)
                                 ? 0
                                 : brace - end,
                             member);
  return bma_cli_text_edit_apply (edit);
}

static char *
begin (const BmaCliJsonc *self, const char *json, const Style *style)
{
  size_t length = 0;
  const char *text = bma_cli_jsonc_get_text (self, &length);
  g_autofree char *value = lay_out (json, style, "");
  size_t kept = length;

  while (kept > 0 && strchr (" \t\r\n", text[kept - 1]) != NULL)
    kept--;
  return g_strdup_printf ("%.*s%s%s%s", (int) kept, text,
                          memchr (text, '/', kept) != NULL ? style->newline : "", value,
                          style->newline);
}

static char *
replace (const BmaCliJsonc *self, const BmaCliJsoncNode *node, const char *with)
{
  size_t length = 0;
  const char *text = bma_cli_jsonc_get_text (self, &length);
  g_autoptr (BmaCliTextEdit) edit = bma_cli_text_edit_new (text, length);

  bma_cli_text_edit_replace (edit, node->start, node->end - node->start, with);
  return bma_cli_text_edit_apply (edit);
}

/**
 * bma_cli_jsonc_set:
 * @self: a text
 * @path: (array zero-terminated=1): names of members without anything to escape, from
 *   the outermost
 * @json: the value to be there: JSON without escapes in names
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error, which names a place
 *
 * Puts a value in its place, laid out like what is around it. What is missing of the
 * objects on the way is made.
 *
 * Returns: (transfer full) (nullable): the new text
 */
char *
bma_cli_jsonc_set (const BmaCliJsonc *self,
                   const char *const *path,
                   const char *json,
                   GError **error)
{
  size_t length = 0;
  const char *text = bma_cli_jsonc_get_text (self, &length);
  const BmaCliJsoncNode *node = bma_cli_jsonc_get_root (self);
  const BmaCliJsoncNode *object = node;
  g_autofree char *wrapped = NULL;
  g_autofree char *indent = NULL;
  g_autofree char *value = NULL;
  g_auto (Style) style = { 0 };

  style_init (&style, self);
  if (node == NULL)
    {
      wrapped = wrap (path, json);
      return begin (self, wrapped, &style);
    }
  for (; *path != NULL && node != NULL; path++)
    {
      object = node;
      if (!bma_cli_jsonc_find_member (self, object, *path, &node, error))
        return NULL;
    }
  if (node == NULL)
    {
      wrapped = wrap (path, json);
      return insert (self, object, path[-1], wrapped, &style);
    }
  style.is_compact = is_one_line (text, object);
  indent = bma_cli_text_edit_get_indent (text, node->key_start);
  value = lay_out (json, &style, indent);
  return replace (self, node, value);
}

/**
 * bma_cli_jsonc_put_back:
 * @self: a text
 * @path: (array zero-terminated=1): where a value is
 * @written: what was there once, as it was written
 * @error: return location for a %G_IO_ERROR_INVALID_DATA or %G_IO_ERROR_NOT_FOUND error
 *
 * Returns: (transfer full) (nullable): the text with it
 */
char *
bma_cli_jsonc_put_back (const BmaCliJsonc *self,
                        const char *const *path,
                        const char *written,
                        GError **error)
{
  const BmaCliJsoncNode *node = NULL;

  if (!bma_cli_jsonc_find (self, path, &node, error))
    return NULL;
  if (node != NULL)
    return replace (self, node, written);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the entry is gone");
  return NULL;
}

/* Deletes a member with its line, if nothing else is on it. */
static char *
cut (const BmaCliJsonc *self, const BmaCliJsoncNode *object, unsigned int i)
{
  size_t length = 0;
  const char *text = bma_cli_jsonc_get_text (self, &length);
  g_autoptr (BmaCliTextEdit) edit = bma_cli_text_edit_new (text, length);
  const BmaCliJsoncNode *node = g_ptr_array_index (object->children, i);
  const BmaCliJsoncNode *before = i > 0 ? g_ptr_array_index (object->children, i - 1)
                                        : NULL;
  size_t start = node->key_start;
  size_t end = node->comma > 0 ? node->comma + 1 : node->end;
  size_t after = end + strspn (text + end, " \t");
  gboolean has_line = text[after] == '\n' || text[after] == '\r';

  if (before == NULL && object->children->len == 1 && object->content_end == end &&
      start == object->start + 1 + strspn (text + object->start + 1, " \t\r\n"))
    return replace (self, object, "{}");
  if (node->comma == 0 && before != NULL)
    bma_cli_text_edit_replace (edit, before->comma, 1, "");
  if (has_line && bma_cli_text_edit_is_first_on_line (text, start))
    {
      while (text[start - 1] != '\n')
        start--;
      start -= start > 1 && text[start - 2] == '\r' ? 2 : 1;
    }
  else
    end = has_line ? end : after;
  if (before != NULL && node->comma == 0 &&
      before->comma + 1 + strspn (text + before->comma + 1, " \t") == start)
    start = before->comma + 1;
  if (before != NULL && node->comma == 0)
    start = MAX (start, before->comma + 1);
  bma_cli_text_edit_replace (edit, start, end - start, "");
  return bma_cli_text_edit_apply (edit);
}

/**
 * bma_cli_jsonc_remove:
 * @self: a text
 * @path: (array zero-terminated=1): where a value is
 * @error: return location for a %G_IO_ERROR_INVALID_DATA or %G_IO_ERROR_NOT_FOUND error
 *
 * Returns: (transfer full) (nullable): the text without it
 */
char *
bma_cli_jsonc_remove (const BmaCliJsonc *self, const char *const *path, GError **error)
{
  const BmaCliJsoncNode *object = NULL;
  const BmaCliJsoncNode *node = bma_cli_jsonc_get_root (self);
  unsigned int i = 0;

  for (; *path != NULL && node != NULL; path++)
    {
      object = node;
      if (!bma_cli_jsonc_find_member (self, object, *path, &node, error))
        return NULL;
    }
  if (node != NULL && object != NULL && g_ptr_array_find (object->children, node, &i))
    return cut (self, object, i);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the entry is gone");
  return NULL;
}
