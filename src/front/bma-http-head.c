/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-head.h"
#include "bma-http-field.h"
#include "bma-http-target.h"

#include <string.h>

static const char *const method_names[] = {
  [BMA_HTTP_METHOD_GET] = "GET",       [BMA_HTTP_METHOD_HEAD] = "HEAD",
  [BMA_HTTP_METHOD_POST] = "POST",     [BMA_HTTP_METHOD_PUT] = "PUT",
  [BMA_HTTP_METHOD_DELETE] = "DELETE", [BMA_HTTP_METHOD_OPTIONS] = "OPTIONS",
  [BMA_HTTP_METHOD_PATCH] = "PATCH",
};

G_STATIC_ASSERT (G_N_ELEMENTS (method_names) == BMA_HTTP_N_METHODS);

/* One pass over a head. Pointers lie inside the caller's bytes. */
typedef struct
{
  char *start;                      /* (unowned): first byte of the head */
  char *at;                         /* (unowned): next byte to read */
  char *end;                        /* (unowned): the empty line's CRLF */
  const BmaHttpFrontLimits *limits; /* (unowned) */
  BmaHttpHead *head;                /* (unowned): the result */
  unsigned n_seen[BMA_HTTP_N_SINGLE_FIELDS];
} Parse;

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static unsigned
parse_method (Parse *p)
{
  char *start = p->at;

  while (p->at < p->end && is_token_char (*p->at))
    p->at++;
  if (p->at == start || *p->at != ' ')
    return 400;

  for (unsigned i = 0; i < BMA_HTTP_N_METHODS; i++)
    if (strlen (method_names[i]) == (size_t) (p->at - start) &&
        memcmp (start, method_names[i], (size_t) (p->at - start)) == 0)
      {
        p->head->method = (BmaHttpMethod) i;
        p->at++;
        return 0;
      }
  return 501;
}

static unsigned
parse_target (Parse *p)
{
  const char *space = memchr (p->at, ' ', (size_t) (p->end - p->at));
  size_t n_bytes;

  if (space == NULL)
    return 400;
  n_bytes = (size_t) (space - p->at);
  if (n_bytes == 1 && *p->at == '*' && p->head->method == BMA_HTTP_METHOD_OPTIONS)
    ;
  else if (!bma_http_target_is_good (p->at, n_bytes))
    return 400;
  else if (n_bytes > p->limits->max_target_bytes)
    return 414;

  p->at += n_bytes;
  return 0;
}

static unsigned
parse_version (Parse *p)
{
  static const char prefix[] = " HTTP/";
  const char *v = p->at;

  if (p->end - v < 11 || memcmp (v, prefix, 6) != 0 || !g_ascii_isdigit (v[6]) ||
      v[7] != '.' || !g_ascii_isdigit (v[8]) || v[9] != '\r' || v[10] != '\n')
    return 400;
  if (v[6] != '1' || v[8] > '1')
    return 505;

  p->head->minor_version = (unsigned) (v[8] - '0');
  p->head->close = p->head->minor_version == 0;
  p->at += 11;
  return 0;
}

static unsigned
check_content_length (Parse *p, const char *value, size_t n_bytes)
{
  int64_t length = 0;

  if (n_bytes == 0 || (n_bytes > 1 && value[0] == '0'))
    return 400;
  for (size_t i = 0; i < n_bytes; i++)
    if (!g_ascii_isdigit (value[i]))
      return 400;
  if (n_bytes > 15)
    return 413;

  for (size_t i = 0; i < n_bytes; i++)
    length = length * 10 + (value[i] - '0');
  p->head->content_length = length;
  return 0;
}

static unsigned
check_transfer_encoding (Parse *p, const char *value, size_t n_bytes)
{
  /* HTTP/1.0 has no transfer codings: an intermediary may have ignored it. */
  if (p->head->minor_version == 0)
    return 400;
  if (!bma_http_bytes_equal (value, n_bytes, "chunked"))
    return 501;

  p->head->chunked = TRUE;
  return 0;
}

static void
note_connection_options (Parse *p, const char *value, size_t n_bytes)
{
  const char *end = value + n_bytes;

  while (value < end)
    {
      const char *comma = memchr (value, ',', (size_t) (end - value));
      const char *stop = comma != NULL ? comma : end;

      while (value < stop && (*value == ' ' || *value == '\t'))
        value++;
      while (stop > value && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
      if (bma_http_bytes_equal (value, (size_t) (stop - value), "close"))
        p->head->close = TRUE;
      value = comma != NULL ? comma + 1 : end;
    }
}

/* Renamed in place, so that nothing behind us can act on it: libsoup 3.2 multiplies
 * ranges into gigabytes, answers Expect itself and would switch protocols. */
static void
neutralise (Parse *p, char *name, size_t *offset)
{
  *name = 'x';
  if (*offset == 0)
    *offset = (size_t) (name - p->start);
}

static unsigned
check_field (Parse *p, BmaHttpField field, char *name, const char *value, size_t n_bytes)
{
  switch (field)
    {
    case BMA_HTTP_FIELD_HOST:
      return bma_http_host_is_good (value, n_bytes) ? 0 : 400;
    case BMA_HTTP_FIELD_CONTENT_LENGTH:
      return check_content_length (p, value, n_bytes);
    case BMA_HTTP_FIELD_TRANSFER_ENCODING:
      return check_transfer_encoding (p, value, n_bytes);
    case BMA_HTTP_FIELD_CONNECTION:
      note_connection_options (p, value, n_bytes);
      return 0;
    case BMA_HTTP_FIELD_RANGE:
      neutralise (p, name, &p->head->range_at);
      return 0;
    case BMA_HTTP_FIELD_UPGRADE:
      neutralise (p, name, &p->head->upgrade_at);
      return 0;
    case BMA_HTTP_FIELD_EXPECT:
      if (!bma_http_bytes_equal (value, n_bytes, "100-continue"))
        return 417;
      p->head->expects_continue = p->head->minor_version == 1;
      neutralise (p, name, &p->head->expect_at);
      return 0;
    default:
      return 0;
    }
}

/* Cookies and agent names of other programs on this machine may hold anything printable
 * (cookies ignore ports); everywhere else only ASCII passes. */
static gboolean
is_good_value (const char *value, const char *end, gboolean is_opaque)
{
  for (; value < end; value++)
    {
      unsigned char c = (unsigned char) *value;

      if ((c < 0x20 && c != '\t') || c == 0x7f || (c >= 0x80 && !is_opaque))
        return FALSE;
    }
  return TRUE;
}

/* One "Name: value" line. A folded line has no name and "Name :" has no colon where it
 * must be: both are refused here (RFC 9112, sections 5.1 and 5.2). */
static unsigned
parse_field (Parse *p)
{
  char *name = p->at, *colon, *value, *line_end, *value_end;
  BmaHttpField field;

  while (p->at < p->end && is_token_char (*p->at))
    p->at++;
  colon = p->at;
  if (colon == name || *colon != ':')
    return 400;

  value = colon + 1;
  line_end = memchr (value, '\r', (size_t) (p->end + 2 - value));
  if (line_end == NULL || line_end >= p->end || line_end[1] != '\n')
    return 400;
  while (value < line_end && (*value == ' ' || *value == '\t'))
    value++;
  value_end = line_end;
  while (value_end > value && (value_end[-1] == ' ' || value_end[-1] == '\t'))
    value_end--;
  p->at = line_end + 2;

  field = bma_http_field_find (name, (size_t) (colon - name));
  if (!is_good_value (value, value_end,
                      field == BMA_HTTP_FIELD_COOKIE ||
                          field == BMA_HTTP_FIELD_USER_AGENT))
    return 400;
  if (field < BMA_HTTP_N_SINGLE_FIELDS && p->n_seen[field]++ > 0)
    return 400;
  return check_field (p, field, name, value, (size_t) (value_end - value));
}

static unsigned
check_whole (const Parse *p)
{
  const BmaHttpHead *head = p->head;

  if (p->n_seen[BMA_HTTP_FIELD_HOST] != 1)
    return 400;
  if (p->n_seen[BMA_HTTP_FIELD_CONTENT_LENGTH] > 0 && head->chunked)
    return 400;
  if (head->chunked && !p->limits->allow_chunked)
    return 411;
  if (!head->chunked && (uint64_t) head->content_length > p->limits->max_body_bytes)
    return 413;
  return 0;
}

/**
 * bma_http_head_scan:
 * @bytes: (array length=n_bytes): what a connection sent so far
 * @n_bytes: how many
 * @n_scanned: (inout): how many were scanned before; start with 0 for each head
 *
 * Looks for the end of a request head, without looking at any byte twice.
 *
 * A line feed without its carriage return, a carriage return without its line feed and
 * a NUL byte are refused at once: waiting for more would only serve a peer that tries to
 * be read in two ways.
 *
 * Returns: the head's length including CRLFCRLF, 0 if more is needed, -1 if malformed
 */
ssize_t
bma_http_head_scan (const char *bytes, size_t n_bytes, size_t *n_scanned)
{
  g_return_val_if_fail (n_scanned != NULL, -1);

  for (size_t i = *n_scanned; i < n_bytes; i++)
    {
      if (bytes[i] == '\0')
        return -1;
      if (i > 0 && (bytes[i - 1] == '\r') != (bytes[i] == '\n'))
        return -1;
      if (i == 0 && bytes[i] == '\n')
        return -1;
      if (bytes[i] == '\n' && i >= 3 && bytes[i - 2] == '\n')
        {
          *n_scanned = i + 1;
          return (ssize_t) (i + 1);
        }
    }
  *n_scanned = MAX (*n_scanned, n_bytes);
  return 0;
}

/**
 * bma_http_head_check:
 * @bytes: (array length=n_bytes): one request head up to and including CRLFCRLF; Range,
 *   Expect and Upgrade are renamed in place
 * @n_bytes: its length
 * @limits: the caps to apply
 * @head: (out caller-allocates): what was found; meaningful only if 0 is returned
 *
 * Validates a request head strictly (RFC 9112), so that every parser behind the front can
 * read it in one way only.
 *
 * Returns: 0 if the request may pass, else the HTTP status to refuse it with
 */
unsigned
bma_http_head_check (char *bytes,
                     size_t n_bytes,
                     const BmaHttpFrontLimits *limits,
                     BmaHttpHead *head)
{
  Parse p = { .start = bytes, .at = bytes, .limits = limits, .head = head };
  unsigned n_fields = 0, status;

  g_return_val_if_fail (bytes != NULL, 400);
  g_return_val_if_fail (limits != NULL, 400);
  g_return_val_if_fail (head != NULL, 400);

  *head = (BmaHttpHead){ 0 };
  if (n_bytes < 4 || memcmp (bytes + n_bytes - 4, "\r\n\r\n", 4) != 0)
    return 400;
  if (n_bytes > limits->max_head_bytes)
    return 431;

  p.end = bytes + n_bytes - 2;
  if ((status = parse_method (&p)) != 0 || (status = parse_target (&p)) != 0 ||
      (status = parse_version (&p)) != 0)
    return status;
  while (p.at < p.end)
    {
      if (++n_fields > limits->max_fields)
        return 431;
      if ((status = parse_field (&p)) != 0)
        return status;
    }
  if (p.at != p.end)
    return 400;
  if (head->chunked)
    head->content_length = -1;
  return check_whole (&p);
}
