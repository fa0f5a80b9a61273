/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "front-fixture.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
on_waiting_disconnected (SoupServerMessage *message, Fixture *self)
{
  self->n_disconnected++;
  if (self->waiting == message)
    g_clear_object (&self->waiting);
}

static void
wait_here (Fixture *self, SoupServerMessage *message)
{
  g_set_object (&self->waiting, message);
  g_signal_connect (message, "disconnected", G_CALLBACK (on_waiting_disconnected), self);
  soup_server_message_pause (message);
}

static void
answer_in_chunks (SoupServerMessage *message, gboolean is_complete)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  soup_message_body_append (body, SOUP_MEMORY_STATIC, "one", 3);
  soup_message_body_append (body, SOUP_MEMORY_STATIC, "two", 3);
  if (is_complete)
    soup_message_body_complete (body);
}

static void
answer_until_eof (SoupServerMessage *message)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_EOF);
  soup_message_body_append (soup_server_message_get_response_body (message),
                            SOUP_MEMORY_STATIC, "begin", 5);
}

static void
answer_large (SoupServerMessage *message)
{
  char *large = g_malloc (LARGE_BYTES);

  memset (large, 'x', LARGE_BYTES);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_TAKE, large,
                                    LARGE_BYTES);
  soup_server_message_set_status (message, 200, NULL);
}

static void
answer_echo (SoupServerMessage *message)
{
  g_autoptr (GBytes)
      bytes = soup_message_body_flatten (soup_server_message_get_request_body (message));

  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY,
                                    g_bytes_get_data (bytes, NULL),
                                    g_bytes_get_size (bytes));
  soup_server_message_set_status (message, 200, NULL);
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  Fixture *self = user_data;

  self->n_handled++;
  if (g_str_equal (path, "/wait"))
    wait_here (self, message);
  else if (g_str_equal (path, "/large"))
    answer_large (message);
  else if (g_str_equal (path, "/chunks"))
    answer_in_chunks (message, TRUE);
  else if (g_str_equal (path, "/stream") || g_str_equal (path, "/eof"))
    {
      if (g_str_equal (path, "/eof"))
        answer_until_eof (message);
      else
        answer_in_chunks (message, FALSE);
      g_set_object (&self->waiting, message);
      g_signal_connect (message, "disconnected", G_CALLBACK (on_waiting_disconnected),
                        self);
    }
  else if (g_str_equal (path, "/echo"))
    answer_echo (message);
  else
    {
      g_autofree char *body =
          g_strdup_printf ("%s %s", soup_server_message_get_method (message), path);

      soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, body,
                                        strlen (body));
      soup_server_message_set_status (message, 200, NULL);
    }
}

static void
on_refused (BmaHttpFront *front, unsigned status, Fixture *self)
{
  self->n_refused++;
}

static void
do_nothing (GTask *task,
            gpointer source_object,
            gpointer task_data,
            GCancellable *cancellable)
{
}

/* What GLib opens once and keeps is no leak: it opens it now. libsoup ends a chunked
 * response in a worker thread. */
static void
warm_glib_up (void)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_run_in_thread (task, do_nothing);
  while (!g_task_get_completed (task))
    g_main_context_iteration (NULL, TRUE);
}

Fixture *
fixture_new (const BmaHttpFrontLimits *limits)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (GSocketAddress)
      address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;

  warm_glib_up ();
  self->n_fds = count_fds ();
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  self->front = bma_http_front_new (self->server, limits, &error);
  g_assert_no_error (error);
  g_signal_connect (self->front, "refused", G_CALLBACK (on_refused), self);
  g_assert_true (bma_http_front_listen (self->front, address, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (bma_http_front_get_port (self->front), >, 0);
  return self;
}

/* Every test ends here: nothing may be left behind. */
void
fixture_free (Fixture *self)
{
  g_clear_object (&self->waiting);
  g_assert_finalize_object (g_steal_pointer (&self->front));
  g_assert_finalize_object (g_steal_pointer (&self->server));
  g_assert_cmpuint (count_fds (), ==, self->n_fds);
  g_free (self);
}

void
fixture_answer (Fixture *self, const char *body)
{
  g_autoptr (SoupServerMessage) message = g_steal_pointer (&self->waiting);

  g_assert_nonnull (message);
  g_signal_handlers_disconnect_by_data (message, self);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, body,
                                    strlen (body));
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_unpause (message);
}

void
fixture_await_waiting (Fixture *self, unsigned n_handled)
{
  while (self->n_handled < n_handled || self->waiting == NULL)
    g_main_context_iteration (NULL, TRUE);
}

void
fixture_await_connections (Fixture *self, unsigned n)
{
  while (bma_http_front_n_connections (self->front) != n)
    g_main_context_iteration (NULL, TRUE);
}

void
fixture_pass_time (Fixture *self, unsigned ms)
{
  run_loop_until_quiet ();
  bma_http_front_check_deadlines (self->front,
                                  g_get_monotonic_time () + (int64_t) ms * 1000);
  run_loop_until_quiet ();
}

unsigned
count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  unsigned n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Loopback delivers while send() runs: what peers did is visible to the loop at once. */
void
run_loop_until_quiet (void)
{
  for (unsigned n_quiet = 0; n_quiet < 3;)
    n_quiet = g_main_context_iteration (NULL, FALSE) ? 0 : n_quiet + 1;
}

int
peer_connect_to (GSocketAddress *address)
{
  struct sockaddr_storage native;
  int fd =
      socket ((int) g_socket_address_get_family (address), SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_socket_address_to_native (address, &native, sizeof native, NULL));
  g_assert_cmpint (connect (fd, (struct sockaddr *) &native,
                            (socklen_t) g_socket_address_get_native_size (address)),
                   ==, 0);
  return fd;
}

int
peer_connect (Fixture *fixture)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1",
                                             bma_http_front_get_port (fixture->front));

  return peer_connect_to (address);
}

static gboolean
on_peer_ready (int fd, GIOCondition condition, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
await_peer (int fd, GIOCondition condition)
{
  gboolean is_ready = FALSE;

  g_unix_fd_add (fd, condition, on_peer_ready, &is_ready);
  while (!is_ready)
    g_main_context_iteration (NULL, TRUE);
}

/* A peer that is refused midway may find its socket closed: that is for the reader. */
void
peer_send (int fd, const char *bytes, size_t n_bytes)
{
  while (n_bytes > 0)
    {
      ssize_t n = send (fd, bytes, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno != EAGAIN)
        return;
      if (n < 0)
        await_peer (fd, G_IO_OUT);
      else
        {
          bytes += n;
          n_bytes -= (size_t) n;
        }
    }
}

void
peer_send_text (int fd, const char *text)
{
  peer_send (fd, text, strlen (text));
}

void
peer_finish_sending (int fd)
{
  shutdown (fd, SHUT_WR);
}

/* Reads until the text ends with @end or the connection does; fails on a reset. */
char *
peer_read_until (int fd, const char *end)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (end == NULL || !g_str_has_suffix (text->str, end))
    {
      char buffer[64 * 1024];
      ssize_t n;

      await_peer (fd, G_IO_IN);
      n = recv (fd, buffer, end == NULL ? sizeof buffer : 1, MSG_DONTWAIT);
      if (n == 0)
        break;
      g_assert_cmpint (n, >, 0);
      g_string_append_len (text, buffer, n);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
peer_read_all (int fd)
{
  return peer_read_until (fd, NULL);
}

/* One response with Content-Length. */
char *
peer_read_response (int fd)
{
  g_autofree char *head = peer_read_until (fd, "\r\n\r\n");
  g_autoptr (GString) response = g_string_new (head);
  const char *length = strstr (head, "Content-Length: ");
  uint64_t left = length != NULL ? g_ascii_strtoull (length + 16, NULL, 10) : 0;

  while (left > 0)
    {
      char buffer[16 * 1024];
      ssize_t n;

      await_peer (fd, G_IO_IN);
      n = recv (fd, buffer, MIN (left, sizeof buffer), MSG_DONTWAIT);
      g_assert_cmpint (n, >, 0);
      g_string_append_len (response, buffer, n);
      left -= (uint64_t) n;
    }
  return g_string_free (g_steal_pointer (&response), FALSE);
}

/* Reads to the end; whether that was a reset. */
gboolean
peer_is_reset (int fd)
{
  for (;;)
    {
      char buffer[64 * 1024];
      ssize_t n;

      await_peer (fd, G_IO_IN);
      n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n <= 0)
        return n < 0;
    }
}

void
assert_honest_request_is_answered (Fixture *fixture)
{
  int fd = peer_connect (fixture);
  g_autofree char *response = NULL;

  peer_send_text (fd, REQUEST ("POST", "/echo", "Content-Length: 6\r\n") "honest");
  response = peer_read_response (fd);
  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 200 OK\r\n"));
  g_assert_true (g_str_has_suffix (response, "\r\n\r\nhonest"));
  close (fd);
}
