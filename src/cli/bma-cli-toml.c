/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-toml-private.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"

#define MAX_BYTES (256 * 1024)
#define MAX_ITEMS 4096
#define MAX_DEPTH 16

#define BARE_KEY  G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-"
#define BARE_WORD BARE_KEY "+.:"

typedef BmaCliTomlReader Reader;

static void
item_free (gpointer data)
{
  BmaCliTomlItem *self = data;

  g_strfreev (self->path);
  bma_secret_free_text (self->text);
  g_free (self);
}

static void
statement_free (gpointer data)
{
  BmaCliTomlStatement *self = data;

  g_strfreev (self->path);
  g_free (self);
}

static void
skip_blanks (Reader *self)
{
  self->at += strspn (self->at, " \t");
}

static void
skip_comment (Reader *self)
{
  skip_blanks (self);
  if (*self->at == '#')
    self->at += strcspn (self->at, "\n");
}

/* White space, comments and line breaks. */
static void
skip_lines (Reader *self)
{
  for (;;)
    {
      skip_comment (self);
      if (*self->at == '\r' && self->at[1] == '\n')
        self->at++;
      if (*self->at != '\n')
        return;
      self->line++;
      self->at++;
    }
}

static char *
read_key_part (Reader *self)
{
  GString *quoted = NULL;
  size_t length = strspn (self->at, BARE_KEY);
  char *part = NULL;

  if (*self->at == '"' || *self->at == '\'')
    {
      quoted = g_string_new (NULL);
      if (bma_cli_toml_read_string (self, quoted))
        return g_string_free (quoted, FALSE);
      g_string_free (quoted, TRUE);
      return NULL;
    }
  if (length == 0)
    {
      bma_cli_toml_fail (self, "a key is expected");
      return NULL;
    }
  part = g_strndup (self->at, length);
  self->at += length;
  return part;
}

/* Adds the parts of a dotted key to the path; (out) how many. */
static gboolean
read_key (Reader *self, unsigned int *n_parts)
{
  for (*n_parts = 0;;)
    {
      char *part = NULL;

      skip_blanks (self);
      part = read_key_part (self);
      if (part == NULL)
        return FALSE;
      g_ptr_array_add (self->path, part);
      ++*n_parts;
      skip_blanks (self);
      if (self->path->len > MAX_DEPTH)
        return bma_cli_toml_fail (self, "tables are nested too deeply");
      if (*self->at != '.')
        return TRUE;
      self->at++;
    }
}

/* Owned: the path as it is now. */
static char **
copy_path (const Reader *self)
{
  g_autoptr (GStrvBuilder) path = g_strv_builder_new ();

  for (unsigned int i = 0; i < self->path->len; i++)
    g_strv_builder_add (path, g_ptr_array_index (self->path, i));
  return g_strv_builder_end (path);
}

static size_t
get_offset (const Reader *self)
{
  return (size_t) (self->at - self->text);
}

/* What begins here; its end comes later. */
static void
add_statement (Reader *self, BmaCliTomlKind kind, size_t start)
{
  BmaCliTomlStatement *statement = NULL;

  if (self->statements == NULL)
    return;
  statement = g_new0 (BmaCliTomlStatement, 1);
  statement->kind = kind;
  statement->path = copy_path (self);
  statement->start = start;
  statement->value_start = statement->end = get_offset (self);
  g_ptr_array_add (self->statements, statement);
}

static gboolean
add_item (Reader *self, GString *text)
{
  BmaCliTomlItem *item = g_new0 (BmaCliTomlItem, 1);

  item->path = copy_path (self);
  item->text = g_strndup (text->str, text->len);
  g_ptr_array_add (self->items, item);
  if (self->items->len > MAX_ITEMS)
    return bma_cli_toml_fail (self, "there are too many values");
  return TRUE;
}

static gboolean
read_scalar (Reader *self)
{
  GString *text = g_string_new (NULL);
  size_t length = strspn (self->at, BARE_WORD);
  gboolean is_good = FALSE;

  if (*self->at == '"' || *self->at == '\'')
    is_good = bma_cli_toml_read_string (self, text);
  else if (length > 0)
    {
      g_string_append_len (text, self->at, (gssize) length);
      self->at += length;
      is_good = TRUE;
    }
  else
    bma_cli_toml_fail (self, "a value is expected");
  if (is_good)
    is_good = add_item (self, text);
  bma_secret_wipe_text (text->str);
  g_string_free (text, TRUE);
  return is_good;
}

static gboolean read_value (Reader *self);

static gboolean
read_pair (Reader *self)
{
  unsigned int n_parts = 0;
  g_autoptr (GString) name = g_string_new (NULL);
  size_t start = get_offset (self);
  gboolean is_good = FALSE;

  if (!read_key (self, &n_parts))
    return FALSE;
  if (*self->at != '=')
    return bma_cli_toml_fail (self, "a “=” is expected");
  self->at++;
  for (unsigned int i = 0; i < self->path->len; i++)
    g_string_append_printf (name, "%s\n", (char *) g_ptr_array_index (self->path, i));
  /* Two tables of one list may have the same keys. */
  if (!self->is_list && self->depth == 0 &&
      !g_hash_table_add (self->seen, g_strdup (name->str)))
    return bma_cli_toml_fail (self, "a key has two values");
  skip_blanks (self);
  if (self->depth == 0)
    add_statement (self, BMA_CLI_TOML_PAIR, start);
  is_good = read_value (self);
  g_ptr_array_set_size (self->path, (int) (self->path->len - n_parts));
  return is_good;
}

static gboolean
read_members (Reader *self, char end, gboolean (*read_one) (Reader *self))
{
  if (++self->depth > MAX_DEPTH)
    return bma_cli_toml_fail (self, "values are nested too deeply");
  self->at++;
  for (skip_lines (self); *self->at != end; skip_lines (self))
    {
      if (!read_one (self))
        return FALSE;
      skip_lines (self);
      if (*self->at == ',')
        self->at++;
      else if (*self->at != end)
        return bma_cli_toml_fail (self, "a list or inline table has no end");
    }
  self->at++;
  self->depth--;
  return TRUE;
}

static gboolean
read_value (Reader *self)
{
  if (*self->at == '[')
    return read_members (self, ']', read_value);
  if (*self->at == '{')
    return read_members (self, '}', read_pair);
  return read_scalar (self);
}

static gboolean
read_header (Reader *self)
{
  gboolean is_list = self->at[1] == '[';
  size_t start = get_offset (self);
  unsigned int n_parts = 0;

  g_ptr_array_set_size (self->path, 0);
  self->at += is_list ? 2 : 1;
  if (!read_key (self, &n_parts))
    return FALSE;
  if (*self->at != ']' || (is_list && self->at[1] != ']'))
    return bma_cli_toml_fail (self, "a table's name has no end");
  self->at += is_list ? 2 : 1;
  self->is_list = is_list;
  add_statement (self, is_list ? BMA_CLI_TOML_LIST : BMA_CLI_TOML_TABLE, start);
  return TRUE;
}

/* TOML knows two line breaks; a carriage return alone is neither. */
static gboolean
check_returns (Reader *self)
{
  const char *start = self->at;

  for (; *self->at != '\0'; self->at++)
    {
      if (*self->at == '\r' && self->at[1] != '\n')
        return bma_cli_toml_fail (self, "a carriage return is alone");
      if (*self->at == '\n')
        self->line++;
    }
  self->at = start;
  self->line = 1;
  return TRUE;
}

static gboolean
read_document (Reader *self)
{
  for (skip_lines (self); *self->at != '\0'; skip_lines (self))
    {
      if (*self->at == '[' ? !read_header (self) : !read_pair (self))
        return FALSE;
      if (self->statements != NULL)
        ((BmaCliTomlStatement *) g_ptr_array_index (self->statements,
                                                    self->statements->len - 1))
            ->end = get_offset (self);
      skip_comment (self);
      if (*self->at == '\r')
        self->at++;
      if (*self->at != '\n' && *self->at != '\0')
        return bma_cli_toml_fail (self,
                                  "there is more behind a value than belongs there");
    }
  return TRUE;
}

static gboolean
read_all (const char *text, size_t length, Reader *reader, GError **error)
{
  g_autoptr (BmaSecretText) copy = NULL;
  g_autoptr (GPtrArray) path = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable)
      seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  unsigned int column = 0;

  if (length > MAX_BYTES || !g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "it is not UTF-8 text of at most %d bytes", MAX_BYTES);
      return FALSE;
    }
  copy = g_strndup (text, length);
  reader->text = reader->at = copy;
  if (g_str_has_prefix (copy, BOM))
    reader->at += strlen (BOM);
  reader->path = path;
  reader->seen = seen;
  reader->line = 1;
  if (check_returns (reader) && read_document (reader))
    return TRUE;
  while (reader->at - column > reader->text && reader->at[-1 - (int) column] != '\n')
    column++;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "line %u, column %ld: %s",
               reader->line, g_utf8_strlen (reader->at - column, column) + 1,
               reader->problem);
  return FALSE;
}

/**
 * bma_cli_toml_parse:
 * @text: a TOML 1.0 document
 * @length: its length in bytes, at most 256 KiB
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error, which names the place and
 *   never repeats it
 *
 * Reads every string, number, date and truth value. What the words for numbers and dates
 * mean is not checked.
 *
 * Returns: (transfer full) (nullable) (element-type BmaCliTomlItem): the values in order
 */
GPtrArray *
bma_cli_toml_parse (const char *text, size_t length, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  Reader reader = { .items = items };

  return read_all (text, length, &reader, error) ? g_steal_pointer (&items) : NULL;
}

/**
 * bma_cli_toml_scan:
 * @text: a TOML 1.0 document
 * @length: its length in bytes, at most 256 KiB
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error, which names the place and
 *   never repeats it
 *
 * Finds where everything is, for those who change a document.
 *
 * Returns: (transfer full) (nullable) (element-type BmaCliTomlStatement): the headers and
 *   the keys outside of inline tables, in order
 */
GPtrArray *
bma_cli_toml_scan (const char *text, size_t length, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  g_autoptr (GPtrArray) statements = g_ptr_array_new_with_free_func (statement_free);
  Reader reader = { .items = items, .statements = statements };

  return read_all (text, length, &reader, error) ? g_steal_pointer (&statements) : NULL;
}
