/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-form.h"

#include <string.h>

typedef struct
{
  char *name;  /* owned */
  char *value; /* owned, may be secret: wiped */
} Field;

struct _BmaForm
{
  GArray *fields; /* owned, of Field */
};

static void
field_clear (Field *field)
{
  g_free (field->name);
  explicit_bzero (field->value, strlen (field->value));
  g_free (field->value);
}

/**
 * bma_form_decode:
 * @text: one encoded name or value
 * @length: its length in bytes
 *
 * Decodes %XX and +.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL for a broken escape, a NUL or
 *   text that is not UTF-8
 */
char *
bma_form_decode (const char *text, size_t length)
{
  g_autofree char *out = g_malloc (length + 1);
  size_t n = 0;

  for (size_t i = 0; i < length; i++)
    {
      if (text[i] == '%')
        {
          int high = i + 2 < length ? g_ascii_xdigit_value (text[i + 1]) : -1;
          int low = high >= 0 ? g_ascii_xdigit_value (text[i + 2]) : -1;

          if (low < 0 || (high == 0 && low == 0))
            return NULL;
          out[n++] = (char) (high << 4 | low);
          i += 2;
        }
      else if (text[i] == '\0')
        return NULL;
      else
        out[n++] = text[i] == '+' ? ' ' : text[i];
    }
  out[n] = '\0';
  return g_utf8_validate (out, (gssize) n, NULL) ? g_steal_pointer (&out) : NULL;
}

/**
 * bma_form_parse:
 * @text: URL-encoded text
 * @length: its length in bytes
 *
 * Returns: (transfer full) (nullable): the form, or %NULL when the text is longer than
 *   16 KiB, has more than 64 fields, a broken escape, a NUL or invalid UTF-8
 */
BmaForm *
bma_form_parse (const char *text, size_t length)
{
  g_autoptr (BmaForm) self = NULL;
  const char *end = text + length;

  if (length > BMA_FORM_MAX_BYTES)
    return NULL;
  self = g_new0 (BmaForm, 1);
  self->fields = g_array_new (FALSE, FALSE, sizeof (Field));
  g_array_set_clear_func (self->fields, (GDestroyNotify) field_clear);

  while (text < end)
    {
      const char *stop = memchr (text, '&', (size_t) (end - text));
      const char *equals = NULL;
      Field field = { NULL, NULL };

      stop = stop != NULL ? stop : end;
      if (stop > text)
        {
          equals = memchr (text, '=', (size_t) (stop - text));
          equals = equals != NULL ? equals : stop;
          field.name = bma_form_decode (text, (size_t) (equals - text));
          field.value =
              bma_form_decode (equals < stop ? equals + 1 : stop,
                               equals < stop ? (size_t) (stop - equals - 1) : 0);
          if (field.name == NULL || field.value == NULL ||
              self->fields->len >= BMA_FORM_MAX_FIELDS)
            {
              g_free (field.name);
              g_free (field.value);
              return NULL;
            }
          g_array_append_val (self->fields, field);
        }
      text = stop + 1;
    }
  return g_steal_pointer (&self);
}

/**
 * bma_form_free:
 * @self: (transfer full) (nullable): a form
 *
 * Frees the form and wipes its values.
 */
void
bma_form_free (BmaForm *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->fields);
  g_free (self);
}

/**
 * bma_form_get_at:
 * @self: a form
 * @name: a field name
 * @index: which of the values of that name, from 0
 *
 * Returns: (transfer none) (nullable): the value
 */
const char *
bma_form_get_at (const BmaForm *self, const char *name, unsigned int index)
{
  for (unsigned int i = 0; i < self->fields->len; i++)
    {
      const Field *field = &g_array_index (self->fields, Field, i);

      if (strcmp (field->name, name) == 0 && index-- == 0)
        return field->value;
    }
  return NULL;
}

/**
 * bma_form_get:
 * @self: a form
 * @name: a field name
 *
 * Returns: (transfer none) (nullable): the first value, or %NULL when there is none or it
 *   is empty: a parameter without a value counts as omitted (RFC 6749 section 3.1)
 */
const char *
bma_form_get (const BmaForm *self, const char *name)
{
  const char *value = bma_form_get_at (self, name, 0);

  return value != NULL && *value != '\0' ? value : NULL;
}

/**
 * bma_form_count:
 * @self: a form
 * @name: a field name
 *
 * Returns: how often it occurs
 */
unsigned int
bma_form_count (const BmaForm *self, const char *name)
{
  unsigned int n = 0;

  while (bma_form_get_at (self, name, n) != NULL)
    n++;
  return n;
}

/**
 * bma_form_find_repeated:
 * @self: a form
 * @except: (nullable): a name that may be repeated, such as `resource` (RFC 8707)
 *
 * Returns: (transfer none) (nullable): a name that occurs more than once, which RFC 6749
 *   section 3.1 forbids
 */
const char *
bma_form_find_repeated (const BmaForm *self, const char *except)
{
  for (unsigned int i = 0; i < self->fields->len; i++)
    {
      const char *name = g_array_index (self->fields, Field, i).name;

      if (g_strcmp0 (name, except) != 0 && bma_form_count (self, name) > 1)
        return name;
    }
  return NULL;
}

/**
 * bma_form_append_pair:
 * @out: encoded text so far
 * @name: a field name
 * @value: (nullable): its value; nothing is appended for %NULL
 *
 * Appends `name=value`, encoded, with a `&` before it unless @out is empty or ends in
 * `?`.
 */
void
bma_form_append_pair (GString *out, const char *name, const char *value)
{
  if (value == NULL)
    return;
  if (out->len > 0 && out->str[out->len - 1] != '?' && out->str[out->len - 1] != '&')
    g_string_append_c (out, '&');
  g_string_append_uri_escaped (out, name, NULL, FALSE);
  g_string_append_c (out, '=');
  g_string_append_uri_escaped (out, value, NULL, FALSE);
}
