/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-buffer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaHttpTls:
 *
 * A certificate with its key, as new connections are to show it. Immutable and
 * reference-counted: connections keep what they began with.
 */
typedef struct _BmaHttpTls BmaHttpTls;

BmaHttpTls *bma_http_tls_new (const char *certificate_file,
                              const char *key_file,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaHttpTls *bma_http_tls_ref (BmaHttpTls *self);
void bma_http_tls_unref (BmaHttpTls *self);
char *bma_http_tls_find_fault (BmaHttpTls *self,
                               const char *host,
                               int64_t now_s) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaHttpTls, bma_http_tls_unref)

/**
 * BmaHttpTlsProgress:
 * @BMA_HTTP_TLS_AGAIN: the peer has to say more, or to take more
 * @BMA_HTTP_TLS_DONE: the connection is secure
 * @BMA_HTTP_TLS_PLAIN: the peer speaks HTTP without TLS
 * @BMA_HTTP_TLS_FAILED: there is no agreement
 *
 * Where a handshake stands.
 */
typedef enum
{
  BMA_HTTP_TLS_AGAIN,
  BMA_HTTP_TLS_DONE,
  BMA_HTTP_TLS_PLAIN,
  BMA_HTTP_TLS_FAILED,
} BmaHttpTlsProgress;

/**
 * BmaHttpTlsSession:
 *
 * One connection's side of TLS. It never waits and never starts a thread.
 */
typedef struct _BmaHttpTlsSession BmaHttpTlsSession;

BmaHttpTlsSession *bma_http_tls_session_new (BmaHttpTls *tls,
                                             int fd) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_tls_session_free (BmaHttpTlsSession *self);
BmaHttpTlsProgress
bma_http_tls_session_shake_hands (BmaHttpTlsSession *self) G_GNUC_WARN_UNUSED_RESULT;
ssize_t bma_http_tls_session_receive (BmaHttpTlsSession *self,
                                      BmaHttpBuffer *in,
                                      size_t max_bytes,
                                      gboolean *is_short) G_GNUC_WARN_UNUSED_RESULT;
ssize_t bma_http_tls_session_send (BmaHttpTlsSession *self,
                                   BmaHttpBuffer *out,
                                   const void *more,
                                   size_t n_more_bytes,
                                   size_t *n_more_sent) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_tls_session_say_goodbye (BmaHttpTlsSession *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaHttpTlsSession, bma_http_tls_session_free)

G_END_DECLS
