/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-buffer.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define MIN_CAPACITY_BYTES 1024

/**
 * bma_http_buffer_length:
 * @self: the buffer
 *
 * Counts.
 *
 * Returns: how many bytes are in it
 */
size_t
bma_http_buffer_length (const BmaHttpBuffer *self)
{
  return self->end - self->start;
}

/**
 * bma_http_buffer_peek:
 * @self: the buffer
 *
 * Looks at the bytes; valid until the buffer is changed.
 *
 * Returns: (transfer none) (nullable): the first byte
 */
char *
bma_http_buffer_peek (const BmaHttpBuffer *self)
{
  return self->bytes != NULL ? self->bytes + self->start : NULL;
}

/* Makes room for n_bytes behind the end, by moving the rest to the front or to a larger
 * block; the old block is wiped. */
static void
reserve (BmaHttpBuffer *self, size_t n_bytes)
{
  size_t length = bma_http_buffer_length (self), capacity;
  char *larger;

  if (n_bytes <= self->capacity - self->end)
    return;
  if (n_bytes <= self->capacity - length)
    {
      memmove (self->bytes, self->bytes + self->start, length);
      self->start = 0;
      self->end = length;
      return;
    }

  for (capacity = MAX (self->capacity, MIN_CAPACITY_BYTES); capacity - length < n_bytes;)
    capacity *= 2;
  larger = g_malloc (capacity);
  if (length > 0)
    memcpy (larger, self->bytes + self->start, length);
  bma_http_buffer_clear (self);
  *self = (BmaHttpBuffer){
    .bytes = larger, .capacity = capacity, .end = length, .used = length
  };
}

static void
note_end (BmaHttpBuffer *self, size_t n_added)
{
  self->end += n_added;
  self->used = MAX (self->used, self->end);
}

/**
 * bma_http_buffer_append:
 * @self: the buffer
 * @bytes: (array length=n_bytes): what to add; copied
 * @n_bytes: how many
 *
 * Adds bytes at the end.
 */
void
bma_http_buffer_append (BmaHttpBuffer *self, const void *bytes, size_t n_bytes)
{
  if (n_bytes == 0)
    return;
  reserve (self, n_bytes);
  memcpy (self->bytes + self->end, bytes, n_bytes);
  note_end (self, n_bytes);
}

/**
 * bma_http_buffer_take:
 * @self: the buffer
 * @n_bytes: how many, at most all
 *
 * Drops the first bytes; an empty buffer is wiped and gives its memory back.
 */
void
bma_http_buffer_take (BmaHttpBuffer *self, size_t n_bytes)
{
  g_assert (n_bytes <= bma_http_buffer_length (self));
  self->start += n_bytes;
  if (self->start == self->end)
    bma_http_buffer_clear (self);
}

/**
 * bma_http_buffer_clear:
 * @self: the buffer
 *
 * Drops everything, wipes it and gives the memory back.
 */
void
bma_http_buffer_clear (BmaHttpBuffer *self)
{
  if (self->bytes != NULL)
    explicit_bzero (self->bytes, self->used);
  g_free (self->bytes);
  *self = (BmaHttpBuffer){ 0 };
}

/**
 * bma_http_buffer_receive:
 * @self: the buffer
 * @fd: a socket
 * @max_bytes: how long the buffer may get
 * @is_short: (out): whether the socket was emptied
 *
 * Receives what fits, without waiting.
 *
 * Returns: bytes received; 0 at the end of the stream or if the buffer is full; -1 with
 *   errno set
 */
ssize_t
bma_http_buffer_receive (BmaHttpBuffer *self,
                         int fd,
                         size_t max_bytes,
                         gboolean *is_short)
{
  size_t room = max_bytes - MIN (max_bytes, bma_http_buffer_length (self));
  ssize_t n;

  *is_short = FALSE;
  if (room == 0)
    return 0;
  reserve (self, room);
  do
    n = recv (fd, self->bytes + self->end, room, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  *is_short = n < 0 || (size_t) n < room;
  if (n > 0)
    note_end (self, (size_t) n);
  else if (bma_http_buffer_length (self) == 0)
    {
      int saved_errno = errno;

      bma_http_buffer_clear (self);
      errno = saved_errno;
    }
  return n;
}

/**
 * bma_http_buffer_send:
 * @self: the buffer
 * @fd: a socket
 * @more: (array length=n_more_bytes) (nullable): bytes to send behind the buffer's
 * @n_more_bytes: how many
 * @n_more_sent: (out): how many of @more were sent
 *
 * Sends as much as the kernel takes, in one call and without waiting.
 *
 * Returns: bytes sent of both together, -1 with errno set
 */
ssize_t
bma_http_buffer_send (BmaHttpBuffer *self,
                      int fd,
                      const void *more,
                      size_t n_more_bytes,
                      size_t *n_more_sent)
{
  size_t length = bma_http_buffer_length (self);
  struct iovec parts[2] = { { bma_http_buffer_peek (self), length },
                            { (void *) more, n_more_bytes } };
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = G_N_ELEMENTS (parts) };
  ssize_t n;

  *n_more_sent = 0;
  do
    n = sendmsg (fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return -1;

  if ((size_t) n > length)
    *n_more_sent = (size_t) n - length;
  if (length > 0)
    bma_http_buffer_take (self, MIN ((size_t) n, length));
  return n;
}
