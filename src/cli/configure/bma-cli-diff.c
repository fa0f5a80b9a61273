/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-diff.h"

#include <string.h>

#include "bma-cli-print.h"

#define CONTEXT_LINES  3
#define MAX_LINE_CHARS 2000

typedef struct
{
  char **lines; /* owned */
  size_t n;
  gboolean has_end; /* the last line ends with a line break */
} Side;

static void
side_init (Side *self, const char *text)
{
  self->has_end = *text == '\0' || g_str_has_suffix (text, "\n");
  self->lines = g_strsplit (text, "\n", -1);
  self->n = g_strv_length (self->lines);
  if (self->n > 0 && self->has_end)
    self->n--;
}

static void
side_clear (Side *self)
{
  g_clear_pointer (&self->lines, g_strfreev);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

static gboolean
is_equal (const Side *a, size_t i, const Side *b, size_t j)
{
  gboolean a_ends = i + 1 < a->n || a->has_end;
  gboolean b_ends = j + 1 < b->n || b->has_end;

  return a_ends == b_ends && g_str_equal (a->lines[i], b->lines[j]);
}

static void
append_painted (GString *out, const char *line, BmaCliStyle style, gboolean colour)
{
  g_autofree char *painted = bma_cli_print_paint (line, style, colour);

  g_string_append_printf (out, "%s\n", painted);
}

/* Owned: without anything that could act on a terminal or hide text. */
static char *
clean_line (const char *line)
{
  g_autofree char *valid = g_utf8_make_valid (line, -1);
  GString *out = g_string_new (NULL);
  size_t n_chars = 0;

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '\r' && at[1] == '\0')
        break;
      if (++n_chars > MAX_LINE_CHARS)
        {
          g_string_append (out, "…");
          break;
        }
      g_string_append_unichar (out, c == '\t' || g_unichar_isprint (c) ? c : 0xfffd);
    }
  return g_string_free (out, FALSE);
}

static void
append_lines (
    GString *out, const Side *side, size_t from, size_t to, char mark, gboolean colour)
{
  BmaCliStyle style = mark == '+'   ? BMA_CLI_STYLE_GOOD
                      : mark == '-' ? BMA_CLI_STYLE_BAD
                                    : BMA_CLI_STYLE_PLAIN;

  for (size_t i = from; i < to; i++)
    {
      g_autofree char *clean = clean_line (side->lines[i]);
      g_autofree char *line = g_strdup_printf ("%c%s", mark, clean);

      append_painted (out, line, style, colour);
      if (i + 1 == side->n && !side->has_end)
        g_string_append (out, "\\ No newline at end of file\n");
    }
}

/**
 * bma_cli_diff:
 * @old_text: a text
 * @new_text: the text it becomes
 * @old_name: what to call the first
 * @new_name: what to call the second
 * @colour: whether colours may be used
 *
 * Shows what changes, in the unified format, for a person to read: as one hunk,
 * without anything that could act on a terminal.
 *
 * Returns: (transfer full): the difference, empty when there is none
 */
char *
bma_cli_diff (const char *old_text,
              const char *new_text,
              const char *old_name,
              const char *new_name,
              gboolean colour)
{
  g_auto (Side) a = { 0 };
  g_auto (Side) b = { 0 };
  g_autofree char *names = NULL;
  g_autofree char *hunk = NULL;
  GString *out = g_string_new (NULL);
  size_t head = 0, tail = 0, before = 0, after = 0;

  side_init (&a, old_text);
  side_init (&b, new_text);
  while (head < a.n && head < b.n && is_equal (&a, head, &b, head))
    head++;
  while (tail < a.n - head && tail < b.n - head &&
         is_equal (&a, a.n - 1 - tail, &b, b.n - 1 - tail))
    tail++;
  if (head + tail == a.n && head + tail == b.n)
    return g_string_free (out, FALSE);
  before = MIN (head, CONTEXT_LINES);
  after = MIN (tail, CONTEXT_LINES);
  names = g_strdup_printf ("--- %s\n+++ %s", old_name, new_name);
  append_painted (out, names, BMA_CLI_STYLE_STRONG, colour);
  hunk = g_strdup_printf ("@@ -%zu,%zu +%zu,%zu @@", a.n > 0 ? head - before + 1 : 0,
                          a.n - head - tail + before + after,
                          b.n > 0 ? head - before + 1 : 0,
                          b.n - head - tail + before + after);
  append_painted (out, hunk, BMA_CLI_STYLE_WARNING, colour);
  append_lines (out, &a, head - before, head, ' ', colour);
  append_lines (out, &a, head, a.n - tail, '-', colour);
  append_lines (out, &b, head, b.n - tail, '+', colour);
  append_lines (out, &a, a.n - tail, a.n - tail + after, ' ', colour);
  return g_string_free (out, FALSE);
}
