/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-sse.h"

#include <string.h>

#define BYTE_ORDER_MARK  "\xef\xbb\xbf"
#define MAX_ID_BYTES     1024
#define MAX_RETRY_DIGITS 9

struct _BmaSse
{
  GString *line; /* owned: the line being read */
  GString *data; /* owned: data of the event being read */
  char *type;    /* owned, nullable: of the event being read */
  char *id;      /* owned, nullable: the newest that was read */
  char *last_id; /* owned, nullable: of the newest event that is complete */
  int64_t retry_ms;
  size_t max_bytes;
  gboolean has_data;
  gboolean skips_lf;  /* a CR ended the last line */
  gboolean is_beyond; /* the first line is over */
};

/**
 * bma_sse_new:
 * @max_bytes: the most that one event may hold
 *
 * Returns: (transfer full): a reader that has read nothing
 */
BmaSse *
bma_sse_new (size_t max_bytes)
{
  BmaSse *self = g_new0 (BmaSse, 1);

  self->line = g_string_new (NULL);
  self->data = g_string_new (NULL);
  self->retry_ms = -1;
  self->max_bytes = max_bytes;
  return self;
}

/**
 * bma_sse_free:
 * @self: a reader
 *
 * Frees it.
 */
void
bma_sse_free (BmaSse *self)
{
  g_string_free (self->line, TRUE);
  g_string_free (self->data, TRUE);
  g_free (self->type);
  g_free (self->id);
  g_free (self->last_id);
  g_free (self);
}

static void
dispatch (BmaSse *self, BmaSseFunc func, gpointer user_data)
{
  g_autofree char *type = g_steal_pointer (&self->type);

  /* Also an event without data moves the place to go on from. */
  if (g_strcmp0 (self->id, self->last_id) != 0)
    {
      g_free (self->last_id);
      self->last_id = g_strdup (self->id);
    }
  if (self->has_data)
    func (type != NULL ? type : "message", self->data->str, self->data->len, user_data);
  self->has_data = FALSE;
  g_string_truncate (self->data, 0);
}

static void
take_retry (BmaSse *self, const char *value)
{
  size_t n = strspn (value, "0123456789");

  if (n > 0 && n <= MAX_RETRY_DIGITS && value[n] == '\0')
    self->retry_ms = g_ascii_strtoll (value, NULL, 10);
}

static void
take_data (BmaSse *self, const char *value, size_t n_bytes)
{
  if (self->has_data)
    g_string_append_c (self->data, '\n');
  g_string_append_len (self->data, value, (gssize) n_bytes);
  self->has_data = TRUE;
}

static void
take_field (BmaSse *self, const char *name, const char *value, size_t n_bytes)
{
  if (g_str_equal (name, "data"))
    take_data (self, value, n_bytes);
  else if (g_str_equal (name, "event"))
    {
      g_free (self->type);
      self->type = n_bytes > 0 ? g_strdup (value) : NULL;
    }
  else if (g_str_equal (name, "id"))
    {
      /* One that is too long or holds a NUL does not count. */
      if (n_bytes > MAX_ID_BYTES || strlen (value) != n_bytes)
        return;
      g_free (self->id);
      self->id = n_bytes > 0 ? g_strdup (value) : NULL;
    }
  else if (g_str_equal (name, "retry"))
    take_retry (self, value);
}

static void
take_line (BmaSse *self, BmaSseFunc func, gpointer user_data)
{
  char *text = self->line->str;
  size_t length = self->line->len;
  char *colon = NULL;

  if (!self->is_beyond && g_str_has_prefix (text, BYTE_ORDER_MARK))
    {
      text += strlen (BYTE_ORDER_MARK);
      length -= strlen (BYTE_ORDER_MARK);
    }
  self->is_beyond = TRUE;
  colon = memchr (text, ':', length);
  if (length == 0)
    dispatch (self, func, user_data);
  else if (colon == NULL)
    take_field (self, text, "", 0);
  else if (colon != text)
    {
      char *value = colon + 1;

      *colon = '\0';
      if (*value == ' ')
        value++;
      take_field (self, text, value, length - (size_t) (value - text));
    }
  g_string_truncate (self->line, 0);
}

/**
 * bma_sse_feed:
 * @self: a reader
 * @bytes: (array length=n_bytes): what comes next
 * @n_bytes: how many
 * @func: takes the events that are complete
 * @user_data: for @func
 *
 * Reads more of the stream. An event that the end of the stream cuts off is none.
 *
 * Returns: %FALSE when an event is too large: the stream is of no use any more
 */
gboolean
bma_sse_feed (
    BmaSse *self, const char *bytes, size_t n_bytes, BmaSseFunc func, gpointer user_data)
{
  size_t at = 0;

  while (at < n_bytes)
    {
      size_t start = at;

      if (self->skips_lf && bytes[at] == '\n')
        start = ++at;
      self->skips_lf = FALSE;
      while (at < n_bytes && bytes[at] != '\r' && bytes[at] != '\n')
        at++;
      if (self->line->len + self->data->len + (at - start) > self->max_bytes)
        return FALSE;
      g_string_append_len (self->line, bytes + start, (gssize) (at - start));
      if (at >= n_bytes)
        break;
      self->skips_lf = bytes[at] == '\r';
      at++;
      take_line (self, func, user_data);
    }
  return TRUE;
}

/**
 * bma_sse_get_last_id:
 * @self: a reader
 *
 * Returns: (nullable): where to go on after the last complete event
 */
const char *
bma_sse_get_last_id (const BmaSse *self)
{
  return self->last_id;
}

/**
 * bma_sse_get_retry_ms:
 * @self: a reader
 *
 * Returns: how long to wait before connecting again, in milliseconds; -1 if the server
 * did not say
 */
int64_t
bma_sse_get_retry_ms (const BmaSse *self)
{
  return self->retry_ms;
}
