/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-tls-private.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE_BYTES (256 * 1024)
#define MAX_CHAIN      16

/* Whoever may read or replace a key may be us: its group may read it (as Debian's
 * ssl-cert does), nobody else anything. */
#define FORBIDDEN_KEY_MODE 0027

static gboolean
fail (GError **error, const char *file, const char *what)
{
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "%s: %s", file, what);
  return FALSE;
}

static void
free_wiped (char *bytes, size_t n_bytes)
{
  explicit_bzero (bytes, n_bytes);
  g_free (bytes);
}

/* One byte more than may be there tells a file that is too large. */
static char *
read_all (int fd, size_t *n_bytes)
{
  char *bytes = g_malloc (MAX_FILE_BYTES + 1);
  ssize_t n = 0;

  *n_bytes = 0;
  while (*n_bytes <= MAX_FILE_BYTES &&
         (n = read (fd, bytes + *n_bytes, MAX_FILE_BYTES + 1 - *n_bytes)) != 0)
    {
      if (n < 0 && errno != EINTR)
        break;
      *n_bytes += n > 0 ? (size_t) n : 0;
    }
  if (n == 0 && *n_bytes <= MAX_FILE_BYTES)
    return bytes;
  free_wiped (bytes, MAX_FILE_BYTES + 1);
  return NULL;
}

static const char *
find_fault_of_file (const struct stat *status, gboolean is_secret)
{
  if (!S_ISREG (status->st_mode))
    return "is not a file";
  if (!is_secret)
    return NULL;
  if ((status->st_mode & FORBIDDEN_KEY_MODE) != 0)
    return "holds a private key and others can read or change it; run chmod 600 on it";
  if (status->st_uid != getuid () && status->st_uid != 0)
    return "holds a private key and belongs to another user";
  return NULL;
}

static BIO *
open_file (const char *file, gboolean is_secret, GError **error)
{
  int fd = open (file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat status;
  const char *fault = NULL;
  char *bytes = NULL;
  size_t n_bytes = 0;
  BIO *bio = NULL;

  if (fd < 0)
    {
      fail (error, file, g_strerror (errno));
      return NULL;
    }
  if (fstat (fd, &status) != 0)
    fault = g_strerror (errno);
  else
    fault = find_fault_of_file (&status, is_secret);
  if (fault == NULL && (bytes = read_all (fd, &n_bytes)) == NULL)
    fault = "cannot be read, or is too large to be a certificate";
  close (fd);
  if (fault != NULL)
    {
      fail (error, file, fault);
      return NULL;
    }
  bio = BIO_new (BIO_s_secmem ());
  BIO_write (bio, bytes, (int) n_bytes);
  free_wiped (bytes, MAX_FILE_BYTES + 1);
  return bio;
}

/* Nobody is there to be asked. */
static int
give_no_passphrase (char *buffer, int n_bytes, int is_writing, void *user_data)
{
  *(gboolean *) user_data = TRUE;
  return -1;
}

static EVP_PKEY *
read_key (const char *file, GError **error)
{
  BIO *bio = open_file (file, TRUE, error);
  gboolean wants_passphrase = FALSE;
  EVP_PKEY *key = NULL;

  if (bio == NULL)
    return NULL;
  key = PEM_read_bio_PrivateKey (bio, NULL, give_no_passphrase, &wants_passphrase);
  BIO_free (bio);
  if (key == NULL)
    fail (error, file,
          wants_passphrase
              ? "the private key has a passphrase; store it without one, readable by "
                "you alone"
              : "there is no private key in PEM format");
  return key;
}

/* The certificate first, then those that vouch for it. */
static STACK_OF (X509) * read_chain (const char *file, gboolean has_key, GError **error)
{
  BIO *bio = open_file (file, has_key, error);
  STACK_OF (X509) *chain = NULL;
  X509 *certificate = NULL;

  if (bio == NULL)
    return NULL;
  chain = sk_X509_new_null ();
  while (sk_X509_num (chain) < MAX_CHAIN &&
         (certificate = PEM_read_bio_X509 (bio, NULL, NULL, NULL)) != NULL)
    sk_X509_push (chain, certificate);
  BIO_free (bio);
  if (sk_X509_num (chain) > 0)
    return chain;
  sk_X509_pop_free (chain, X509_free);
  fail (error, file, "there is no certificate in PEM format");
  return NULL;
}

/* HTTP/1.1 is all we speak; a peer that names others only is told so. */
static int
choose_protocol (SSL *ssl,
                 const unsigned char **chosen,
                 unsigned char *n_chosen,
                 const unsigned char *offered,
                 unsigned n_offered,
                 void *user_data)
{
  static const unsigned char http[] = "\x08http/1.1";

  return SSL_select_next_proto ((unsigned char **) chosen, n_chosen, http,
                                sizeof http - 1, offered,
                                n_offered) == OPENSSL_NPN_NEGOTIATED
             ? SSL_TLSEXT_ERR_OK
             : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* No resumption: it would keep keys of past connections, for the sake of some
 * milliseconds. */
static SSL_CTX *
make_context (void)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

  SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION);
  SSL_CTX_set_security_level (context, 2);
  SSL_CTX_set_options (context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                    SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                    SSL_OP_CLEANSE_PLAINTEXT |
                                    SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_cipher_list (context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_num_tickets (context, 0);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode (context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                 SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb (context, choose_protocol, NULL);
  return context;
}

static gboolean
install (SSL_CTX *context,
         STACK_OF (X509) * chain,
         EVP_PKEY *key,
         const char *certificate_file,
         const char *key_file,
         GError **error)
{
  X509 *certificate = sk_X509_shift (chain);
  gboolean is_installed = FALSE;

  if (!X509_check_private_key (certificate, key))
    fail (error, key_file, "the private key is not that of the certificate");
  else if (SSL_CTX_use_cert_and_key (context, certificate, key, chain, 1) != 1)
    fail (error, certificate_file,
          "the certificate or its key is too weak, or of a kind that is not known");
  else
    is_installed = TRUE;
  X509_free (certificate);
  return is_installed;
}

/**
 * bma_http_tls_new:
 * @certificate_file: (type filename): PEM: the certificate, then those that vouch for it
 * @key_file: (type filename) (nullable): PEM: its private key, without a passphrase;
 * %NULL if that is in @certificate_file too
 * @error: return location for a #GTlsError
 *
 * Reads a certificate and its key. The file with the key must not be readable by others.
 *
 * Returns: (transfer full) (nullable): what to show to peers
 */
BmaHttpTls *
bma_http_tls_new (const char *certificate_file, const char *key_file, GError **error)
{
  STACK_OF (X509) *chain = read_chain (certificate_file, key_file == NULL, error);
  const char *secret_file = key_file != NULL ? key_file : certificate_file;
  EVP_PKEY *key = chain != NULL ? read_key (secret_file, error) : NULL;
  BmaHttpTls *self = NULL;

  if (key != NULL)
    {
      self = g_new0 (BmaHttpTls, 1);
      g_atomic_ref_count_init (&self->refs);
      self->context = make_context ();
      if (!install (self->context, chain, key, certificate_file, secret_file, error))
        g_clear_pointer (&self, bma_http_tls_unref);
    }
  EVP_PKEY_free (key);
  sk_X509_pop_free (chain, X509_free);
  ERR_clear_error ();
  return self;
}

/**
 * bma_http_tls_ref:
 * @self: a certificate
 *
 * Returns: (transfer full): @self
 */
BmaHttpTls *
bma_http_tls_ref (BmaHttpTls *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * bma_http_tls_unref:
 * @self: (transfer full): a certificate
 *
 * Drops a reference; with the last one, and that of the last session, OpenSSL wipes the
 * key.
 */
void
bma_http_tls_unref (BmaHttpTls *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  SSL_CTX_free (self->context);
  g_free (self);
}

static gboolean
is_for_host (X509 *certificate, const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? X509_check_ip_asc (certificate, host, 0) == 1
                         : X509_check_host (certificate, host, 0, 0, NULL) == 1;
}

/**
 * bma_http_tls_find_fault:
 * @self: a certificate
 * @host: the name or address that clients use, without brackets
 * @now_s: the time
 *
 * Looks for what clients will refuse. None of it keeps the certificate from being used.
 *
 * Returns: (transfer full) (nullable): the fault, for people
 */
char *
bma_http_tls_find_fault (BmaHttpTls *self, const char *host, int64_t now_s)
{
  X509 *certificate = SSL_CTX_get0_certificate (self->context);
  time_t now = (time_t) now_s;

  if (X509_cmp_time (X509_get0_notAfter (certificate), &now) < 0)
    return g_strdup ("the certificate has expired");
  if (X509_cmp_time (X509_get0_notBefore (certificate), &now) > 0)
    return g_strdup ("the certificate is not valid yet");
  if (!is_for_host (certificate, host))
    return g_strdup_printf ("the certificate is not for %s", host);
  return NULL;
}
