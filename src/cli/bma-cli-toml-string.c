/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-toml-private.h"

#include <string.h>

/**
 * bma_cli_toml_fail:
 * @self: a reader
 * @problem: (transfer none): what is wrong; a constant
 *
 * Remembers the first problem.
 *
 * Returns: %FALSE
 */
gboolean
bma_cli_toml_fail (BmaCliTomlReader *self, const char *problem)
{
  if (self->problem == NULL)
    self->problem = problem;
  return FALSE;
}

static gboolean
append_escape (BmaCliTomlReader *self, GString *out)
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
    return bma_cli_toml_fail (self, "a string has an escape that TOML does not know");
  digits = g_strndup (self->at + 1, n_digits);
  code = g_ascii_strtoull (digits, NULL, 16);
  if (code == 0 || code > 0x10ffff || !g_unichar_validate ((gunichar) code))
    return bma_cli_toml_fail (self, "a string has an escape for what is no character");
  g_string_append_unichar (out, (gunichar) code);
  self->at += 1 + n_digits;
  return TRUE;
}

/* A backslash at the end of a line joins it to the next text. */
static gboolean
join_lines (BmaCliTomlReader *self)
{
  size_t blanks = strspn (self->at, " \t\r");

  if (self->at[blanks] != '\n')
    return FALSE;
  for (; *self->at != '\0' && strchr (" \t\r\n", *self->at) != NULL; self->at++)
    if (*self->at == '\n')
      self->line++;
  return TRUE;
}

/**
 * bma_cli_toml_read_string:
 * @self: a reader before a quote
 * @out: where the text without quotes and escapes is appended
 *
 * Reads a string of any of the four kinds.
 *
 * Returns: whether it is good
 */
gboolean
bma_cli_toml_read_string (BmaCliTomlReader *self, GString *out)
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
        return bma_cli_toml_fail (self, "a string has no end");
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
