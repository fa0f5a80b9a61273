/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-child-log.h"

#include "bma-log.h"
#include "bma-text.h"

#define WINDOW_US  ((int64_t) 10 * G_USEC_PER_SEC)
#define MAX_LINES  100
#define MAX_CHARS  400
#define TOPIC_NAME "upstream"

static void
report_left_out (BmaChildLog *self)
{
  if (self->n_left_out > 0)
    bma_log_warning (TOPIC_NAME, "%u more lines of the MCP server were left out",
                     self->n_left_out);
  self->n_left_out = 0;
}

/**
 * bma_child_log_take:
 * @self: a log, all zero at first
 * @text: a line of a server
 * @length: its length in bytes
 * @now_us: monotonic time
 *
 * Writes the line to the journal unless there were too many just now.
 *
 * Returns: whether it was written
 */
gboolean
bma_child_log_take (BmaChildLog *self, const char *text, size_t length, int64_t now_us)
{
  g_autofree char *line = g_strndup (text, length);
  char *words = bma_text_display (line, MAX_CHARS);

  if (*words == '\0')
    {
      g_free (words);
      return FALSE;
    }
  g_free (self->last_words);
  self->last_words = words;
  if (self->n_in_window == 0 || now_us - self->window_us >= WINDOW_US)
    {
      report_left_out (self);
      self->window_us = now_us;
      self->n_in_window = 0;
    }
  if (self->n_in_window >= MAX_LINES)
    {
      self->n_left_out++;
      return FALSE;
    }
  self->n_in_window++;
  bma_log_notice (TOPIC_NAME, "%s", words);
  return TRUE;
}

/**
 * bma_child_log_clear:
 * @self: a log
 *
 * Frees what it holds.
 */
void
bma_child_log_clear (BmaChildLog *self)
{
  report_left_out (self);
  g_clear_pointer (&self->last_words, g_free);
}
