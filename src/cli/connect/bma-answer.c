/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-answer.h"

#include <string.h>

#include "bma-field.h"

#define MAX_HEAD_BYTES  (32 * 1024)
#define MAX_LINE_BYTES  (8 * 1024)
#define MAX_SIZE_DIGITS 8
#define MAX_INTERIM     8

typedef enum
{
  STEP_HEAD, /* a line of the head */
  STEP_LENGTH,
  STEP_TO_END,
  STEP_SIZE, /* the line before a chunk */
  STEP_CHUNK,
  STEP_CHUNK_END, /* the empty line after a chunk */
  STEP_TRAILER,
  STEP_DONE,
  STEP_BROKEN,
} Step;

struct _BmaAnswer
{
  Step step;
  GString *line;       /* owned: the line being read */
  GHashTable *headers; /* owned: lower-case name -> value */
  size_t head_bytes;
  unsigned int status; /* 0 before the first line */
  unsigned int n_interim;
  uint64_t left_bytes;
  gboolean closes;
};

/**
 * bma_answer_new:
 *
 * Returns: (transfer full): a reader that has read nothing
 */
BmaAnswer *
bma_answer_new (void)
{
  BmaAnswer *self = g_new0 (BmaAnswer, 1);

  self->line = g_string_new (NULL);
  self->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * bma_answer_free:
 * @self: a reader
 *
 * Frees it.
 */
void
bma_answer_free (BmaAnswer *self)
{
  g_string_free (self->line, TRUE);
  g_hash_table_unref (self->headers);
  g_free (self);
}

/* "HTTP/1.1 200 OK"; the reason may be missing. */
static gboolean
take_status_line (BmaAnswer *self, const char *line)
{
  if (!g_str_has_prefix (line, "HTTP/1.") || (line[7] != '0' && line[7] != '1') ||
      line[8] != ' ')
    return FALSE;
  for (int i = 9; i < 12; i++)
    if (!g_ascii_isdigit (line[i]))
      return FALSE;
  if (line[12] != ' ' && line[12] != '\0')
    return FALSE;
  self->status = (unsigned int) g_ascii_strtoull (line + 9, NULL, 10);
  self->closes = line[7] == '0';
  return self->status >= 100 && self->status <= 599;
}

static gboolean
take_header (BmaAnswer *self, const char *line)
{
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  const char *before = NULL;

  if (!bma_field_parse (line, &name, &value))
    return FALSE;
  before = g_hash_table_lookup (self->headers, name);
  if (before != NULL && !bma_field_may_repeat (name))
    return FALSE;
  if (before != NULL)
    {
      char *both = g_strconcat (before, ", ", value, NULL);

      g_free (value);
      value = both;
    }
  g_hash_table_insert (self->headers, g_steal_pointer (&name), g_steal_pointer (&value));
  return TRUE;
}

static gboolean
parse_length (const char *text, uint64_t *length)
{
  size_t n = strspn (text, "0123456789");

  if (n == 0 || n > 15 || text[n] != '\0')
    return FALSE;
  *length = g_ascii_strtoull (text, NULL, 10);
  return TRUE;
}

/* RFC 9112, section 6.3, for answers to GET, POST and DELETE. */
static Step
find_framing (BmaAnswer *self)
{
  const char *length = g_hash_table_lookup (self->headers, "content-length");
  const char *coding = g_hash_table_lookup (self->headers, "transfer-encoding");

  if (self->status == 204 || self->status == 304)
    return STEP_DONE;
  if (coding != NULL && length != NULL)
    return STEP_BROKEN;
  if (coding != NULL)
    return g_ascii_strcasecmp (coding, "chunked") == 0 ? STEP_SIZE : STEP_BROKEN;
  if (length != NULL && !parse_length (length, &self->left_bytes))
    return STEP_BROKEN;
  if (length != NULL)
    return self->left_bytes > 0 ? STEP_LENGTH : STEP_DONE;
  self->closes = TRUE;
  return STEP_TO_END;
}

static Step
end_head (BmaAnswer *self)
{
  if (self->status == 101)
    return STEP_BROKEN;
  if (self->status < 200)
    {
      self->status = 0;
      g_hash_table_remove_all (self->headers);
      return ++self->n_interim > MAX_INTERIM ? STEP_BROKEN : STEP_HEAD;
    }
  if (bma_field_has_word (g_hash_table_lookup (self->headers, "connection"), "close"))
    self->closes = TRUE;
  return find_framing (self);
}

static Step
take_size (BmaAnswer *self, const char *line)
{
  size_t n = strspn (line, "0123456789abcdefABCDEF");

  if (n == 0 || n > MAX_SIZE_DIGITS || (line[n] != '\0' && line[n] != ';'))
    return STEP_BROKEN;
  self->left_bytes = g_ascii_strtoull (line, NULL, 16);
  self->head_bytes = 0;
  return self->left_bytes > 0 ? STEP_CHUNK : STEP_TRAILER;
}

static Step
take_line (BmaAnswer *self, const char *line)
{
  gboolean is_good = FALSE;

  switch (self->step)
    {
    case STEP_HEAD:
      if (self->status != 0 && *line == '\0')
        return end_head (self);
      is_good = self->status == 0 ? take_status_line (self, line)
                                  : take_header (self, line);
      return is_good ? STEP_HEAD : STEP_BROKEN;
    case STEP_SIZE:
      return take_size (self, line);
    case STEP_CHUNK_END:
      return *line == '\0' ? STEP_SIZE : STEP_BROKEN;
    case STEP_TRAILER:
      return *line == '\0' ? STEP_DONE : STEP_TRAILER;
    default:
      return STEP_BROKEN;
    }
}

/* Returns how many bytes were used. Lines end with CRLF and with nothing else. */
static size_t
feed_line (BmaAnswer *self, const char *bytes, size_t n_bytes)
{
  const char *end = memchr (bytes, '\n', n_bytes);
  size_t n = end != NULL ? (size_t) (end - bytes) + 1 : n_bytes;

  self->head_bytes += n;
  g_string_append_len (self->line, bytes, (gssize) n);
  if (self->line->len > MAX_LINE_BYTES || self->head_bytes > MAX_HEAD_BYTES)
    self->step = STEP_BROKEN;
  if (end == NULL || self->step == STEP_BROKEN)
    return n;
  if (self->line->len < 2 || self->line->str[self->line->len - 2] != '\r' ||
      strlen (self->line->str) != self->line->len)
    self->step = STEP_BROKEN;
  else
    {
      g_string_truncate (self->line, self->line->len - 2);
      self->step = take_line (self, self->line->str);
    }
  g_string_truncate (self->line, 0);
  return n;
}

static size_t
feed_body (BmaAnswer *self,
           const char *bytes,
           size_t n_bytes,
           BmaAnswerFunc func,
           gpointer user_data)
{
  size_t n = n_bytes;

  if (self->step != STEP_TO_END)
    {
      n = (size_t) MIN (self->left_bytes, n_bytes);
      self->left_bytes -= n;
      if (self->left_bytes == 0)
        self->step = self->step == STEP_CHUNK ? STEP_CHUNK_END : STEP_DONE;
    }
  func (bytes, n, user_data);
  return n;
}

/**
 * bma_answer_feed:
 * @self: a reader
 * @bytes: (array length=n_bytes): what comes next
 * @n_bytes: how many
 * @func: takes the parts of the body
 * @user_data: for @func
 *
 * Reads more. Bytes after the end break the answer: nobody asked for them. When the head
 * becomes complete, the state is %BMA_ANSWER_BODY or later before @func is called.
 *
 * Returns: the state
 */
BmaAnswerState
bma_answer_feed (BmaAnswer *self,
                 const char *bytes,
                 size_t n_bytes,
                 BmaAnswerFunc func,
                 gpointer user_data)
{
  size_t at = 0;

  while (at < n_bytes && self->step != STEP_BROKEN)
    {
      if (self->step == STEP_DONE)
        self->step = STEP_BROKEN;
      else if (self->step == STEP_LENGTH || self->step == STEP_TO_END ||
               self->step == STEP_CHUNK)
        at += feed_body (self, bytes + at, n_bytes - at, func, user_data);
      else
        at += feed_line (self, bytes + at, n_bytes - at);
    }
  return bma_answer_get_state (self);
}

/**
 * bma_answer_end:
 * @self: a reader
 *
 * The connection was closed.
 *
 * Returns: the state: done or broken
 */
BmaAnswerState
bma_answer_end (BmaAnswer *self)
{
  if (self->step == STEP_TO_END)
    self->step = STEP_DONE;
  else if (self->step != STEP_DONE)
    self->step = STEP_BROKEN;
  return bma_answer_get_state (self);
}

/**
 * bma_answer_get_state:
 * @self: a reader
 *
 * Returns: how far it has come
 */
BmaAnswerState
bma_answer_get_state (const BmaAnswer *self)
{
  switch (self->step)
    {
    case STEP_HEAD:
      return BMA_ANSWER_HEAD;
    case STEP_DONE:
      return BMA_ANSWER_DONE;
    case STEP_BROKEN:
      return BMA_ANSWER_BROKEN;
    default:
      return BMA_ANSWER_BODY;
    }
}

/**
 * bma_answer_get_status:
 * @self: a reader
 *
 * Returns: the status code; 0 when there is none yet
 */
unsigned int
bma_answer_get_status (const BmaAnswer *self)
{
  return self->status;
}

/**
 * bma_answer_get_header:
 * @self: a reader
 * @name: in lower case
 *
 * Returns: (nullable): the value; several joined by commas
 */
const char *
bma_answer_get_header (const BmaAnswer *self, const char *name)
{
  return g_hash_table_lookup (self->headers, name);
}

/**
 * bma_answer_is_type:
 * @self: a reader
 * @type: a media type in lower case
 *
 * Returns: whether the body is of that type, whatever its parameters
 */
gboolean
bma_answer_is_type (const BmaAnswer *self, const char *type)
{
  const char *value = g_hash_table_lookup (self->headers, "content-type");
  g_autofree char *bare = NULL;

  if (value == NULL)
    return FALSE;
  bare = g_strchomp (g_ascii_strdown (value, (gssize) strcspn (value, ";")));
  return g_str_equal (bare, type);
}

/**
 * bma_answer_can_stay_open:
 * @self: a reader that is done
 *
 * Returns: whether the connection may be used for another request
 */
gboolean
bma_answer_can_stay_open (const BmaAnswer *self)
{
  return self->step == STEP_DONE && !self->closes;
}
