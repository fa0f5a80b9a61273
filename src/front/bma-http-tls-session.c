/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-tls-private.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>

/* A record is that long at most. */
#define RECORD_BYTES (16 * 1024)

struct _BmaHttpTlsSession
{
  SSL *ssl; /* (owned) */
};

/* OpenSSL's own socket BIO would raise SIGPIPE. */

static int
bio_read (BIO *bio, char *buffer, size_t n_bytes, size_t *n_read)
{
  int fd = GPOINTER_TO_INT (BIO_get_data (bio));
  ssize_t n;

  do
    n = recv (fd, buffer, n_bytes, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  BIO_clear_retry_flags (bio);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    BIO_set_retry_read (bio);
  if (n == 0)
    BIO_set_flags (bio, BIO_FLAGS_IN_EOF);
  *n_read = n > 0 ? (size_t) n : 0;
  return n > 0;
}

static int
bio_write (BIO *bio, const char *buffer, size_t n_bytes, size_t *n_written)
{
  int fd = GPOINTER_TO_INT (BIO_get_data (bio));
  ssize_t n;

  do
    n = send (fd, buffer, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  BIO_clear_retry_flags (bio);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    BIO_set_retry_write (bio);
  *n_written = n > 0 ? (size_t) n : 0;
  return n > 0;
}

static long
bio_control (BIO *bio, int command, long number, void *pointer)
{
  if (command == BIO_CTRL_EOF)
    return BIO_test_flags (bio, BIO_FLAGS_IN_EOF) != 0;
  return command == BIO_CTRL_FLUSH;
}

static const BIO_METHOD *
get_bio_method (void)
{
  static BIO_METHOD *method = NULL;

  if (method == NULL)
    {
      method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "bma-http");
      BIO_meth_set_read_ex (method, bio_read);
      BIO_meth_set_write_ex (method, bio_write);
      BIO_meth_set_ctrl (method, bio_control);
    }
  return method;
}

/**
 * bma_http_tls_session_new:
 * @tls: the certificate to show
 * @fd: (transfer none): a connected socket that outlives the session
 *
 * Begins to speak TLS as the server.
 *
 * Returns: (transfer full): the session
 */
BmaHttpTlsSession *
bma_http_tls_session_new (BmaHttpTls *tls, int fd)
{
  BmaHttpTlsSession *self = g_new0 (BmaHttpTlsSession, 1);
  BIO *bio = BIO_new (get_bio_method ());

  BIO_set_data (bio, GINT_TO_POINTER (fd));
  BIO_set_init (bio, 1);
  self->ssl = SSL_new (tls->context);
  SSL_set_bio (self->ssl, bio, bio);
  SSL_set_accept_state (self->ssl);
  return self;
}

/**
 * bma_http_tls_session_free:
 * @self: (transfer full): a session
 *
 * Ends the session without a word to the peer, who then knows that it was cut off.
 */
void
bma_http_tls_session_free (BmaHttpTlsSession *self)
{
  SSL_free (self->ssl);
  g_free (self);
}

static gboolean
has_to_wait (BmaHttpTlsSession *self, int result)
{
  int reason = SSL_get_error (self->ssl, result);

  return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
}

/**
 * bma_http_tls_session_shake_hands:
 * @self: a session
 *
 * Goes as far as the peer lets it.
 *
 * Returns: where the handshake stands
 */
BmaHttpTlsProgress
bma_http_tls_session_shake_hands (BmaHttpTlsSession *self)
{
  int result = 0;
  int reason = 0;

  ERR_clear_error ();
  result = SSL_do_handshake (self->ssl);
  if (result == 1)
    return BMA_HTTP_TLS_DONE;
  if (has_to_wait (self, result))
    return BMA_HTTP_TLS_AGAIN;
  reason = ERR_GET_REASON (ERR_peek_error ());
  ERR_clear_error ();
  return reason == SSL_R_HTTP_REQUEST ? BMA_HTTP_TLS_PLAIN : BMA_HTTP_TLS_FAILED;
}

/**
 * bma_http_tls_session_receive:
 * @self: a session after its handshake
 * @in: where the bytes go
 * @max_bytes: how long @in may get
 * @is_short: (out): whether nothing more is there now
 *
 * What bma_http_buffer_receive() does without TLS. @is_short is never told together with
 * bytes: the session may hold more of them although the socket is empty.
 *
 * Returns: bytes received; 0 at the end of the stream or if the buffer is full; -1 with
 *   errno set
 */
ssize_t
bma_http_tls_session_receive (BmaHttpTlsSession *self,
                              BmaHttpBuffer *in,
                              size_t max_bytes,
                              gboolean *is_short)
{
  size_t room = max_bytes - MIN (max_bytes, bma_http_buffer_length (in));
  char bytes[RECORD_BYTES];
  size_t n = 0;
  int result = 0;

  *is_short = FALSE;
  if (room == 0)
    return 0;
  ERR_clear_error ();
  result = SSL_read_ex (self->ssl, bytes, MIN (room, sizeof bytes), &n);
  if (result == 1)
    {
      bma_http_buffer_append (in, bytes, n);
      explicit_bzero (bytes, n);
      return (ssize_t) n;
    }
  *is_short = TRUE;
  if (SSL_get_error (self->ssl, result) == SSL_ERROR_ZERO_RETURN)
    return 0;
  errno = has_to_wait (self, result) ? EAGAIN : ECONNRESET;
  return -1;
}

/* Returns whether OpenSSL took anything of the buffer; errno if not. */
static gboolean
send_some (BmaHttpTlsSession *self, BmaHttpBuffer *out, size_t *n_sent)
{
  size_t n = 0;
  int result = 0;

  ERR_clear_error ();
  result = SSL_write_ex (self->ssl, bma_http_buffer_peek (out),
                         bma_http_buffer_length (out), &n);
  if (result != 1)
    {
      errno = has_to_wait (self, result) ? EAGAIN : ECONNRESET;
      return FALSE;
    }
  bma_http_buffer_take (out, n);
  *n_sent += n;
  return TRUE;
}

/**
 * bma_http_tls_session_send:
 * @self: a session after its handshake
 * @out: what to send first
 * @more: (array length=n_more_bytes) (nullable): bytes to send behind those
 * @n_more_bytes: how many
 * @n_more_sent: (out): how many of @more were taken
 *
 * What bma_http_buffer_send() does without TLS. A record that the socket did not take
 * whole has to be offered again, so everything passes through @out, where it stays put;
 * at most one record's worth of @more waits there.
 *
 * Returns: bytes taken of both together, -1 with errno set
 */
ssize_t
bma_http_tls_session_send (BmaHttpTlsSession *self,
                           BmaHttpBuffer *out,
                           const void *more,
                           size_t n_more_bytes,
                           size_t *n_more_sent)
{
  size_t n_sent = 0;
  size_t n_taken = MIN (n_more_bytes, RECORD_BYTES);

  *n_more_sent = 0;
  while (bma_http_buffer_length (out) > 0)
    if (!send_some (self, out, &n_sent))
      return n_sent > 0 ? (ssize_t) n_sent : -1;
  if (n_taken > 0)
    {
      bma_http_buffer_append (out, more, n_taken);
      *n_more_sent = n_taken;
      while (bma_http_buffer_length (out) > 0 && send_some (self, out, &n_sent))
        ;
    }
  return (ssize_t) MAX (n_sent, n_taken);
}

/**
 * bma_http_tls_session_say_goodbye:
 * @self: a session after its handshake
 *
 * Tells the peer that nothing follows: what it got is whole. Does not wait for an answer.
 */
void
bma_http_tls_session_say_goodbye (BmaHttpTlsSession *self)
{
  ERR_clear_error ();
  (void) SSL_shutdown (self->ssl);
  ERR_clear_error ();
}
