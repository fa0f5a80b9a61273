/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-json-peek.h"

#include <string.h>

#include "bma-json-scan.h"

/* Nothing here checks the syntax: bma_json_scan() has. The bounds are kept all the same.
 */

static const char *
skip_space (const char *at, const char *end)
{
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
    at++;
  return at;
}

static const char *
skip_string (const char *at, const char *end)
{
  for (at++; at < end && *at != '"'; at++)
    if (*at == '\\')
      at++;
  return at < end ? at + 1 : end;
}

static const char *
skip_value (const char *at, const char *end)
{
  unsigned int depth = 0;

  do
    {
      if (*at == '"')
        {
          at = skip_string (at, end);
          continue;
        }
      if (*at == '{' || *at == '[')
        depth++;
      else if (*at == '}' || *at == ']')
        depth--;
      at++;
    }
  while (at < end && (depth > 0 || strchr (",]} \t\r\n", *at) == NULL));
  return at;
}

/**
 * bma_json_peek_root:
 * @text: JSON that [func@json_scan] has passed
 * @length: its length in bytes
 *
 * Returns: the outermost value
 */
BmaJsonPeek
bma_json_peek_root (const char *text, size_t length)
{
  const char *end = text + length;
  const char *at = skip_space (text, end);
  BmaJsonPeek root = { at, 0 };

  if (at < end)
    root.length = (size_t) (skip_value (at, end) - at);
  return root;
}

/**
 * bma_json_peek_get_kind:
 * @value: a value
 *
 * Returns: its first character: `{`, `[`, `"`, that of a number or of a word; 0 for none
 */
char
bma_json_peek_get_kind (const BmaJsonPeek *value)
{
  return value->length > 0 ? *value->at : '\0';
}

/**
 * bma_json_peek_next:
 * @parent: an object or array
 * @name: (nullable): for an object: takes the member's name
 * @value: a zeroed value for the first member or element, then the one before
 *
 * Goes through an object or array without recursion and without allocating.
 *
 * Returns: whether there was one more
 */
gboolean
bma_json_peek_next (const BmaJsonPeek *parent, BmaJsonPeek *name, BmaJsonPeek *value)
{
  const char *end = parent->at + parent->length;
  const char *at = value->at != NULL ? value->at + value->length : parent->at;
  char kind = bma_json_peek_get_kind (parent);

  if (kind != '{' && kind != '[')
    return FALSE;
  /* Over the opening bracket, or over the comma. */
  at = skip_space (at, end);
  if (at < end)
    at = skip_space (at + 1, end);
  if (at >= end || *at == '}' || *at == ']')
    return FALSE;
  if (kind == '{')
    {
      const char *start = at;

      at = skip_string (at, end);
      if (name != NULL)
        *name = (BmaJsonPeek){ start, (size_t) (at - start) };
      at = skip_space (at, end);
      at = skip_space (MIN (at + 1, end), end);
    }
  if (at >= end)
    return FALSE;
  *value = (BmaJsonPeek){ at, (size_t) (skip_value (at, end) - at) };
  return TRUE;
}

/**
 * bma_json_peek_dup_string:
 * @value: a value or a member's name
 *
 * Returns: (transfer full) (nullable): its text without escapes; %NULL when it is no
 *   string
 */
char *
bma_json_peek_dup_string (const BmaJsonPeek *value)
{
  if (bma_json_peek_get_kind (value) != '"' || value->length < 2)
    return NULL;
  return bma_json_decode_string (value->at + 1, value->length - 2);
}

/**
 * bma_json_peek_member:
 * @object: a value
 * @wanted: name of a member, without escapes
 *
 * Returns: the value of the first member of that name; one of no length if there is none
 *   or @object is no object
 */
BmaJsonPeek
bma_json_peek_member (const BmaJsonPeek *object, const char *wanted)
{
  BmaJsonPeek name = { NULL, 0 };
  BmaJsonPeek value = { NULL, 0 };

  if (bma_json_peek_get_kind (object) != '{')
    return value;
  while (bma_json_peek_next (object, &name, &value))
    {
      g_autofree char *text = bma_json_peek_dup_string (&name);

      if (g_strcmp0 (text, wanted) == 0)
        return value;
    }
  return (BmaJsonPeek){ NULL, 0 };
}
