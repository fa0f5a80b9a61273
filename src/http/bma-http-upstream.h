/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

#include "bma-http-exchange.h"
#include "bma-secret.h"

G_BEGIN_DECLS

SoupSession *
bma_http_upstream_new_session (GSocketAddress *socket) G_GNUC_WARN_UNUSED_RESULT;
SoupMessage *
bma_http_upstream_new_message (BmaHttpExchange *exchange,
                               const char *address,
                               const BmaSecret *token) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
