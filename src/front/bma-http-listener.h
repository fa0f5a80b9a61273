/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-reactor.h"

#include <gio/gio.h>
#include <sys/socket.h>

G_BEGIN_DECLS

typedef struct _BmaHttpListener BmaHttpListener;

/**
 * BmaHttpListenerFuncs:
 * @accepted: takes over a connected, non-blocking socket
 * @exhausted: descriptors ran out; gives one up if it can and says whether
 *
 * What happens to connections.
 */
typedef struct
{
  void (*accepted) (gpointer owner,
                    BmaHttpListener *listener,
                    int fd,
                    const struct sockaddr *remote,
                    socklen_t n_remote_bytes);
  gboolean (*exhausted) (gpointer owner);
} BmaHttpListenerFuncs;

int bma_http_listener_open (GSocketAddress *address,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaHttpListener *bma_http_listener_new (int fd,
                                        BmaHttpReactor *reactor,
                                        const BmaHttpListenerFuncs *funcs,
                                        gpointer owner,
                                        unsigned pause_ms,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_listener_set_accepting (BmaHttpListener *self, gboolean is_accepting);
void bma_http_listener_accept_pending (BmaHttpListener *self);
void bma_http_listener_free (BmaHttpListener *self);
GSocketAddress *bma_http_listener_get_address (BmaHttpListener *self);
int64_t bma_http_listener_check_pause (BmaHttpListener *self, int64_t now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaHttpListener, bma_http_listener_free)

G_END_DECLS
