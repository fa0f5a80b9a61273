/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-json-scan.h"

#include <string.h>

#define MAX_DEPTH 64

/* One pass over the text, no recursion, memory only for the names of open objects. */
typedef struct
{
  const char *at;
  const char *end;
  const BmaJsonLimits *limits;
  unsigned int n_members;
  unsigned int depth;
  char stack[MAX_DEPTH];        /* '{' or '[' for each open level */
  GHashTable *names[MAX_DEPTH]; /* owned: member names of each open object */
  const char *problem;          /* static text */
} Scan;

static gboolean
fail (Scan *scan, const char *problem)
{
  if (scan->problem == NULL)
    scan->problem = problem;
  return FALSE;
}

static void
skip_space (Scan *scan)
{
  while (scan->at < scan->end && strchr (" \t\r\n", *scan->at) != NULL &&
         *scan->at != '\0')
    scan->at++;
}

/* Reads the u and four digits; -1 = they are not there. */
static int
scan_code_unit (Scan *scan)
{
  int unit = 0;

  if (scan->end - scan->at < 5 || *scan->at != 'u')
    return -1;
  for (int i = 1; i <= 4; i++)
    {
      int digit = g_ascii_xdigit_value (scan->at[i]);

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
    }
  scan->at += 5;
  return unit;
}

/* Parsers disagree about half a surrogate pair, so it has to be a whole one. */
static gboolean
scan_unicode_escape (Scan *scan)
{
  int unit = scan_code_unit (scan);

  if (unit < 0)
    return fail (scan, "a \\u escape is not four hexadecimal digits");
  if (unit == 0)
    return fail (scan, "a string holds a NUL");
  if (unit < 0xd800 || unit > 0xdfff)
    return TRUE;
  if (unit <= 0xdbff && scan->at < scan->end && *scan->at == '\\')
    {
      scan->at++;
      unit = scan_code_unit (scan);
      if (unit >= 0xdc00 && unit <= 0xdfff)
        return TRUE;
    }
  return fail (scan, "a string holds half a character");
}

static gboolean
scan_escape (Scan *scan)
{
  static const char simple[] = "\"\\/bfnrt";

  if (scan->at >= scan->end)
    return fail (scan, "a string does not end");
  if (*scan->at == 'u')
    return scan_unicode_escape (scan);
  if (*scan->at == '\0' || strchr (simple, *scan->at) == NULL)
    return fail (scan, "a string holds an unknown escape");
  scan->at++;
  return TRUE;
}

/* Leaves *start and *length at the text between the quotes. */
static gboolean
scan_string (Scan *scan, const char **start, size_t *length)
{
  *start = ++scan->at;
  while (scan->at < scan->end)
    {
      char c = *scan->at++;

      if (c == '"')
        {
          *length = (size_t) (scan->at - 1 - *start);
          return TRUE;
        }
      if ((unsigned char) c < 0x20)
        return fail (scan, "a string holds a control character");
      if (c == '\\' && !scan_escape (scan))
        return FALSE;
    }
  return fail (scan, "a string does not end");
}

static size_t
scan_digits (Scan *scan)
{
  const char *start = scan->at;

  while (scan->at < scan->end && g_ascii_isdigit (*scan->at))
    scan->at++;
  return (size_t) (scan->at - start);
}

static gboolean
scan_number (Scan *scan)
{
  const char *first = NULL;
  size_t n = 0;

  if (*scan->at == '-')
    scan->at++;
  first = scan->at;
  n = scan_digits (scan);
  if (n == 0 || n > 18 || (*first == '0' && n > 1))
    return fail (scan, "a number is malformed or too long");
  if (scan->at < scan->end && *scan->at == '.')
    {
      scan->at++;
      if (scan_digits (scan) == 0)
        return fail (scan, "a number is malformed or too long");
    }
  if (scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E'))
    {
      scan->at++;
      if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
        scan->at++;
      n = scan_digits (scan);
      if (n == 0 || n > 3)
        return fail (scan, "a number is malformed or too long");
    }
  return TRUE;
}

static gboolean
scan_word (Scan *scan)
{
  static const char *const words[] = { "true", "false", "null" };

  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    {
      size_t n = strlen (words[i]);

      if ((size_t) (scan->end - scan->at) >= n && memcmp (scan->at, words[i], n) == 0)
        {
          scan->at += n;
          return TRUE;
        }
    }
  return fail (scan, "it is not JSON");
}

static gboolean
open_level (Scan *scan, char kind)
{
  if (scan->depth >= scan->limits->max_depth || scan->depth >= MAX_DEPTH)
    return fail (scan, "it is nested too deeply");
  scan->stack[scan->depth] = kind;
  scan->names[scan->depth] =
      kind == '{' ? g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) : NULL;
  scan->depth++;
  scan->at++;
  return TRUE;
}

static void
close_level (Scan *scan)
{
  scan->depth--;
  g_clear_pointer (&scan->names[scan->depth], g_hash_table_unref);
  scan->at++;
}

static gboolean
count_member (Scan *scan)
{
  if (++scan->n_members > scan->limits->max_members)
    return fail (scan, "it has too many members");
  return TRUE;
}

static gunichar
decode_hex (const char *digits)
{
  gunichar c = 0;

  for (int i = 0; i < 4; i++)
    c = c << 4 | (gunichar) g_ascii_xdigit_value (digits[i]);
  return c;
}

/**
 * bma_json_decode_string:
 * @at: what is between the quotes of a string that was scanned
 * @length: its length in bytes
 *
 * Returns: (transfer full): the text without escapes; half a surrogate pair becomes
 *   U+FFFD
 */
char *
bma_json_decode_string (const char *at, size_t length)
{
  static const char escapes[] = "\"\\/bfnrt";
  static const char characters[] = "\"\\/\b\f\n\r\t";
  const char *end = at + length;
  GString *out = g_string_sized_new (length);

  while (at < end)
    {
      gunichar c = 0;

      if (*at != '\\')
        {
          g_string_append_c (out, *at++);
          continue;
        }
      if (at[1] != 'u')
        {
          g_string_append_c (out, characters[strchr (escapes, at[1]) - escapes]);
          at += 2;
          continue;
        }
      c = decode_hex (at + 2);
      at += 6;
      if (c >= 0xd800 && c < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u')
        {
          c = 0x10000 + ((c - 0xd800) << 10) + (decode_hex (at + 2) - 0xdc00);
          at += 6;
        }
      g_string_append_unichar (out, g_unichar_validate (c) ? c : 0xfffd);
    }
  return g_string_free (out, FALSE);
}

/* "name" : — names are compared decoded, so that no escape hides a repetition. */
static gboolean
scan_name (Scan *scan)
{
  const char *start = NULL;
  size_t length = 0;

  skip_space (scan);
  if (scan->at >= scan->end || *scan->at != '"')
    return fail (scan, "it is not JSON");
  if (!scan_string (scan, &start, &length))
    return FALSE;
  if (!g_hash_table_add (scan->names[scan->depth - 1],
                         bma_json_decode_string (start, length)))
    return fail (scan, "a member name is repeated");
  skip_space (scan);
  if (scan->at >= scan->end || *scan->at != ':')
    return fail (scan, "it is not JSON");
  scan->at++;
  return count_member (scan);
}

/* A value begins at scan->at. *opened tells that it was '{' or '[' with something in it.
 */
static gboolean
scan_value (Scan *scan, gboolean *opened)
{
  const char *start = NULL;
  size_t length = 0;

  *opened = FALSE;
  skip_space (scan);
  if (scan->at >= scan->end)
    return fail (scan, "it ends too early");
  if (*scan->at == '"')
    return scan_string (scan, &start, &length);
  if (*scan->at == '-' || g_ascii_isdigit (*scan->at))
    return scan_number (scan);
  if (*scan->at != '{' && *scan->at != '[')
    return scan_word (scan);
  if (!open_level (scan, *scan->at))
    return FALSE;
  skip_space (scan);
  if (scan->at < scan->end &&
      *scan->at == (scan->stack[scan->depth - 1] == '{' ? '}' : ']'))
    {
      close_level (scan);
      return TRUE;
    }
  *opened = TRUE;
  return scan->stack[scan->depth - 1] == '{' ? scan_name (scan) : count_member (scan);
}

/* After a value: separators and closings until the next value or the end of the text. */
static gboolean
scan_after_value (Scan *scan, gboolean *done)
{
  *done = FALSE;
  for (;;)
    {
      skip_space (scan);
      if (scan->depth == 0)
        {
          *done = TRUE;
          return scan->at == scan->end || fail (scan, "something follows the JSON value");
        }
      if (scan->at >= scan->end)
        return fail (scan, "it ends too early");
      if (*scan->at == ',')
        {
          scan->at++;
          return scan->stack[scan->depth - 1] == '{' ? scan_name (scan)
                                                     : count_member (scan);
        }
      if (*scan->at != (scan->stack[scan->depth - 1] == '{' ? '}' : ']'))
        return fail (scan, "it is not JSON");
      close_level (scan);
    }
}

/**
 * bma_json_scan:
 * @text: untrusted text
 * @length: its length in bytes
 * @limits: what it may cost
 * @problem: (out) (transfer none): what is wrong with it, a static text
 *
 * Checks that the text is JSON (RFC 8259) within @limits, valid UTF-8, without repeated
 * member names, before any parser sees it. json-glib overflows the stack on deep nesting
 * and burns seconds on colliding names.
 *
 * Returns: whether a parser may have it
 */
gboolean
bma_json_scan (const char *text,
               size_t length,
               const BmaJsonLimits *limits,
               const char **problem)
{
  Scan scan = { .at = text, .end = text + length, .limits = limits };
  gboolean done = FALSE;
  gboolean opened = FALSE;

  if (length > limits->max_bytes)
    fail (&scan, "it is too large");
  else if (!g_utf8_validate (text, (gssize) length, NULL))
    fail (&scan, "it is not UTF-8");
  while (scan.problem == NULL && !done)
    {
      if (!scan_value (&scan, &opened) || opened)
        continue;
      scan_after_value (&scan, &done);
    }
  while (scan.depth > 0)
    close_level (&scan);
  *problem = scan.problem;
  return scan.problem == NULL;
}
