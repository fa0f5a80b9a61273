/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-jsonc.h"

#include <string.h>

#include "bma-json-scan.h"

#define MAX_DEPTH 64
#define MAX_NODES 200000
#define BOM       "\xef\xbb\xbf"

struct _BmaCliJsonc
{
  char *text;            /* owned */
  BmaCliJsoncNode *root; /* owned, nullable: there is no value in the text */
  size_t length;
};

typedef struct
{
  const char *text; /* ends with NUL and has none before */
  size_t at;
  size_t seen_end; /* behind the last thing that was not white space */
  BmaCliJsoncFlags flags;
  unsigned int depth;
  unsigned int n_nodes;
  const char *problem; /* static, nullable */
} Reader;

static BmaCliJsoncNode *read_value (Reader *self);

static void
node_free (gpointer data)
{
  BmaCliJsoncNode *self = data;

  if (self == NULL)
    return;
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self->key);
  g_free (self);
}

static gboolean
fail (Reader *self, const char *problem)
{
  if (self->problem == NULL)
    self->problem = problem;
  return FALSE;
}

static gboolean
skip_comment (Reader *self)
{
  const char *from = self->text + self->at;
  const char *end = NULL;

  if ((self->flags & BMA_CLI_JSONC_COMMENTS) == 0)
    return fail (self, "a comment is not accepted in this file");
  if (from[1] == '/')
    self->at += strcspn (from, "\r\n");
  else
    {
      end = strstr (from + 2, "*/");
      if (end == NULL)
        return fail (self, "a comment has no end");
      self->at = (size_t) (end - self->text) + 2;
    }
  self->seen_end = self->at;
  return TRUE;
}

/* White space and comments. */
static gboolean
skip_blanks (Reader *self)
{
  for (;;)
    {
      const char *from = self->text + self->at;

      self->at += strspn (from, " \t\r\n");
      from = self->text + self->at;
      if (*from != '/' || (from[1] != '/' && from[1] != '*'))
        return TRUE;
      if (!skip_comment (self))
        return FALSE;
    }
}

static gboolean
skip_escape (Reader *self)
{
  const char *from = self->text + self->at + 1;

  if (*from == 'u' && strspn (from + 1, G_CSET_DIGITS "abcdefABCDEF") >= 4)
    self->at += 6;
  else if (*from != '\0' && strchr ("\"\\/bfnrt", *from) != NULL)
    self->at += 2;
  else
    return fail (self, "a string has an escape that JSON does not know");
  return TRUE;
}

static gboolean
skip_string (Reader *self)
{
  self->at++;
  for (;;)
    {
      unsigned char c = (unsigned char) self->text[self->at];

      if (c == '"')
        {
          self->seen_end = ++self->at;
          return TRUE;
        }
      if (c == '\0')
        return fail (self, "a string has no end");
      if (c < ' ')
        return fail (self, "a string has a line break or control character");
      if (c != '\\')
        self->at++;
      else if (!skip_escape (self))
        return FALSE;
    }
}

static size_t
measure_number (const char *text)
{
  const char *at = text + (*text == '-' ? 1 : 0);
  size_t n_digits = strspn (at, G_CSET_DIGITS);

  if (n_digits == 0 || (*at == '0' && n_digits > 1))
    return 0;
  at += n_digits;
  if (*at == '.')
    {
      n_digits = strspn (++at, G_CSET_DIGITS);
      if (n_digits == 0)
        return 0;
      at += n_digits;
    }
  if (*at == 'e' || *at == 'E')
    {
      at += at[1] == '+' || at[1] == '-' ? 2 : 1;
      n_digits = strspn (at, G_CSET_DIGITS);
      if (n_digits == 0)
        return 0;
      at += n_digits;
    }
  return (size_t) (at - text);
}

static gboolean
skip_scalar (Reader *self)
{
  static const char *const words[] = { "true", "false", "null" };
  const char *from = self->text + self->at;
  size_t length = measure_number (from);

  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (from, words[i]))
      length = strlen (words[i]);
  if (length == 0 || g_ascii_isalnum (from[length]))
    return fail (self, *from == '\0' ? "the text ends too early" : "a value is expected");
  self->at += length;
  self->seen_end = self->at;
  return TRUE;
}

/* The name of a member and the colon; what is left is its value. */
static BmaCliJsoncNode *
read_member (Reader *self)
{
  size_t start = self->at;
  size_t end = 0;
  BmaCliJsoncNode *node = NULL;

  if (self->text[start] != '"')
    {
      fail (self, "a name in double quotes is expected");
      return NULL;
    }
  if (!skip_string (self))
    return NULL;
  end = self->at;
  if (memmem (self->text + start, end - start, "\\u0000", strlen ("\\u0000")) != NULL)
    {
      fail (self, "a name has a character that names cannot have");
      return NULL;
    }
  if (!skip_blanks (self))
    return NULL;
  if (self->text[self->at] != ':')
    {
      fail (self, "a “:” is expected");
      return NULL;
    }
  self->at++;
  node = skip_blanks (self) ? read_value (self) : NULL;
  if (node == NULL)
    return NULL;
  node->key_start = start;
  node->key = bma_json_decode_string (self->text + start + 1, end - start - 2);
  return node;
}

static gboolean
read_comma (Reader *self, BmaCliJsoncNode *child, char end)
{
  if (self->text[self->at] == end)
    return TRUE;
  if (self->text[self->at] != ',')
    return fail (self,
                 end == '}' ? "a “,” or “}” is expected" : "a “,” or “]” is expected");
  child->comma = self->at++;
  self->seen_end = self->at;
  if (!skip_blanks (self))
    return FALSE;
  if (self->text[self->at] == end && (self->flags & BMA_CLI_JSONC_TRAILING_COMMAS) == 0)
    return fail (self, "a comma before the end is not accepted in this file");
  return TRUE;
}

static gboolean
read_children (Reader *self, BmaCliJsoncNode *node)
{
  char end = node->kind == '{' ? '}' : ']';

  node->children = g_ptr_array_new_with_free_func (node_free);
  if (++self->depth > MAX_DEPTH)
    return fail (self, "values are nested too deeply");
  self->seen_end = ++self->at;
  if (!skip_blanks (self))
    return FALSE;
  while (self->text[self->at] != end)
    {
      BmaCliJsoncNode *child = end == '}' ? read_member (self) : read_value (self);

      if (child == NULL)
        return FALSE;
      g_ptr_array_add (node->children, child);
      if (!skip_blanks (self) || !read_comma (self, child, end))
        return FALSE;
    }
  node->content_end = self->seen_end;
  self->seen_end = ++self->at;
  self->depth--;
  return TRUE;
}

static BmaCliJsoncNode *
read_value (Reader *self)
{
  BmaCliJsoncNode *node = g_new0 (BmaCliJsoncNode, 1);
  char c = self->text[self->at];
  gboolean is_good = FALSE;

  node->start = self->at;
  node->kind = c == '{' || c == '[' || c == '"' ? c : '0';
  if (++self->n_nodes > MAX_NODES)
    is_good = fail (self, "there are too many values");
  else if (c == '{' || c == '[')
    is_good = read_children (self, node);
  else
    is_good = c == '"' ? skip_string (self) : skip_scalar (self);
  node->end = self->at;
  if (is_good)
    return node;
  node_free (node);
  return NULL;
}

static gboolean
read_document (Reader *self, BmaCliJsoncNode **root)
{
  if (g_str_has_prefix (self->text, BOM))
    self->at = strlen (BOM);
  if (!skip_blanks (self))
    return FALSE;
  if (self->text[self->at] == '\0')
    return TRUE;
  *root = read_value (self);
  if (*root == NULL || !skip_blanks (self))
    return FALSE;
  return self->text[self->at] == '\0' ||
         fail (self, "there is more behind the value than belongs there");
}

/**
 * bma_cli_jsonc_parse:
 * @text: a text
 * @length: its length in bytes, at most %BMA_CLI_JSONC_MAX_BYTES
 * @flags: what is accepted
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error, which names line and
 *   column and never repeats the text
 *
 * Reads JSON, possibly with comments and trailing commas, and remembers where everything
 * is. A text without any value is good; it has no root.
 *
 * Returns: (transfer full) (nullable): the text with its structure
 */
BmaCliJsonc *
bma_cli_jsonc_parse (const char *text,
                     size_t length,
                     BmaCliJsoncFlags flags,
                     GError **error)
{
  g_autoptr (BmaCliJsonc) self = g_new0 (BmaCliJsonc, 1);
  Reader reader = { .flags = flags };
  unsigned int line = 0, column = 0;

  if (length > BMA_CLI_JSONC_MAX_BYTES || !g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "it is not UTF-8 text of at most %d bytes", BMA_CLI_JSONC_MAX_BYTES);
      return NULL;
    }
  self->text = g_strndup (text, length);
  self->length = length;
  reader.text = self->text;
  if (read_document (&reader, &self->root))
    return g_steal_pointer (&self);
  bma_cli_jsonc_get_place (self->text, reader.at, &line, &column);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "line %u, column %u: %s", line,
               column, reader.problem);
  return NULL;
}

/**
 * bma_cli_jsonc_free:
 * @self: (transfer full): a text
 */
void
bma_cli_jsonc_free (BmaCliJsonc *self)
{
  node_free (self->root);
  g_free (self->text);
  g_free (self);
}

/**
 * bma_cli_jsonc_get_text:
 * @self: a text
 * @length: (out): its length in bytes
 *
 * Returns: (transfer none): the text, as it was given
 */
const char *
bma_cli_jsonc_get_text (const BmaCliJsonc *self, size_t *length)
{
  *length = self->length;
  return self->text;
}

/**
 * bma_cli_jsonc_get_root:
 * @self: a text
 *
 * Returns: (transfer none) (nullable): its value; %NULL when it has none
 */
const BmaCliJsoncNode *
bma_cli_jsonc_get_root (const BmaCliJsonc *self)
{
  return self->root;
}

/**
 * bma_cli_jsonc_get_place:
 * @text: UTF-8 text
 * @offset: in bytes, not behind its end
 * @line: (out): from 1
 * @column: (out): in characters, from 1
 *
 * Tells a place as editors do.
 */
void
bma_cli_jsonc_get_place (const char *text,
                         size_t offset,
                         unsigned int *line,
                         unsigned int *column)
{
  size_t line_start = g_str_has_prefix (text, BOM) ? MIN (offset, strlen (BOM)) : 0;

  *line = 1;
  for (size_t i = line_start; i < offset; i++)
    if (text[i] == '\n')
      {
        ++*line;
        line_start = i + 1;
      }
  *column = 1 + (unsigned int) g_utf8_strlen (text + line_start,
                                              (gssize) (offset - line_start));
}
