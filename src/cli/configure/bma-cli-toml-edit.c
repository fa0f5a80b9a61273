/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Changes one table of a TOML document; every byte of the rest stays. */

#include "bma-cli-toml-edit.h"

#include <string.h>

#include "bma-cli-jsonc.h"
#include "bma-cli-text-edit.h"
#include "bma-cli-toml.h"

typedef struct
{
  size_t start;
  size_t end;
} Span;

/* Where the table of a path of two names is: in blocks that begin with a header, or as
 * one inline table. */
typedef struct
{
  const char *text;
  size_t length;
  const char *const *path;
  GArray *blocks;     /* owned: Span */
  Span inline_value;  /* of the value; 0 when there is none */
  size_t inline_line; /* where the key of it begins */
  size_t section_end; /* behind the last thing in tables of the first name, or 0 */
} Place;

static void
place_clear (Place *self)
{
  g_clear_pointer (&self->blocks, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static gboolean
refuse (const Place *self, size_t at, const char *why, GError **error)
{
  unsigned int line = 0, column = 0;

  bma_cli_jsonc_get_place (self->text, at, &line, &column);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "line %u, column %u: %s", line,
               column, why);
  return FALSE;
}

static unsigned int
count_common (char **path, const char *const *with)
{
  unsigned int n = 0;

  while (with[n] != NULL && path[n] != NULL && g_str_equal (path[n], with[n]))
    n++;
  return n;
}

static gboolean
take_pair (Place *self, const BmaCliTomlStatement *pair, unsigned int n, GError **error)
{
  unsigned int n_names = g_strv_length (pair->path);

  if (n == 1 && n_names == 1)
    return refuse (self, pair->start,
                   "this is not written as tables; please make it tables, [a.b]", error);
  if (n < 2)
    return TRUE;
  if (n_names > 2)
    return refuse (self, pair->start,
                   "the entry is written with dotted keys; please make it a table, [a.b]",
                   error);
  if (self->text[pair->value_start] != '{')
    return refuse (self, pair->value_start, "a table is expected", error);
  self->inline_value = (Span){ pair->value_start, pair->end };
  self->inline_line = pair->start;
  return TRUE;
}

static gboolean
take_header (Place *self,
             const BmaCliTomlStatement *header,
             unsigned int n,
             GHashTable *seen,
             GError **error)
{
  g_autofree char *name = g_strjoinv ("\n", header->path);
  Span span = { header->start, header->end };

  if (n == 0)
    return TRUE;
  if (header->kind == BMA_CLI_TOML_LIST && g_strv_length (header->path) <= 2)
    return refuse (self, header->start, "a table is expected, not a list of them", error);
  if (header->kind == BMA_CLI_TOML_TABLE && !g_hash_table_add (seen, g_strdup (name)))
    return refuse (self, header->start, "a table is there twice", error);
  if (n == 2)
    g_array_append_val (self->blocks, span);
  return TRUE;
}

static gboolean
find (Place *self, GError **error)
{
  g_autoptr (GPtrArray) statements = bma_cli_toml_scan (self->text, self->length, error);
  g_autoptr (GHashTable)
      seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  unsigned int n_header = 0; /* how many names the current header has in common */

  if (statements == NULL)
    return FALSE;
  self->blocks = g_array_new (FALSE, FALSE, sizeof (Span));
  for (unsigned int i = 0; i < statements->len; i++)
    {
      const BmaCliTomlStatement *statement = g_ptr_array_index (statements, i);
      unsigned int n = count_common (statement->path, self->path);
      gboolean is_pair = statement->kind == BMA_CLI_TOML_PAIR;

      if (!is_pair && !take_header (self, statement, n, seen, error))
        return FALSE;
      if (!is_pair)
        n_header = n;
      if (n_header > 0)
        self->section_end = statement->end;
      if (is_pair && n_header == 2)
        g_array_index (self->blocks, Span, self->blocks->len - 1).end = statement->end;
      else if (is_pair && !take_pair (self, statement, n, error))
        return FALSE;
    }
  if (self->inline_value.end == 0 || self->blocks->len == 0)
    return TRUE;
  return refuse (self, self->inline_line, "a table is there twice", error);
}

static size_t
skip_line (const char *text, size_t at)
{
  size_t end = at + strcspn (text + at, "\n");

  return text[end] == '\n' ? end + 1 : end;
}

/* With its line breaks and one empty line before it, unless a comment stays behind it. */
static void
cut (BmaCliTextEdit *edit, const char *text, Span span)
{
  size_t after = span.end + strspn (text + span.end, " \t");

  if (text[after] == '#')
    {
      bma_cli_text_edit_replace (edit, span.start, after - span.start, "");
      return;
    }
  span.end = skip_line (text, after);
  if (span.start >= 2 && text[span.start - 1] == '\n' && text[span.start - 2] == '\n')
    span.start -= 1;
  else if (span.start >= 4 && memcmp (text + span.start - 4, "\r\n\r\n", 4) == 0)
    span.start -= 2;
  bma_cli_text_edit_replace (edit, span.start, span.end - span.start, "");
}

/* All blocks become one, or none. */
static char *
replace_blocks (const Place *self, const char *with)
{
  g_autoptr (BmaCliTextEdit) edit = bma_cli_text_edit_new (self->text, self->length);

  for (unsigned int i = 0; i < self->blocks->len; i++)
    {
      Span span = g_array_index (self->blocks, Span, i);

      if (i == 0 && with != NULL)
        bma_cli_text_edit_replace (edit, span.start, span.end - span.start, with);
      else
        cut (edit, self->text, span);
    }
  return bma_cli_text_edit_apply (edit);
}

static char *
replace_inline (const Place *self, const char *with)
{
  g_autoptr (BmaCliTextEdit) edit = bma_cli_text_edit_new (self->text, self->length);
  Span span = self->inline_value;

  bma_cli_text_edit_replace (edit, span.start, span.end - span.start, with);
  return bma_cli_text_edit_apply (edit);
}

static char *
insert (const Place *self, const char *block, const char *newline)
{
  g_autoptr (BmaCliTextEdit) edit = bma_cli_text_edit_new (self->text, self->length);
  g_autofree char *with = NULL;
  size_t at = self->length;

  if (self->section_end > 0)
    {
      at = self->section_end + strcspn (self->text + self->section_end, "\n");
      if (self->text[at - 1] == '\r')
        at--;
      with = g_strconcat (newline, newline, block, NULL);
    }
  else if (strspn (self->text, "\xef\xbb\xbf") == self->length)
    with = g_strconcat (block, newline, NULL);
  else
    with = g_strconcat (self->text[at - 1] == '\n' ? "" : newline, newline, block,
                        newline, NULL);
  bma_cli_text_edit_replace (edit, at, 0, with);
  return bma_cli_text_edit_apply (edit);
}

/**
 * bma_cli_toml_set:
 * @text: a document, which ends with NUL
 * @length: its length in bytes
 * @path: (array zero-terminated=1): two names of tables that need no quotes
 * @pairs: (array zero-terminated=1): `key = value`, what is to be in the table
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error, which names a place
 *
 * Puts a table in its place: where it was, else behind the last one of its parent, else
 * at the end.
 *
 * Returns: (transfer full) (nullable): the new document
 */
char *
bma_cli_toml_set (const char *text,
                  size_t length,
                  const char *const *path,
                  const char *const *pairs,
                  GError **error)
{
  g_auto (Place) place = { .text = text, .length = length, .path = path };
  const char *newline = bma_cli_text_edit_get_newline (text);
  g_autofree char *body = NULL;
  g_autofree char *block = NULL;

  if (!find (&place, error))
    return NULL;
  if (place.inline_value.end > 0)
    {
      body = g_strjoinv (", ", (char **) pairs);
      block = g_strdup_printf ("{ %s }", body);
      return replace_inline (&place, block);
    }
  body = g_strjoinv (newline, (char **) pairs);
  block = g_strdup_printf ("[%s.%s]%s%s", path[0], path[1], newline, body);
  return place.blocks->len > 0 ? replace_blocks (&place, block)
                               : insert (&place, block, newline);
}

/**
 * bma_cli_toml_get_written:
 * @text: a document, which ends with NUL
 * @length: its length in bytes
 * @path: (array zero-terminated=1): two names of tables
 * @is_there: (out): whether there is such a table
 * @written: (out) (transfer full) (nullable): it as it is written; %NULL when it is not
 *   in one piece
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error, which names a place
 *
 * Returns: whether the place is clear
 */
gboolean
bma_cli_toml_get_written (const char *text,
                          size_t length,
                          const char *const *path,
                          gboolean *is_there,
                          char **written,
                          GError **error)
{
  g_auto (Place) place = { .text = text, .length = length, .path = path };
  Span span = { 0 };

  *written = NULL;
  if (!find (&place, error))
    return FALSE;
  *is_there = place.blocks->len > 0 || place.inline_value.end > 0;
  if (place.inline_value.end > 0)
    span = place.inline_value;
  else if (place.blocks->len == 1)
    span = g_array_index (place.blocks, Span, 0);
  if (span.end > 0)
    *written = g_strndup (text + span.start, span.end - span.start);
  return TRUE;
}

/**
 * bma_cli_toml_put_back:
 * @text: a document, which ends with NUL
 * @length: its length in bytes
 * @path: (array zero-terminated=1): two names of tables
 * @written: what was there once, as it was written
 * @error: return location for a %G_IO_ERROR_INVALID_DATA or %G_IO_ERROR_NOT_FOUND error
 *
 * Returns: (transfer full) (nullable): the document with it
 */
char *
bma_cli_toml_put_back (const char *text,
                       size_t length,
                       const char *const *path,
                       const char *written,
                       GError **error)
{
  g_auto (Place) place = { .text = text, .length = length, .path = path };

  if (!find (&place, error))
    return NULL;
  if (place.inline_value.end > 0 && *written == '{')
    return replace_inline (&place, written);
  if (place.blocks->len > 0 && *written == '[')
    return replace_blocks (&place, written);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the entry is gone");
  return NULL;
}

/**
 * bma_cli_toml_remove:
 * @text: a document, which ends with NUL
 * @length: its length in bytes
 * @path: (array zero-terminated=1): two names of tables
 * @error: return location for a %G_IO_ERROR_INVALID_DATA or %G_IO_ERROR_NOT_FOUND error
 *
 * Returns: (transfer full) (nullable): the document without the table
 */
char *
bma_cli_toml_remove (const char *text,
                     size_t length,
                     const char *const *path,
                     GError **error)
{
  g_auto (Place) place = { .text = text, .length = length, .path = path };
  g_autoptr (BmaCliTextEdit) edit = NULL;

  if (!find (&place, error))
    return NULL;
  if (place.blocks->len > 0)
    return replace_blocks (&place, NULL);
  if (place.inline_value.end > 0)
    {
      edit = bma_cli_text_edit_new (text, length);
      cut (edit, text, (Span){ place.inline_line, place.inline_value.end });
      return bma_cli_text_edit_apply (edit);
    }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the entry is gone");
  return NULL;
}
