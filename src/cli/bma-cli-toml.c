/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-toml.h"

#include <string.h>

#define MAX_BYTES (256 * 1024)
#define MAX_ITEMS 4096
#define MAX_DEPTH 16

#define BARE_KEY  G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-"
#define BARE_WORD BARE_KEY "+.:"

/* No library of Debian reads TOML in C; docs/adr/0015 says why this one does. Nested
 * values are followed to MAX_DEPTH; elements of arrays have the path of the array. */
typedef struct
{
  const char *at;    /* what is read next; the text ends with NUL */
  GPtrArray *path;   /* owned: char *, where we are */
  GPtrArray *items;  /* owned: BmaCliTomlItem */
  GHashTable *seen;  /* owned: paths that have a value */
  unsigned int line; /* from 1 */
  unsigned int depth;
  gboolean is_list;    /* the table is one of several of its name */
  const char *problem; /* static, nullable */
} Reader;

static void
item_free (gpointer data)
{
  BmaCliTomlItem *self = data;

  g_strfreev (self->path);
  bma_secret_free_text (self->text);
  g_free (self);
}

static gboolean
fail (Reader *self, const char *problem)
{
  if (self->problem == NULL)
    self->problem = problem;
  return FALSE;
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

static gboolean
append_escape (Reader *self, GString *out)
{
  static const char names[] = "btnfr\"\\e";
  static const char values[] = "\b\t\n\f\r\"\\\033";
  const char *found = *self->at != '\0' ? strchr (names, *self->at) : NULL;
  size_t n_digits = *self->at == 'u' ? 4 : *self->at == 'U' ? 8 : 0;
  g_autofree char *digits = NULL;
  guint64 code = 0;

  if (found != NULL)
    {
      g_string_append_c (out, values[found - names]);
      self->at++;
      return TRUE;
    }
  if (n_digits == 0 || strspn (self->at + 1, G_CSET_DIGITS "abcdefABCDEF") < n_digits)
    return fail (self, "a string has an escape that TOML does not know");
  digits = g_strndup (self->at + 1, n_digits);
  code = g_ascii_strtoull (digits, NULL, 16);
  if (code == 0 || code > 0x10ffff || !g_unichar_validate ((gunichar) code))
    return fail (self, "a string has an escape for what is no character");
  g_string_append_unichar (out, (gunichar) code);
  self->at += 1 + n_digits;
  return TRUE;
}

/* A backslash at the end of a line joins it to the next text. */
static gboolean
join_lines (Reader *self)
{
  size_t blanks = strspn (self->at, " \t\r");

  if (self->at[blanks] != '\n')
    return FALSE;
  for (; *self->at != '\0' && strchr (" \t\r\n", *self->at) != NULL; self->at++)
    if (*self->at == '\n')
      self->line++;
  return TRUE;
}

static gboolean
read_string (Reader *self, GString *out)
{
  char quote = *self->at;
  gboolean is_long = self->at[1] == quote && self->at[2] == quote;

  self->at += is_long ? 3 : 1;
  if (is_long && *self->at == '\r')
    self->at++;
  if (is_long && *self->at == '\n')
    {
      self->line++;
      self->at++;
    }
  for (;;)
    {
      char c = *self->at;

      if (c == '\0' || (c == '\n' && !is_long))
        return fail (self, "a string has no end");
      if (c == quote && !is_long)
        {
          self->at++;
          return TRUE;
        }
      if (c == quote && self->at[1] == quote && self->at[2] == quote &&
          self->at[3] != quote)
        {
          self->at += 3;
          return TRUE;
        }
      self->at++;
      if (c == '\n')
        self->line++;
      if (c != '\\' || quote == '\'')
        g_string_append_c (out, c);
      else if (!(is_long && join_lines (self)) && !append_escape (self, out))
        return FALSE;
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
      if (read_string (self, quoted))
        return g_string_free (quoted, FALSE);
      g_string_free (quoted, TRUE);
      return NULL;
    }
  if (length == 0)
    {
      fail (self, "a key is expected");
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
        return fail (self, "tables are nested too deeply");
      if (*self->at != '.')
        return TRUE;
      self->at++;
    }
}

static gboolean
add_item (Reader *self, GString *text)
{
  BmaCliTomlItem *item = g_new0 (BmaCliTomlItem, 1);
  g_autoptr (GStrvBuilder) path = g_strv_builder_new ();

  for (unsigned int i = 0; i < self->path->len; i++)
    g_strv_builder_add (path, g_ptr_array_index (self->path, i));
  item->path = g_strv_builder_end (path);
  item->text = g_strndup (text->str, text->len);
  g_ptr_array_add (self->items, item);
  if (self->items->len > MAX_ITEMS)
    return fail (self, "there are too many values");
  return TRUE;
}

static gboolean
read_scalar (Reader *self)
{
  GString *text = g_string_new (NULL);
  size_t length = strspn (self->at, BARE_WORD);
  gboolean is_good = FALSE;

  if (*self->at == '"' || *self->at == '\'')
    is_good = read_string (self, text);
  else if (length > 0)
    {
      g_string_append_len (text, self->at, (gssize) length);
      self->at += length;
      is_good = TRUE;
    }
  else
    fail (self, "a value is expected");
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
  gboolean is_good = FALSE;

  if (!read_key (self, &n_parts))
    return FALSE;
  if (*self->at != '=')
    return fail (self, "a “=” is expected");
  self->at++;
  for (unsigned int i = 0; i < self->path->len; i++)
    g_string_append_printf (name, "%s\n", (char *) g_ptr_array_index (self->path, i));
  /* Two tables of one list may have the same keys. */
  if (!self->is_list && self->depth == 0 &&
      !g_hash_table_add (self->seen, g_strdup (name->str)))
    return fail (self, "a key has two values");
  skip_blanks (self);
  is_good = read_value (self);
  g_ptr_array_set_size (self->path, (int) (self->path->len - n_parts));
  return is_good;
}

static gboolean
read_members (Reader *self, char end, gboolean (*read_one) (Reader *self))
{
  if (++self->depth > MAX_DEPTH)
    return fail (self, "values are nested too deeply");
  self->at++;
  for (skip_lines (self); *self->at != end; skip_lines (self))
    {
      if (!read_one (self))
        return FALSE;
      skip_lines (self);
      if (*self->at == ',')
        self->at++;
      else if (*self->at != end)
        return fail (self, "a list or inline table has no end");
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
  unsigned int n_parts = 0;

  g_ptr_array_set_size (self->path, 0);
  self->at += is_list ? 2 : 1;
  if (!read_key (self, &n_parts))
    return FALSE;
  if (*self->at != ']' || (is_list && self->at[1] != ']'))
    return fail (self, "a table's name has no end");
  self->at += is_list ? 2 : 1;
  self->is_list = is_list;
  return TRUE;
}

static gboolean
read_document (Reader *self)
{
  for (skip_lines (self); *self->at != '\0'; skip_lines (self))
    {
      if (*self->at == '[' ? !read_header (self) : !read_pair (self))
        return FALSE;
      skip_comment (self);
      if (*self->at == '\r')
        self->at++;
      if (*self->at != '\n' && *self->at != '\0')
        return fail (self, "there is more behind a value than belongs there");
    }
  return TRUE;
}

/**
 * bma_cli_toml_parse:
 * @text: a TOML 1.0 document
 * @length: its length in bytes, at most 256 KiB
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error, which names the line and
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
  g_autoptr (BmaSecretText) copy = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  g_autoptr (GPtrArray) path = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable)
      seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reader reader = { .path = path, .items = items, .seen = seen, .line = 1 };

  if (length > MAX_BYTES || !g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "it is not UTF-8 text of at most %d bytes", MAX_BYTES);
      return NULL;
    }
  copy = g_strndup (text, length);
  reader.at = copy;
  if (read_document (&reader))
    return g_steal_pointer (&items);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "line %u: %s", reader.line,
               reader.problem);
  return NULL;
}
