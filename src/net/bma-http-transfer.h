/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

#include "bma-http-response.h"

G_BEGIN_DECLS

void bma_http_transfer_run (GTask *task,
                            SoupSession *session,
                            SoupMessage *message,
                            unsigned int timeout_ms,
                            size_t max_bytes);

G_END_DECLS
