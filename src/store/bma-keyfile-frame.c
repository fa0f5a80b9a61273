/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-frame.h"

#include <string.h>

#include "bma-text.h"

/* A frame is any text followed by its seal, a line of its own:
 *
 *   #c <length of the text in bytes> <first 16 hex digits of its SHA-256>
 *
 * The text begins with an empty line. The length counts backwards from the seal, so a
 * frame is found even when what is before it is broken. No value can imitate a seal,
 * because values hold no raw line ends. */

#define SEAL_PREFIX      "#c "
#define SEAL_HASH_BYTES  8
#define MAX_SEAL_CHARS   64
#define PROBLEM_CUT      "the file ends in the middle of it"
#define PROBLEM_CHECKSUM "its checksum is wrong"
#define PROBLEM_STRAY    "nothing says what it is"

static void
make_seal (char out[MAX_SEAL_CHARS], const char *text, size_t length)
{
  uint8_t hash[BMA_SHA256_BYTES];
  g_autofree char *hex = NULL;

  bma_text_sha256 (text, length, hash);
  hex = bma_text_hex (hash, SEAL_HASH_BYTES);
  g_snprintf (out, MAX_SEAL_CHARS, SEAL_PREFIX "%" G_GSIZE_FORMAT " %s\n", length, hex);
}

/**
 * bma_keyfile_frame_seal:
 * @out: text
 * @start: where in @out the frame begins
 *
 * Appends the seal over everything from @start.
 */
void
bma_keyfile_frame_seal (GString *out, size_t start)
{
  char seal[MAX_SEAL_CHARS];

  make_seal (seal, out->str + start, out->len - start);
  g_string_append (out, seal);
}

/* The next line that looks like a seal, at or after start. */
static const char *
find_seal (const BmaKeyfileScan *self)
{
  const char *end = self->bytes + self->n_bytes;
  const char *at = self->bytes + self->start;

  if (self->start > 0 && at[-1] != '\n')
    at = memchr (at, '\n', (size_t) (end - at));
  while (at != NULL)
    {
      if (*at == '\n')
        at++;
      if ((size_t) (end - at) >= strlen (SEAL_PREFIX) &&
          memcmp (at, SEAL_PREFIX, strlen (SEAL_PREFIX)) == 0)
        return at;
      at = at < end ? memchr (at, '\n', (size_t) (end - at)) : NULL;
      if (at == NULL || at + 1 == end)
        return NULL;
    }
  return NULL;
}

/* How long the seal is, and the text before it; 0 if the seal does not fit any text. */
static size_t
check_seal (const BmaKeyfileScan *self, const char *seal, size_t *text_length)
{
  size_t left = (size_t) (self->bytes + self->n_bytes - seal);
  size_t before = (size_t) (seal - self->bytes) - self->start;
  char expected[MAX_SEAL_CHARS];
  size_t length = 0;

  for (size_t i = strlen (SEAL_PREFIX); i < left && g_ascii_isdigit (seal[i]); i++)
    {
      length = length * 10 + (size_t) (seal[i] - '0');
      if (length > before)
        return 0;
    }
  make_seal (expected, seal - length, length);
  *text_length = length;
  if (strlen (expected) > left || memcmp (seal, expected, strlen (expected)) != 0)
    return 0;
  return strlen (expected);
}

static void
set_broken (BmaKeyfileScan *self, BmaKeyfileFrame *frame, size_t end, const char *problem)
{
  frame->offset = self->start;
  frame->length = end - self->start;
  frame->problem = problem;
  self->start = end;
}

/* Where to go on after a seal whose line ends at @newline. If the file was torn there and
 * then continued, the line end is the first byte of the next frame. */
static size_t
skip_line_end (const BmaKeyfileScan *self, size_t newline)
{
  if (newline + 1 < self->n_bytes && self->bytes[newline + 1] != '\n')
    return newline;
  return newline + 1;
}

static size_t
skip_broken_seal (const BmaKeyfileScan *self, const char *seal)
{
  const char *end = self->bytes + self->n_bytes;
  const char *newline = memchr (seal, '\n', (size_t) (end - seal));

  return newline != NULL ? skip_line_end (self, (size_t) (newline - self->bytes))
                         : self->n_bytes;
}

/**
 * bma_keyfile_scan_next:
 * @self: a scan
 * @frame: (out): the next range
 *
 * Finds the next whole frame or broken range; together they cover the whole file. Takes
 * time proportional to the size of the file, whatever is in it.
 *
 * Returns: whether there was one
 */
gboolean
bma_keyfile_scan_next (BmaKeyfileScan *self, BmaKeyfileFrame *frame)
{
  const char *seal;
  size_t text_length;
  size_t seal_length;
  size_t seal_at;

  if (self->start >= self->n_bytes)
    return FALSE;
  seal = find_seal (self);
  if (seal == NULL)
    {
      set_broken (self, frame, self->n_bytes, PROBLEM_CUT);
      return TRUE;
    }
  seal_length = check_seal (self, seal, &text_length);
  if (seal_length == 0)
    {
      set_broken (self, frame, skip_broken_seal (self, seal), PROBLEM_CHECKSUM);
      return TRUE;
    }
  seal_at = (size_t) (seal - self->bytes);
  if (seal_at - text_length > self->start)
    {
      set_broken (self, frame, seal_at - text_length, PROBLEM_STRAY);
      return TRUE;
    }
  frame->offset = self->start;
  frame->length = text_length;
  frame->problem = NULL;
  self->start = skip_line_end (self, seal_at + seal_length - 1);
  return TRUE;
}
