/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-output.h"

#include <gio/gunixoutputstream.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES (8 * 1024 * 1024)
#define MAX_LINES  64

/* A program that reads when it likes to. */
typedef struct
{
  BmaOutput *output; /* owned */
  int reader;
  gboolean is_full;
  unsigned int n_empty;
  unsigned int n_broken;
} Program;

static void
on_full (gboolean is_full, gpointer user_data)
{
  ((Program *) user_data)->is_full = is_full;
}

static void
on_empty (gpointer user_data)
{
  ((Program *) user_data)->n_empty++;
}

static void
on_broken (gpointer user_data)
{
  ((Program *) user_data)->n_broken++;
}

static const BmaOutputWatch watch = { on_full, on_empty, on_broken };

static void
program_start (Program *self)
{
  int ends[2] = { -1, -1 };
  g_autoptr (GOutputStream) stream = NULL;

  g_assert_cmpint (pipe (ends), ==, 0);
  self->reader = ends[0];
  stream = g_unix_output_stream_new (ends[1], TRUE);
  self->output = bma_output_new (stream, &watch, self);
}

static void
program_stop (Program *self)
{
  if (self->reader >= 0)
    close (self->reader);
  while (!bma_output_is_empty (self->output))
    g_main_context_iteration (NULL, TRUE);
  bma_output_free (self->output);
}

static void
test_lines (void)
{
  Program program = { NULL };
  char text[16] = { 0 };

  program_start (&program);
  bma_output_write_line (program.output, "one", 3);
  bma_output_write_line (program.output, "two", 3);
  while (!bma_output_is_empty (program.output))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (read (program.reader, text, sizeof text - 1), ==, 8);
  g_assert_cmpstr (text, ==, "one\ntwo\n");
  g_assert_cmpuint (program.n_broken, ==, 0);
  program_stop (&program);
}

static void
test_gone (void)
{
  Program program = { NULL };

  program_start (&program);
  close (program.reader);
  program.reader = -1;
  bma_output_write_line (program.output, "one", 3);
  while (program.n_broken == 0)
    g_main_context_iteration (NULL, TRUE);
  bma_output_write_line (program.output, "two", 3);
  g_assert_true (bma_output_is_empty (program.output));
  program_stop (&program);
  g_assert_cmpuint (program.n_broken, ==, 1);
}

/* Not for ever more is kept for somebody who never reads. */
static void
test_bounded (void)
{
  Program program = { NULL };
  g_autofree char *line = g_strnfill (LINE_BYTES, 'x');
  unsigned int n_lines = 0;

  program_start (&program);
  for (; program.n_broken == 0 && n_lines < MAX_LINES; n_lines++)
    bma_output_write_line (program.output, line, LINE_BYTES);
  g_assert_cmpuint (program.n_broken, ==, 1);
  g_assert_cmpuint (n_lines, >, 16);
  g_assert_cmpuint (n_lines, <, MAX_LINES);
  g_assert_true (program.is_full);
  g_assert_false (bma_output_is_empty (program.output));
  program_stop (&program);
  g_assert_cmpuint (program.n_broken, ==, 1);
}

int
main (int argc, char *argv[])
{
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connect/output/lines", test_lines);
  g_test_add_func ("/connect/output/a-reader-that-is-gone", test_gone);
  g_test_add_func ("/connect/output/a-reader-that-never-reads", test_bounded);
  return g_test_run ();
}
