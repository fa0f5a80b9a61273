/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-value.h"

#include <string.h>

/* Values escaped as g_key_file_set_string() and g_key_file_set_string_list() do, so that
 * GKeyFile reads what we write. Also escaped: tabs and spaces at the end, for editors. */

static void
append_escaped (GString *out, const char *value, gboolean is_element)
{
  for (const char *at = value; *at != '\0'; at++)
    switch (*at)
      {
      case ' ':
        g_string_append (out, at == value || at[1] == '\0' ? "\\s" : " ");
        break;
      case '\t':
        g_string_append (out, "\\t");
        break;
      case '\n':
        g_string_append (out, "\\n");
        break;
      case '\r':
        g_string_append (out, "\\r");
        break;
      case '\\':
        g_string_append (out, "\\\\");
        break;
      case ';':
        g_string_append (out, is_element ? "\\;" : ";");
        break;
      default:
        g_string_append_c (out, *at);
      }
}

/**
 * bma_keyfile_value_append_string:
 * @out: text to append to
 * @value: UTF-8
 *
 * Appends @value so that it stays on one line and reads back unchanged.
 */
void
bma_keyfile_value_append_string (GString *out, const char *value)
{
  append_escaped (out, value, FALSE);
}

/**
 * bma_keyfile_value_append_strings:
 * @out: text to append to
 * @values: UTF-8
 *
 * Appends @values, each with a semicolon after it.
 */
void
bma_keyfile_value_append_strings (GString *out, char *const *values)
{
  for (; *values != NULL; values++)
    {
      append_escaped (out, *values, TRUE);
      g_string_append_c (out, ';');
    }
}

static gboolean
unescape (char escaped, gboolean is_element, char *out)
{
  static const char from[] = "sntr\\;";
  static const char to[] = " \n\t\r\\;";
  const char *found = escaped != '\0' ? strchr (from, escaped) : NULL;

  if (found == NULL || (escaped == ';' && !is_element))
    return FALSE;
  *out = to[found - from];
  return TRUE;
}

/* Reads up to the end, or up to a semicolon that ends an element. */
static char *
parse_part (const char **at, const char *end, gboolean is_element)
{
  g_autofree char *out = g_malloc ((size_t) (end - *at) + 1);
  char *to = out;

  for (; *at < end && !(is_element && **at == ';'); (*at)++)
    {
      if (**at == '\\')
        {
          (*at)++;
          if (*at == end || !unescape (**at, is_element, to++))
            return NULL;
        }
      else
        *to++ = **at;
    }
  if (!g_utf8_validate_len (out, (size_t) (to - out), NULL))
    return NULL;
  *to = '\0';
  return g_steal_pointer (&out);
}

/**
 * bma_keyfile_value_parse_string:
 * @text: what follows the equals sign, without the line end
 * @length: its length in bytes
 *
 * Returns: (transfer full) (nullable): the value, or %NULL if @text has an unknown escape
 *   or is not UTF-8
 */
char *
bma_keyfile_value_parse_string (const char *text, size_t length)
{
  const char *at = text;

  return parse_part (&at, text + length, FALSE);
}

/**
 * bma_keyfile_value_parse_strings:
 * @text: what follows the equals sign, without the line end
 * @length: its length in bytes
 *
 * Returns: (transfer full) (nullable): the values, or %NULL if one is broken or does not
 *   end in a semicolon
 */
char **
bma_keyfile_value_parse_strings (const char *text, size_t length)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func (g_free);
  const char *end = text + length;

  for (const char *at = text; at < end; at++)
    {
      char *part = parse_part (&at, end, TRUE);

      if (part == NULL)
        return NULL;
      g_ptr_array_add (out, part);
      if (at == end)
        return NULL;
    }
  g_ptr_array_add (out, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&out), FALSE);
}
