/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-transfer.h"

#include <string.h>

#include "bma-http-failure.h"

/* One request and its answer, as the data of the caller's task. */
typedef struct
{
  SoupMessage *message;  /* owned */
  GInputStream *stream;  /* owned, nullable: once the head is there */
  GCancellable *stop;    /* owned: ends the transfer, at the deadline or for the caller */
  GCancellable *outside; /* owned, nullable: the caller's */
  unsigned long outside_id; /* handler of @outside, 0 = none */
  GSource *deadline;        /* owned */
  gboolean is_late;         /* the deadline has passed */
  char *bytes;              /* owned, secret: room for max_bytes and one more */
  size_t n_bytes;
  size_t max_bytes;
} Transfer;

/* Closing gives the connection up without reading the rest: the request said that it is
 * not used again. */
static void
transfer_free (Transfer *self)
{
  g_cancellable_disconnect (self->outside, self->outside_id);
  g_source_destroy (self->deadline);
  g_source_unref (self->deadline);
  if (self->stream != NULL)
    g_input_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_clear_object (&self->stream);
  g_object_unref (self->message);
  g_object_unref (self->stop);
  g_clear_object (&self->outside);
  if (self->bytes != NULL)
    explicit_bzero (self->bytes, self->n_bytes);
  g_free (self->bytes);
  g_free (self);
}

static void
on_outside_cancelled (GCancellable *outside, gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

static gboolean
on_deadline (gpointer user_data)
{
  Transfer *self = user_data;

  self->is_late = TRUE;
  g_cancellable_cancel (self->stop);
  return G_SOURCE_REMOVE;
}

static Transfer *
transfer_new (GTask *task,
              SoupMessage *message,
              unsigned int timeout_ms,
              size_t max_bytes)
{
  Transfer *self = g_new0 (Transfer, 1);
  GCancellable *outside = g_task_get_cancellable (task);

  self->message = g_object_ref (message);
  self->stop = g_cancellable_new ();
  self->max_bytes = max_bytes;
  self->deadline = g_timeout_source_new (timeout_ms);
  g_source_set_callback (self->deadline, on_deadline, self, NULL);
  g_source_set_static_name (self->deadline, "BmaHttpTransfer deadline");
  g_source_attach (self->deadline, g_task_get_context (task));
  if (outside != NULL)
    {
      self->outside = g_object_ref (outside);
      self->outside_id =
          g_cancellable_connect (outside, G_CALLBACK (on_outside_cancelled),
                                 g_object_ref (self->stop), g_object_unref);
    }
  return self;
}

static void
return_failure (GTask *task, const GError *raw)
{
  const Transfer *self = g_task_get_task_data (task);
  const char *host = g_uri_get_host (soup_message_get_uri (self->message));
  const GError late = { G_IO_ERROR, G_IO_ERROR_TIMED_OUT, NULL };

  g_task_return_error (task,
                       bma_http_failure_describe (self->is_late ? &late : raw, host));
}

static void
return_failure_code (GTask *task, GIOErrorEnum code)
{
  return_failure (task, &(GError){ G_IO_ERROR, code, NULL });
}

static void
return_response (GTask *task)
{
  Transfer *self = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
  char *content_type = g_strdup (soup_message_headers_get_content_type (headers, NULL));
  BmaHttpResponse *response =
      bma_http_response_new_take (soup_message_get_status (self->message), content_type,
                                  g_steal_pointer (&self->bytes), self->n_bytes);

  response->max_age_s =
      bma_http_freshness_parse (soup_message_headers_get_list (headers, "Cache-Control"),
                                soup_message_headers_get_one (headers, "Age"));
  g_task_return_pointer (task, response, (GDestroyNotify) bma_http_response_free);
}

/* On a connection that is not kept, libsoup takes any end for the end of the body, so
 * the announced length is compared here. (HEAD is not asked for.) */
static gboolean
is_complete (const Transfer *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);

  return soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CONTENT_LENGTH ||
         soup_message_headers_get_content_length (headers) == (goffset) self->n_bytes;
}

static void read_more (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Transfer *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n < 0)
    {
      return_failure (task, error);
      return;
    }
  if (n == 0)
    {
      if (is_complete (self))
        return_response (task);
      else
        return_failure_code (task, G_IO_ERROR_PARTIAL_INPUT);
      return;
    }
  self->n_bytes += (size_t) n;
  if (self->n_bytes > self->max_bytes)
    return_failure_code (task, G_IO_ERROR_MESSAGE_TOO_LARGE);
  else
    read_more (g_steal_pointer (&task));
}

/* Takes over @task. */
static void
read_more (GTask *task)
{
  Transfer *self = g_task_get_task_data (task);

  g_input_stream_read_async (self->stream, self->bytes + self->n_bytes,
                             self->max_bytes + 1 - self->n_bytes, G_PRIORITY_DEFAULT,
                             self->stop, on_read, task);
}

static void
on_head (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Transfer *self = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
  g_autoptr (GError) error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL)
    {
      return_failure (task, error);
      return;
    }
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
      soup_message_headers_get_content_length (headers) > (goffset) self->max_bytes)
    {
      return_failure_code (task, G_IO_ERROR_MESSAGE_TOO_LARGE);
      return;
    }
  self->bytes = g_malloc (self->max_bytes + 1);
  read_more (g_steal_pointer (&task));
}

/**
 * bma_http_transfer_run:
 * @task: (transfer full): returns the #BmaHttpResponse
 * @session: what sends
 * @message: what to send
 * @timeout_ms: for everything together: name, connection, answer and its body
 * @max_bytes: size of a body that is still accepted
 *
 * Sends one request, reads the whole answer and ends @task.
 */
void
bma_http_transfer_run (GTask *task,
                       SoupSession *session,
                       SoupMessage *message,
                       unsigned int timeout_ms,
                       size_t max_bytes)
{
  Transfer *self = transfer_new (task, message, timeout_ms, max_bytes);

  g_task_set_task_data (task, self, (GDestroyNotify) transfer_free);
  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, self->stop, on_head,
                           task);
}
