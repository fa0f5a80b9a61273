/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-limits.h"
#include "bma-http-tls.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define BMA_TYPE_HTTP_FRONT (bma_http_front_get_type ())
G_DECLARE_FINAL_TYPE (BmaHttpFront, bma_http_front, BMA, HTTP_FRONT, GObject)

BmaHttpFront *bma_http_front_new (SoupServer *server,
                                  const BmaHttpFrontLimits *limits,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_http_front_listen (BmaHttpFront *self,
                                GSocketAddress *address,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_http_front_adopt_fd (BmaHttpFront *self,
                                  int fd,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_http_front_accept_fd (BmaHttpFront *self,
                                   int fd,
                                   GSocketAddress *remote,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_front_keep (GSocketAddress *remote);
void bma_http_front_hang_up (GSocketAddress *remote);
void bma_http_front_set_tls (BmaHttpFront *self, BmaHttpTls *tls);
unsigned bma_http_front_get_port (BmaHttpFront *self);
unsigned bma_http_front_n_connections (BmaHttpFront *self);
void bma_http_front_set_accepting (BmaHttpFront *self, gboolean is_accepting);
void bma_http_front_stop_accepting (BmaHttpFront *self);
void bma_http_front_disconnect (BmaHttpFront *self, SoupServerMessage *message);
void bma_http_front_check_deadlines (BmaHttpFront *self, int64_t now_us);

G_END_DECLS
