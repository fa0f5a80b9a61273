/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-buffer.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
test_keeps_order (void)
{
  BmaHttpBuffer buffer = { 0 };
  unsigned next_in = 0, next_out = 0;

  for (unsigned round = 0; round < 1000; round++)
    {
      for (unsigned i = 0; i < round % 97; i++)
        {
          uint8_t byte = (uint8_t) next_in++;

          bma_http_buffer_append (&buffer, &byte, 1);
        }
      for (unsigned i = 0; i < round % 89 && bma_http_buffer_length (&buffer) > 0; i++)
        {
          g_assert_cmpuint ((uint8_t) *bma_http_buffer_peek (&buffer), ==,
                            (uint8_t) next_out++);
          bma_http_buffer_take (&buffer, 1);
        }
      g_assert_cmpuint (bma_http_buffer_length (&buffer), ==, next_in - next_out);
    }
  bma_http_buffer_clear (&buffer);
}

static void
test_empty_holds_no_memory (void)
{
  BmaHttpBuffer buffer = { 0 };

  g_assert_null (bma_http_buffer_peek (&buffer));
  bma_http_buffer_append (&buffer, "", 0);
  g_assert_null (buffer.bytes);
  bma_http_buffer_append (&buffer, "secret", 6);
  g_assert_nonnull (buffer.bytes);
  bma_http_buffer_take (&buffer, 6);
  g_assert_null (buffer.bytes);
}

static void
test_receives_and_sends (void)
{
  BmaHttpBuffer in = { 0 }, out = { 0 };
  size_t n_more_sent = 0;
  gboolean is_short;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), ==, 0);
  bma_http_buffer_append (&out, "he", 2);
  g_assert_cmpint (bma_http_buffer_send (&out, fds[0], "llo", 3, &n_more_sent), ==, 5);
  g_assert_cmpuint (n_more_sent, ==, 3);
  g_assert_cmpuint (bma_http_buffer_length (&out), ==, 0);

  g_assert_cmpint (bma_http_buffer_receive (&in, fds[1], 4, &is_short), ==, 4);
  g_assert_false (is_short);
  g_assert_cmpint (bma_http_buffer_receive (&in, fds[1], 4, &is_short), ==, 0);
  g_assert_cmpint (bma_http_buffer_receive (&in, fds[1], 9, &is_short), ==, 1);
  g_assert_true (is_short);
  g_assert_cmpmem (bma_http_buffer_peek (&in), 5, "hello", 5);
  g_assert_cmpint (bma_http_buffer_receive (&in, fds[1], 9, &is_short), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);

  close (fds[1]);
  bma_http_buffer_append (&out, "x", 1);
  g_assert_cmpint (bma_http_buffer_send (&out, fds[0], NULL, 0, &n_more_sent), ==, -1);
  g_assert_cmpint (errno, ==, EPIPE);
  close (fds[0]);
  bma_http_buffer_clear (&in);
  bma_http_buffer_clear (&out);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/buffer/keeps-order", test_keeps_order);
  g_test_add_func ("/http/buffer/empty-holds-no-memory", test_empty_holds_no_memory);
  g_test_add_func ("/http/buffer/receives-and-sends", test_receives_and_sends);

  return g_test_run ();
}
