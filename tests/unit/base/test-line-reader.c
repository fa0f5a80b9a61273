/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-line-reader.h"

#define MAX_BYTES 8

/* What a reader said, one word for each line. */
typedef struct
{
  BmaLineReader *reader; /* owned, nullable once ended */
  GString *said;         /* owned */
  gboolean has_closed;
  gboolean holds_each;
} Listener;

static void
on_line (const char *text, size_t length, gpointer data)
{
  Listener *self = data;

  g_string_append_printf (self->said, "<%.*s>", (int) length, text);
  if (self->holds_each)
    bma_line_reader_hold (self->reader, TRUE);
}

static void
on_overlong (gpointer data)
{
  g_string_append (((Listener *) data)->said, "!");
}

static void
on_rest (const char *text, size_t length, gpointer data)
{
  g_string_append_printf (((Listener *) data)->said, "{%.*s}", (int) length, text);
}

static void
on_closed (gpointer data)
{
  Listener *self = data;

  g_assert_false (self->has_closed);
  self->has_closed = TRUE;
}

static const BmaLineReaderFuncs funcs = { on_line, on_overlong, on_rest, on_closed };
static const BmaLineReaderFuncs no_rest = { on_line, on_overlong, NULL, on_closed };

static void
listener_start (Listener *self, const char *text, const BmaLineReaderFuncs *wanted)
{
  g_autoptr (GInputStream)
      stream = g_memory_input_stream_new_from_data (g_strdup (text), -1, g_free);

  self->said = g_string_new (NULL);
  self->reader = bma_line_reader_new (stream, MAX_BYTES, wanted, self);
  g_assert_cmpstr (self->said->str, ==, "");
}

static void
listener_stop (Listener *self)
{
  bma_line_reader_end (self->reader);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_string_free (self->said, TRUE);
}

static void
assert_reads (const char *text, const char *said, const BmaLineReaderFuncs *wanted)
{
  Listener listener = { NULL };

  listener_start (&listener, text, wanted);
  while (!listener.has_closed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (listener.said->str, ==, said);
  listener_stop (&listener);
}

static void
test_lines (void)
{
  assert_reads ("", "", &funcs);
  assert_reads ("a\n\nbc\n", "<a><><bc>", &funcs);
  assert_reads ("12345678\n", "<12345678>", &funcs);
}

static void
test_rest (void)
{
  assert_reads ("a\nb", "<a>{b}", &funcs);
  assert_reads ("a\nb", "<a>", &no_rest);
  assert_reads ("12345678", "{12345678}", &funcs);
}

/* Told once, also of one that has no end. */
static void
test_overlong (void)
{
  assert_reads ("123456789\na\n", "!<a>", &funcs);
  assert_reads ("a\n123456789", "<a>!", &funcs);
}

static void
test_hold (void)
{
  Listener listener = { .holds_each = TRUE };

  listener_start (&listener, "a\nb\nc", &funcs);
  for (const char *const *said = (const char *const[]){ "<a>", "<a><b>", NULL };
       *said != NULL; said++)
    {
      while (g_strcmp0 (listener.said->str, *said) != 0)
        g_main_context_iteration (NULL, TRUE);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_cmpstr (listener.said->str, ==, *said);
      bma_line_reader_hold (listener.reader, FALSE);
    }
  while (!listener.has_closed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (listener.said->str, ==, "<a><b>{c}");
  bma_line_reader_hold (listener.reader, TRUE);
  bma_line_reader_hold (listener.reader, FALSE);
  g_assert_cmpstr (listener.said->str, ==, "<a><b>{c}");
  listener_stop (&listener);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/line-reader/lines", test_lines);
  g_test_add_func ("/base/line-reader/rest", test_rest);
  g_test_add_func ("/base/line-reader/overlong", test_overlong);
  g_test_add_func ("/base/line-reader/hold", test_hold);
  return g_test_run ();
}
