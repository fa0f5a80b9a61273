/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-config.h"
#include "bma-http-server.h"

G_BEGIN_DECLS

/**
 * BmaDaemonTls:
 *
 * Keeps the certificate that the server shows like the one in its files.
 */
typedef struct _BmaDaemonTls BmaDaemonTls;

BmaDaemonTls *bma_daemon_tls_new (const BmaConfig *config,
                                  BmaHttpServer *http,
                                  BmaClock *clock,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_daemon_tls_free (BmaDaemonTls *self);
gboolean bma_daemon_tls_reload (BmaDaemonTls *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaDaemonTls, bma_daemon_tls_free)

G_END_DECLS
