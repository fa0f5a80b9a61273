/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-print.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "bma-secret.h"
#include "bma-text.h"

#define MAX_CELL_CHARS 60
#define MAX_TEXT_CHARS 2000
#define COLUMN_GAP     2

static const char *const style_codes[] = {
  [BMA_CLI_STYLE_PLAIN] = NULL, [BMA_CLI_STYLE_STRONG] = "1",
  [BMA_CLI_STYLE_GOOD] = "32",  [BMA_CLI_STYLE_WARNING] = "33",
  [BMA_CLI_STYLE_BAD] = "31",
};

/**
 * bma_cli_print_has_colour:
 * @fd: where text goes
 *
 * Returns: whether it may be coloured: only on a terminal that can, and not when the
 * person set `NO_COLOR`
 */
gboolean
bma_cli_print_has_colour (int fd)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return isatty (fd) && (no_color == NULL || *no_color == '\0') &&
         g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

/**
 * bma_cli_print_paint:
 * @text: what to paint
 * @style: how
 * @colour: whether colours may be used
 *
 * Returns: (transfer full): @text, with terminal codes around it if @colour
 */
char *
bma_cli_print_paint (const char *text, BmaCliStyle style, gboolean colour)
{
  if (!colour || style_codes[style] == NULL)
    return g_strdup (text);
  return g_strdup_printf ("\033[%sm%s\033[0m", style_codes[style], text);
}

/**
 * bma_cli_print_clean:
 * @text: (nullable): text that came from elsewhere
 *
 * Returns: (transfer full): one line of it that cannot do anything to a terminal
 */
char *
bma_cli_print_clean (const char *text)
{
  return bma_text_display (text, MAX_TEXT_CHARS);
}

/**
 * bma_cli_print_time:
 * @time_s: seconds since the Unix epoch, 0 for never
 *
 * Returns: (transfer full): it in the local time zone
 */
char *
bma_cli_print_time (int64_t time_s)
{
  g_autoptr (GDateTime) time = NULL;

  if (time_s <= 0)
    return g_strdup ("never");
  time = g_date_time_new_from_unix_local (time_s);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup ("?");
}

static size_t
measure (const char *text)
{
  size_t width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

static char **
clean_row (const char *const *row, size_t *widths, size_t n_columns)
{
  char **cells = g_new0 (char *, n_columns + 1);

  for (size_t i = 0; i < n_columns; i++)
    {
      cells[i] = bma_text_display (row[i], MAX_CELL_CHARS);
      widths[i] = MAX (widths[i], measure (cells[i]));
    }
  return cells;
}

static void
append_row (
    GString *out, char **cells, const size_t *widths, BmaCliStyle style, gboolean colour)
{
  for (size_t i = 0; cells[i] != NULL; i++)
    {
      g_autofree char *painted = bma_cli_print_paint (cells[i], style, colour);
      size_t gap = cells[i + 1] != NULL ? widths[i] - measure (cells[i]) + COLUMN_GAP : 0;

      g_string_append_printf (out, "%s%*s", painted, (int) gap, "");
    }
  g_string_append_c (out, '\n');
}

/**
 * bma_cli_print_columns:
 * @headings: (array zero-terminated=1): names of the columns
 * @rows: (element-type GStrv): as many texts each as there are headings
 * @colour: whether colours may be used
 *
 * Lays out a table. Texts are made fit for a terminal and cut if they are long.
 *
 * Returns: (transfer full): the table
 */
char *
bma_cli_print_columns (const char *const *headings, GPtrArray *rows, gboolean colour)
{
  size_t n_columns = g_strv_length ((char **) headings);
  g_autofree size_t *widths = g_new0 (size_t, n_columns);
  g_autoptr (GPtrArray)
      lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  GString *out = g_string_new (NULL);

  g_ptr_array_add (lines, clean_row (headings, widths, n_columns));
  for (unsigned int i = 0; i < rows->len; i++)
    g_ptr_array_add (lines, clean_row (rows->pdata[i], widths, n_columns));
  for (unsigned int i = 0; i < lines->len; i++)
    append_row (out, lines->pdata[i], widths,
                i == 0 ? BMA_CLI_STYLE_STRONG : BMA_CLI_STYLE_PLAIN, colour);
  return g_string_free (out, FALSE);
}

/**
 * bma_cli_print_write:
 * @fd: where to
 * @text: what
 * @n_bytes: its length
 *
 * Writes without a buffer that would keep a copy.
 *
 * Returns: whether everything was written; if not the person has been told
 */
gboolean
bma_cli_print_write (int fd, const char *text, size_t n_bytes)
{
  while (n_bytes > 0)
    {
      ssize_t n = write (fd, text, n_bytes);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_printerr ("biomcp-auth: The output cannot be written: %s\n",
                      g_strerror (errno));
          return FALSE;
        }
      text += n;
      n_bytes -= (size_t) n;
    }
  return TRUE;
}

static gboolean
print_json (GVariant *value, gboolean pretty)
{
  g_autoptr (JsonNode) root = json_gvariant_serialize (value);
  g_autoptr (BmaSecretText) text = json_to_string (root, pretty);

  return bma_cli_print_write (STDOUT_FILENO, text, strlen (text)) &&
         bma_cli_print_write (STDOUT_FILENO, "\n", 1);
}

/**
 * bma_cli_print_json:
 * @value: anything; variants in it are shown as their content
 *
 * Writes it to standard output as JSON. The text is wiped: it may hold a token.
 *
 * Returns: whether everything was written; if not the person has been told
 */
gboolean
bma_cli_print_json (GVariant *value)
{
  return print_json (value, TRUE);
}

/**
 * bma_cli_print_json_line:
 * @value: anything; variants in it are shown as their content
 *
 * Like bma_cli_print_json(), on one line.
 *
 * Returns: whether everything was written; if not the person has been told
 */
gboolean
bma_cli_print_json_line (GVariant *value)
{
  return print_json (value, FALSE);
}
