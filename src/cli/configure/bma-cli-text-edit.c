/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-text-edit.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"

typedef struct
{
  size_t at;
  size_t n_bytes;
  char *with; /* owned */
} Step;

struct _BmaCliTextEdit
{
  const char *text; /* outlives this */
  size_t length;
  GArray *steps; /* owned: Step, from the front of the text to its back */
};

static void
step_clear (gpointer data)
{
  g_free (((Step *) data)->with);
}

/**
 * bma_cli_text_edit_new:
 * @text: a text, which must outlive this
 * @length: its length in bytes
 *
 * Returns: (transfer full): changes to it, none so far
 */
BmaCliTextEdit *
bma_cli_text_edit_new (const char *text, size_t length)
{
  BmaCliTextEdit *self = g_new0 (BmaCliTextEdit, 1);

  self->text = text;
  self->length = length;
  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_array_set_clear_func (self->steps, step_clear);
  return self;
}

/**
 * bma_cli_text_edit_free:
 * @self: (transfer full): changes
 */
void
bma_cli_text_edit_free (BmaCliTextEdit *self)
{
  g_array_unref (self->steps);
  g_free (self);
}

/**
 * bma_cli_text_edit_replace:
 * @self: changes
 * @at: where in the original text; not before the end of the change before
 * @n_bytes: how much of it goes
 * @with: what comes instead
 *
 * Adds a change.
 */
void
bma_cli_text_edit_replace (BmaCliTextEdit *self,
                           size_t at,
                           size_t n_bytes,
                           const char *with)
{
  Step step = { at, n_bytes, g_strdup (with) };

  g_assert (at + n_bytes <= self->length);
  if (self->steps->len > 0)
    {
      const Step *last = &g_array_index (self->steps, Step, self->steps->len - 1);

      g_assert (at >= last->at + last->n_bytes);
    }
  g_array_append_val (self->steps, step);
}

/**
 * bma_cli_text_edit_apply:
 * @self: changes
 *
 * Returns: (transfer full): the text with them; every other byte is as it was
 */
char *
bma_cli_text_edit_apply (BmaCliTextEdit *self)
{
  GString *out = g_string_sized_new (self->length);
  size_t done = 0;

  for (unsigned int i = 0; i < self->steps->len; i++)
    {
      const Step *step = &g_array_index (self->steps, Step, i);

      g_string_append_len (out, self->text + done, (gssize) (step->at - done));
      g_string_append (out, step->with);
      done = step->at + step->n_bytes;
    }
  g_string_append_len (out, self->text + done, (gssize) (self->length - done));
  return g_string_free (out, FALSE);
}

/**
 * bma_cli_text_edit_get_newline:
 * @text: a text
 *
 * Returns: (transfer none): how its lines end, to judge by the first
 */
const char *
bma_cli_text_edit_get_newline (const char *text)
{
  const char *end = strchr (text, '\n');

  return end != NULL && end > text && end[-1] == '\r' ? "\r\n" : "\n";
}

static size_t
get_line_start (const char *text, size_t at)
{
  size_t start = at;

  while (start > 0 && text[start - 1] != '\n')
    start--;
  if (start == 0 && g_str_has_prefix (text, BOM))
    start = MIN (at, strlen (BOM));
  return start;
}

/**
 * bma_cli_text_edit_get_indent:
 * @text: a text
 * @at: a place in it
 *
 * Returns: (transfer full): the blanks that its line begins with
 */
char *
bma_cli_text_edit_get_indent (const char *text, size_t at)
{
  size_t start = get_line_start (text, at);
  size_t length = strspn (text + start, " \t");

  return g_strndup (text + start, MIN (length, at - start));
}

/**
 * bma_cli_text_edit_is_first_on_line:
 * @text: a text
 * @at: a place in it
 *
 * Returns: whether only blanks are before it on its line, and a line is before that one
 */
gboolean
bma_cli_text_edit_is_first_on_line (const char *text, size_t at)
{
  size_t start = get_line_start (text, at);

  return start > 0 && text[start - 1] == '\n' &&
         start + strspn (text + start, " \t") >= at;
}
