/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-field.h"

#include <string.h>

#define SENTINEL_START "=?base64?"
#define SENTINEL_END   "?="

static gboolean
is_name (const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) &&
        (text[i] == '\0' || strchr ("!#$%&'*+-.^_`|~", text[i]) == NULL))
      return FALSE;
  return length > 0;
}

static gboolean
is_value (const char *text)
{
  for (; *text != '\0'; text++)
    if (((unsigned char) *text < 0x20 && *text != '\t') || *text == 0x7f)
      return FALSE;
  return TRUE;
}

/**
 * bma_field_parse:
 * @line: a line of a head, without its end
 * @name: (out) (transfer full): in lower case
 * @value: (out) (transfer full): without the white space around it
 *
 * Parses a header field (RFC 9112, section 5); folded lines are refused.
 *
 * Returns: whether it is one
 */
gboolean
bma_field_parse (const char *line, char **name, char **value)
{
  const char *colon = strchr (line, ':');

  if (colon == NULL || !is_name (line, (size_t) (colon - line)) || !is_value (colon + 1))
    return FALSE;
  *name = g_ascii_strdown (line, colon - line);
  *value = g_strstrip (g_strdup (colon + 1));
  return TRUE;
}

/**
 * bma_field_may_repeat:
 * @name: in lower case
 *
 * What frames the body or names the session must not be there twice.
 *
 * Returns: whether several such fields are one list
 */
gboolean
bma_field_may_repeat (const char *name)
{
  static const char *const single[] = { "content-length", "transfer-encoding",
                                        "content-type", "mcp-session-id" };

  for (size_t i = 0; i < G_N_ELEMENTS (single); i++)
    if (g_str_equal (name, single[i]))
      return FALSE;
  return TRUE;
}

/**
 * bma_field_has_word:
 * @list: (nullable): value of a field that is a list
 * @word: what to look for
 *
 * Returns: whether it is in the list, in whatever case
 */
gboolean
bma_field_has_word (const char *list, const char *word)
{
  g_auto (GStrv) words = g_strsplit (list != NULL ? list : "", ",", -1);

  for (size_t i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (words[i]), word) == 0)
      return TRUE;
  return FALSE;
}

/**
 * bma_field_is_plain:
 * @value: a text
 *
 * Returns: whether it can be sent as the value of a field as it is
 */
gboolean
bma_field_is_plain (const char *value)
{
  size_t length = strlen (value);

  for (size_t i = 0; i < length; i++)
    if ((value[i] < 0x20 && value[i] != '\t') || value[i] > 0x7e)
      return FALSE;
  return length > 0 && !g_ascii_isspace (value[0]) &&
         !g_ascii_isspace (value[length - 1]);
}

/**
 * bma_field_encode:
 * @value: a text
 *
 * Writes a value as MCP 2026-07-28 has it in Mcp-Name and Mcp-Param-*: as it is, or
 * between marks in Base64.
 *
 * Returns: (transfer full): the value of the field
 */
char *
bma_field_encode (const char *value)
{
  g_autofree char *base64 = NULL;
  gboolean has_marks = g_str_has_prefix (value, SENTINEL_START) &&
                       g_str_has_suffix (value, SENTINEL_END);

  if (bma_field_is_plain (value) && !has_marks)
    return g_strdup (value);
  base64 = g_base64_encode ((const unsigned char *) value, strlen (value));
  return g_strconcat (SENTINEL_START, base64, SENTINEL_END, NULL);
}
